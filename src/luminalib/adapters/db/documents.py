"""Tables and repository of documents, their text and their summaries."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.catalogue import searchable
from luminalib.domain.documents import Document, DocumentNotFound, DocumentStatus
from luminalib.domain.intelligence import Sentiment, Summary
from luminalib.domain.media import MediaType
from luminalib.domain.texts import Section
from luminalib.ports.persistence import DocumentRepository

documents = sa.Table(
    "documents",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("filename", sa.String(255), nullable=False),
    sa.Column("media_type", enum_column(MediaType), nullable=False),
    sa.Column("byte_size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
    sa.Column("claim", sa.String(64), nullable=False),
    sa.Column("staged_key", sa.String(255), nullable=False),
    sa.Column("content_key", sa.String(255), nullable=False),
    sa.Column("uploaded_by", sa.ForeignKey("users.id", ondelete="SET NULL")),
    sa.Column("status", enum_column(DocumentStatus), nullable=False, index=True),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("error_code", sa.String(64)),
    sa.Column("error_message", sa.Text),
    sa.Column("page_count", sa.Integer),
    sa.Column("word_count", sa.Integer),
    sa.Column("language", sa.String(35)),
    sa.Column("cover_key", sa.String(255)),
    sa.Column("knowledge_path", sa.String(1024)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "claim", name="uq_documents_tenant_id_sha256"),  # the name of its first years
    sa.Index("ix_documents_uploaded_by", "uploaded_by", "tenant_id", "byte_size"),
    sa.Index("ix_documents_uploaded_by_sha256", "tenant_id", "uploaded_by", "sha256"),
    sa.Index("ix_documents_tenant_id_created_at", "tenant_id", "created_at", "id"),
    sa.Index("ix_documents_tenant_id_status", "tenant_id", "status", "created_at", "id"),
    sa.Index("ix_documents_tenant_id_uploaded_by", "tenant_id", "uploaded_by", "created_at", "id"),
)
sections = sa.Table(
    "sections",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    tenant_column(),
    sa.Column("title", sa.Text),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("anchor", sa.Text),
)
summaries = sa.Table(
    "summaries",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("key_topics", sa.JSON, nullable=False),
    sa.Column("sentiment", enum_column(Sentiment), nullable=False),
    sa.Column("insights", sa.JSON, nullable=False),
    sa.Column("action_items", sa.JSON, nullable=False),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("parts", sa.Integer),
    sa.Column("parts_read", sa.Integer),
    sa.Column("generated_at", UtcDateTime, nullable=False),
    sa.Index("ix_summaries_tenant_id_generated_at", "tenant_id", "generated_at"),
)
map_owned(Document, documents)
map_owned(Summary, summaries)


_PASSAGES = sa.table("passages", sa.column("document_id"))
_TEXTS = sa.table("book_texts", sa.column("book_id"), sa.column("tenant_id"), sa.column("summary"))
_BOOKS = sa.table("books", sa.column("id"), sa.column("document_id"))  # the catalogue knows of documents, not the other way round


class SqlDocumentRepository(DocumentRepository):
    """Documents in `documents`, their text in `sections`, what was said of them in `summaries`."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def add(self, document: Document) -> None:
        """See DocumentRepository."""
        self._session.add(document)
        await self._session.flush()

    async def get(self, document_id: str) -> Document:
        """See DocumentRepository."""
        document = await self._session.scalar(locked(self._session, sa.select(Document).where(documents.c.id == document_id)))
        if document is None:
            raise DocumentNotFound
        return document

    async def private_of(self, owner_id: str) -> Sequence[Document]:
        """See DocumentRepository."""
        has_book = sa.exists().where(_BOOKS.c.document_id == documents.c.id)
        return (await self._session.scalars(sa.select(Document).where(documents.c.uploaded_by == owner_id, ~has_book))).all()

    async def laid_out(self) -> Sequence[Document]:
        """See DocumentRepository."""
        return list(await self._session.scalars(sa.select(Document).where(documents.c.knowledge_path.is_not(None))))

    async def has_staged(self, key: str) -> bool:
        """See DocumentRepository."""
        return await self._session.scalar(sa.select(Document).where(documents.c.staged_key == key)) is not None

    async def queue_position(self, document: Document) -> int:
        """See DocumentRepository."""
        waits_before = sa.and_(
            documents.c.tenant_id == self._tenant_id,
            documents.c.status == DocumentStatus.PENDING,
            sa.tuple_(documents.c.created_at, documents.c.id) < sa.tuple_(document.created_at, document.id),
        )
        return await self._session.scalar(sa.select(sa.func.count()).select_from(documents).where(waits_before)) or 0

    async def remove(self, document: Document) -> None:
        """See DocumentRepository."""
        await self._session.execute(sa.delete(documents).where(documents.c.id == document.id))
        self._session.expunge(document)

    async def replace_text(self, document_id: str, sections_read: Sequence[Section]) -> None:
        """See DocumentRepository."""
        await self._session.execute(sa.delete(sections).where(sections.c.document_id == document_id))
        rows = [
            {
                "document_id": document_id,
                "tenant_id": self._tenant_id,
                "ordinal": s.ordinal,
                "title": s.title,
                "start": s.start,
                "text": s.text,
                "anchor": s.anchor,
            }
            for s in sections_read
        ]
        await self._session.execute(sa.insert(sections), rows)

    async def sections(self, document_id: str, page: int | None = None) -> list[Section]:
        """See DocumentRepository."""
        wanted = sa.select(sections).where(sections.c.document_id == document_id, sections.c.tenant_id == self._tenant_id)
        if page is not None:
            wanted = wanted.where(sections.c.ordinal == page - 1)
        rows = await self._session.execute(wanted.order_by(sections.c.ordinal))
        return [Section(ordinal=row.ordinal, start=row.start, text=row.text, title=row.title, anchor=row.anchor) for row in rows]

    async def save_summary(self, summary: Summary) -> None:
        """See DocumentRepository."""
        await self._session.merge(summary)
        await self._session.flush()
        await self._search_by(summary.document_id, searchable(summary.summary))

    async def find_summary(self, document_id: str) -> Summary | None:
        """See DocumentRepository."""
        return await self._session.scalar(sa.select(Summary).where(summaries.c.document_id == document_id))

    async def remove_results(self, document_id: str) -> None:
        """See DocumentRepository."""
        for table in (_PASSAGES, sections, summaries):
            await self._session.execute(sa.delete(table).where(table.c.document_id == document_id))
        await self._search_by(document_id, "")

    async def _search_by(self, document_id: str, summary: str) -> None:
        """Lets the document's book, if it has one, be found by the words of its summary."""
        of_document = sa.select(_BOOKS.c.id).where(_BOOKS.c.document_id == document_id).scalar_subquery()
        own = (_TEXTS.c.book_id == of_document, _TEXTS.c.tenant_id == self._tenant_id, _TEXTS.c.summary != summary)
        await self._session.execute(sa.update(_TEXTS).where(*own).values(summary=summary))
