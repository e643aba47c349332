"""Uploaded files and what was read out of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.documents import Document
from luminalib.domain.intelligence import Summary
from luminalib.domain.texts import Section


class DocumentRepository(ABC):
    """Uploaded files and what was read out of them."""

    @abstractmethod
    async def add(self, document: Document) -> None:
        """Keeps a new document. Leaving the unit of work raises DuplicateContent when another has the same bytes."""

    @abstractmethod
    async def get(self, document_id: str) -> Document:
        """Raises DocumentNotFound."""

    @abstractmethod
    async def private_of(self, owner_id: str) -> Sequence[Document]:
        """The member's documents that are no books."""

    @abstractmethod
    async def laid_out(self) -> Sequence[Document]:
        """The copies of the files of the knowledge directory."""

    @abstractmethod
    async def has_staged(self, key: str) -> bool:
        """Whether some document's file was staged under `key`."""

    @abstractmethod
    async def queue_position(self, document: Document) -> int:
        """How many documents wait before this one."""

    @abstractmethod
    async def remove(self, document: Document) -> None:
        """Deletes it with its text, summary and events."""

    @abstractmethod
    async def replace_text(self, document_id: str, sections: Sequence[Section]) -> None:
        """Keeps the sections in place of what was there."""

    @abstractmethod
    async def sections(self, document_id: str, page: int | None = None) -> list[Section]:
        """The text in reading order, or one page of it."""

    @abstractmethod
    async def save_summary(self, summary: Summary) -> None:
        """Keeps the summary in place of what was there."""

    @abstractmethod
    async def find_summary(self, document_id: str) -> Summary | None:
        """The document's summary, if it has one."""

    @abstractmethod
    async def remove_results(self, document_id: str) -> None:
        """Deletes text and summary, for new content."""
