"""Inquiries and their steps."""

from functools import cache

import sqlalchemy as sa

from luminalib.adapters.db.inquiries import inquiries, inquiry_steps
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.inquiries import InquiryFilter, InquiryNotFound
from luminalib.domain.inquiry_views import InquiryDetail, InquiryView, StepView
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.triage import Budget, InquiryFields
from luminalib.ports.views import InquiryViews

_I, _S = inquiries.c, inquiry_steps.c
_FIELDS = ("name", "email", "phone", "budget")
_NAMES = (
    *("id", "message", "intent", "confidence", "raw_confidence", "low_confidence", "method", "evidence", "state", "score"),
    *("provider", "model", "prompt", "request_id", "region", "source", "awaits_model", "is_confirmed", "created_by"),
    *("created_at", "updated_at"),
)
_STEP = ("step", "at", "provider", "model", "prompt", "confidence", "detail", "request_id")
_SHOWN = sa.select(*(_I[name] for name in (*_NAMES, *_FIELDS)))
_INQUIRY = sa.bindparam("inquiry", type_=sa.String, required=True)
_ONE = Statement(_SHOWN.where(_I.id == _INQUIRY))
_STEPS = Statement(sa.select(*(_S[name] for name in _STEP)).where(_S.inquiry_id == _INQUIRY).order_by(_S.id))


@cache
def _list(*, has_intent: bool = False, has_state: bool = False, has_q: bool = False, has_least: bool = False) -> Listing:
    wanted = _SHOWN
    if has_intent:
        wanted = wanted.where(_I.intent == sa.bindparam("intent", type_=sa.String, required=True))
    if has_state:
        wanted = wanted.where(_I.state == sa.bindparam("inquiry_state", type_=sa.String, required=True))
    if has_q:
        q = sa.bindparam("q", type_=sa.String, required=True)
        wanted = wanted.where(
            sa.or_(*(sa.func.lower(column).contains(q, escape="/") for column in (_I.message, _I.name, _I.email)))
        )
    if has_least:
        wanted = wanted.where(_I.confidence >= sa.bindparam("least", type_=sa.Float, required=True))
    return Listing(wanted, _I.created_at.desc(), _I.id)


class SqlInquiryViews(InquiryViews):
    """The tables `inquiries` and `inquiry_steps`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, wanted: InquiryFilter, page: PageRequest) -> Page[InquiryView]:
        """See InquiryViews."""
        listing = _list(
            has_intent=wanted.intent is not None,
            has_state=wanted.state is not None,
            has_q=bool(wanted.q),
            has_least=wanted.min_confidence is not None,
        )
        given = {
            "intent": wanted.intent and wanted.intent.value,
            "inquiry_state": wanted.state and wanted.state.value,
            "q": (wanted.q or "").lower().replace("/", "//").replace("%", "/%").replace("_", "/_"),
            "least": wanted.min_confidence,
        }
        return await listing.read(self._reader, tenant_id, page, _view, **given)

    async def get(self, tenant_id: str, inquiry_id: str) -> InquiryDetail:
        """See InquiryViews."""
        row = await self._reader.row(_ONE, tenant_id, inquiry=inquiry_id)
        if row is None:
            raise InquiryNotFound
        steps = await self._reader.rows(_STEPS, tenant_id, inquiry=inquiry_id)
        return InquiryDetail(inquiry=_view(row), audit=[StepView(**dict(zip(_STEP, step, strict=True))) for step in steps])


def _view(row: Row) -> InquiryView:
    *known, name, email, phone, budget = row
    found = InquiryFields(name=name, email=email, phone=phone, budget=Budget(**budget) if budget else None)
    return InquiryView(**dict(zip(_NAMES, known, strict=True)), fields=found)
