"""Covers from title and authors: their words on a colour that is theirs, large enough for a small shelf."""

import asyncio
import colorsys
import hashlib
import unicodedata
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from luminalib.adapters.covers.layout import LEADING, Block, fit, is_wide
from luminalib.domain.covers import COVER_SIZE, CoverImage
from luminalib.domain.normalisation import normalised
from luminalib.ports.covers import CoverArtist

_WIDTH, _HEIGHT = COVER_SIZE
_MARGIN = 48
_FONT = Path(__file__).parent / "fonts" / "DejaVuSansCondensed-Bold.ttf"
# Shown at 120 pixels, 60 are 12: what a page's text measures.
_TITLE_SIZES, _AUTHOR_SIZES = (110, 92, 78, 68, 60), (54, 48)
_TITLE_TOP, _TITLE_END, _BAND_TOP, _BAND_HEIGHT = 88, 740, 750, 130
_MOST_CHARACTERS = 300
_QUALITY = 80
_MISSING = "\U0010ffff"


class DrawnCovers(CoverArtist):
    """WebP with the letters of one font; SVG, with those of whoever looks at it, for titles that it cannot write."""

    async def draw(self, title: str, authors: Sequence[str]) -> CoverImage:
        """See CoverArtist. Some 10 ms, in a thread."""
        return await asyncio.to_thread(_draw, title, tuple(authors))


def _draw(title: str, authors: tuple[str, ...]) -> CoverImage:
    # Spread over the circle, so that the books of one author differ, too.
    digest = hashlib.sha256("\n".join((title, *authors)).encode()).digest()
    ground, band = _colours(int.from_bytes(digest[:2], "big") / 65536)
    words, names = _shown(title), _shown(_byline(authors))
    if all(map(_is_written, words + names)):
        return _webp(words, names, ground, band)
    return _svg(words, names, ground, band)


def _shown(text: str) -> str:
    return normalised(text, "NFC", most=_MOST_CHARACTERS).replace("_", " ")


def _byline(authors: Sequence[str]) -> str:
    return ", ".join(authors[:2]) + (" …" if len(authors) > 2 else "")  # noqa: PLR2004 -- a line's worth


def _colours(hue: float) -> tuple[str, str]:
    """A dark ground and a darker band, on both of which white can be read."""
    shades = (colorsys.hls_to_rgb(hue, lightness, 0.42) for lightness in (0.32, 0.22))
    first, second = ("#" + "".join(f"{round(255 * part):02x}" for part in shade) for shade in shades)
    return first, second


def _webp(title: str, names: str, ground: str, band: str) -> CoverImage:
    from PIL import Image, ImageDraw  # noqa: PLC0415 -- only where a cover is drawn

    image = Image.new("RGB", COVER_SIZE, ground)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, _BAND_TOP, _WIDTH, _HEIGHT), fill=band)
    pen.rectangle((_MARGIN, 48, _WIDTH - _MARGIN, 54), fill="white")
    for block, top in _blocks(title, names, _measured):
        x, anchor = (_WIDTH - _MARGIN, "ra") if _runs_left("".join(block.lines)) else (_MARGIN, "la")
        for number, line in enumerate(block.lines):
            pen.text((x, top + number * block.size * LEADING), line, font=_font(block.size), fill="white", anchor=anchor)
    file = BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=0)
    return CoverImage("image/webp", file.getvalue())


def _runs_left(text: str) -> bool:
    """Whether the text's first letter is of a script that is written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def _svg(title: str, names: str, ground: str, band: str) -> CoverImage:
    lines = "".join(
        f'<text x="{_MARGIN}" y="{top + size * (1 + number * LEADING):.0f}" font-size="{size}">{escape(line)}</text>'
        for (size, words), top in _blocks(title, names, _estimated)
        for number, line in enumerate(words)
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{ground}"/>'
        f'<rect y="{_BAND_TOP}" width="{_WIDTH}" height="{_HEIGHT - _BAND_TOP}" fill="{band}"/>'
        f'<rect x="{_MARGIN}" y="48" width="{_WIDTH - 2 * _MARGIN}" height="6" fill="white"/>'
        f'<g fill="white" font-family="sans-serif" font-weight="bold">{lines}</g></svg>'
    )
    return CoverImage("image/svg+xml", drawing.encode())


def _blocks(title: str, names: str, measure: Any) -> list[tuple[Block, float]]:
    """The title at the top, the authors in the band, each with the height where it begins."""
    width = _WIDTH - 2 * _MARGIN
    blocks: list[tuple[Block, float]] = [(fit(title, (width, _TITLE_END - _TITLE_TOP), _TITLE_SIZES, measure), _TITLE_TOP)]
    if names:
        by = fit(names, (width, _BAND_HEIGHT), _AUTHOR_SIZES, measure)
        blocks.append((by, (_BAND_TOP + _HEIGHT - len(by.lines) * by.size * LEADING) / 2))
    return blocks


def _measured(text: str, size: int) -> float:
    length: float = _font(size).getlength(text)
    return length


def _estimated(text: str, size: int) -> float:
    wide = sum(map(is_wide, text))
    return size * (wide + 0.62 * (len(text) - wide))


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont  # noqa: PLC0415 -- as above

    return ImageFont.truetype(_FONT, size)


@cache
def _empty_box() -> bytes:
    return bytes(_font(_AUTHOR_SIZES[0]).getmask(_MISSING))


def _is_written(character: str) -> bool:
    """Whether the font has the character; in place of a missing one it shows a box."""
    return character.isascii() or bytes(_font(_AUTHOR_SIZES[0]).getmask(character)) != _empty_box()
