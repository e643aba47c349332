"""Support grants."""

import sqlalchemy as sa

from luminalib.adapters.db.grants import support_grants
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.grants import GrantView
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import GrantViews

_G = support_grants.c
_NAMES = ("id", "operator_email", "user_id", "role", "reason", "created_at", "expires_at", "ended_at", "ended_by")
_ALL = Listing(sa.select(*(_G[name] for name in _NAMES)), _G.created_at.desc(), _G.id)


class SqlGrantViews(GrantViews):
    """The table `support_grants`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest) -> Page[GrantView]:
        """See GrantViews."""
        return await _ALL.read(self._reader, tenant_id, page, _view)


def _view(row: Row) -> GrantView:
    return GrantView(**dict(zip(_NAMES, row, strict=True)))
