"""A library out of a file: looked through as a whole first, then taken in as a whole or not at all."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.domain.incoming import take_in
from luminalib.domain.inquiries import triage_inquiry
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import sweep
from luminalib.domain.storage_keys import DOCUMENTS, prefix_of
from luminalib.domain.tenant_files import (
    MANIFEST,
    OBJECTS,
    SEALED,
    WITHHELD,
    Manifest,
    Row,
    SecretsClosed,
    TenantFileBroken,
    TenantReport,
    moved,
    moved_key,
    rows_of,
)
from luminalib.domain.tenants import PlanNotFound, SlugTaken, TenantsNotApart, accept_slug
from luminalib.domain.webhooks import new_secret
from luminalib.ports.sealing import SealBroken, Sealer
from luminalib.ports.tenant_files import TenantArrival, TenantFileReader
from luminalib.services.tenant_files.framing import Frames, batches
from luminalib.services.tenant_files.tools import Measured, TenantFileTools, Told, from_json
from luminalib.steps.indexing import behind, catch_up

_MANIFEST_MOST = 1 << 20
_SWITCHED_OFF: Mapping[str, Row] = {
    "webhooks": {"is_enabled": False, "disabled_reason": "by_hand"},
    "crm_connections": {"is_enabled": False},
}
"""What becomes of those whose secret a file does not have."""
_MAY_BE_NONE = frozenset({"old_secret", "token"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How a library is to be taken in: under the name and with the plan that it had, or others; with its secrets or without."""

    slug: str | None = None
    plan: str | None = None
    passphrase: str | None = None
    without_secrets: bool = False


class TenantImportService:
    """Reads the file twice: nothing is written before all of it has been seen to be sound."""

    def __init__(self, tools: TenantFileTools) -> None:
        self._tools = tools

    async def take_in(self, path: Path, wish: Wish, told: Told) -> TenantReport:
        """Makes a library of a file.

        Raises FileNotUsable, TenantFileBroken, TenantFileNotForHere, SecretsClosed, BadSlug, SlugTaken, PlanNotFound, AlreadyHere,
        TenantsNotApart, Unavailable.
        """
        async with self._tools.files.reading(path) as file:
            manifest = await self._manifest(file)
            new = wish.slug or manifest.slug
            await self._require_room_for(new)
            arriving = _Arriving(self._tools, file, manifest, new, self._sealer(manifest, wish), wish.plan, told)
            await arriving.look_through()
            if arriving.plan not in {plan.name for plan in await self._tools.register.plans()}:
                raise PlanNotFound(f"There is no plan {arriving.plan!r} here: choose one with --plan.")
            async with self._tools.rows.arrival(new) as arrival:
                await arriving.write(arrival)
        self._tools.tenants.forget()
        detail = f"{new}, made of {manifest.slug}: {arriving.report.rows} rows, {arriving.report.objects} files"
        await self._tools.record(MAIN_TENANT, AuditAction.TENANT_IMPORTED, detail)
        await self._begin_work(new, arriving.waiting)
        return arriving.report

    async def _manifest(self, file: TenantFileReader) -> Manifest:
        if not 0 < file.sizes.get(MANIFEST, 0) <= _MANIFEST_MOST:
            raise TenantFileBroken
        manifest = from_json(b"".join([piece async for piece in file.read(MANIFEST)]))
        manifest.require_fit(self._tools.rows.revision)
        wanted = {OBJECTS, *map(rows_of, self._tools.rows.tables)}
        if manifest.members.keys() != wanted or file.sizes.keys() != wanted | {MANIFEST}:
            raise TenantFileBroken("The file has other parts than it should have.")
        if manifest.members[rows_of("tenants")].count != 1:
            raise TenantFileBroken("The file has to be of one library.")
        return manifest

    async def _require_room_for(self, slug: str) -> None:
        """The main library is there always; whether it is in use is seen when it is written."""
        if slug == MAIN_TENANT:
            return
        if not self._tools.register.may_have_several:
            raise TenantsNotApart
        if await self._tools.register.find(accept_slug(slug)) is not None:
            raise SlugTaken(f"There is a library {slug} in this installation: choose another name with --slug, or remove it first.")

    def _sealer(self, manifest: Manifest, wish: Wish) -> Sealer | None:
        if manifest.salt is None or wish.without_secrets:
            return None
        if not wish.passphrase:
            raise SecretsClosed("The file has secrets under a passphrase: give it, or import --without-secrets.")
        return self._tools.sealer_of(wish.passphrase, bytes.fromhex(manifest.salt))

    async def _begin_work(self, slug: str, waiting: Sequence[Job]) -> None:
        """Has done in the background what waited when the file was made, and what is made anew."""
        now = self._tools.clock.now()
        async with self._tools.uow(slug) as uow:
            for job in (sweep(slug, now), *waiting):
                await uow.enqueue(job)
        await catch_up(self._tools.index, slug, await behind(self._tools.index, slug), now)


