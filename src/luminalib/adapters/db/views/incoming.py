"""Sources of webhooks."""

import sqlalchemy as sa

from luminalib.adapters.db.incoming import webhook_sources
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row
from luminalib.domain.incoming import SourceView
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import SourceViews

_S = webhook_sources.c
_NAMES = tuple(SourceView.__dataclass_fields__)
_LIST = Listing(sa.select(*(_S[name] for name in _NAMES)), _S.created_at, _S.id)


class SqlSourceViews(SourceViews):
    """The table `webhook_sources`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest) -> Page[SourceView]:
        """See SourceViews."""
        return await _LIST.read(self._reader, tenant_id, page, _view)


def _view(row: Row) -> SourceView:
    return SourceView(**dict(zip(_NAMES, row, strict=True)))
