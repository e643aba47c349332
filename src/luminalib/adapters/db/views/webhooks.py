"""Webhooks and attempts."""

import sqlalchemy as sa

from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.adapters.db.webhooks import webhook_attempts, webhooks
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.webhooks import Attempt, WebhookNotFound, WebhookView
from luminalib.ports.views import WebhookViews

_W, _A = webhooks.c, webhook_attempts.c
_NAMES = tuple(WebhookView.__dataclass_fields__)
_SHOWN = sa.select(*(_W[name] for name in _NAMES))
_LIST = Listing(_SHOWN, _W.created_at, _W.id)
_ONE = Statement(_SHOWN.where(_W.id == sa.bindparam("id", type_=sa.String)))
_TRIED = tuple(Attempt.__dataclass_fields__)
_ATTEMPTS = Listing(
    sa.select(*(_A[name] for name in _TRIED)).where(_A.webhook_id == sa.bindparam("id", type_=sa.String)), _A.id.desc()
)


class SqlWebhookViews(WebhookViews):
    """The tables `webhooks` and `webhook_attempts`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest) -> Page[WebhookView]:
        """See WebhookViews."""
        return await _LIST.read(self._reader, tenant_id, page, _view)

    async def get(self, tenant_id: str, webhook_id: str) -> WebhookView:
        """See WebhookViews."""
        row = await self._reader.row(_ONE, tenant_id, id=webhook_id)
        if row is None:
            raise WebhookNotFound
        return _view(row)

    async def attempts(self, tenant_id: str, webhook_id: str, page: PageRequest) -> Page[Attempt]:
        """See WebhookViews."""
        return await _ATTEMPTS.read(self._reader, tenant_id, page, _attempt, id=webhook_id)


def _view(row: Row) -> WebhookView:
    return WebhookView(**dict(zip(_NAMES, row, strict=True)))


def _attempt(row: Row) -> Attempt:
    return Attempt(**dict(zip(_TRIED, row, strict=True)))
