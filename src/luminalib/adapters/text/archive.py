"""The ZIP container of an EPUB (OCF 3.3), opened with suspicion."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urldefrag

from luminalib.adapters.text.failures import failure
from luminalib.domain.normalisation import normalised
from luminalib.ports.children import open_handed

_ENCRYPTED = 0x1
_UTF_8 = 0x800
_LONGEST_NAME = 1000


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
        self._nearly: dict[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def ending(self, ending: str) -> list[str]:
        """The names of the members that end so, whatever their case."""
        return [name for name in self._members if name.lower().endswith(ending)]

    def name_of(self, base: str, href: str) -> tuple[str, str]:
        """The member and the fragment that a link in the member `base` points to; it may have a query or nearly match."""
        name, fragment = resolve(base, href)
        return self._find(name) or self._find(name.partition("?")[0]) or name, fragment

    def _find(self, name: str) -> str | None:
        """The member of that name; else the one whose name differs from it by case, composition, escapes, slashes or its folder."""
        if name in self._members:
            return name
        if self._nearly is None:
            self._nearly = {}
            for member in self._zip.infolist():
                for nearly in _near_names(member):
                    self._nearly.setdefault(nearly, member.filename)
        folded = _folded(name)
        return self._nearly.get(folded) or self._nearly.get(f"*/{folded.rpartition('/')[2]}")

    def read(self, name: str) -> bytes | None:
        """The bytes of a member; None when it is missing or damaged. Raises the failures `encrypted` and `limit-expanded`."""
        member = self._members.get(self._find(name) or "")
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
    target, fragment = urldefrag(href.strip())
    path = posixpath.join(posixpath.dirname(base), unquote(target).replace("\\", "/").strip()) if target else base
    return posixpath.normpath(path).lstrip("/"), unquote(fragment)


def _near_names(member: zipfile.ZipInfo) -> Iterator[str]:
    """What a member's name is found by when nobody writes it as it is; at last by its last part alone."""
    names = [member.filename]
    if not member.flag_bits & _UTF_8:  # zipfile has read it as cp437, but many write UTF-8 without saying so
        with suppress(UnicodeError):
            names.append(member.filename.encode("cp437").decode("utf-8"))
    yield from map(_folded, names)
    for name in names:
        yield f"*/{_folded(name).rpartition('/')[2]}"


def _folded(name: str) -> str:
    name = unquote(unquote(name)).replace("\\", "/").lstrip("/")
    return normalised("".join(name.split()), "NFKC", most=_LONGEST_NAME).casefold()
