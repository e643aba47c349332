"""EPUB files: chapters in reading order, as the table of contents divides them."""

from collections.abc import Iterator, Sequence
from html import escape

from lxml import etree

from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.contents import Contents, read_contents
from luminalib.adapters.text.dates import first_published
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import language_of
from luminalib.adapters.text.markup import first_heading, to_texts
from luminalib.adapters.text.opf import Package, SpineItem, read_package
from luminalib.adapters.text.plain import decode
from luminalib.adapters.text.results import Extraction, Metadata, only_isbn
from luminalib.adapters.text.xml import parse_markup
from luminalib.ports.children import Progress

_SHORTEST_CHAPTER = 300
_HEAD = 1000
_IMPRINT_CHAPTERS, _IMPRINT_CHARACTERS = 4, 20_000
Chapter = tuple[str | None, str]


def probe(path: str, *, limits: dict[str, int], progress: Progress) -> Metadata:
    """What the package document says."""
    del progress
    with Archive(path, limits) as archive:
        return read_package(archive).metadata


def extract(path: str, *, limits: dict[str, int], progress: Progress) -> Extraction:
    """All chapters with their titles; damaged ones are left out and named in a note."""
    with Archive(path, limits) as archive:
        package = read_package(archive)
        reader = _Reader(archive, read_contents(archive, package), limits["characters"])
        chapters = reader.read(package, progress)
    if not chapters:
        raise failure("corrupt" if reader.missing else "no-text")
    texts = [text for _, text in chapters]
    metadata = _completed(package.metadata, texts)
    return Extraction(
        sections=chapters,
        anchors=reader.anchors,
        metadata=metadata,
        language=metadata["language"],
        notes=_notes(reader.missing, package.unreadable),
    )


def _completed(metadata: Metadata, texts: list[str]) -> Metadata:
    """The package's word, with what the imprint says where that is silent."""
    imprint = "\n".join([*texts[:_IMPRINT_CHAPTERS], *texts[-1:]])[:_IMPRINT_CHARACTERS]
    first = first_published(imprint)
    return Metadata(
        **{
            **metadata,
            "isbn": metadata["isbn"] or only_isbn(imprint),
            "published_year": first or metadata["published_year"],
            "language": language_of(texts, metadata["language"]),
        }
    )


class _Reader:
    """Reads the documents of one book."""

    def __init__(self, archive: Archive, contents: Contents, most_characters: int) -> None:
        self._archive = archive
        self._contents = contents
        self._left = most_characters
        self.missing: list[str] = []
        self.anchors: list[str | None] = []

    def read(self, package: Package, progress: Progress) -> list[Chapter]:
        """The chapters with words in them. The list of contents is left out, unless there is nothing else."""
        documents = [item for item in package.spine if not item.is_navigation]
        chapters: list[Chapter] = []
        for number, item in enumerate(documents, 1):
            chapters = self._append(chapters, item)
            progress(number / len(documents))
        if not chapters:
            for item in package.spine:
                chapters = self._append(chapters, item) if item.is_navigation else chapters
        return chapters

    def _append(self, chapters: list[Chapter], item: SpineItem) -> list[Chapter]:
        for title, text, continues, anchor in self._parts(item):
            self._left -= len(text)
            if self._left < 0:
                raise failure("limit-text")
            if continues and chapters:
                before_title, before = chapters.pop()
                chapters.append((before_title, f"{before}\n\n{text}"))
            elif any(map(str.isalnum, text)):
                chapters.append((title, text))
                self.anchors.append(anchor)
        return chapters

    def _parts(self, item: SpineItem) -> Iterator[tuple[str | None, str, bool, str]]:
        """(title, text, whether it continues the chapter before, anchor): some books are cut into files in mid-chapter."""
        data = self._archive.read(item.name)
        root = _parsed(data, item) if data else None
        if root is None:
            self.missing.append(item.name)
            return
        titles = self._contents.get(item.name, {})
        heading = first_heading(root)
        parts = _with_headings(to_texts(root, titles.keys() - {""}))
        for identity, text in parts:
            title = titles.get(identity)
            is_tail = identity == "" and title is None and len(parts) > 1
            if text:
                anchor = f"{item.name}#{identity}" if identity else item.name
                yield title or (None if is_tail else clean_field(heading)), text, is_tail, anchor


def _parsed(data: bytes, item: SpineItem) -> etree._Element | None:
    if not item.is_plain or b"<html" in data[:_HEAD].lower():
        return parse_markup(data)
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in decode(data).split("\n\n"))
    return parse_markup(f"<html><body>{paragraphs}</body></html>".encode())


def _with_headings(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Joins a part that is hardly more than its heading with the next: "Part One", "I." and the like are no chapters."""
    joined: list[tuple[str, str]] = []
    for identity, text in parts:
        if joined and 0 < len(joined[-1][1]) < _SHORTEST_CHAPTER:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]}\n\n{text}".strip())
        else:
            joined.append((identity, text))
    return joined


def _notes(missing: list[str], unreadable: tuple[str, ...]) -> list[str]:
    told = ((missing, "Parts of the book that are missing or damaged"), (unreadable, "Parts of the book that are no text"))
    return [f"{what}: {_listed(names)}." for names, what in told if names]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(filter(None, map(clean_field, names[:5]))) + (" …" if len(names) > 5 else "")  # noqa: PLR2004 - a line's worth
