"""Requests to other people's servers: guarded, no redirects, no proxies of the environment, answers cut at a limit."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from luminalib.adapters.outside.guard import Allowed, Resolve, require_plain, resolve

ANSWER_SECONDS = 15.0
"""How long all of it may take: resolving, connecting, sending, and reading what is read."""


class NoAnswer(Exception):
    """There was no whole answer; the message says why. `begun` is what there was of its body."""

    def __init__(self, words: str, begun: bytes = b"") -> None:
        super().__init__(words)
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `headers` by names in lower case, `body` up to the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks for."""
        return seconds_of(self.headers.get("retry-after", ""))


class OutsideClient:
    """Connects to nothing, and imports nothing that can, before the first request: many libraries send none."""

    def __init__(self, allowed: Allowed, *, seconds: float = ANSWER_SECONDS, resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._resolve = resolve

    @cached_property
    def _connections(self) -> Any:
        from luminalib.adapters.outside.connections import Connections  # noqa: PLC0415 -- as the class says

        return Connections(self._allowed, seconds=self._seconds, resolve=self._resolve)

    def require_allowed(self, url: str) -> None:
        """Raises AddressRefused for an address that can be seen to be inside; names are judged when they are connected to."""
        require_plain(url, self._allowed)

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        """The answer, with `most` bytes of its body, within seconds whatever the other side does. Raises NoAnswer."""
        answer: Answer = await self._connections.request(method, url, headers, body, most)
        return answer

    async def close(self) -> None:
        """Ends all connections."""
        if "_connections" in self.__dict__:
            await self._connections.close()


def seconds_of(given: str) -> float | None:
    """What Retry-After asks for: seconds, or a date."""
    given = given.strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(given)
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
    return None
