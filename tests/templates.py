"""A database file with the newest schema, made once per session: to copy it takes a hundredth of the time that migrations take."""

import asyncio
import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade


@cache
def newest_schema() -> Path:
    """That file; not to be called in an event loop."""
    folder = tempfile.mkdtemp(prefix="luminalib-schema-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "luminalib.db"
    asyncio.run(migrated(f"sqlite+aiosqlite:///{path}"))
    return path


async def migrated(url: str) -> None:
    """Brings a database to the newest schema."""
    opened = SqlDatabase(url)
    await upgrade(opened)
    await opened.close()
