"""A thin, typed face over PDFium's C functions: the fastest way to text, without the objects of the helper library."""

import ctypes
import mmap
import os
import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2_raw as raw  # type: ignore[import-untyped]

from luminalib.adapters.text.columns import in_columns
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.layout import PageLines
from luminalib.adapters.text.pdf_annotations import add_annotations
from luminalib.ports.children import open_handed

_LINE_END = "\r\n"
_SOFT_HYPHEN = "\ufffe"
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5
_MOST_BOOKMARKS = 5000
_MOST_META_BYTES = 64 * 1024
_BLEED = 3.0
_SMALLEST_PAGE = 36.0
_LOOKED_AT = 200
_ODD_CODE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _with_addresses(function: Any, *arguments: Any) -> Any:
    """The same C function for bare addresses: wrapping references anew for every line takes longer than the call."""
    return ctypes.CFUNCTYPE(ctypes.c_int, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_get_text = _with_addresses(raw.FPDFText_GetText, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_get_origin = _with_addresses(raw.FPDFText_GetCharOrigin, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class NotAPdf(Exception):
    """PDFium cannot make sense of the file."""


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """A document handle. Raises NotAPdf, or the failure `encrypted` when the empty password does not open it."""
    _start()
    content = _mapped(path)
    document = raw.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        if raw.FPDF_GetLastError() in (_ERROR_PASSWORD, _ERROR_SECURITY):
            raise failure("encrypted")
        raise NotAPdf
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def _mapped(path: str) -> Any:
    """The file's bytes where PDFium reads them from; they are read as they are needed. Raises NotAPdf for an empty file."""
    with open_handed(path) as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            raise NotAPdf
        # A copy on write, because only what may be written has an address; nobody writes.
        return (ctypes.c_char * size).from_buffer(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY))


def page_count(document: Any) -> int:
    """How many pages the document claims to have; a lie is possible, also a negative one."""
    return int(raw.FPDF_GetPageCount(document))


class Page(NamedTuple):
    """What a page shows. Of a font that does not tell its letters none come (`is_silent`), or odd ones (`has_odd_codes`)."""

    lines: PageLines
    is_silent: bool
    has_odd_codes: bool
    has_pictures: bool


def read_page(document: Any, number: int, most_characters: int, form: Any = None) -> Page | None:
    """A page, counted from 0; None when there is no such page or it is broken. Raises the failure `limit-text`."""
    page = raw.FPDF_LoadPage(document, number)
    if not page:
        return None
    text_page = raw.FPDFText_LoadPage(page)
    try:
        return _page(page, text_page, most_characters, form) if text_page else None
    finally:
        raw.FPDFText_ClosePage(text_page)
        raw.FPDF_ClosePage(page)


def attachments(document: Any) -> int:
    """How many files are packed into the document."""
    return max(0, int(raw.FPDFDoc_GetAttachmentCount(document)))


def information(document: Any, key: str) -> str | None:
    """A value of the document information dictionary, such as `Title`."""
    length = raw.FPDF_GetMetaText(document, key.encode("ascii"), None, 0)
    if length <= 2:  # noqa: PLR2004 - only the terminator
        return None
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_GetMetaText(document, key.encode("ascii"), buffer, length)
    return _decode(buffer.raw[: min(length - 2, _MOST_META_BYTES)])


def language(document: Any) -> str | None:
    """The natural language that the catalogue declares."""
    length = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if length <= 2 or length > _MOST_META_BYTES:  # noqa: PLR2004 - only the terminator
        return None
    buffer = (ctypes.c_ushort * length)()
    raw.FPDFCatalog_GetLanguage(document, buffer, length)
    return _decode(bytes(buffer)[: length - 2])


def bookmarks(document: Any) -> dict[int, str]:
    """For each page that an outermost bookmark leads to, the title of the first that does."""
    titles: dict[int, str] = {}
    bookmark = raw.FPDFBookmark_GetFirstChild(document, None)
    for _ in range(_MOST_BOOKMARKS):  # a damaged outline may go round in circles
        if not bookmark:
            break
        number = raw.FPDFDest_GetDestPageIndex(document, raw.FPDFBookmark_GetDest(document, bookmark))
        if number >= 0:
            titles.setdefault(number, _bookmark_title(bookmark))
        bookmark = raw.FPDFBookmark_GetNextSibling(document, bookmark)
    return titles


@cache
def _start() -> None:
    raw.FPDF_InitLibrary()


def _bookmark_title(bookmark: Any) -> str:
    length = raw.FPDFBookmark_GetTitle(bookmark, None, 0)
    if not 0 < length <= _MOST_META_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFBookmark_GetTitle(bookmark, buffer, length)
    return _decode(buffer.raw[: length - 2])


def _page(page: Any, text_page: Any, most_characters: int, form: Any) -> Page:
    count = raw.FPDFText_CountChars(text_page)
    if count > most_characters:
        raise failure("limit-text")
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    text = _text(handle, count) if count > 0 else ""
    lines = _lines(handle, text)
    box = _visible_box(page)
    if box is not None and not _is_all_visible(handle, lines, text, box):
        lines = _visible_lines(text_page, count, box)
    add_annotations(page, form, lines)
    has_pictures = not lines.texts and _has_pictures(page)
    odd = len(_ODD_CODE.findall(text))
    is_silent = bool(text.strip()) and (sum(map(str.isalnum, text)) <= odd if odd else not any(map(str.isalnum, text)))
    return Page(lines, is_silent, odd > 0 and _has_nameless_font(page), has_pictures)


def _lines(handle: int | None, text: str) -> PageLines:
    starts, lines, cuts = _split(text) if _SOFT_HYPHEN in text else _split_at_line_ends(text)
    xs, ys = _origins(handle, starts)
    columns = in_columns(lines, starts, cuts, partial(_origins, handle))
    return columns or PageLines(lines, array("f", xs), array("f", ys), cuts)


def _origins(handle: int | None, places: list[int]) -> tuple["array[float]", "array[float]"]:
    """Where the characters at some places stand."""
    xs, ys = array("d", places), array("d", places)
    # PDFium skips a few characters in its text, so the index is near the line's first character, rarely on another line.
    for _ in map(_get_origin, repeat(handle), places, _addresses(xs), _addresses(ys)):
        pass
    return xs, ys


def _visible_box(page: Any) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of what a reader sees: media box and crop box together; None where they cannot be meant."""
    found = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, found) or min(found.right - found.left, found.top - found.bottom) < _SMALLEST_PAGE:
        return None
    return found.left - _BLEED, found.bottom - _BLEED, found.right + _BLEED, found.top + _BLEED


def _is_inside(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _is_all_visible(handle: int | None, lines: PageLines, text: str, box: tuple[float, float, float, float]) -> bool:
    """Whether all lines begin and end on the page: looked up at their ends, for one line can run over its edge."""
    ends = [place - 1 for place in _line_ends(text)]
    xs, ys = _origins(handle, ends)
    everywhere = (*zip(lines.xs, lines.ys, strict=True), *zip(xs, ys, strict=True))
    return all(_is_inside(x, y, box) for x, y in everywhere)


def _line_ends(text: str) -> list[int]:
    ends, end = [], text.find(_LINE_END)
    while end >= 0:
        if end and not text[end - 1].isspace():
            ends.append(end)
        end = text.find(_LINE_END, end + len(_LINE_END))
    return [*ends, len(text)] if text and not text[-1].isspace() else ends


def _visible_lines(text_page: Any, count: int, box: tuple[float, float, float, float]) -> PageLines:
    """The same, character by character, without those that lie beyond the edges (printers' slugs, cropped halves)."""
    lines = PageLines()
    x, y = ctypes.c_double(), ctypes.c_double()
    words: list[str] = []
    begin = (0.0, 0.0)
    for place in range(count):
        character = chr(raw.FPDFText_GetUnicode(text_page, place))
        if character in _LINE_END or character == _SOFT_HYPHEN:
            lines.add("".join(words), *begin, is_cut=character == _SOFT_HYPHEN)
            words = []
        elif character.isspace():
            words.append(" ")
        elif raw.FPDFText_GetCharOrigin(text_page, place, x, y) and _is_inside(x.value, y.value, box):
            begin = begin if any(map(str.strip, words)) else (x.value, y.value)
            words.append(character)
    lines.add("".join(words), *begin)
    return lines


def _has_nameless_font(page: Any) -> bool:
    """Whether a letter of the page is of a Type 3 font, the only one without a name (ISO 32000-1, 9.6.5).

    Odd codes of other fonts are signs of formulas and the pieces of big brackets.
    """
    for place in range(min(raw.FPDFPage_CountObjects(page), _LOOKED_AT)):
        drawn = raw.FPDFPage_GetObject(page, place)
        if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_TEXT:
            font = raw.FPDFTextObj_GetFont(drawn)
            if font and raw.FPDFFont_GetBaseFontName(font, None, 0) <= 1:
                return True
    return False


def _has_pictures(page: Any) -> bool:
    some = min(raw.FPDFPage_CountObjects(page), _LOOKED_AT)
    return any(raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, place)) == raw.FPDF_PAGEOBJ_IMAGE for place in range(some))


def _addresses(numbers: "array[float]") -> range:
    first, count = numbers.buffer_info()
    return range(first, first + count * numbers.itemsize, numbers.itemsize)


def _split_at_line_ends(text: str) -> tuple[list[int], list[str], set[int]]:
    """(offsets, lines, lines that end in a cut word) of a text in which no word is cut."""
    starts: list[int] = []
    lines: list[str] = []
    start = 0
    for line in text.split(_LINE_END):
        if stripped := line.strip():
            starts.append(start)
            lines.append(stripped)
        start += len(line) + len(_LINE_END)
    return starts, lines, set()


def _split(text: str) -> tuple[list[int], list[str], set[int]]:
    """The same where words are cut: PDFium puts U+FFFE for such a hyphen and the line end behind it."""
    starts: list[int] = []
    lines: list[str] = []
    cuts: set[int] = set()
    start = 0
    for line in text.split(_LINE_END):
        *cut, line_end = line.split(_SOFT_HYPHEN)
        for piece in cut:
            if stripped := piece.strip():
                cuts.add(len(lines))
                starts.append(start)
                lines.append(stripped)
            start += len(piece) + len(_SOFT_HYPHEN)
        if stripped := line_end.strip():
            starts.append(start)
            lines.append(stripped)
        start += len(line_end) + len(_LINE_END)
    return starts, lines, cuts


def _text(text_page: int | None, count: int) -> str:
    units = array("H", bytes(2 * (2 * count + 2)))  # characters beyond the BMP take two, which the count does not tell
    address, _ = units.buffer_info()
    written = _get_text(text_page, 0, count, address)
    return _decode(ctypes.string_at(address, 2 * max(written - 1, 0)))


def _decode(data: bytes) -> str:
    return data.decode("utf-16-le", "ignore")
