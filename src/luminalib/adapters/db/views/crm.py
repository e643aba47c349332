"""Connections to other systems."""

import sqlalchemy as sa

from luminalib.adapters.db.crm import crm_connections, crm_contacts, crm_syncs
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Row, Statement
from luminalib.domain.crm import ConnectionNotFound, CrmConnectionView, CrmContactView, CrmSyncView
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.views import CrmViews

_C, _P, _S = crm_connections.c, crm_contacts.c, crm_syncs.c
_ID = sa.bindparam("id", type_=sa.String)
_NAMES, _SYNC, _CONTACT = (tuple(view.__dataclass_fields__) for view in (CrmConnectionView, CrmSyncView, CrmContactView))
_SHOWN = sa.select(*(_C[name] for name in _NAMES))
_LIST = Listing(_SHOWN, _C.created_at, _C.id)
_ONE = Statement(_SHOWN.where(_C.id == _ID))
_SYNCS = Listing(sa.select(*(_S[name] for name in _SYNC)).where(_S.connection_id == _ID), _S.at.desc(), _S.id)
_CONTACTS = Listing(sa.select(*(_P[name] for name in _CONTACT)).where(_P.connection_id == _ID), _P.email)


class SqlCrmViews(CrmViews):
    """The tables `crm_connections`, `crm_contacts` and `crm_syncs`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def list(self, tenant_id: str, page: PageRequest) -> Page[CrmConnectionView]:
        """See CrmViews."""
        return await _LIST.read(self._reader, tenant_id, page, _view)

    async def get(self, tenant_id: str, connection_id: str) -> CrmConnectionView:
        """See CrmViews."""
        row = await self._reader.row(_ONE, tenant_id, id=connection_id)
        if row is None:
            raise ConnectionNotFound
        return _view(row)

    async def syncs(self, tenant_id: str, connection_id: str, page: PageRequest) -> Page[CrmSyncView]:
        """See CrmViews."""
        return await _SYNCS.read(self._reader, tenant_id, page, _sync, id=connection_id)

    async def contacts(self, tenant_id: str, connection_id: str, page: PageRequest) -> Page[CrmContactView]:
        """See CrmViews."""
        return await _CONTACTS.read(self._reader, tenant_id, page, _contact, id=connection_id)


def _view(row: Row) -> CrmConnectionView:
    return CrmConnectionView(**dict(zip(_NAMES, row, strict=True)))


def _sync(row: Row) -> CrmSyncView:
    return CrmSyncView(**dict(zip(_SYNC, row, strict=True)))


def _contact(row: Row) -> CrmContactView:
    return CrmContactView(**dict(zip(_CONTACT, row, strict=True)))
