"""Support grants: an operator asks, the library knows, everything done by them is on record."""

from uuid import uuid4

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import MAIN_TENANT, InvalidToken, Principal, Role, Session, require_admin
from luminalib.domain.grants import (
    Grant,
    GrantEnd,
    GrantNotFound,
    GrantOpen,
    GrantView,
    NoGrantNeeded,
    grant_notice,
    guest_email,
    life_of,
    new_guest,
)
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.tenants import TenantSuspended, require_operator
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.security import AccessClaims, TokenSigner
from luminalib.ports.sessions import SessionLookup
from luminalib.ports.views import GrantViews
from luminalib.steps.auditing import note_deed
from luminalib.steps.authority import require_open
from luminalib.steps.tenants import Tenants


class GrantService:
    """Opens, lists and ends grants, and writes down what is done by them.

    A grant is a guest account in the library with one log-in that cannot be refreshed. The log-in hangs on the operator's own: it
    ends with it, and when the operator is none any more.
    """

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        grants: GrantViews,
        sessions: SessionLookup,
        tenants: Tenants,
        signer: TokenSigner,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._grants = grants
        self._sessions = sessions
        self._tenants = tenants
        self._signer = signer
        self._clock = clock

    async def open(self, by: Principal, slug: str, reason: str, minutes: int, role: Role) -> tuple[Grant, str]:
        """A grant for `by`, and its access token. All admins of the library get a notice.

        Raises NotAllowed, TenantNotFound, TenantSuspended, NoGrantNeeded, GrantOpen.
        """
        require_operator(by)
        if slug == MAIN_TENANT:
            raise NoGrantNeeded
        await self._tenants.require_active(slug)
        operator_id, operator_email = by.user_id or "", by.account.email if by.account else ""
        now = self._clock.now()
        async with self._uow(slug) as uow:
            if not (await uow.tenants.get()).is_active:
                raise TenantSuspended  # the record is held, so that none is suspended while one comes in
            before = await uow.grants.find_open(operator_id, now)
            if before:
                if await self._works(before):
                    raise GrantOpen
                await self._close(uow, by, before, GrantEnd.OPERATOR)
            guest = await uow.users.find_by_email(guest_email(operator_id))
            if guest is None:
                guest = new_guest(str(uuid4()), operator_id, now)
                await uow.users.add(guest)
            guest.display_name, guest.role, guest.is_active = f"{operator_email} (operator)"[:200], role, True
            grant = Grant(
                id=str(uuid4()),
                operator_id=operator_id,
                operator_email=operator_email,
                user_id=guest.id,
                session_id=str(uuid4()),
                role=role,
                reason=reason,
                created_at=now,
                expires_at=now + life_of(minutes),
            )
            nobody_has_it = self._signer.digest(self._signer.new_secret())  # it cannot be refreshed
            session = Session.opened(grant.session_id, guest.id, nobody_has_it, now, grant.expires_at)
            session.acting_from = by.session_id
            await uow.grants.add(grant, session)
            for admin in await uow.users.admins():
                uow.notices.append(grant_notice(admin.id, grant))
            await note_deed(uow, by, AuditAction.GRANT_OPENED, self._clock.now(), guest.id, grant.summary)
        if before:
            await self._tell_main_library(by, slug, before, GrantEnd.OPERATOR)
        async with self._uow(MAIN_TENANT) as uow:
            await note_deed(uow, by, AuditAction.GRANT_OPENED, self._clock.now(), operator_id, f"{slug}: {grant.summary}")
        claims = AccessClaims(user_id=guest.id, session_id=grant.session_id, tenant_id=slug, role=role, expires_at=grant.expires_at)
        return grant, self._signer.sign(claims, now)

    async def list(self, by: Principal, slug: str, page: PageRequest) -> Page[GrantView]:
        """All grants for a library, the newest first. Raises NotAllowed, TenantNotFound."""
        require_operator(by)
        await self._tenants.get(slug)
        return await self._grants.list(slug, page)

    async def list_own(self, by: Principal, page: PageRequest) -> Page[GrantView]:
        """Those for the library of `by`. Raises NotAllowed."""
        require_admin(by)
        return await self._grants.list(by.tenant_id, page)

    async def end(self, by: Principal, slug: str, grant_id: str) -> None:
        """Ends a grant before its time. Raises NotAllowed, TenantNotFound, GrantNotFound."""
        require_operator(by)
        await self._tenants.get(slug)
        await self._end(by, slug, grant_id, GrantEnd.OPERATOR)

    async def end_own(self, by: Principal, grant_id: str) -> None:
        """Ends a grant for the library of `by`. Raises NotAllowed, GrantNotFound."""
        require_admin(by)
        await self._end(by, by.tenant_id, grant_id, GrantEnd.OPERATOR if by.acting_from else GrantEnd.LIBRARY)

    async def leave(self, by: Principal) -> None:
        """Ends the grant that `by` acts by, as signing out ends a log-in."""
        async with self._uow(by.tenant_id) as uow:
            grant = await uow.grants.of_guest(by.user_id or "", by.session_id or "")
        if grant is not None:
            await self._end(by, by.tenant_id, grant.id, GrantEnd.OPERATOR)

    async def note(self, by: Principal, deed: str) -> None:
        """Writes what is asked for by a grant into the library's audit log, before it is done."""
        operator = by.account.display_name if by.account else ""
        async with self._uow(by.tenant_id) as uow:
            await note_deed(uow, by, AuditAction.GRANT_USED, self._clock.now(), by.user_id, f"{operator}: {deed}"[:2000])

    async def _works(self, grant: Grant) -> bool:
        """Whether its token does: it may have ended with the log-in of the operator that it hangs on."""
        found = await self._sessions.find(grant.session_id)
        origin = await self._sessions.find(found.acting_from) if found and found.acting_from else None
        try:
            require_open(found, origin, self._clock.now())
        except InvalidToken:
            return False
        return True

    async def _end(self, by: Principal, slug: str, grant_id: str, end: GrantEnd) -> None:
        async with self._uow(slug) as uow:
            grant = await uow.grants.find(grant_id)
            if grant is None or not grant.is_open(self._clock.now()):
                raise GrantNotFound
            await self._close(uow, by, grant, end)
        await self._tell_main_library(by, slug, grant, end)

    async def _close(self, uow: UnitOfWork, by: Principal, grant: Grant, end: GrantEnd) -> None:
        now = self._clock.now()
        grant.ended_at, grant.ended_by = now, end
        guest = await uow.users.find(grant.user_id)
        session = await uow.sessions.find(grant.session_id)
        if guest:
            guest.is_active = False
        if session and session.ended_at is None:
            session.ended_at = now
        await note_deed(uow, by, AuditAction.GRANT_ENDED, now, grant.user_id, f"by the {end}: {grant.summary}")

    async def _tell_main_library(self, by: Principal, slug: str, grant: Grant, end: GrantEnd) -> None:
        async with self._uow(MAIN_TENANT) as uow:
            ended = f"{slug}: by the {end}: {grant.summary}"
            await note_deed(uow, by, AuditAction.GRANT_ENDED, self._clock.now(), grant.operator_id, ended)
