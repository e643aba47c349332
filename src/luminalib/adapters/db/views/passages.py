"""Passages that were found, with the book or document that they stand in."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents, sections
from luminalib.adapters.db.loans import loans
from luminalib.adapters.db.passages import OWNER, passages
from luminalib.adapters.db.views.reader import FEW, Reader
from luminalib.adapters.db.views.statements import Among, Row, Statement
from luminalib.domain.media import MediaType
from luminalib.domain.passages import Passage, PassageNotFound, Scope
from luminalib.domain.search import PassageView
from luminalib.ports.views import PassagesSeen, PassageViews

_P = passages.c
_USER = sa.bindparam("user", type_=sa.String, required=True)
_last = passages.alias("last")
_LENGTH = (
    sa.select(_last.c.stop)
    .where(_last.c.document_id == _P.document_id)
    .order_by(_last.c.ordinal.desc())
    .limit(1)
    .correlate(passages)
    .scalar_subquery()
)
_ON_LOAN = sa.exists(
    sa.select(loans.c.id)
    .where(loans.c.book_id == books.c.id, loans.c.user_id == _USER, loans.c.returned_at.is_(None))
    .correlate(books)
)
# Only there it has one: a section's text, which may be long, is read to its end for what stands behind it.
_ANCHOR = sa.case((documents.c.media_type == MediaType.EPUB, sections.c.anchor))
_FIELDS = ("document_id", "ordinal", "page", "page_start", "start", "stop", "text", "heading")
_SEEN = (
    sa.select(
        _P.id,
        sa.func.coalesce(books.c.title, documents.c.filename),
        books.c.id,
        OWNER,
        documents.c.media_type,
        documents.c.language,
        _LENGTH,
        _ANCHOR,
        sa.type_coerce(sa.or_(_ON_LOAN, books.c.created_by == _USER), sa.Boolean),
        *(_P[field] for field in _FIELDS),
    )
    .select_from(  # joined outwards, so that SQLite, which has no statistics, begins with the passages; a document there must be
        passages.outerjoin(documents, documents.c.id == _P.document_id)
        .outerjoin(books, books.c.document_id == documents.c.id)
        .outerjoin(sections, sa.and_(sections.c.document_id == _P.document_id, sections.c.ordinal == _P.page - 1))
    )
    .where(sa.or_(books.c.id.is_not(None), documents.c.knowledge_path.is_not(None), documents.c.uploaded_by == _USER))
)
_SEVERAL = Statement(_SEEN.where(Among(_P.id, "ids")))
_AROUND = Statement(
    _SEEN.where(
        _P.document_id == sa.bindparam("document", type_=sa.String, required=True),
        _P.ordinal >= sa.bindparam("least_ordinal", type_=sa.Integer, required=True),
        _P.ordinal <= sa.bindparam("most_ordinal", type_=sa.Integer, required=True),
    ).order_by(_P.ordinal)
)


class SqlPassageViews(PassageViews):
    """The table `passages`, and those around it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def several(self, passage_ids: Sequence[str], scope: Scope) -> PassagesSeen:
        """See PassageViews."""
        return await self._seen(_SEVERAL, scope, few=len(passage_ids) <= FEW, ids=list(passage_ids))

    async def around(self, passage_id: str, before: int, after: int, scope: Scope) -> PassagesSeen:
        """See PassageViews."""
        found = (await self.several([passage_id], scope)).views.get(passage_id)
        if found is None:
            raise PassageNotFound
        at = found.passage.ordinal
        near = {"document": found.passage.document_id, "least_ordinal": at - before, "most_ordinal": at + after}
        return await self._seen(_AROUND, scope, few=before + after < FEW, **near)

    async def _seen(self, statement: Statement, scope: Scope, *, few: bool, **given: Any) -> PassagesSeen:
        rows = await self._reader.rows(statement, scope.tenant_id, few=few, user=scope.user_id, **given)
        views = {row[0]: (_view(row), bool(row[8])) for row in rows}
        within = {found: (view, is_open) for found, (view, is_open) in views.items() if _is_within(view, scope)}
        return PassagesSeen(
            views={found: view for found, (view, _) in within.items()},
            open_books=frozenset(view.book_id for view, is_open in within.values() if is_open and view.book_id),
        )


def _view(row: Row) -> PassageView:
    _, title, book_id, owner_id, media_type, language, length, anchor, _, *rest = row
    return PassageView(
        passage=Passage(**dict(zip(_FIELDS, rest, strict=True))),
        title=title,
        book_id=book_id,
        owner_id=owner_id,
        media_type=media_type,
        language=language,
        length=length,
        anchor=anchor,
    )


def _is_within(view: PassageView, scope: Scope) -> bool:
    """The selection, which the statement does not look at; whose it is it has looked at."""
    document_id = view.passage.document_id
    is_chosen = scope.document_ids is None or document_id in scope.document_ids
    return is_chosen and view.passage.page <= scope.until.get(document_id, view.passage.page)
