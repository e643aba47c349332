"""Turns a work of the shelf into the file that a librarian would upload.

The bytes of a work are the same on every run and machine, so that a library that has the demo already recognises it by its hash.
For that reason nothing is compressed: implementations of deflate differ in what they write.
"""

import textwrap

from luminalib.demo.epub import render_epub
from luminalib.demo.markup import list_items, to_plain
from luminalib.demo.pdf import render_pdf
from luminalib.demo.shelf import RIGHTS, Chapter, Format, ShelfBook

_WIDTH = 78


def filename(book: ShelfBook) -> str:
    """A name for the file, unique on the shelf, with the ending of its format."""
    return f"{book.slug}.{book.format}"


def render(book: ShelfBook) -> bytes:
    """The file in the format that the book asks for."""
    match book.format:
        case Format.TXT:
            return _render_text(book)
        case Format.EPUB:
            return render_epub(book)
        case Format.PDF:
            return render_pdf(book)


def _render_text(book: ShelfBook) -> bytes:
    head = [book.title.upper(), f"by {' and '.join(book.authors)}", f"{book.year}. {RIGHTS}"]
    return "\n\n".join([*head, *map(_chapter, book.chapters)]).encode() + b"\n"


def _chapter(chapter: Chapter) -> str:
    heading = f"\n{chapter.title}\n{'-' * len(chapter.title)}"
    return "\n\n".join([heading, *map(_block, chapter.blocks)])


def _block(block: str) -> str:
    items = list_items(block)
    if items is not None:
        return "\n".join(textwrap.fill(to_plain(item), _WIDTH, initial_indent="- ", subsequent_indent="  ") for item in items)
    return "\n".join(textwrap.fill(to_plain(line), _WIDTH) for line in block.splitlines())
