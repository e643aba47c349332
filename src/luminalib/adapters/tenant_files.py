"""Files with a whole tenant: zip archives (zip64), whose members are stored as they are.

Nothing is packed, so that nothing grows while it is unpacked; nothing is unpacked into a folder, so no name can lead out of one.
"""

import asyncio
import os
import struct
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from luminalib.adapters.security.sealing import AesSealer
from luminalib.domain.tenant_files import FileNotUsable, TenantFileBroken
from luminalib.ports.sealing import Sealer
from luminalib.ports.tenant_files import TenantFileReader, TenantFiles, TenantFileWriter

_PIECE = 1 << 20
_DIRECTORY_MOST = 1 << 20
"""How large the list of an archive's members may be: ours have some sixty, and zipfile reads it as a whole."""
_END, _END_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES = 20
_EPOCH = (1980, 1, 1, 0, 0, 0)


def sealer_of(passphrase: str, salt: bytes) -> Sealer:
    """Seals under a passphrase, by way of scrypt (RFC 7914) with 128 MiB of memory."""
    key = Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())
    return AesSealer([key.hex()])


class ZipTenantFiles(TenantFiles):
    """Files of this machine."""

    @asynccontextmanager
    async def writing(self, path: Path) -> AsyncIterator[TenantFileWriter]:
        """See TenantFiles. Written under another name beside it, synced and linked to its own when it is whole."""
        with _said(path):
            if await asyncio.to_thread(path.exists):
                raise FileNotUsable(f"{path} is there already. Choose another name, or remove it first.")
            temporary = path.with_name(f".{path.name}-{uuid4().hex}.part")
            file = os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        try:
            with file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                    yield _ZipWriter(path, archive)
                with _said(path):
                    file.flush()
                    await asyncio.to_thread(os.fsync, file.fileno())
            with _said(path):
                os.link(temporary, path)  # never over a file that came meanwhile
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()

    @asynccontextmanager
    async def reading(self, path: Path) -> AsyncIterator[TenantFileReader]:
        """See TenantFiles."""
        with _said(path), path.open("rb") as file:
            _require_small_directory(file)
            with _intact():
                archive = zipfile.ZipFile(file)
            with archive:
                yield _ZipReader(path, archive)


class _ZipWriter(TenantFileWriter):
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive

    async def add(self, member: str, pieces: AsyncIterable[bytes]) -> None:
        """See TenantFileWriter."""
        with _said(self._path):
            opened = self._archive.open(zipfile.ZipInfo(member, _EPOCH), "w", force_zip64=True)
        with opened:
            async for piece in pieces:
                with _said(self._path):
                    await asyncio.to_thread(opened.write, piece)


class _ZipReader(TenantFileReader):
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self._members = {one.filename: one for one in archive.infolist()}
        stored = all(one.compress_type == zipfile.ZIP_STORED and one.compress_size == one.file_size for one in archive.infolist())
        room = path.stat().st_size
        if len(self._members) != len(archive.infolist()) or not stored or sum(self.sizes.values()) > room:
            raise TenantFileBroken

    @property
    def sizes(self) -> Mapping[str, int]:
        """See TenantFileReader."""
        return {name: member.file_size for name, member in self._members.items()}

    async def read(self, member: str) -> AsyncIterator[bytes]:
        """See TenantFileReader."""
        with _said(self._path), _intact(), self._archive.open(self._members[member]) as opened:
            while piece := await asyncio.to_thread(opened.read, _PIECE):
                yield piece


def _require_small_directory(file: BinaryIO) -> None:
    """Raises TenantFileBroken unless the archive ends as ours do, with a short list of members."""
    end, end_64 = _END.size, _END_64.size
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - end - _LOCATOR_BYTES - end_64))
    tail = file.read()
    if len(tail) < end or not tail[-end:].startswith(b"PK\5\6"):
        raise TenantFileBroken
    listed = [_END.unpack(tail[-end:])[5], *([_END_64.unpack(tail[:end_64])[8]] if tail.startswith(b"PK\6\6") else [])]
    if max(listed) > _DIRECTORY_MOST:
        raise TenantFileBroken
    file.seek(0)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileNotUsable(f"{path}: {error.strerror or error}.") from error


@contextmanager
def _intact() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, RuntimeError) as error:
        raise TenantFileBroken from error
