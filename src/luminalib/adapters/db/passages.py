"""Tables and repository of passages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, sections
from luminalib.adapters.db.schema import UtcDateTime, metadata, tenant_column
from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.ports.embedder import Vector
from luminalib.ports.persistence import PassageRepository

passages = sa.Table(
    "passages",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    tenant_column(),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("page_start", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("stop", sa.Integer, nullable=False),
    sa.Column("heading", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.UniqueConstraint("document_id", "ordinal"),
    sa.Index("ix_passages_digest_tenant_id", "digest", "tenant_id"),
)
passage_vectors = sa.Table(
    "passage_vectors",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("model", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
)
NOBODY = ""
"""The owner of a document whose member has left: no search finds it any more."""
_AT_ONCE = 500
"""So many values one statement names: databases have limits."""
T = TypeVar("T")

_FIELDS = ("document_id", "ordinal", "page", "page_start", "start", "stop", "text", "heading")
OWNER = sa.case(
    (sa.or_(books.c.id.is_not(None), documents.c.knowledge_path.is_not(None)), None),
    else_=sa.func.coalesce(documents.c.uploaded_by, NOBODY),
)
"""Whose a document is alone: None for what all members may find."""
_WITH_BOOK = documents.outerjoin(books, books.c.document_id == documents.c.id)


class SqlPassageRepository(PassageRepository):
    """Passages in `passages`, vectors by the digest of their text in `passage_vectors`; both of one tenant."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def replace(self, document_id: str, found: Sequence[Passage]) -> None:
        """See PassageRepository."""
        ours = (passages.c.document_id == document_id, passages.c.tenant_id == self._tenant_id)
        await self._session.execute(sa.delete(passages).where(*ours))
        rows = [
            {"id": one.id, "tenant_id": self._tenant_id, "digest": one.digest, **{field: getattr(one, field) for field in _FIELDS}}
            for one in found
        ]
        for some in _batches(rows):
            await self._session.execute(sa.insert(passages), some)

    async def of(self, document_id: str) -> list[Passage]:
        """See PassageRepository."""
        ours = (passages.c.document_id == document_id, passages.c.tenant_id == self._tenant_id)
        rows = await self._session.execute(sa.select(passages).where(*ours).order_by(passages.c.ordinal))
        return [_passage(row) for row in rows]

    async def indexable(self, document_ids: Sequence[str] | None = None) -> dict[str, tuple[IndexedDocument, int]]:
        """See PassageRepository."""
        count = sa.select(sa.func.count()).where(passages.c.document_id == documents.c.id).correlate(documents).scalar_subquery()
        has_text = sa.exists().where(sections.c.document_id == documents.c.id).correlate(documents)
        c = documents.c
        wanted = sa.select(c.id, c.sha256, c.language, OWNER, count).select_from(_WITH_BOOK)
        wanted = wanted.where(c.tenant_id == self._tenant_id, has_text)
        if document_ids is not None:
            wanted = wanted.where(c.id.in_(document_ids))
        return {
            row[0]: (
                IndexedDocument(document_id=row[0], tenant_id=self._tenant_id, sha256=row[1], language=row[2], owner_id=row[3]),
                row[4],
            )
            for row in await self._session.execute(wanted)
        }

    async def documents_of(self, book_ids: Sequence[str]) -> dict[str, str]:
        """See PassageRepository."""
        wanted = sa.select(books.c.id, books.c.document_id).where(books.c.tenant_id == self._tenant_id, books.c.id.in_(book_ids))
        return {row.id: row.document_id for row in await self._session.execute(wanted)}

    async def vectors(self, model: str, digests: Sequence[str]) -> dict[str, Vector]:
        """See PassageRepository."""
        c = passage_vectors.c
        found: dict[str, Vector] = {}
        for some in _batches(list(dict.fromkeys(digests))):
            wanted = sa.select(c.digest, c.vector).where(c.tenant_id == self._tenant_id, c.model == model, c.digest.in_(some))
            found |= {row.digest: row.vector for row in await self._session.execute(wanted)}
        return found

    async def embedded(self, model: str, digests: Sequence[str]) -> set[str]:
        """See PassageRepository."""
        c = passage_vectors.c
        found: set[str] = set()
        for some in _batches(list(dict.fromkeys(digests))):
            wanted = sa.select(c.digest).where(c.tenant_id == self._tenant_id, c.model == model, c.digest.in_(some))
            found |= set(await self._session.scalars(wanted))
        return found

    async def vectors_of(self, model: str, passage_ids: Sequence[str]) -> dict[str, bytes]:
        """See PassageRepository."""
        c = passage_vectors.c
        theirs = (c.tenant_id == passages.c.tenant_id, c.digest == passages.c.digest, c.model == model)
        wanted = sa.select(passages.c.id, c.vector).join(passage_vectors, sa.and_(*theirs))
        wanted = wanted.where(passages.c.tenant_id == self._tenant_id, passages.c.id.in_(passage_ids))
        return {row.id: row.vector for row in await self._session.execute(wanted)}

    async def keep_vectors(self, model: str, vectors: Mapping[str, Vector], at: datetime) -> None:
        """See PassageRepository."""
        known = await self.vectors(model, list(vectors))
        rows = [
            {"tenant_id": self._tenant_id, "model": model, "digest": digest, "vector": vector, "made_at": at}
            for digest, vector in vectors.items()
            if digest not in known
        ]
        for some in _batches(rows):
            await self._session.execute(sa.insert(passage_vectors), some)

    async def forget_vectors(self, before: datetime) -> None:
        """See PassageRepository."""
        c = passage_vectors.c
        is_used = sa.exists().where(passages.c.tenant_id == c.tenant_id, passages.c.digest == c.digest).correlate(passage_vectors)
        await self._session.execute(
            sa.delete(passage_vectors).where(c.tenant_id == self._tenant_id, c.made_at < before, sa.not_(is_used))
        )


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))


def _passage(row: Any) -> Passage:
    return Passage(**{field: getattr(row, field) for field in _FIELDS})
