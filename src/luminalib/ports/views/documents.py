"""Documents, as they are read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.document_views import DocumentDetail, DocumentView, Holder
from luminalib.domain.documents import DocumentFilter
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.texts import Section


class DocumentViews(ABC):
    """Documents of a member, or of everybody where `owner_id` is None."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: DocumentFilter, page: PageRequest) -> Page[DocumentView]:
        """Documents that match, the newest first."""

    @abstractmethod
    async def get(self, tenant_id: str, document_id: str, owner_id: str | None) -> DocumentDetail:
        """One document with history and analysis. Raises DocumentNotFound, also for somebody else's."""

    @abstractmethod
    async def text(self, tenant_id: str, document_id: str, owner_id: str | None, page: int | None) -> Sequence[Section]:
        """The text in reading order, or one page of it. Raises DocumentNotFound."""

    @abstractmethod
    async def catalogued(self, tenant_id: str, sha256: str) -> Holder | None:
        """The document of the catalogue that has these bytes."""

    @abstractmethod
    async def own(self, tenant_id: str, sha256: str, owner_id: str | None) -> Holder | None:
        """A document of a member, or of the house, that has these bytes."""

    @abstractmethod
    async def stored_bytes(self, tenant_id: str, owner_id: str) -> int:
        """What the documents of a member take, with the uploads that are announced. See UploadRepository."""
