"""Passages that were found, as they are read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from luminalib.domain.passages import Scope
from luminalib.domain.search import PassageView


@dataclass(frozen=True, kw_only=True, slots=True)
class PassagesSeen:
    """Passages by id; `open_books` are the books among theirs that the member has on loan or has brought in."""

    views: dict[str, PassageView] = field(default_factory=dict)
    open_books: frozenset[str] = frozenset()


class PassageViews(ABC):
    """Passages with what people call the book or document that they stand in. Nothing outside of a scope is ever seen."""

    @abstractmethod
    async def several(self, passage_ids: Sequence[str], scope: Scope) -> PassagesSeen:
        """Those of the passages that lie within the scope, whatever an index that is behind may have found."""

    @abstractmethod
    async def around(self, passage_id: str, before: int, after: int, scope: Scope) -> PassagesSeen:
        """A passage with so many before and after it in its document, in reading order. Raises PassageNotFound."""
