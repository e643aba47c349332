"""EPUB files: chapters in reading order, as the table of contents divides them."""

from collections.abc import Iterator

from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.contents import Contents, read_contents
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import detect_language
from luminalib.adapters.text.markup import first_heading, to_texts
from luminalib.adapters.text.opf import Package, SpineItem, read_package
from luminalib.adapters.text.results import Extraction, Metadata
from luminalib.adapters.text.xml import parse_markup
from luminalib.ports.children import Progress

_SHORTEST_CHAPTER = 300
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
    language = package.metadata.get("language") or detect_language([text for _, text in chapters])
    return Extraction(
        sections=chapters, anchors=reader.anchors, metadata=package.metadata, language=language, notes=_notes(reader.missing)
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
        root = parse_markup(data) if data else None
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


def _with_headings(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Joins a part that is hardly more than its heading with the next: "Part One", "I." and the like are no chapters."""
    joined: list[tuple[str, str]] = []
    for identity, text in parts:
        if joined and 0 < len(joined[-1][1]) < _SHORTEST_CHAPTER:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]}\n\n{text}".strip())
        else:
            joined.append((identity, text))
    return joined


def _notes(missing: list[str]) -> list[str]:
    if not missing:
        return []
    shown = ", ".join(filter(None, map(clean_field, missing[:5]))) + (" …" if len(missing) > 5 else "")  # noqa: PLR2004 - a line's worth
    return [f"Parts of the book that are missing or damaged: {shown}."]
