"""Who is let in, and who has to go when it gets crowded."""

from dataclasses import dataclass
from typing import Protocol

import structlog

from luminalib.domain.networks import network_of

try:
    import resource
except ImportError:  # Windows counts its handles by itself
    resource = None  # type: ignore[assignment]

DESCRIPTORS_WANTED = 65_536
DESCRIPTORS_KEPT = 256
"""For files, databases, children and everything else that is no connection of a client."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionLimits:
    """What one connection, one address and all together may take; 0 connections per address are as many as one likes."""

    connections: int = 8192
    per_address: int = 1024
    head_bytes: int = 32 * 1024
    head_lines: int = 100
    head_seconds: float = 10.0
    idle_seconds: int = 5
    body_bytes_per_second: int = 1024
    body_window_seconds: float = 10.0


class Visitor(Protocol):
    """A connection, as the door sees it."""

    def evict(self) -> None:
        """Closes it: somebody else needs the room."""


class Door:
    """Counts connections by network, and makes room: the oldest that has not finished asking yet goes first."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.is_closing = False
        self._networks: dict[Visitor, str | None] = {}
        self._present: dict[str, int] = {}
        self._unfinished: dict[Visitor, None] = {}  # a dictionary keeps the order of arrival

    def admit(self, visitor: Visitor, address: str | None) -> bool:
        """Lets a connection in, in place of an unfinished one where that is needed; False when there is no room at all."""
        network = network_of(address)
        most = self.limits.per_address
        if len(self._networks) >= self.limits.connections and not self._make_room(None):
            return False
        if network is not None and most and self._present.get(network, 0) >= most and not self._make_room(network):
            return False
        self._networks[visitor] = network
        if network is not None:
            self._present[network] = self._present.get(network, 0) + 1
        return True

    def leave(self, visitor: Visitor) -> None:
        """Notes that a connection has ended."""
        self._unfinished.pop(visitor, None)
        if visitor not in self._networks:
            return
        network = self._networks.pop(visitor)
        if network is not None:
            self._present[network] -= 1
            if not self._present[network]:
                del self._present[network]

    def hand_over(self, visitor: Visitor, successor: Visitor) -> None:
        """Notes that a connection goes on under another protocol."""
        if visitor in self._networks:
            self._networks[successor] = self._networks.pop(visitor)
        self._unfinished.pop(visitor, None)

    def begins(self, visitor: Visitor) -> None:
        """Notes that a connection owes us (the rest of) a request."""
        self._unfinished.setdefault(visitor)

    def has_asked(self, visitor: Visitor) -> None:
        """Notes that a connection owes us nothing."""
        self._unfinished.pop(visitor, None)

    def _make_room(self, network: str | None) -> bool:
        found = (visitor for visitor in self._unfinished if network is None or self._networks[visitor] == network)
        oldest = next(found, None)
        if oldest is None:
            log.warning("edge.full", network=network, connections=len(self._networks))
            return False
        self.leave(oldest)
        oldest.evict()
        return True


def raise_descriptors() -> int:
    """Raises the number of open files as far as the system lets us; returns it."""
    if resource is None:
        return DESCRIPTORS_WANTED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_WANTED if hard == resource.RLIM_INFINITY else min(DESCRIPTORS_WANTED, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)
