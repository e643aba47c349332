"""Signing up, logging in and out, and knowing who asks."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from luminalib.domain.auth import (
    BadCredentials,
    InvalidToken,
    Principal,
    Role,
    Session,
    User,
    accept_password,
    normalise_email,
    normalise_password,
)
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.security import AccessClaims, PasswordHasher, TokenSigner

REFRESH_GRACE = timedelta(seconds=30)
"""How long the refresh token before the last still works: the answer that brought the new one may have been lost."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a log-in hands out; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class AuthService:
    """Accounts and log-ins of one tenant."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        hasher: PasswordHasher,
        signer: TokenSigner,
        clock: Clock,
        *,
        tenant_id: str,
        access_life: timedelta,
        refresh_life: timedelta,
    ) -> None:
        self._uow = uow
        self._hasher = hasher
        self._signer = signer
        self._clock = clock
        self._tenant_id = tenant_id
        self._access_life = access_life
        self._refresh_life = refresh_life

    async def signup(self, email: str, password: str, display_name: str | None, role: Role | None = None) -> User:
        """A new account; without `role`, an admin while there is none, else a member. Raises EmailTaken, WeakPassword."""
        email = normalise_email(email)
        password_hash = await self._hasher.hash(accept_password(password, email))
        async with self._uow(self._tenant_id) as uow:
            await uow.lock("first-admin")
            user = User(
                id=str(uuid4()),
                email=email,
                password_hash=password_hash,
                display_name=display_name or email.split("@", maxsplit=1)[0],
                role=role or (Role.MEMBER if await uow.users.has_admin() else Role.ADMIN),
                is_active=True,
                created_at=self._clock.now(),
            )
            await uow.users.add(user)
        return user

    async def login(self, email: str, password: str) -> Tokens:
        """Opens a session. Raises BadCredentials, after the same time for an unknown address as for a wrong password."""
        async with self._uow.reading(self._tenant_id) as uow:
            user = await uow.users.find_by_email(normalise_email(email))
        password = normalise_password(password)
        if not await self._hasher.verify(password, user.password_hash if user else None) or user is None or not user.is_active:
            raise BadCredentials
        rehashed = await self._hasher.hash(password) if self._hasher.needs_rehash(user.password_hash) else None
        secret, now = self._signer.new_secret(), self._clock.now()
        session = Session(
            id=str(uuid4()),
            user_id=user.id,
            refresh_hash=self._signer.digest(secret),
            created_at=now,
            rotated_at=now,
            expires_at=now + self._refresh_life,
        )
        async with self._uow(self._tenant_id) as uow:
            await uow.sessions.add(session)
            if rehashed and (stored := await uow.users.find(user.id)):
                stored.password_hash = rehashed
        return self._tokens(session, user.role, secret)

    async def refresh(self, refresh_token: str) -> Tokens:
        """A new pair for an old one. Raises InvalidToken; a token used before ends the session, as somebody else may have it."""
        presented, now = self._signer.digest(refresh_token), self._clock.now()
        secret = self._signer.new_secret()
        async with self._uow(self._tenant_id) as uow:
            session = await uow.sessions.find_by_refresh_hash(presented)
            user = await uow.users.find(session.user_id) if session else None
            is_open = session is not None and session.is_open(now) and user is not None and user.is_active
            if session and is_open and session.refresh_hash != presented and now - session.rotated_at > REFRESH_GRACE:
                session.ended_at, is_open = now, False
            if session and is_open:
                session.previous_hash = session.refresh_hash
                session.refresh_hash = self._signer.digest(secret)
                session.rotated_at, session.expires_at = now, now + self._refresh_life
        if session is None or user is None or not is_open:
            raise InvalidToken("The refresh token is not valid any more. Log in again.")
        return self._tokens(session, user.role, secret)

    async def signout(self, by: Principal) -> None:
        """Ends the session that `by` came with; its tokens stop working at once."""
        async with self._uow(by.tenant_id) as uow:
            session = await uow.sessions.find(by.session_id or "")
            if session and session.ended_at is None:
                session.ended_at = self._clock.now()

    async def authenticate(self, access_token: str) -> Principal:
        """Who the token belongs to, with the role of this moment. Raises InvalidToken, also after signing out."""
        now = self._clock.now()
        claims = self._signer.verify(access_token, now)
        async with self._uow.reading(claims.tenant_id) as uow:
            found = await uow.sessions.find_with_user(claims.session_id)
        if found is None or not found[0].is_open(now) or not found[1].is_active:
            raise InvalidToken("The session has ended. Log in again.")
        session, user = found
        return Principal(tenant_id=claims.tenant_id, user_id=user.id, role=user.role, session_id=session.id)

    async def exists(self, email: str) -> bool:
        """Whether there is an account with this address; for the house, never for visitors."""
        async with self._uow.reading(self._tenant_id) as uow:
            return await uow.users.find_by_email(normalise_email(email)) is not None

    async def profile(self, by: Principal) -> User:
        """The account of the one who asks."""
        async with self._uow.reading(by.tenant_id) as uow:
            user = await uow.users.find(by.user_id or "")
        if user is None:
            raise InvalidToken
        return user

    def _tokens(self, session: Session, role: Role, secret: str) -> Tokens:
        now = self._clock.now()
        claims = AccessClaims(
            user_id=session.user_id,
            session_id=session.id,
            tenant_id=self._tenant_id,
            role=role,
            expires_at=now + self._access_life,
        )
        return Tokens(self._signer.sign(claims, now), secret, int(self._access_life.total_seconds()))
