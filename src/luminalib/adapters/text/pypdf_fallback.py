"""Damaged PDFs once more, with pypdf: slower than PDFium by an order, but it mends other kinds of damage."""

import logging
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import islice

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.layout import PageLines
from luminalib.adapters.text.results import Metadata, make_metadata
from luminalib.ports.children import ChildTaskFailed, Progress, open_handed

_LEADING = 12.0
_MOST_PAGES_AGAIN = 1000
_OBJECT = re.compile(rb"\b(\d{1,8})\s+(\d{1,5})\s+obj\b")
_CATALOGUE = re.compile(rb"/Type\s*/Catalog\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_DICTIONARY = 4096
_NOTE = "The file is damaged; this is what could be saved of it."


def probe(path: str) -> Metadata:
    """The information dictionary, if pypdf can open the file."""
    with _opened(path) as reader:
        return _metadata(reader)


def read(path: str, *, limits: dict[str, int], progress: Progress) -> tuple[list[PageLines], Metadata, list[str]]:
    """Pages, metadata and a note that the file is damaged."""
    with _opened(path) as reader:
        pages = []
        left = limits["characters"]
        for page in islice(reader.pages, limits["pages"]):
            text = ""
            with suppress(
                PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, zlib.error
            ):  # a page is not a book
                text = page.extract_text()
            left -= len(text)
            if left < 0:
                raise failure("limit-text")
            pages.append(_lines(text))
            progress(0.5)
        if not any(page.texts for page in pages):
            raise failure("corrupt")
        return pages, _metadata(reader), [_NOTE]


def read_pages(path: str, numbers: Sequence[int], most_characters: int) -> Iterator[tuple[int, PageLines]]:
    """Some pages, counted from 0, with the letters that their fonts only name; nothing of what pypdf cannot read either."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with suppress(Exception), open_handed(path) as file:  # whatever the damage provokes: PDFium has read the file
        reader = PdfReader(file, strict=False)
        for number in numbers[:_MOST_PAGES_AGAIN]:
            text = reader.pages[number].extract_text()
            most_characters -= len(text)
            if most_characters < 0:
                return
            yield number, _lines(text)


@contextmanager
def _reading() -> Iterator[None]:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        yield
    except (ChildTaskFailed, MemoryError):
        raise
    except FileNotDecryptedError:
        raise failure("encrypted") from None
    except (PyPdfError, Exception):  # noqa: BLE001 - pypdf raises whatever the damage provokes
        raise failure("corrupt") from None


@contextmanager
def _opened(path: str) -> Iterator[PdfReader]:
    with _reading(), open_handed(path) as file:
        try:
            reader = PdfReader(file, strict=False)
        except PyPdfError:
            file.seek(0)
            reader = _mended(file.read())
        yield reader


def _mended(content: bytes) -> PdfReader:
    """A file that breaks off before its end, as far as it goes. Raises the failure `corrupt` where not even a page is left."""
    with suppress(Exception):  # whatever is missing: the pages themselves may be there
        reader = PdfReader(BytesIO(_with_trailer(content)), strict=False)
        if len(reader.pages):
            return reader
    return PdfReader(BytesIO(_with_trailer(_with_tree(content))), strict=False)


def _with_tree(content: bytes) -> bytes:
    """A file that breaks off before its tree of pages is written, with one of the pages that are whole, in their order.

    Raises the failure `corrupt` when there are none.
    """
    objects = [*_OBJECT.finditer(content)]
    pages = [found for found in objects if _PAGE.search(content[found.end() : found.end() + _DICTIONARY].split(b"endobj")[0])]
    if not pages:
        raise failure("corrupt")
    free = max(int(found[1]) for found in objects) + 1
    kids = b" ".join(b"%b %b R" % (found[1], found[2]) for found in pages[:_MOST_PAGES_AGAIN])
    tree = b"%d 0 obj\n<< /Type /Pages /Count %d /Kids [%b] >>\nendobj\n" % (free, len(pages[:_MOST_PAGES_AGAIN]), kids)
    return content + b"\nendobj\n" + tree + b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n" % (free + 1, free)


def _with_trailer(content: bytes) -> bytes:
    """A file that breaks off before it says where its catalogue is, or says it wrongly: the last catalogue in it counts.

    Raises the failure `corrupt` when there is none.
    """
    objects = [*_OBJECT.finditer(content)]
    catalogues = [
        found for found in objects if _CATALOGUE.search(content[found.end() : found.end() + _DICTIONARY].split(b"endobj")[0])
    ]
    if not catalogues:
        raise failure("corrupt")
    root, size = catalogues[-1], max(int(found[1]) for found in objects) + 1
    return content + b"\ntrailer\n<< /Root %b %b R /Size %d >>\nstartxref\n0\n%%%%EOF\n" % (root[1], root[2], size)


def _lines(text: str) -> PageLines:
    """Lines without a place: evenly spaced, so that only their lengths say where a paragraph ends."""
    lines = PageLines()
    for number, line in enumerate(text.splitlines()):
        lines.add(line, 0.0, -_LEADING * number)
    return lines


def _metadata(reader: PdfReader) -> Metadata:
    information = reader.metadata
    if information is None:
        return make_metadata()
    return make_metadata(title=information.title, authors=[information.author], description=information.subject)
