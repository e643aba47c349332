"""Passwords for devices that cannot log in as people do."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from luminalib.domain.app_passwords import MAX_APP_PASSWORDS, AppPassword, AppPasswordNotFound, BadAppPassword, TooManyAppPasswords
from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import Principal, normalise_email
from luminalib.domain.grants import require_member
from luminalib.domain.tenants import marked, tenant_of
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.security import TokenSigner
from luminalib.steps.auditing import note_deed
from luminalib.steps.tenants import Tenants

NOTE_USE_AFTER = timedelta(hours=1)
"""How old the last noted use must be to be noted again: reading must not write each time."""


@dataclass(frozen=True, slots=True)
class NewAppPassword:
    """A device password with its secret, for the only time that it can be shown."""

    record: AppPassword
    secret: str


class AppPasswordService:
    """Makes, lists, deletes and checks device passwords."""

    def __init__(self, uow: UnitOfWorkFactory, signer: TokenSigner, limiter: RateLimiter, clock: Clock, tenants: Tenants) -> None:
        self._uow = uow
        self._signer = signer
        self._limiter = limiter
        self._clock = clock
        self._tenants = tenants

    async def create(self, by: Principal, name: str) -> NewAppPassword:
        """A new one. Raises NotAllowed, TooManyAppPasswords."""
        require_member(by)
        secret = marked(self._signer.new_secret(), by.tenant_id)
        record = AppPassword(
            id=str(uuid4()),
            user_id=by.user_id or "",
            name=name,
            digest=self._signer.digest(secret),
            created_at=self._clock.now(),
        )
        async with self._uow(by.tenant_id) as uow:
            await uow.users.find(record.user_id)  # holds the account, so that parallel requests are counted one by one
            if len(await uow.app_passwords.list(record.user_id)) >= MAX_APP_PASSWORDS:
                raise TooManyAppPasswords
            await uow.app_passwords.add(record)
            await note_deed(uow, by, AuditAction.APP_PASSWORD_CREATED, self._clock.now(), by.user_id, name)
        return NewAppPassword(record, secret)

    async def list(self, by: Principal) -> list[AppPassword]:
        """The member's own, oldest first."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.app_passwords.list(by.user_id or "")

    async def delete(self, by: Principal, app_password_id: str) -> None:
        """Deletes one of the member's own; it stops working at once. Raises AppPasswordNotFound."""
        async with self._uow(by.tenant_id) as uow:
            own = await uow.app_passwords.list(by.user_id or "")
            found = next((one for one in own if one.id == app_password_id), None)
            if found is None:
                raise AppPasswordNotFound
            await uow.app_passwords.remove(found)
            await note_deed(uow, by, AuditAction.APP_PASSWORD_DELETED, self._clock.now(), by.user_id, found.name)

    async def authenticate(self, email: str, secret: str, *, address: str | None = None) -> Principal:
        """Who a device reads for. Raises BadAppPassword, TooManyRequests, TenantSuspended."""
        digest, email, tenant_id = self._signer.digest(secret), normalise_email(email), tenant_of(secret)
        async with self._uow.reading(tenant_id) as uow:
            found = await uow.app_passwords.find_by_digest(digest)
            user = await uow.users.find(found.user_id) if found else None
        if found is None or user is None or user.email != email or not user.is_active:
            await self._limiter.hit(Rule.LOGIN_PER_ADDRESS, address)
            raise BadAppPassword
        await self._tenants.require_active(tenant_id)
        await self._note_use(found, tenant_id)
        return Principal(tenant_id=tenant_id, user_id=user.id, role=user.role, address=address, account=user.account)

    async def _note_use(self, found: AppPassword, tenant_id: str) -> None:
        now = self._clock.now()
        if found.last_used_at and now - found.last_used_at < NOTE_USE_AFTER:
            return
        async with self._uow(tenant_id) as uow:
            stored = await uow.app_passwords.find_by_digest(found.digest)
            if stored:
                stored.last_used_at = now
