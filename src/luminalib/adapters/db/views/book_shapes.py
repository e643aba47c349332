"""What lists of the catalogue have in common: one statement serves all of a shape."""

from enum import StrEnum
from typing import NamedTuple

from luminalib.domain.books import BookFilter, tag_label
from luminalib.domain.catalogue import filter_words


class Within(StrEnum):
    """Which words of a book are searched."""

    ALL = "all"
    NAMES = "names"
    """Title, series, authors and tags."""
    TITLE = "title"


class Shape(NamedTuple):
    """What two lists have in common that one statement can serve both: everything but the values."""

    sort: str
    author_words: int = 0
    has_tag: bool = False
    has_series: bool = False
    has_language: bool = False
    has_year: bool = False
    has_status: bool = False
    available: bool | None = None
    walks: bool = False
    """Whether the list is gone through in its order until the page is full: for what very many books have in common."""
    words: str = ""
    """How the database is asked for the words of a question: fts5 or tsquery; empty without one."""
    within: Within = Within.ALL
    """Where the words are looked for."""
    rarest: str = ""
    """The parameter of the label that the databases begin with, if it is not the first by itself."""

    @classmethod
    def of(cls, wanted: BookFilter, words: str = "") -> "Shape":
        """The shape of a wanted list."""
        return cls(
            sort=wanted.sort,
            author_words=len(set(filter_words(wanted.author or ""))),
            has_tag=bool(tag_label(wanted.tag or "")),
            has_series=bool(tag_label(wanted.series or "")),
            has_language=bool(wanted.language),
            has_year=wanted.year is not None,
            has_status=bool(wanted.status),
            available=wanted.available,
            words=words if wanted.q is not None else "",
        )

    @property
    def is_whole(self) -> bool:
        """Whether every book matches."""
        return self[1:] == Shape(self.sort)[1:]

    @property
    def labels(self) -> list[tuple[str, str]]:
        """The labels that a book must have, as (kind, name of the parameter)."""
        found = [("author", f"author{n}") for n in range(self.author_words)]
        found += [("tag", "tag")] * self.has_tag + [("series", "series")] * self.has_series
        return sorted(found, key=lambda label: label[1] != self.rarest)

    @property
    def is_only_labels(self) -> bool:
        """Whether nothing but labels is asked for."""
        return bool(self.labels) and self._replace(author_words=0, has_tag=False, has_series=False, rarest="").is_whole

    @property
    def only_label(self) -> str | None:
        """The kind of the one label that is all that is asked for: how many books have it is found at once."""
        return self.labels[0][0] if self.is_only_labels and len(self.labels) == 1 else None

    @property
    def only_term(self) -> str | None:
        """The kind of the one thing that is all that is asked for, where it is kept how many books have it."""
        kinds = {"tag": self.has_tag, "series": self.has_series, "language": self.has_language, "year": self.has_year}
        asked = [kind for kind, is_asked in kinds.items() if is_asked]
        rest = self._replace(has_tag=False, has_series=False, has_language=False, has_year=False, walks=False, rarest="")
        return asked[0] if len(asked) == 1 and rest.is_whole else None

    @property
    def is_kept(self) -> bool:
        """Whether somewhere stands how many match: it is always exact."""
        return self.is_whole or self.is_only_in or self.only_term is not None

    @property
    def is_only_in(self) -> bool:
        """Whether only books with a free copy are asked for, and nothing else."""
        return self.available is True and self._replace(available=None).is_whole

    @property
    def is_only_status(self) -> bool:
        """Whether a state is all that is asked for."""
        return self.has_status and self._replace(has_status=False).is_whole

    @property
    def is_only_out(self) -> bool:
        """Whether only books without a free copy are asked for, and nothing else."""
        return self.available is False and self._replace(available=None).is_whole

    @property
    def may_walk(self) -> bool:
        """Whether going through the list in its order may be quicker than sorting what matches: that depends on how many do."""
        return self.sort.removeprefix("-") != "created_at" and (self.only_label is not None or self.is_only_out)

    @property
    def is_only_words(self) -> bool:
        """Whether nothing but words is asked for."""
        return bool(self.words) and self._replace(words="", within=Within.ALL).is_whole
