"""Signing up, logging in and out, and knowing who asks."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.auth import (
    MAIN_TENANT,
    TICKET_LIFE,
    BadCredentials,
    InvalidToken,
    Principal,
    Role,
    Session,
    TicketPurpose,
    TooManyRequests,
    User,
    accept_password,
    normalise_email,
    normalise_password,
)
from luminalib.domain.networks import network_of
from luminalib.domain.one_time_links import InvalidLink, InvitationRequired, LinkKind, SignupClosed, SignupMode
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import TenantNotFound, TenantSuspended, marked, tenant_of
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.security import AccessClaims, CommonPasswords, PasswordHasher, TokenSigner
from luminalib.ports.sessions import SessionLookup
from luminalib.steps.authority import require_open
from luminalib.steps.quotas import Quotas
from luminalib.steps.tenants import Tenants

MAX_SESSIONS = 100
"""Log-ins that an account may have; the one unused for longest makes room."""
KEEP_ENDED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a log-in hands out; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthTools:
    """What the service works with."""

    uow: UnitOfWorkFactory
    hasher: PasswordHasher
    signer: TokenSigner
    common: CommonPasswords
    limiter: RateLimiter
    lookup: SessionLookup
    tenants: Tenants
    quotas: Quotas
    clock: Clock


class AuthService:
    """Accounts and log-ins. `address` is where a request came from, for limits and the audit log."""

    def __init__(self, tools: AuthTools, *, access_life: timedelta, refresh_life: timedelta) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._signer = tools.signer
        self._clock = tools.clock
        self._access_life = access_life
        self._refresh_life = refresh_life

    async def signup(
        self,
        email: str,
        password: str,
        display_name: str | None,
        *,
        address: str | None = None,
        role: Role | None = None,
        invitation: str | None = None,
        tenant_id: str | None = None,
    ) -> User:
        """A new account: with the invitation's role, else an admin while the main tenant has none, else a member.

        `role` is given by the house, which needs no invitation. Without a tenant it is the invitation's.

        Raises EmailTaken, WeakPassword, TooManyRequests, SignupClosed, InvitationRequired, InvalidLink, TenantNotFound,
        TenantSuspended.
        """
        await self._tools.limiter.hit(Rule.SIGNUP_PER_ADDRESS, address)
        tenant_id = tenant_id or tenant_of(invitation or "")
        if role is None:
            await self._require_open_door(tenant_id, invitation)
        email = normalise_email(email)
        password_hash = await self._tools.hasher.hash(accept_password(password, email, self._tools.common.contains), address)
        async with self._uow(tenant_id) as uow:
            await uow.lock("admins")
            role = role or await self._invited_as(uow, invitation)
            if role is None and tenant_id == MAIN_TENANT and not await uow.users.has_admin():
                role = Role.ADMIN  # whoever sets an installation up; other tenants' first admin is invited
            user = User(
                id=str(uuid4()),
                email=email,
                password_hash=password_hash,
                display_name=display_name or email.split("@", maxsplit=1)[0],
                role=role or Role.MEMBER,
                is_active=True,
                created_at=self._clock.now(),
            )
            await self._tools.quotas.use(uow, tenant_id, Quota.MEMBERS)
            await uow.users.add(user)
            await self._record(uow, AuditAction.SIGNED_UP, user.id, user.id, address, user.role)
        return user

    async def admit(self, address: str | None) -> None:
        """Counts an attempt to log in, before anything is done for it. Raises TooManyRequests."""
        await self._tools.limiter.hit(Rule.LOGIN_PER_ADDRESS, address)

    async def login(self, email: str, password: str, *, address: str | None = None, tenant_id: str = MAIN_TENANT) -> Tokens:
        """Opens a session. Raises BadCredentials, after the same time for an unknown address as for a wrong password.

        Raises TooManyRequests after many failures of one account, or many attempts from one address, and TenantSuspended.
        """
        email = normalise_email(email)
        everywhere = marked(email, tenant_id)
        from_here = f"{everywhere} {network_of(address)}"
        await self._tools.limiter.hit(Rule.LOGIN_PER_ACCOUNT, from_here)
        async with self._uow.reading(tenant_id) as uow:
            user = await uow.users.find_by_email(email)
        await self._limit_strangers(everywhere, user, tenant_id, address)
        password = normalise_password(password)
        matches = await self._tools.hasher.verify(password, user.password_hash if user else None, address)
        if user is None or not matches or not user.is_active:
            await self._note_failure(tenant_id, user, address)
            raise BadCredentials
        for rule, key in ((Rule.LOGIN_PER_ACCOUNT, from_here), (Rule.LOGIN_PER_ACCOUNT_EVERYWHERE, everywhere)):
            await self._tools.limiter.forgive(rule, key)
        return await self._open_session(user, password, tenant_id, address)

    async def refresh(self, refresh_token: str, *, address: str | None = None) -> Tokens:
        """A new pair for an old one: the next refresh token, the same for all who ask within the grace.

        Raises InvalidToken; a token of ours from before ends the session, as somebody else may have it. Raises TooManyRequests.
        """
        await self._tools.limiter.hit(Rule.REFRESH_PER_ADDRESS, address)
        session_id, number = self._signer.read_refresh_token(refresh_token)
        now = self._clock.now()
        known = await self._tools.lookup.find(session_id)
        if known is None:
            raise InvalidToken("The refresh token is not valid any more. Log in again.")
        async with self._uow(known.tenant_id) as uow:
            session = await uow.sessions.find(session_id)
            user = await uow.users.find(session.user_id) if session else None
            if session is None or user is None or not user.is_active or not session.is_open(now):
                raise InvalidToken("The refresh token is not valid any more. Log in again.")
            if number == session.rotation:
                following = self._signer.refresh_token(session.id, number + 1)
                session.rotate(self._signer.digest(following), now, now + self._refresh_life)
            elif not session.excuse(number, now):
                session.ended_at = now
                await self._record(uow, AuditAction.REFRESH_REUSED, None, session.user_id, address)
        if session.ended_at:
            raise InvalidToken("This refresh token was used before, so the session has been ended. Log in again.")
        return self._tokens(session, user.role, known.tenant_id)

    async def signout(self, by: Principal) -> None:
        """Ends the session that `by` came with; its tokens stop working at once."""
        async with self._uow(by.tenant_id) as uow:
            session = await uow.sessions.find(by.session_id or "")
            if session and session.ended_at is None:
                session.ended_at = self._clock.now()
                await self._record(uow, AuditAction.SIGNED_OUT, by.user_id, by.user_id, by.address)

    async def authenticate(self, access_token: str, *, address: str | None = None) -> Principal:
        """Who the token belongs to, with the role of this moment. Raises InvalidToken, also after signing out."""
        claims = self._signer.verify(access_token, self._clock.now())
        by = await self._principal(claims.session_id, address)
        if by.tenant_id != claims.tenant_id:
            raise InvalidToken
        return by

    def ticket(self, by: Principal, purpose: TicketPurpose) -> str:
        """A pass for one purpose that works for a minute, for clients that cannot send a header. It ends with the session."""
        return self._signer.ticket(by.session_id or "", purpose, self._clock.now() + TICKET_LIFE)

    async def admit_ticket(self, ticket: str, purpose: TicketPurpose, *, address: str | None = None) -> Principal:
        """Who the ticket belongs to, with the role of this moment. Raises InvalidToken."""
        session_id = self._signer.read_ticket(ticket, purpose, self._clock.now())
        return await self._principal(session_id, address)

    async def _principal(self, session_id: str, address: str | None) -> Principal:
        known = await self._tools.lookup.find(session_id)
        origin = await self._tools.lookup.find(known.acting_from) if known and known.acting_from else None
        found = require_open(known, origin, self._clock.now())
        return Principal(
            tenant_id=found.tenant_id,
            plan=found.plan,
            user_id=found.account.id,
            role=found.account.role,
            session_id=session_id,
            address=address,
            account=found.account,
            acting_from=found.acting_from,
        )

    async def count_deed(self, by: Principal) -> None:
        """Counts a change that a member makes; librarians work as fast as they can. Raises TooManyRequests."""
        if not by.is_staff:
            await self._tools.limiter.hit(Rule.DEED_PER_ACCOUNT, by.user_id)

    async def exists(self, email: str) -> bool:
        """Whether there is an account with this address; for the house, never for what a visitor asks for."""
        async with self._uow.reading(MAIN_TENANT) as uow:
            return await uow.users.find_by_email(normalise_email(email)) is not None

    async def _require_open_door(self, tenant_id: str, invitation: str | None) -> None:
        mode = await self._tools.tenants.signup(tenant_id)
        if mode is SignupMode.CLOSED:
            raise SignupClosed
        if mode is SignupMode.INVITE and invitation is None:
            raise InvitationRequired

    async def _invited_as(self, uow: UnitOfWork, invitation: str | None) -> Role | None:
        """The role of an invitation, which is used up by this. Raises InvalidLink."""
        if invitation is None:
            return None
        link = await uow.links.find(LinkKind.INVITATION, self._signer.digest(invitation))
        if link is None:
            raise InvalidLink
        link.spend(self._clock.now())
        return link.role

    async def _note_failure(self, tenant_id: str, user: User | None, address: str | None) -> None:
        """Writes the failure into the audit log of a tenant that there is: a stranger's guesses at names leave no rows."""
        try:
            await self._tools.tenants.require_active(tenant_id)
        except (TenantNotFound, TenantSuspended):
            return
        async with self._uow(tenant_id) as uow:
            await self._record(uow, AuditAction.LOGIN_FAILED, None, user.id if user else None, address)

    async def _limit_strangers(self, key: str, user: User | None, tenant_id: str, address: str | None) -> None:
        """Bounds guesses from many addresses; nobody can be shut out by them where they have logged in before."""
        try:
            await self._tools.limiter.hit(Rule.LOGIN_PER_ACCOUNT_EVERYWHERE, key)
        except TooManyRequests:
            if user is None or address is None:
                raise
            async with self._uow.reading(tenant_id) as uow:
                known = await uow.audit.addresses_of(user.id, MAX_SESSIONS)
            if network_of(address) not in map(network_of, known):
                raise

    async def _open_session(self, user: User, password: str, tenant_id: str, address: str | None) -> Tokens:
        hasher, now = self._tools.hasher, self._clock.now()
        rehashed = await hasher.hash(password, address) if hasher.needs_rehash(user.password_hash) else None
        session_id = str(uuid4())
        digest = self._signer.digest(self._signer.refresh_token(session_id, 1))
        session = Session.opened(session_id, user.id, digest, now, now + self._refresh_life)
        async with self._uow(tenant_id) as uow:
            if tenant_id != MAIN_TENANT and not (await uow.tenants.get()).is_active:
                raise TenantSuspended  # the record is held, so that none is suspended while one logs in
            stored = await uow.users.find(user.id)
            if stored is None or not stored.is_active or stored.password_hash != user.password_hash:
                raise BadCredentials  # changed while the password was being checked
            stored.password_hash = rehashed or stored.password_hash
            await uow.sessions.prune(user.id, now - KEEP_ENDED, MAX_SESSIONS - 1)
            await uow.sessions.add(session)
            await self._record(uow, AuditAction.LOGGED_IN, user.id, user.id, address)
        return self._tokens(session, user.role, tenant_id)

    async def _record(
        self,
        uow: UnitOfWork,
        action: AuditAction,
        actor_id: str | None,
        subject_id: str | None,
        address: str | None,
        detail: str | None = None,
    ) -> None:
        at = self._clock.now()
        await uow.audit.append(
            AuditEvent(action=action, at=at, actor_id=actor_id, subject_id=subject_id, address=address, detail=detail)
        )

    def _tokens(self, session: Session, role: Role, tenant_id: str) -> Tokens:
        now = self._clock.now()
        claims = AccessClaims(
            user_id=session.user_id,
            session_id=session.id,
            tenant_id=tenant_id,
            role=role,
            expires_at=now + self._access_life,
        )
        refresh_token = self._signer.refresh_token(session.id, session.rotation)
        return Tokens(self._signer.sign(claims, now), refresh_token, int(self._access_life.total_seconds()))
