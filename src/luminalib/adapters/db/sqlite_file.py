"""Whether SQLite's file is still the one that was opened: SQLite itself goes on in a file that has been deleted or replaced."""

import os
import sqlite3
from pathlib import Path

_MAGIC = b"SQLite format 3\x00"


class SqliteFile:
    """Watches one file by a descriptor of its own.

    The descriptor stays open as long as any connection does: closing it would drop the locks of all (POSIX, see SQLite's
    "How To Corrupt An SQLite Database File", 2.2).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._has_content = False

    def watch(self) -> None:
        """Begins, once there is a file."""
        if self._descriptor is None and Path(self._path).is_file():
            self._descriptor = os.open(self._path, os.O_RDONLY)

    def check(self) -> None:
        """Some microseconds. Raises sqlite3.OperationalError when the file was deleted, replaced or overwritten."""
        if self._descriptor is None:
            return
        opened = os.fstat(self._descriptor)
        try:
            present = os.stat(self._path)  # noqa: PTH116 -- on every transaction
        except OSError as error:
            raise sqlite3.OperationalError(f"{self._path} is gone; restore it and restart the server") from error
        if (present.st_dev, present.st_ino) != (opened.st_dev, opened.st_ino):
            raise sqlite3.OperationalError(f"{self._path} was replaced by another file; restart the server")
        begins = os.pread(self._descriptor, len(_MAGIC), 0)
        if begins == _MAGIC:
            self._has_content = True
        elif begins or self._has_content:
            raise sqlite3.OperationalError(f"{self._path} is not a database any more; restore it and restart the server")

    def close(self) -> None:
        """Ends it, after all connections."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
