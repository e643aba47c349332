"""A library into a file, while it goes on being used."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.tenant_files import (
    FORMAT,
    HAS_OBJECTS,
    MANIFEST,
    OBJECTS,
    SEALED,
    WITHHELD,
    Manifest,
    Member,
    Row,
    TenantReport,
    objects_of,
    rows_of,
)
from luminalib.domain.tenants import TenantNotFound
from luminalib.ports.sealing import Sealer
from luminalib.ports.storage import ObjectMissing, StorageUnavailable
from luminalib.ports.tenant_files import TenantFileWriter, TenantSnapshot
from luminalib.services.tenant_files.tools import Measured, TenantFileTools, Told, to_json

_SALT_BYTES = 16


class TenantExportService:
    """Writes the file: the rows of one moment, then the objects that they name."""

    def __init__(self, tools: TenantFileTools) -> None:
        self._tools = tools

    async def export(self, slug: str, path: Path, passphrase: str | None, told: Told) -> TenantReport:
        """Writes a new file. Secrets of other systems are in it with a `passphrase` only, sealed under that.

        Raises TenantNotFound, FileNotUsable, SealBroken, Unavailable.
        """
        if await self._tools.register.find(slug) is None:
            raise TenantNotFound
        salt = os.urandom(_SALT_BYTES) if passphrase else None
        passing = _Passing(self._tools, slug, self._tools.sealer_of(passphrase, salt) if passphrase and salt else None, told)
        async with self._tools.files.writing(path) as writer, self._tools.rows.snapshot(slug) as snapshot:
            members = {rows_of(table): await passing.table(writer, snapshot, table) for table in self._tools.rows.tables}
            members[OBJECTS] = await passing.objects(writer, snapshot)
            manifest = Manifest(
                format=FORMAT,
                product=self._tools.product,
                revision=self._tools.rows.revision,
                slug=slug,
                made_at=self._tools.clock.now(),
                salt=salt.hex() if salt else None,
                members=members,
            )
            await writer.add(MANIFEST, _once(to_json(manifest)))
        detail = f"{slug}: {passing.report.rows} rows, {passing.report.objects} files"
        for tenant_id in {MAIN_TENANT, slug}:
            await self._tools.record(tenant_id, AuditAction.TENANT_EXPORTED, detail)
        return passing.report


class _Passing:
    """One export on its way."""

    def __init__(self, tools: TenantFileTools, slug: str, sealer: Sealer | None, told: Told) -> None:
        self._tools = tools
        self._slug = slug
        self._sealer = sealer
        self._told = told
        self.report = TenantReport(slug=slug)

    async def table(self, writer: TenantFileWriter, snapshot: TenantSnapshot, table: str) -> Member:
        """Writes the rows of a table, a line of JSON each."""
        measured = Measured()

        async def lines() -> AsyncIterator[bytes]:
            async for rows in snapshot.rows(table):
                measured.count += len(rows)
                self.report.rows += len(rows)
                self._told("rows", self.report.rows, None)
                yield b"".join(orjson.dumps(self._resealed(table, row), option=orjson.OPT_APPEND_NEWLINE) for row in rows)

        await writer.add(rows_of(table), measured.through(lines()))
        return measured.member

    async def objects(self, writer: TenantFileWriter, snapshot: TenantSnapshot) -> Member:
        """Writes the objects one behind the other, before each a line of JSON with its key and its size in bytes."""
        measured = Measured()

        async def framed() -> AsyncIterator[bytes]:
            async for rows in snapshot.rows(HAS_OBJECTS):
                for keys in (keys for row in rows for keys in objects_of(row)):
                    async for piece in self._one_of(keys):
                        yield piece
            measured.count = self.report.objects

        await writer.add(OBJECTS, measured.through(framed()))
        self.report.size = measured.size
        return measured.member

    async def _one_of(self, keys: Sequence[str]) -> AsyncIterator[bytes]:
        """The first of these objects that there is, in its frame."""
        for key in keys:
            with suppress(ObjectMissing):
                size = (await self._tools.storage.stat(key)).size
                pieces = self._tools.storage.read(key)
                first = await anext(pieces, b"")  # from here on it is open, and stays whoever removes it
                break
        else:
            self.report.missing.append(keys[0])
            return
        self.report.objects += 1
        self._told("files", self.report.objects, None)
        yield orjson.dumps({"key": key, "size": size}, option=orjson.OPT_APPEND_NEWLINE) + first
        written = len(first)
        async for piece in pieces:
            written += len(piece)
            yield piece
        if written != size:
            raise StorageUnavailable(f"{key} has {written} bytes, and should have {size}. Try again.")

    def _resealed(self, table: str, row: Row) -> Row:
        for column in SEALED.get(table, ()):
            sealed = row[column]
            if isinstance(sealed, str):
                row[column] = (
                    self._sealer.seal(self._slug, self._tools.sealer.open(self._slug, sealed)) if self._sealer else WITHHELD
                )
        return row


async def _once(text: bytes) -> AsyncIterator[bytes]:
    yield text
