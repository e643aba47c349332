"""Network addresses as what they are counted by."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_SUBSCRIBER_BITS = 64
"""Of an IPv6 address: whoever has one has all 2^64 behind the same prefix (RFC 6177)."""


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str | None:
    """The network that counts as one visitor: an IPv4 address, an IPv6 /64; what is no address stands for itself."""
    if address is None:
        return None
    try:
        parsed = ip_address(address.partition("%")[0])
    except (ValueError, AddressValueError):
        return address
    if isinstance(parsed, IPv6Address):
        inner: IPv4Address | None = parsed.ipv4_mapped
        return str(inner) if inner else str(IPv6Network((parsed, _SUBSCRIBER_BITS), strict=False))
    return str(parsed)


_TRANSLATED = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""Prefixes whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, 8215), and IPv4-compatible addresses of old."""
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "100::/64", "2001::/23", "3fff::/20", "5f00::/16")))
"""For protocols and documents (IANA's registries), whatever this version of Python says of them."""


def is_public(address: str) -> bool:
    """Whether an address lies in the open internet, and not in anybody's own network; an IPv4 address within it counts, too."""
    if "%" in address:  # a zone: of the own network by definition
        return False
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.is_site_local:
            return False
        if (inner := _inner(parsed)) is not None:
            is_wrapped = parsed.ipv4_mapped or parsed.sixtofour or parsed in _TRANSLATED[0]
            return bool(is_wrapped) and is_public(str(inner))
    is_special = parsed.is_multicast or parsed.is_reserved or any(parsed in network for network in _SPECIAL)
    return parsed.is_global and not is_special


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    return IPv4Address(int(address) & 0xFFFFFFFF) if any(address in network for network in _TRANSLATED) else None


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of these networks, such as `192.168.1.0/24`. Raises ValueError for what is none."""
    parsed = ip_address(address.partition("%")[0])
    own = parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
    return any(own in ip_network(network, strict=False) for network in networks)
