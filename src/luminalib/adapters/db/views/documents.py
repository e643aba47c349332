"""Documents with their place in the queue, their history and their analysis."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, sections, summaries
from luminalib.adapters.db.events import document_events
from luminalib.adapters.db.uploads import stored_bytes
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.document_views import AnalysisView, DocumentDetail, DocumentView, ErrorView, Holder, StepView
from luminalib.domain.documents import DocumentFilter, DocumentNotFound, DocumentStatus, claim_of
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.texts import Section
from luminalib.ports.views import DocumentViews

_D, _S = documents.c, summaries.c
ANALYSIS = (
    _S.summary,
    _S.key_topics,
    _S.sentiment,
    _S.insights,
    _S.action_items,
    _S.provider,
    _S.model,
    _S.prompt,
    _S.parts,
    _S.parts_read,
    _S.generated_at,
)
"""The columns of an AnalysisView."""


def analysis_of(row: Row) -> AnalysisView | None:
    """What stands in the columns ANALYSIS, if there is an analysis."""
    return AnalysisView(*row) if row[-1] is not None else None


def error_of(code: str | None, message: str | None) -> ErrorView | None:
    """Why a document failed, if it did."""
    return ErrorView(code, message or "") if code else None


def _queue_position() -> sa.ColumnElement[int | None]:
    """How many documents wait before this one; looked for only where it waits itself."""
    before = documents.alias("earlier")
    waits_before = sa.select(sa.func.count()).where(
        before.c.status == DocumentStatus.PENDING,
        sa.tuple_(before.c.created_at, before.c.id) < sa.tuple_(_D.created_at, _D.id),
    )
    return sa.case((_D.status == DocumentStatus.PENDING, waits_before.correlate(documents).scalar_subquery()))


_COLUMNS = (
    _D.id,
    _D.filename,
    _D.media_type,
    _D.byte_size,
    _D.sha256,
    _D.status,
    _D.progress,
    _queue_position(),
    _D.error_code,
    _D.error_message,
    _D.page_count,
    _D.word_count,
    _D.language,
    books.c.id,
    _D.created_at,
    _D.updated_at,
)  # fmt: skip -- in the order of DocumentView
_WITH_BOOK = documents.outerjoin(books, books.c.document_id == _D.id)
_ID = sa.bindparam("id", type_=sa.String)
_OWNER = sa.bindparam("owner", type_=sa.String)


def _view(row: Row) -> DocumentView:
    values = [*row[:8], error_of(row[8], row[9]), *row[10:16]]
    return DocumentView(*values)


@cache
def _one(*, of_owner: bool) -> Statement:
    source = _WITH_BOOK.outerjoin(summaries, _S.document_id == _D.id)
    wanted = sa.select(*_COLUMNS, *ANALYSIS).select_from(source).where(_D.id == _ID)
    return Statement(wanted.where(_D.uploaded_by == _OWNER) if of_owner else wanted)


@cache
def _list(*, of_owner: bool, has_status: bool, words: int) -> Listing:
    wanted = sa.select(*_COLUMNS).select_from(_WITH_BOOK)
    wanted = wanted.where(_D.uploaded_by == _OWNER) if of_owner else wanted
    wanted = wanted.where(_D.status == sa.bindparam("status", type_=sa.String)) if has_status else wanted
    named = [sa.func.lower(_D.filename).contains(sa.bindparam(f"word{n}", type_=sa.String), escape="/") for n in range(words)]
    return Listing(wanted.where(*named), _D.created_at.desc(), _D.id.desc())


@cache
def _text(*, of_owner: bool, of_page: bool) -> Statement:
    """The document's row leads, so that one without text is told from one that is not there."""
    is_of = sections.c.document_id == _D.id
    if of_page:
        is_of = sa.and_(is_of, sections.c.ordinal == sa.bindparam("ordinal", type_=sa.Integer))
    columns = (sections.c.ordinal, sections.c.start, sections.c.text, sections.c.title)
    wanted = sa.select(*columns).select_from(documents.outerjoin(sections, is_of)).where(_D.id == _ID)
    wanted = wanted.where(_D.uploaded_by == _OWNER) if of_owner else wanted
    return Statement(wanted.order_by(sections.c.ordinal))


_E = document_events.c
_HISTORY = Statement(
    sa.select(_E.id, _E.status, _E.at, _E.detail).where(_E.document_id == _ID, _E.kind == "status").order_by(_E.id)
)


_HOLDERS = sa.select(_D.id, _D.uploaded_by, books.c.id).select_from(_WITH_BOOK)
_CATALOGUED = Statement(_HOLDERS.where(_D.claim == sa.bindparam("claim", type_=sa.String)))
_STORED = Statement(stored_bytes(_OWNER))


@cache
def _own(*, of_house: bool) -> Statement:
    is_own = _D.uploaded_by.is_(None) if of_house else _D.uploaded_by == _OWNER
    has_bytes = _D.sha256 == sa.bindparam("sha256", type_=sa.String)
    return Statement(_HOLDERS.where(is_own, has_bytes))


class SqlDocumentViews(DocumentViews):
    """`documents` with `books`, `summaries`, `sections`, `document_events` and `uploads`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, wanted: DocumentFilter, page: PageRequest) -> Page[DocumentView]:
        """See DocumentViews."""
        words = (wanted.q or "").lower().split()
        listing = _list(of_owner=wanted.owner_id is not None, has_status=wanted.status is not None, words=len(words))
        given: dict[str, Any] = {f"word{n}": escaped(word) for n, word in enumerate(words)}
        return await listing.read(self._reader, tenant_id, page, _view, owner=wanted.owner_id, status=wanted.status, **given)

    async def get(self, tenant_id: str, document_id: str, owner_id: str | None) -> DocumentDetail:
        """See DocumentViews."""
        statement = _one(of_owner=owner_id is not None)
        row = await self._reader.row(statement, tenant_id, id=document_id, owner=owner_id)
        if row is None:
            raise DocumentNotFound
        history = await self._reader.rows(_HISTORY, tenant_id, id=document_id)
        return DocumentDetail(
            document=_view(row),
            history=[StepView(*step) for step in history],
            analysis=analysis_of(row[len(_COLUMNS) :]),
        )

    async def text(self, tenant_id: str, document_id: str, owner_id: str | None, page: int | None) -> Sequence[Section]:
        """See DocumentViews."""
        statement = _text(of_owner=owner_id is not None, of_page=page is not None)
        rows = await self._reader.rows(statement, tenant_id, id=document_id, owner=owner_id, ordinal=(page or 1) - 1)
        if not rows:
            raise DocumentNotFound
        return [Section(ordinal=row[0], start=row[1], text=row[2], title=row[3]) for row in rows if row[0] is not None]

    async def catalogued(self, tenant_id: str, sha256: str) -> Holder | None:
        """See DocumentViews."""
        row = await self._reader.row(_CATALOGUED, tenant_id, claim=claim_of(sha256, None))
        return Holder(*row) if row else None

    async def own(self, tenant_id: str, sha256: str, owner_id: str | None) -> Holder | None:
        """See DocumentViews."""
        row = await self._reader.row(_own(of_house=owner_id is None), tenant_id, sha256=sha256, owner=owner_id)
        return Holder(*row) if row else None

    async def stored_bytes(self, tenant_id: str, owner_id: str) -> int:
        """See DocumentViews."""
        row = await self._reader.row(_STORED, tenant_id, owner=owner_id)
        return int(row[0]) if row else 0


def escaped(word: str) -> str:
    """A word for LIKE ... ESCAPE '/'."""
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")