class _Arriving:
    """One import on its way. Both passes read the same stream and see to the same bounds and sums."""

    def __init__(
        self,
        tools: TenantFileTools,
        file: TenantFileReader,
        manifest: Manifest,
        slug: str,
        sealer: Sealer | None,
        plan: str | None,
        told: Told,
    ) -> None:
        self._tools = tools
        self._file = file
        self._manifest = manifest
        self._sealer = sealer
        self._told = told
        self.plan = plan
        self.waiting: list[Job] = []
        self.report = TenantReport(slug=slug)

    async def look_through(self) -> None:
        """Sees that every row and object could be taken in, and that all are there."""
        for table in self._tools.rows.tables:
            count = 0
            async for rows in self._rows(table):
                for row in rows:
                    self._tools.rows.check(table, row)
                    self._note(table, row)
                count += len(rows)
                self._told("checked", count, self._manifest.members[rows_of(table)].count)
        async for _ in self._objects():
            pass
        self.report.rows = sum(member.count for name, member in self._manifest.members.items() if name != OBJECTS)

    async def write(self, arrival: TenantArrival) -> None:
        """Rows first: from then on the name is ours, and whatever lies below it is of an import that was killed."""
        done = 0
        for table in self._tools.rows.tables:
            async for rows in self._rows(table):
                await arrival.write(table, rows)
                done += len(rows)
                self._told("rows", done, self.report.rows)
        await arrival.finish()
        try:
            await self._clear()
            await self._put_objects()
        except BaseException:
            with suppress(Unavailable):
                await self._clear()
            raise

    async def _put_objects(self) -> None:
        async for key, content in self._objects():
            await self._tools.storage.put(key, content)
            self.report.objects += 1
            self._told("files", self.report.objects, self._manifest.members[OBJECTS].count)
        self.report.size = self._manifest.members[OBJECTS].size

    async def _clear(self) -> None:
        """Removes what lies where the objects belong. Nobody else's does: the name is held by the transaction."""
        below = prefix_of(self.report.slug) or DOCUMENTS  # beside which files may be arriving in the main library
        for key in [found.key async for found in self._tools.storage.list(below)]:
            await self._tools.storage.delete(key)

    async def _rows(self, table: str) -> AsyncIterator[Sequence[Row]]:
        member = self._manifest.members[rows_of(table)]
        measured = Measured()
        async for rows in batches(measured.through(self._file.read(rows_of(table)))):
            measured.count += len(rows)
            moved_rows = (moved(table, row, self._manifest.slug, self.report.slug) for row in rows)
            yield [self._fitted(table, row) for row in moved_rows if row is not None]
        if measured.member != member:
            raise TenantFileBroken(f"The file's rows of {table} are not those that it says it has.")

    async def _objects(self) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        measured = Measured()
        frames = Frames(measured.through(self._file.read(OBJECTS)))
        while found := await frames.next():
            measured.count += 1
            yield moved_key(found[0], self._manifest.slug, self.report.slug), frames.content()
        if measured.member != self._manifest.members[OBJECTS]:
            raise TenantFileBroken("The file's objects are not those that it says it has.")

    def _fitted(self, table: str, row: Row) -> Row:
        if table == "tenants":
            self.plan = self.plan or str(row.get("plan"))
            return row | {"plan": self.plan}
        for column in SEALED.get(table, ()):
            if isinstance(row.get(column), str):
                row = row | self._opened(table, column, row)
        return row

    def _opened(self, table: str, column: str, row: Row) -> Row:
        """A secret, sealed as the house does it; one that is not there is made up, and what it was for is switched off."""
        slug = self.report.slug
        if row[column] != WITHHELD and self._sealer:
            try:
                return {column: self._tools.sealer.seal(slug, self._sealer.open(self._manifest.slug, str(row[column])))}
            except SealBroken as error:
                raise SecretsClosed("The file's secrets do not open: this is not the passphrase of the export.") from error
        if row[column] != WITHHELD and self._manifest.salt is None:
            raise TenantFileBroken("The file has a secret, and says that it has none.")
        self.report.to_set.add((table, str(row.get("id"))))
        made_up = None if column in _MAY_BE_NONE else self._tools.sealer.seal(slug, new_secret())
        return {column: made_up, **_SWITCHED_OFF.get(table, {})}

    def _note(self, table: str, row: Row) -> None:
        now, slug = self._tools.clock.now(), self.report.slug
        if table == "inquiries" and row["awaits_model"]:
            self.waiting.append(triage_inquiry(str(row["id"]), slug, now))
        if table == "incoming_events" and row["done_at"] is None:
            self.waiting.append(take_in(str(row["id"]), slug, now))
