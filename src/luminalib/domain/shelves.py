"""The catalogue as recommendations look at it: series in order, books by tag, the newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from luminalib.domain.books import search_key
from luminalib.domain.recommendations import BookProfile


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelves:
    """What is looked up for every answer, worked out once for a catalogue."""

    volumes: dict[str, list[str]]
    by_tag: dict[str, list[str]]
    newest: list[str]

    @classmethod
    def of(cls, books: Sequence[BookProfile]) -> "Shelves":
        """The shelves of a catalogue whose books stand in the order of their arrival."""
        volumes: dict[str, list[tuple[float, str]]] = {}
        by_tag: dict[str, list[str]] = {}
        for book in books:
            if book.series is not None and book.volume is not None:
                volumes.setdefault(book.series, []).append((book.volume, book.id))
            for tag in book.tags:
                by_tag.setdefault(search_key(tag), []).append(book.id)
        return cls(
            volumes={series: [book_id for _, book_id in sorted(numbered)] for series, numbered in volumes.items()},
            by_tag=by_tag,
            newest=[book.id for book in reversed(books)],
        )

    def tagged(self, tags: Collection[str]) -> set[str]:
        """The books that have one of these tags."""
        return {book_id for tag in tags for book_id in self.by_tag.get(search_key(tag), ())}
