"""Drawing covers for books that bring none."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.covers import CoverImage


class CoverArtist(ABC):
    """Draws a cover from what is known of a book; the same for the same title and authors."""

    @abstractmethod
    async def draw(self, title: str, authors: Sequence[str]) -> CoverImage:
        """An image of at most COVER_SIZE whose title can be read at a width of 120 pixels."""
