"""Where objects lie in the storage: each tenant's below a prefix of its own, so that none is swept or removed with another's.

The objects of the main tenant have none, as they had before there were others.
"""

from luminalib.domain.auth import MAIN_TENANT

STAGING = "staging/"
"""Where files lie that have arrived and belong to nothing yet."""
DOCUMENTS = "documents/"
TENANTS = "tenants/"


def prefix_of(tenant_id: str) -> str:
    """What the keys of a tenant's objects begin with."""
    return "" if tenant_id == MAIN_TENANT else f"{TENANTS}{tenant_id}/"


def prefix_in(key: str) -> str:
    """The tenant's prefix of a staging key."""
    prefix, staging, _ = key.partition(STAGING)
    return prefix if staging else ""
