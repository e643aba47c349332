"""Covers: the first page of a PDF, the cover image of an EPUB; small WebP images, made in the child that reads the file."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

from luminalib.adapters.text import pdfium
from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.opf import cover_name
from luminalib.domain.covers import COVER_SIZE
from luminalib.ports.children import Progress

MOST_PIXELS = 40_000_000
"""A larger picture costs more memory than a cover is worth."""
MOST_POINTS = 14_400
"""The largest page side that PDF allows (ISO 32000-1, C.2); rendering a lie about it would eat the memory."""
QUALITY = 80


def of_pdf(path: str, *, limits: dict[str, int], progress: Progress) -> str:
    """The first page in Base64. Raises the failure `corrupt` when there is none to see."""
    del limits, progress
    try:
        with pdfium.opened(path) as document:
            page = pdfium.render(document, 0, COVER_SIZE, MOST_POINTS)
    except pdfium.NotAPdf:
        page = None
    if page is None:
        raise failure("corrupt")
    return _encoded(Image.frombuffer("RGB", (page.width, page.height), page.pixels, "raw", "BGRX", page.stride, 1))


def of_epub(path: str, *, limits: dict[str, int], progress: Progress) -> str:
    """The image that the package names as cover, in Base64. Raises the failure `corrupt` when there is none to see."""
    del progress
    with Archive(path, limits) as archive:
        name = cover_name(archive)
        data = archive.read(name) if name else None
    if not data:
        raise failure("corrupt")
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "GIF", "WEBP"))
        if image.width * image.height > MOST_PIXELS:
            raise failure("corrupt")
        image.draft("RGB", COVER_SIZE)  # JPEGs can be read smaller at once
        return _encoded(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:  # Pillow's ways to say that it is no picture
        raise failure("corrupt") from error


def _encoded(image: Image.Image) -> str:
    image.thumbnail(COVER_SIZE)
    file = BytesIO()
    image.save(file, "WEBP", quality=QUALITY)
    return b64encode(file.getvalue()).decode()
