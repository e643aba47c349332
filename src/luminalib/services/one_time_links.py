"""Links that work once: a forgotten password, an invitation."""

from dataclasses import dataclass
from datetime import timedelta

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import Principal, Role, User, UserNotFound, accept_password, normalise_email, require_admin
from luminalib.domain.grants import require_member
from luminalib.domain.one_time_links import (
    KEEP_SPENT,
    MAX_OPEN_INVITATIONS,
    RESET_LIFE,
    InvalidLink,
    InvitationNotFound,
    InvitationView,
    LinkKind,
    SignupClosed,
    SignupMode,
    TooManyInvitations,
)
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.tenants import require_operator, tenant_of
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.security import CommonPasswords, PasswordHasher, TokenSigner
from luminalib.ports.views import InvitationViews
from luminalib.steps.auditing import note_deed
from luminalib.steps.members import replace_password
from luminalib.steps.one_time_links import NewLink, new_invitation, new_link
from luminalib.steps.tenants import Tenants


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkTools:
    """What the service works with."""

    uow: UnitOfWorkFactory
    tenants: Tenants
    invitations: InvitationViews
    hasher: PasswordHasher
    signer: TokenSigner
    common: CommonPasswords
    limiter: RateLimiter
    clock: Clock


class OneTimeLinkService:
    """Makes and takes links."""

    def __init__(self, tools: LinkTools) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._clock = tools.clock

    async def offer_reset(self, by: Principal, user_id: str) -> NewLink:
        """A link by which a member sets a password anew; it takes the place of an earlier one. Raises NotAllowed, UserNotFound."""
        require_admin(by)
        require_member(by)
        now = self._clock.now()
        made = new_link(self._tools.signer, by.tenant_id, LinkKind.PASSWORD_RESET, now, RESET_LIFE, created_by=by.user_id)
        async with self._uow(by.tenant_id) as uow:
            user = await uow.users.find(user_id)
            if user is None or not user.is_active or user.is_deleted:
                raise UserNotFound
            if user.role is Role.OPERATOR:
                require_operator(by)
            made.record.user_id = user.id
            await uow.links.forget(user.id)
            await uow.links.add(made.record)
            await note_deed(uow, by, AuditAction.PASSWORD_RESET_OFFERED, self._clock.now(), user.id)
        return made

    async def reset(self, secret: str, new_password: str, *, address: str | None = None) -> None:
        """Sets the password by a link; all sessions and app passwords end. Raises InvalidLink, WeakPassword, TooManyRequests."""
        await self._tools.limiter.hit(Rule.LOGIN_PER_ADDRESS, address)
        digest, tenant_id = self._tools.signer.digest(secret), tenant_of(secret)
        async with self._uow.reading(tenant_id) as uow:
            user = await self._user_of(uow, digest)
        password = accept_password(new_password, user.email, self._tools.common.contains)
        password_hash = await self._tools.hasher.hash(password, address)
        async with self._uow(tenant_id) as uow:
            stored = await self._user_of(uow, digest)  # once more: the link may have been used while the password was hashed
            await replace_password(uow, stored, password_hash, self._clock.now())
            by = Principal(tenant_id=tenant_id, user_id=stored.id, role=stored.role, address=address)
            await note_deed(uow, by, AuditAction.PASSWORD_CHANGED, self._clock.now(), stored.id, "by a one-time link")

    async def set_password(self, by: Principal, email: str, new_password: str) -> User:
        """Sets an account's password without the old one. Raises NotAllowed, UserNotFound, WeakPassword."""
        require_admin(by)
        email = normalise_email(email)
        password_hash = await self._tools.hasher.hash(accept_password(new_password, email, self._tools.common.contains), None)
        async with self._uow(by.tenant_id) as uow:
            found = await uow.users.find_by_email(email)
            user = await uow.users.find(found.id) if found else None
            if user is None or user.is_deleted:
                raise UserNotFound(f"There is no account with the address {email}.")
            await replace_password(uow, user, password_hash, self._clock.now())
            await note_deed(uow, by, AuditAction.PASSWORD_CHANGED, self._clock.now(), user.id, "by the command line")
        return user

    async def invite(self, by: Principal, role: Role, life: timedelta, note: str | None) -> NewLink:
        """An invitation. Raises NotAllowed, SignupClosed, TooManyInvitations."""
        require_admin(by)
        require_member(by)
        if role is Role.OPERATOR:
            require_operator(by)
        if await self._tools.tenants.signup(by.tenant_id) is SignupMode.CLOSED:
            raise SignupClosed("Sign-up is closed by LUMINALIB_SIGNUP: nobody could use an invitation.")
        now = self._clock.now()
        made = new_invitation(self._tools.signer, by.tenant_id, now, life, role, note, created_by=by.user_id)
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("invitations")
            await uow.links.prune(now - KEEP_SPENT)
            if await uow.links.count_open(LinkKind.INVITATION, now) >= MAX_OPEN_INVITATIONS:
                raise TooManyInvitations
            await uow.links.add(made.record)
            await note_deed(uow, by, AuditAction.INVITED, self._clock.now(), None, f"as {role}")
        return made

    async def invitations(self, by: Principal, page: PageRequest) -> Page[InvitationView]:
        """Those that still work, the newest first. Raises NotAllowed."""
        require_admin(by)
        return await self._tools.invitations.list(by.tenant_id, page, self._clock.now())

    async def withdraw(self, by: Principal, invitation_id: str) -> None:
        """Ends an invitation. Raises NotAllowed, InvitationNotFound."""
        require_admin(by)
        async with self._uow(by.tenant_id) as uow:
            link = await uow.links.get(LinkKind.INVITATION, invitation_id)
            if link is None or not link.is_open(self._clock.now()):
                raise InvitationNotFound
            await uow.links.remove(link)
            await note_deed(uow, by, AuditAction.INVITATION_WITHDRAWN, self._clock.now(), None)

    async def _user_of(self, uow: UnitOfWork, digest: str) -> User:
        """Whose password an open link resets."""
        link = await uow.links.find(LinkKind.PASSWORD_RESET, digest)
        user = await uow.users.find(link.user_id or "") if link and link.is_open(self._clock.now()) else None
        if user is None or not user.is_active or user.is_deleted:
            raise InvalidLink
        return user
