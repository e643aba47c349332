"""How much text a PDF would have for which PDFium's memory ran out: it gathers a page's text before it tells the length."""

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from pypdf import PageObject, PdfReader

from luminalib.ports.children import Progress, open_handed

_MOST_PAGES = 1000
_HEX_STRING = re.compile(rb"<([0-9A-Fa-f\s]{2,})>")
_LITERAL_STRING = re.compile(rb"\(((?:[^\\()]|\\.)*)\)", re.DOTALL)
_CODE_BYTES = 2
"""Fonts whose glyphs stand for long texts have codes of two bytes; where a code has one, half the weight is enough to tell."""
_HEX_DIGITS = 4
"""A UTF-16 unit in the destinations of a ToUnicode map."""


def weigh(path: str, *, limits: dict[str, int], progress: Progress) -> int:
    """About how many characters the glyphs of the pages stand for, at most; no further than to the limit."""
    del progress
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    weight = 0
    with suppress(Exception):  # pypdf raises whatever the damage provokes; what was weighed by then counts
        for page in islice(PdfReader(open_handed(path), strict=False).pages, _MOST_PAGES):
            weight += _glyphs(page) * _longest_meaning(page)
            if weight > limits["characters"]:
                break
    return weight


def _glyphs(page: PageObject) -> int:
    content = page.get_contents()
    shown = content.get_data() if content is not None else b""
    digits = sum(len(match[1]) for match in _HEX_STRING.finditer(shown))
    return (digits // 2 + sum(len(match[1]) for match in _LITERAL_STRING.finditer(shown))) // _CODE_BYTES


def _longest_meaning(page: PageObject) -> int:
    """The most characters that one glyph of the page's fonts stands for."""
    meanings = (match[1] for mapping in _mappings(page) for match in _HEX_STRING.finditer(mapping))
    return max((len(meaning) // _HEX_DIGITS for meaning in meanings), default=1)


def _mappings(page: PageObject) -> Iterator[bytes]:
    fonts: Any = page.get("/Resources", {}).get_object().get("/Font", {}).get_object()
    for font in fonts.values():
        mapping = font.get_object().get("/ToUnicode")
        if mapping is not None:
            yield mapping.get_object().get_data()
