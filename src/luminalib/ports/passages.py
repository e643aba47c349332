"""Cutting texts into passages."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.passages import Passage
from luminalib.domain.texts import Section


class PassageSplitter(ABC):
    """Cuts where the text's own structure lets it: between paragraphs, else sentences, else words."""

    @abstractmethod
    async def split(self, document_id: str, sections: Sequence[Section]) -> list[Passage]:
        """The passages of a whole document in reading order; none reaches over the end of a section."""
