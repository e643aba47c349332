"""The ZIP container of an EPUB (OCF 3.3), opened with suspicion."""

import posixpath
import zipfile
import zlib
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urldefrag

from luminalib.adapters.text.failures import failure
from luminalib.ports.children import open_handed

_ENCRYPTED = 0x1


class Archive:
    """Reads members by name within limits. Nothing is ever written to a disk."""

    def __init__(self, path: str, limits: dict[str, int]) -> None:
        """Raises the failures `corrupt` and `limit-expanded`."""
        try:
            self._file = open_handed(path)
            self._zip = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise failure("corrupt") from None
        members = self._zip.infolist()
        # The directory's own figures are enough: zipfile never unpacks more of a member than they claim.
        if len(members) > limits["entries"] or sum(member.file_size for member in members) > limits["expanded"]:
            raise failure("limit-expanded")
        self._most_bytes = limits["chapter"]
        self._members = {member.filename: member for member in members}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes | None:
        """The bytes of a member; None when it is missing or damaged. Raises the failures `encrypted` and `limit-expanded`."""
        member = self._members.get(name)
        if member is None:
            return None
        if member.flag_bits & _ENCRYPTED:
            raise failure("encrypted")
        if member.file_size > self._most_bytes:
            raise failure("limit-expanded")
        with suppress(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            return self._zip.read(member)
        return None


def resolve(base: str, href: str) -> tuple[str, str]:
    """The member name and the fragment that a link in the member `base` points to."""
    target, fragment = urldefrag(href)
    path = posixpath.join(posixpath.dirname(base), unquote(target)) if target else base
    return posixpath.normpath(path).lstrip("/"), unquote(fragment)
