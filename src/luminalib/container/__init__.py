"""The composition root: settings in, adapters chosen and wired to services, everything closed at the end."""

from luminalib.container.database import MigrationsPending
from luminalib.container.keys import secret_key
from luminalib.container.root import Container, migrate, open_container

__all__ = ["Container", "MigrationsPending", "migrate", "open_container", "secret_key"]
