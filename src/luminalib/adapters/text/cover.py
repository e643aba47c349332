"""Covers: the first page of a PDF, the cover image of an EPUB; small WebP images, made in the child that reads the file."""

from base64 import b64encode
from io import BytesIO
from itertools import islice

from lxml import etree
from PIL import Image

from luminalib.adapters.text import pdfium
from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.cover_names import cover_names
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.opf import named_items
from luminalib.adapters.text.pdf_rendering import render
from luminalib.adapters.text.xml import attribute, parse_markup
from luminalib.domain.covers import COVER_SIZE
from luminalib.ports.children import Progress

MOST_PIXELS = 40_000_000
"""A larger picture costs more memory than a cover is worth."""
MOST_POINTS = 14_400
"""The largest page side that PDF allows (ISO 32000-1, C.2); rendering a lie about it would eat the memory."""
QUALITY = 80
_MOST_CANDIDATES = 20
_HEAD = 2000
_EMPTY = 4
"""Shades that a page without anything on it may have: paper that is not quite even."""


def of_pdf(path: str, *, limits: dict[str, int], progress: Progress) -> str:
    """The first page in Base64. Raises the failure `corrupt` when there is none to see."""
    del limits, progress
    try:
        with pdfium.opened(path) as document:
            page = render(document, 0, COVER_SIZE, MOST_POINTS)
    except pdfium.NotAPdf:
        page = None
    if page is None:
        raise failure("corrupt")
    image = Image.frombuffer("RGB", (page.width, page.height), page.pixels, "raw", "BGRX", page.stride, 1)
    darkest, lightest = image.convert("L").getextrema()
    if lightest - darkest <= _EMPTY:  # type: ignore[operator] # one band has numbers
        raise failure("corrupt")
    return _encoded(image)


def of_epub(path: str, *, limits: dict[str, int], progress: Progress) -> str:
    """The cover's picture in Base64. Raises the failure `corrupt` when there is none to see."""
    del progress
    with Archive(path, limits) as archive:
        for name in islice(dict.fromkeys(cover_names(archive)), _MOST_CANDIDATES):
            image = _picture(archive, name)
            if image is not None and min(image.size) > 1:
                return _encoded(image)
    raise failure("corrupt")


def _picture(archive: Archive, name: str) -> Image.Image | None:
    """A picture of the archive, of a drawing the picture in it or what it draws; None when it cannot be shown."""
    data = archive.read(name)
    if not data:
        return None
    if name.lower().endswith(".svg") or b"<svg" in data[:_HEAD]:
        return _drawing(archive, name, data)
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP"))
        if image.width * image.height > MOST_PIXELS:
            return None
        image.draft("RGB", COVER_SIZE)  # JPEGs can be read smaller at once
        return image.convert("RGB")
    except (OSError, ValueError, SyntaxError):  # Pillow's ways to say that it is no picture
        return None


def _drawing(archive: Archive, name: str, data: bytes) -> Image.Image | None:
    """A drawing that only wraps a picture is that picture; any other is drawn, without fetching anything."""
    root = parse_markup(data)
    if root is None:
        return None
    for element in named_items(root, "image"):
        target = archive.name_of(name, attribute(element, "href") or "")[0]
        if target != name and not target.lower().endswith(".svg") and (image := _picture(archive, target)):
            return image
    import resvg_py  # noqa: PLC0415 -- 3 MB for few books

    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=etree.tostring(root, encoding="unicode"), width=COVER_SIZE[0], skip_system_fonts=True, background="white"
        )
        return Image.open(BytesIO(bytes(drawn)), formats=("PNG",)).convert("RGB")
    except (OSError, ValueError, SyntaxError, OverflowError):
        return None


def _encoded(image: Image.Image) -> str:
    image.thumbnail(COVER_SIZE)
    file = BytesIO()
    image.save(file, "WEBP", quality=QUALITY)
    return b64encode(file.getvalue()).decode()
