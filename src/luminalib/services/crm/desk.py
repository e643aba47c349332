"""What admins do with connections to other systems."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import Principal, require_admin
from luminalib.domain.crm import (
    DEFAULT_MAPPING,
    MAX_CONNECTIONS,
    ConnectionIncomplete,
    CrmConnection,
    CrmConnectionView,
    CrmContactView,
    CrmKind,
    CrmSync,
    CrmSyncView,
    TooManyConnections,
    sync_crm,
)
from luminalib.domain.grants import require_member
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.crm import CrmDirectory
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.sealing import Sealer
from luminalib.ports.triage import FieldReader
from luminalib.ports.views import CrmViews
from luminalib.steps.auditing import note_deed


@dataclass(frozen=True, kw_only=True, slots=True)
class CrmTools:
    """What the service works with."""

    uow: UnitOfWorkFactory
    views: CrmViews
    directory: CrmDirectory
    sealer: Sealer
    reader: FieldReader
    clock: Clock


class CrmService:
    """The admins' desk."""

    def __init__(self, tools: CrmTools) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._views = tools.views
        self._clock = tools.clock

    async def add(
        self, by: Principal, kind: CrmKind, url: str | None, token: str | None, mapping: Mapping[str, str] | None
    ) -> CrmConnectionView:
        """A connection. Raises NotAllowed, ConnectionIncomplete, AddressRefused, TooManyConnections."""
        require_admin(by)
        require_member(by)
        if not (token if kind is CrmKind.HUBSPOT else url):
            raise ConnectionIncomplete
        if url:
            self._tools.directory.require_allowed(url)
        now = self._clock.now()
        connection = CrmConnection(
            id=str(uuid4()),
            kind=kind,
            url=url,
            token=self._tools.sealer.seal(by.tenant_id, token) if token else None,
            mapping=dict(mapping or DEFAULT_MAPPING[kind]),
            created_by=by.user_id,
            created_at=now,
            updated_at=now,
        )
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("crm-connections")
            if len(await uow.crm.connections()) >= MAX_CONNECTIONS:
                raise TooManyConnections
            await uow.crm.add(connection)
            await note_deed(uow, by, AuditAction.CRM_CONNECTED, self._clock.now(), connection.id, kind.value)
        return await self._views.get(by.tenant_id, connection.id)

    async def list(self, by: Principal, page: PageRequest) -> Page[CrmConnectionView]:
        """All connections. Raises NotAllowed."""
        require_admin(by)
        return await self._views.list(by.tenant_id, page)

    async def get(self, by: Principal, connection_id: str) -> CrmConnectionView:
        """One. Raises NotAllowed, ConnectionNotFound."""
        require_admin(by)
        return await self._views.get(by.tenant_id, connection_id)

    async def change(self, by: Principal, connection_id: str, changes: Mapping[str, Any]) -> CrmConnectionView:
        """Changes url, token, mapping, or whether it is enabled. Raises NotAllowed, ConnectionNotFound, AddressRefused."""
        require_admin(by)
        require_member(by)
        if changes.get("url"):
            self._tools.directory.require_allowed(changes["url"])
        async with self._uow(by.tenant_id) as uow:
            connection = await uow.crm.get(connection_id)
            for name in ("url", "mapping", "is_enabled"):
                if name in changes:
                    setattr(connection, name, changes[name])
            if changes.get("token"):
                connection.token = self._tools.sealer.seal(by.tenant_id, changes["token"])
            if connection.kind is not CrmKind.HUBSPOT and not connection.url:
                raise ConnectionIncomplete
            connection.failures, connection.open_until, connection.updated_at = 0, None, self._clock.now()
            await note_deed(uow, by, AuditAction.CRM_CHANGED, self._clock.now(), connection.id, connection.kind.value)
        return await self._views.get(by.tenant_id, connection_id)

    async def remove(self, by: Principal, connection_id: str) -> None:
        """Deletes it with what was known of its contacts; there they stay. Raises NotAllowed, ConnectionNotFound."""
        require_admin(by)
        async with self._uow(by.tenant_id) as uow:
            connection = await uow.crm.get(connection_id)
            await uow.crm.remove(connection)
            await note_deed(uow, by, AuditAction.CRM_REMOVED, self._clock.now(), connection.id, connection.kind.value)

    async def request(self, by: Principal, connection_id: str) -> None:
        """Has it brought in step now. Raises NotAllowed, ConnectionNotFound."""
        require_admin(by)
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            connection = await uow.crm.get(connection_id)
            connection.open_until = None
            await pending_sync(uow, connection_id, now)
            await uow.enqueue(sync_crm(connection_id, by.tenant_id, now))

    async def syncs(self, by: Principal, connection_id: str, page: PageRequest) -> Page[CrmSyncView]:
        """What was done, the newest first. Raises NotAllowed, ConnectionNotFound."""
        await self.get(by, connection_id)
        return await self._views.syncs(by.tenant_id, connection_id, page)

    async def contacts(self, by: Principal, connection_id: str, page: PageRequest) -> Page[CrmContactView]:
        """Contacts with their counterparts, by address. Raises NotAllowed, ConnectionNotFound."""
        await self.get(by, connection_id)
        return await self._views.contacts(by.tenant_id, connection_id, page)


async def pending_sync(uow: UnitOfWork, connection_id: str, now: datetime) -> CrmSync:
    """The sync that has not ended, a new one where there is none."""
    found = await uow.crm.pending_sync(connection_id)
    if found is None:
        found = CrmSync(id=str(uuid4()), connection_id=connection_id, at=now)
        await uow.crm.add(found)
    return found
