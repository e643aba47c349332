"""The accounts that come with the demo shelf."""

from luminalib.domain.auth import Role

DEMO_ACCOUNTS = (("librarian@demo.example", Role.LIBRARIAN), ("reader@demo.example", Role.MEMBER))
"""E-mail address and role. The last is made last: where it exists, the others do."""
