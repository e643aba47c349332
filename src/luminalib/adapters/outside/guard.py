"""Which addresses that people have entered may be connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from luminalib.domain.networks import is_public, is_within
from luminalib.domain.webhooks import AddressRefused

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, for a port."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """As the system does it. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Allowed:
    """Which addresses of the own network may be connected to all the same."""

    def __init__(self, listed: Iterable[str]) -> None:
        """`listed` are networks (`192.168.1.0/24`), addresses, and names of hosts."""
        networks: list[str] = []
        hosts: list[str] = []
        for one in listed:
            (networks if _is_network(one) else hosts).append(one.lower().rstrip("."))
        self._networks, self._hosts = networks, hosts

    def has_host(self, host: str) -> bool:
        """Whether the name is listed, whatever it resolves to."""
        return host.lower().rstrip(".") in self._hosts

    def require(self, host: str, addresses: Iterable[str]) -> None:
        """Raises AddressRefused unless each address is outside or listed."""
        if self.has_host(host):
            return
        for address in addresses:
            if not is_public(address) and not is_within(address, self._networks):
                raise AddressRefused


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def require_plain(url: str, allowed: Allowed) -> None:
    """Raises AddressRefused for an address in figures that lies inside; names are judged when they are connected to."""
    host = urlsplit(url).hostname or ""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        if host.rstrip(".").endswith("localhost"):
            allowed.require(host, ["127.0.0.1"])
        return
    allowed.require(host, [host])
