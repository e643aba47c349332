"""A thin, typed face over PDFium's C functions: the fastest way to text, without the objects of the helper library."""

import ctypes
import mmap
import os
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2_raw as raw  # type: ignore[import-untyped]

from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.layout import PageLines
from luminalib.ports.children import open_handed

_LINE_END = "\r\n"
_SOFT_HYPHEN = "\ufffe"
_ERROR_PASSWORD, _ERROR_SECURITY = 4, 5
_MOST_BOOKMARKS = 5000
_MOST_META_BYTES = 64 * 1024
_DOUBLE = array("d").itemsize


def _with_addresses(function: Any, *arguments: Any) -> Any:
    """The same C function for bare addresses: wrapping references anew for every line takes longer than the call."""
    return ctypes.CFUNCTYPE(ctypes.c_int, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_get_text = _with_addresses(raw.FPDFText_GetText, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
_get_origin = _with_addresses(raw.FPDFText_GetCharOrigin, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


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
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    text = _text(handle, count) if count > 0 else ""
    starts, lines, cuts = _split(text) if _SOFT_HYPHEN in text else _split_at_line_ends(text)
    xs, ys = array("d", starts), array("d", starts)
    # PDFium skips a few characters in its text, so the index is near the line's first character, rarely on another line.
    for _ in map(_get_origin, repeat(handle), starts, _addresses(xs), _addresses(ys)):
        pass
    return PageLines(lines, array("f", xs), array("f", ys), cuts)


def _addresses(numbers: "array[float]") -> range:
    first, count = numbers.buffer_info()
    return range(first, first + count * _DOUBLE, _DOUBLE)


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
    # Twice the count: characters beyond the BMP take two units each, which the count does not tell.
    units = array("H", bytes(2 * (2 * count + 2)))
    address, _ = units.buffer_info()
    written = _get_text(text_page, 0, count, address)
    return _decode(ctypes.string_at(address, 2 * max(written - 1, 0)))


def _decode(data: bytes) -> str:
    return data.decode("utf-16-le", "ignore")
