"""Network addresses as what they are counted by."""

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network, ip_address

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
