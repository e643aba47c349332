"""What the database says lies in the storage."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.books import books
from luminalib.adapters.db.catalogue import catalogue_terms
from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.holds import IS_ACTIVE, holds
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.listings import book_labels, book_listings, catalogues
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.uploads import upload_parts
from luminalib.domain.catalogue import FacetKind
from luminalib.domain.holds import HoldState
from luminalib.domain.inspection import FileRow
from luminalib.domain.jobs import JobStatus
from luminalib.domain.pipeline import PROCESS_DOCUMENT, lock_of
from luminalib.ports.persistence import FileIndex


class SqlFileIndex(FileIndex):
    """Documents with their jobs, and pieces of uploads, of one tenant."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def documents(self) -> Sequence[FileRow]:
        """See FileIndex."""
        open_jobs = sa.select(jobs.c.lock).where(
            jobs.c.tenant_id == self._tenant_id,
            jobs.c.name == PROCESS_DOCUMENT,
            jobs.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING)),
        )
        worked_on = set(await self._session.scalars(open_jobs))
        c = documents.c
        rows = await self._session.execute(
            sa.select(c.id, c.staged_key, c.content_key, c.cover_key, c.status).where(c.tenant_id == self._tenant_id)
        )
        return [
            FileRow(
                document_id=id_,
                staged_key=staged,
                content_key=kept,
                cover_key=cover,
                status=status,
                has_job=lock_of(id_) in worked_on,
            )
            for id_, staged, kept, cover, status in rows
        ]

    async def parts(self) -> frozenset[str]:
        """See FileIndex."""
        return frozenset(
            await self._session.scalars(sa.select(upload_parts.c.key).where(upload_parts.c.tenant_id == self._tenant_id))
        )

    async def miscounted(self) -> list[str]:
        """See FileIndex. Part by part, so that no statement takes long."""
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            part = sa.select(books.c.id).where(books.c.tenant_id == self._tenant_id, books.c.id > after).order_by(books.c.id)
            ids = [*await self._session.scalars(part.limit(_PART))]
            if ids:
                kept = await self._numbers(sa.select(_KEPT, *_KEPT_NUMBERS).where(book_listings.c.book_id.in_(ids)))
                counted = await self._numbers(_COUNTED.where(books.c.id.in_(ids)))
                found += [book_id for book_id in ids if kept.get(book_id) != counted[book_id]]
            after = ids[-1] if len(ids) == _PART else None
        return found

    async def books_off(self) -> int:
        """See FileIndex."""
        kept = sa.select(catalogues.c.books).where(catalogues.c.tenant_id == self._tenant_id)
        off: int = abs((await self._session.scalar(kept) or 0) - (await self._session.scalar(self._counted_books()) or 0))
        by_term = sa.func.abs(catalogue_terms.c.books - _BOOKS_OF_TERM)
        terms = sa.select(sa.func.coalesce(sa.func.sum(by_term), 0)).where(catalogue_terms.c.tenant_id == self._tenant_id)
        return off + int(await self._session.scalar(terms) or 0)

    async def recount(self, book_ids: Sequence[str]) -> None:
        """See FileIndex."""
        own = book_listings.c.tenant_id == self._tenant_id
        for book_id, numbers in (await self._numbers(_COUNTED.where(books.c.id.in_(book_ids)))).items():
            written = dict(zip(_NUMBERS, numbers, strict=True))
            await self._session.execute(sa.update(book_listings).where(own, book_listings.c.book_id == book_id).values(written))
        total = self._counted_books().scalar_subquery()
        await self._session.execute(sa.update(catalogues).where(catalogues.c.tenant_id == self._tenant_id).values(books=total))
        own_terms = sa.update(catalogue_terms).where(catalogue_terms.c.tenant_id == self._tenant_id)
        await self._session.execute(own_terms.values(books=_BOOKS_OF_TERM))

    def _counted_books(self) -> sa.Select[int]:
        return sa.select(sa.func.count()).select_from(books).where(books.c.tenant_id == self._tenant_id)

    async def _numbers(self, wanted: sa.Select[*tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        rows = await self._session.execute(wanted)
        return {row[0]: tuple(row[1:]) for row in rows}


_PART = 500
_NUMBERS = ("status", "copies_total", "loans", "open_loans", "active_holds", "first_lapse_at", "rating_count", "rating_sum")
_KEPT, _KEPT_NUMBERS = book_listings.c.book_id, [book_listings.c[name] for name in _NUMBERS]


def _of(table: sa.Table, counted: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    own = sa.and_(table.c.book_id == books.c.id, table.c.tenant_id == books.c.tenant_id)
    return sa.select(counted).select_from(table).where(own, *conditions).correlate(books).scalar_subquery()


def _books_of_term(counted: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    own = counted.c.tenant_id == catalogue_terms.c.tenant_id
    return sa.select(sa.func.count()).select_from(counted).where(own, *conditions).correlate(catalogue_terms).scalar_subquery()


_T = catalogue_terms.c
_BOOKS_OF_TERM = sa.case(
    (_T.kind == FacetKind.LANGUAGE, _books_of_term(book_listings, book_listings.c.language == _T.label)),
    (_T.kind == FacetKind.YEAR, _books_of_term(book_listings, sa.cast(book_listings.c.year_key, sa.String) == _T.label)),
    else_=_books_of_term(book_labels, book_labels.c.kind == _T.kind, book_labels.c.label == _T.label),
)
_COUNTED = sa.select(
    books.c.id,
    sa.cast(documents.c.status, sa.String),
    books.c.copies_total,
    _of(loans, sa.func.count()),
    _of(loans, sa.func.count(), loans.c.returned_at.is_(None)),
    _of(holds, sa.func.count(), IS_ACTIVE),
    _of(holds, sa.func.min(holds.c.ready_until), holds.c.state == HoldState.READY),
    _of(reviews, sa.func.count()),
    _of(reviews, sa.func.coalesce(sa.func.sum(reviews.c.rating), 0)),
).join_from(books, documents, documents.c.id == books.c.document_id)
"""What the triggers keep, counted afresh."""
