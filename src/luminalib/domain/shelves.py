"""The catalogue as recommendations look at it: series in order, books by tag, the newest first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from luminalib.domain.books import search_key
from luminalib.domain.editions import works_of
from luminalib.domain.recommendations import BookProfile, Candidate


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelves:
    """What is looked up for every answer, worked out once for a catalogue."""

    volumes: dict[str, list[str]]
    by_tag: dict[str, list[str]]
    newest: list[str]
    works: dict[str, str]
    """For each book the first edition of its work."""
    editions: dict[str, list[str]]
    """The books of each work that has several."""

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
        works = works_of(books)
        editions: dict[str, list[str]] = {}
        for book_id, work in works.items():
            editions.setdefault(work, []).append(book_id)
        return cls(
            volumes={series: [book_id for _, book_id in sorted(numbered)] for series, numbered in volumes.items()},
            by_tag=by_tag,
            newest=[book.id for book in reversed(books)],
            works=works,
            editions={work: ids for work, ids in editions.items() if len(ids) > 1},
        )

    def tagged(self, tags: Collection[str]) -> set[str]:
        """The books that have one of these tags."""
        return {book_id for tag in tags for book_id in self.by_tag.get(search_key(tag), ())}

    def same_works(self, book_ids: Iterable[str]) -> set[str]:
        """These books and all other editions of their works."""
        return {other for one in book_ids for other in (one, *self.editions.get(self.works.get(one, one), ()))}

    def one_edition_each(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates without those whose work one before them has."""
        first: dict[str, Candidate] = {}
        for one in candidates:
            first.setdefault(self.works.get(one.book_id, one.book_id), one)
        return list(first.values())
