import pytest

from luminalib.domain.networks import is_public, is_within, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (None, None),
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_what_counts_as_one_visitor(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


INSIDE = """
127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 255.255.255.255
224.0.0.1 240.0.0.1 198.18.0.1 192.0.2.1 192.0.0.8 ::1 :: fe80::1 fe80::1%eth0 2001:4860:4860::8888%eth0 fc00::1
fd00:ec2::254 ff02::1 fec0::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1:: 2002:a9fe:a9fe:: ::127.0.0.1 2001:0:5ef5:79fd::f5ff:fffe
4000::1 e000::1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_what_lies_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


OUTSIDE = """
8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::
"""


@pytest.mark.parametrize("address", OUTSIDE.split())
def test_what_lies_outside_is_public(address: str) -> None:
    assert is_public(address)


def test_networks_of_ones_own_are_named_by_prefix_or_address() -> None:
    home = ["192.168.1.7/24", "10.0.0.7", "fd00::/8"]
    assert all(is_within(one, home) for one in ("192.168.1.9", "10.0.0.7", "fd00::1", "fd00::1%eth0", "::ffff:192.168.1.9"))
    assert not any(is_within(one, home) for one in ("192.168.2.9", "10.0.0.8", "fe80::1"))
