"""How often something may be tried."""

from abc import ABC, abstractmethod
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What is limited, and whether per account or per network address."""

    LOGIN_PER_ACCOUNT = "login-per-account"
    LOGIN_PER_ACCOUNT_EVERYWHERE = "login-per-account-everywhere"
    CONFIRM_PER_SESSION = "confirm-per-session"
    LOGIN_PER_ADDRESS = "login-per-address"
    SIGNUP_PER_ADDRESS = "signup-per-address"
    REFRESH_PER_ADDRESS = "refresh-per-address"
    UPLOAD_PER_ACCOUNT = "upload-per-account"
    UPLOAD_PER_ADDRESS = "upload-per-address"
    PIECE_PER_ACCOUNT = "piece-per-account"
    DEED_PER_ACCOUNT = "deed-per-account"
    INQUIRY_PER_ADDRESS = "inquiry-per-address"
    ASK_PER_ACCOUNT = "ask-per-account"
    REQUEST_PER_TENANT = "request-per-tenant"

    @property
    def is_by_plan(self) -> bool:
        """Whether how often is said by a tenant's plan, and not by the installation's settings."""
        return self is Rule.REQUEST_PER_TENANT

    @property
    def is_per_address(self) -> bool:
        """Whether its keys are network addresses; those of one network count as one."""
        return self.value.endswith("-per-address")


@dataclass(frozen=True, slots=True)
class Standing:
    """How much is left of a limit: `limit` per `seconds`, of which `left`, and all of it again in `resets_in` seconds."""

    rule: Rule
    limit: int
    seconds: int
    left: int
    resets_in: int


STANDING: ContextVar[Standing | None] = ContextVar("STANDING", default=None)
"""The tightest limit that this request was counted by, for its answer to tell."""


class RateLimiter(ABC):
    """Counts attempts in a moving window, and notes in STANDING what is left."""

    @abstractmethod
    async def hit(self, rule: Rule, key: str | None) -> None:
        """Counts one attempt; None as key is not counted. Raises TooManyRequests, with `retry_after` in seconds."""

    @abstractmethod
    async def hit_by_plan(self, tenant_id: str, per_minute: int) -> None:
        """Counts a request of a tenant whose plan allows so many a minute. Raises as `hit` does."""

    @abstractmethod
    async def forgive(self, rule: Rule, key: str | None) -> None:
        """Forgets the attempts of `key`: the right password has come."""
