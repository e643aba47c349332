"""A member's notices."""

import sqlalchemy as sa

from luminalib.adapters.db.notices import notices
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.notices import Notice
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import NoticeViews

_NAMES = ("user_id", "kind", "subject_id", "book_id", "title", "until", "at", "id")
_LIST = Listing(
    sa.select(*(notices.c[name] for name in _NAMES)).where(notices.c.user_id == sa.bindparam("user", type_=sa.String)),
    notices.c.id.desc(),
)


class SqlNoticeViews(NoticeViews):
    """The table `notices`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, user_id: str, page: PageRequest) -> Page[Notice]:
        """See NoticeViews."""
        return await _LIST.read(self._reader, tenant_id, page, _view, user=user_id)


def _view(row: Row) -> Notice:
    return Notice(**dict(zip(_NAMES, row, strict=True)))
