"""The text of a document as people and models read it: sections in reading order, with offsets."""

from collections.abc import Sequence
from dataclasses import dataclass, field

SECTION_BREAK = "\n\n"
"""What stands between two sections when a document's text is read as one string."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A page of a PDF, a chapter of an EPUB, or about a page of a plain text.

    `start` is the offset, in characters, of `text` in the whole text (`SECTION_BREAK` stands between sections). `anchor` is where a
    reader opens it inside an EPUB: the name of its file, and behind # the element where it begins.
    """

    ordinal: int
    start: int
    text: str
    title: str | None = None
    anchor: str | None = None

    @property
    def page(self) -> int:
        """The number that people cite: counted from 1."""
        return self.ordinal + 1

    @property
    def end(self) -> int:
        """The offset just behind the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedMetadata:
    """What a file says about itself; trimmed, without control characters, empty where it says nothing."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    isbn: str | None = None
    language: str | None = None
    published_year: int | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    series: str | None = None
    series_index: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractedText:
    """Everything that was read out of one file. `notes` say what could not be read, in words for people."""

    sections: tuple[Section, ...]
    metadata: EmbeddedMetadata = field(default_factory=EmbeddedMetadata)
    language: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def word_count(self) -> int:
        """Words separated by white space."""
        return sum(len(section.text.split()) for section in self.sections)


def sections_of(texts: Sequence[tuple[str | None, str]], anchors: Sequence[str | None] = ()) -> tuple[Section, ...]:
    """Numbers (title, text) pairs and gives each its offset in the whole text, and its anchor where there are any."""
    sections: list[Section] = []
    start = 0
    for ordinal, (title, text) in enumerate(texts):
        anchor = anchors[ordinal] if ordinal < len(anchors) else None
        sections.append(Section(ordinal=ordinal, start=start, text=text, title=title, anchor=anchor))
        start += len(text) + len(SECTION_BREAK)
    return tuple(sections)
