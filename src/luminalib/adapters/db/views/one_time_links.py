"""Open invitations."""

from datetime import datetime

import sqlalchemy as sa

from luminalib.adapters.db.one_time_links import one_time_links
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.one_time_links import InvitationView, LinkKind
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import InvitationViews

_L = one_time_links.c
_NAMES = ("id", "role", "note", "created_by", "created_at", "expires_at")
_OPEN = Listing(
    sa.select(*(_L[name] for name in _NAMES)).where(
        _L.kind == LinkKind.INVITATION.value,
        _L.used_at.is_(None),
        _L.expires_at > sa.bindparam("now", type_=UtcDateTime, required=True),
    ),
    _L.created_at.desc(),
    _L.id,
)


class SqlInvitationViews(InvitationViews):
    """The table `one_time_links`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest, now: datetime) -> Page[InvitationView]:
        """See InvitationViews."""
        return await _OPEN.read(self._reader, tenant_id, page, _view, now=now)


def _view(row: Row) -> InvitationView:
    return InvitationView(**dict(zip(_NAMES, row, strict=True)))
