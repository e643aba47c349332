import pytest

from luminalib.domain.networks import network_of


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
