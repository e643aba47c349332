"""Lists in pages."""

from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_PAGE_SIZE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted; pages count from 1."""

    page: int = 1
    size: int = 20

    @property
    def offset(self) -> int:
        """How many items stand before this page."""
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list and the number of items in the whole list, which for a very long one is an estimate."""

    items: list[T]
    total: int
    is_estimate: bool = False
