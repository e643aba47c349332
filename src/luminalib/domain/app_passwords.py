"""Passwords for devices such as e-readers: made by the server, shown once, good for reading only."""

from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.auth import BadCredentials
from luminalib.domain.errors import Conflict, NotFound

MAX_APP_PASSWORDS = 20


class AppPasswordNotFound(NotFound):
    """You have no such app password."""

    slug = "app-password-not-found"


class BadAppPassword(BadCredentials):
    """No app password matches. HTTP Basic takes an app password (`POST /auth/me/app-passwords`), not the account's own."""


class TooManyAppPasswords(Conflict):
    """You have as many app passwords as one may have. Delete one that no device uses any more."""

    slug = "too-many-app-passwords"


@dataclass(eq=False, kw_only=True)
class AppPassword:
    """One device's password; kept as a digest only, as its secret is random."""

    id: str
    user_id: str
    name: str
    digest: str
    created_at: datetime
    last_used_at: datetime | None = None
