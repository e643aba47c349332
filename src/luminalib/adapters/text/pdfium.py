"""A thin, typed face over PDFium's C functions: the fastest way to text, without the objects of the helper library."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import pypdfium2_raw as raw  # type: ignore[import-untyped]

from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.layout import PageLines

_LINE_END = "\r\n"
_SOFT_HYPHEN = "\ufffe"
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5
_MOST_BOOKMARKS = 5000
_MOST_META_BYTES = 64 * 1024


class Bitmap(NamedTuple):
    """Rows of `stride` bytes, four a pixel: blue, green, red and one that says nothing."""

    width: int
    height: int
    stride: int
    pixels: bytes


class NotAPdf(Exception):
    """PDFium cannot make sense of the file."""


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """A document handle. Raises NotAPdf, or the failure `encrypted` when the empty password does not open it."""
    _start()
    document = raw.FPDF_LoadDocument(path.encode("utf-8", "surrogateescape"), None)
    if not document:
        if raw.FPDF_GetLastError() in (_ERROR_PASSWORD, _ERROR_SECURITY):
            raise failure("encrypted")
        raise NotAPdf
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def page_count(document: Any) -> int:
    """How many pages the document claims to have; a lie is possible, also a negative one."""
    return int(raw.FPDF_GetPageCount(document))


def read_page(document: Any, number: int, most_characters: int) -> PageLines | None:
    """The lines of a page, counted from 0; None when there is no such page or it is broken. Raises the failure `limit-text`."""
    page = raw.FPDF_LoadPage(document, number)
    if not page:
        return None
    text_page = raw.FPDFText_LoadPage(page)
    try:
        return _lines(text_page, most_characters) if text_page else None
    finally:
        raw.FPDFText_ClosePage(text_page)
        raw.FPDF_ClosePage(page)


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


def render(document: Any, number: int, size: tuple[int, int], most_points: int) -> Bitmap | None:
    """A page as it is printed on white, at most as large as `size`; None when it is broken or larger than `most_points` a side."""
    page = raw.FPDF_LoadPage(document, number)
    if not page:
        return None
    width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    try:
        if not (0 < width <= most_points and 0 < height <= most_points):
            return None
        scale = min(size[0] / width, size[1] / height)
        return _bitmap(page, max(1, int(width * scale)), max(1, int(height * scale)))
    finally:
        raw.FPDF_ClosePage(page)


def _bitmap(page: Any, width: int, height: int) -> Bitmap | None:
    bitmap = raw.FPDFBitmap_Create(width, height, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        return Bitmap(width, height, stride, ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height))
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


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


def _lines(text_page: Any, most_characters: int) -> PageLines:
    count = raw.FPDFText_CountChars(text_page)
    if count > most_characters:
        raise failure("limit-text")
    lines = PageLines()
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    place, add = raw.FPDFText_GetCharOrigin, lines.add
    for start, line, is_cut in _split(_text(text_page, count)) if count > 0 else ():
        # PDFium skips a few characters in its text, so the index is near the line's first character, rarely on another line.
        place(text_page, start, at_x, at_y)
        add(line, x.value, y.value, is_cut=is_cut)
    return lines


def _split(text: str) -> Iterator[tuple[int, str, bool]]:
    """(offset, line, whether a hyphen cut its last word): PDFium puts U+FFFE for such a hyphen and the line end behind it."""
    start = 0
    for line in text.split(_LINE_END):
        if _SOFT_HYPHEN in line:
            *cut, line_end = line.split(_SOFT_HYPHEN)
            for piece in cut:
                yield start, piece, True
                start += len(piece) + len(_SOFT_HYPHEN)
            line = line_end  # noqa: PLW2901 - what is left of it
        if line:
            yield start, line, False
        start += len(line) + len(_LINE_END)


def _text(text_page: Any, count: int) -> str:
    # Twice the count: characters beyond the BMP take two units each, which the count does not tell.
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    return _decode(memoryview(buffer).cast("B")[: 2 * max(written - 1, 0)])


def _decode(data: bytes | memoryview) -> str:
    return bytes(data).decode("utf-16-le", "ignore")
