"""All rows of a tenant, out of one database and into another.

Which tables and columns there are is asked of the metadata, so none is forgotten; what stays behind is named in
`domain/tenant_files.py`. Growing numbers are given anew, in the same order: they are counted for all tenants at once.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from luminalib.adapters.db.columns import portable
from luminalib.adapters.db.conversations import conversations, messages
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import head
from luminalib.adapters.db.outages import is_outage, unavailable
from luminalib.adapters.db.postgres import act_for
from luminalib.adapters.db.schema import metadata
from luminalib.adapters.db.tenants import tenants
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import LuminaError
from luminalib.domain.tenant_files import LEFT_EMPTY, LEFT_OUT, AlreadyHere, Row, TenantFileBroken
from luminalib.domain.tenants import SlugTaken
from luminalib.ports.tenant_files import TenantArrival, TenantRows, TenantSnapshot

_NUMBERED = "number"
"""The growing number of messages, which conversations refer to: files have it, to find the same message again."""
_PART_BYTES, _PART_ROWS, _FIRST_ROWS = 4 << 20, 500, 20


class _Table:
    """A table as files have it."""

    def __init__(self, table: sa.Table) -> None:
        counter = table.autoincrement_column
        hidden = {"tenant_id", *LEFT_EMPTY.get(table.name, ())} | ({counter.name} if counter is not None else set()) - {_NUMBERED}
        self.table = table
        self.key = [portable(column) for column in table.primary_key]
        self.columns = {str(c.name): portable(c) for c in table.c if c.name not in hidden and c.computed is None}
        self.written = [one for name, one in self.columns.items() if counter is None or name != counter.name]

    def values(self, row: Row) -> dict[str, Any]:
        """The row for the database. Raises TenantFileBroken."""
        if row.keys() != self.columns.keys():
            odd = ", ".join(sorted(row.keys() ^ self.columns.keys()))[:200]
            raise TenantFileBroken(f"The file's rows of {self.table.name} are not as they should be: {odd}.")
        return {name: column.take(row[name]) for name, column in self.columns.items()}


class SqlTenantRows(TenantRows):
    """Reads by keys in one transaction, writes in one."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    @cached_property
    def _tables(self) -> dict[str, _Table]:
        owned = [table for table in metadata.sorted_tables if "tenant_id" in table.c and table.name not in LEFT_OUT]
        return {table.name: _Table(table) for table in owned}

    @property
    def revision(self) -> str:
        """See TenantRows."""
        return head()

    @property
    def tables(self) -> Sequence[str]:
        """See TenantRows."""
        return [tenants.name, *(name for name in self._tables if name != tenants.name)]

    def check(self, table: str, row: Row) -> None:
        """See TenantRows."""
        self._tables[table].values(row)

    @asynccontextmanager
    async def snapshot(self, tenant_id: str) -> AsyncIterator[TenantSnapshot]:
        """See TenantRows."""
        isolation = {} if self._database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _translated():
            async with self._database.reading.connect() as connection:
                await connection.execution_options(**isolation)
                async with connection.begin():
                    await _show_rows_of(tenant_id, connection)
                    yield _Snapshot(connection, self._tables, tenant_id)

    @asynccontextmanager
    async def arrival(self, tenant_id: str) -> AsyncIterator[TenantArrival]:
        """See TenantRows."""
        with _translated():
            async with self._database.write_gate(), self._database.writing.begin() as connection:
                await _show_rows_of(tenant_id, connection)
                yield _Arrival(connection, self._tables, tenant_id)


async def _show_rows_of(tenant_id: str, connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.run_sync(act_for, tenant_id)
        for patience in ("statement_timeout", "idle_in_transaction_session_timeout"):  # a large library takes its time
            await connection.exec_driver_sql(f"SET LOCAL {patience} = 0")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise _refusal(error) from error
    except (SQLAlchemyError, OSError) as error:
        if isinstance(error, DBAPIError) and not is_outage(error):
            raise TenantFileBroken("The database does not take what the file has.") from error
        raise unavailable(error) from error


def _refusal(error: IntegrityError) -> LuminaError:
    said = str(error.orig)
    if "pk_tenants" in said or "tenants.tenant_id" in said:
        return SlugTaken()
    if "FOREIGN KEY" in said.upper():
        return TenantFileBroken("The file refers to something that it does not have.")
    return AlreadyHere()


class _Snapshot(TenantSnapshot):
    def __init__(self, connection: AsyncConnection, tables: dict[str, _Table], tenant_id: str) -> None:
        self._connection = connection
        self._tables = tables
        self._tenant_id = tenant_id

    async def rows(self, table: str) -> AsyncIterator[Sequence[Row]]:
        """See TenantSnapshot. By keys, so that what waits in memory is a few megabytes whatever the database."""
        t = self._tables[table]
        after: Sequence[Any] | None = None
        wanted = _FIRST_ROWS
        while True:
            found = (await self._connection.execute(self._part(t, after).limit(wanted))).all()
            rows = [{name: t.columns[name].show(value) for name, value in zip(t.columns, row, strict=False)} for row in found]
            if rows:
                yield rows
            if len(found) < wanted:
                return
            after = found[-1][len(t.columns) :]
            width = max(1, sum(len(str(value)) for row in found for value in row) // len(found))
            wanted = max(1, min(_PART_ROWS, _PART_BYTES // width))

    def _part(self, t: _Table, after: Sequence[Any] | None) -> sa.Select[Any]:
        read = [column.read for column in t.columns.values()]
        key = [column.read for column in t.key]
        own: sa.ColumnElement[str] = t.table.c.tenant_id
        if t.key[0].column is not own:  # the key gives the order, or SQLite would sort all the tenant's rows for each part
            own = sa.type_coerce(own, sa.String).concat("")
        part = sa.select(*read, *key).where(own == self._tenant_id).order_by(*(one.column for one in t.key))
        if after is None:
            return part
        reached = [sa.literal(value, column.raw) for value, column in zip(after, t.key, strict=True)]
        return part.where(sa.tuple_(*key) > sa.tuple_(*reached))


class _Arrival(TenantArrival):
    def __init__(self, connection: AsyncConnection, tables: dict[str, _Table], tenant_id: str) -> None:
        self._connection = connection
        self._tables = tables
        self._tenant_id = tenant_id
        self._summarised: dict[str, int] = {}
        self._last_summarised: dict[str, str] = {}

    async def write(self, table: str, rows: Sequence[Row]) -> None:
        """See TenantArrival."""
        t = self._tables[table]
        values = [t.values(row) for row in rows]
        if t.table is tenants and self._tenant_id == MAIN_TENANT:
            await self._take_over(values)
            return
        if t.table is conversations:
            self._summarised |= {one["id"]: one["summarised_to"] for one in values if one["summarised_to"]}
            values = [one | {"summarised_to": 0} for one in values]
        if t.table is messages:
            self._last_summarised |= {
                one["conversation_id"]: one["id"]
                for one in values
                if one[_NUMBERED] == self._summarised.get(one["conversation_id"])
            }
        await self._insert(t, values)

    async def _insert(self, t: _Table, values: Sequence[dict[str, Any]]) -> None:
        places = self._places(t)
        if values:
            insert = sa.insert(t.table).values(tenant_id=self._tenant_id, **places)
            await self._connection.execute(insert, [{name: one[name] for name in places} for one in values])

    async def _take_over(self, values: Sequence[dict[str, Any]]) -> None:
        """The main library is there from the start; it can be taken in where nothing else of it is."""
        for name, t in self._tables.items():
            own = t.table.c.tenant_id == self._tenant_id
            if t.table is not tenants and await self._connection.scalar(sa.select(sa.literal(1)).where(own).limit(1)):
                raise SlugTaken(f"The main library of this installation is in use (it has {name}): give this one another --slug.")
        update = sa.update(tenants).where(tenants.c.tenant_id == self._tenant_id).values(self._places(self._tables[tenants.name]))
        for one in values:
            await self._connection.execute(update, one)

    def _places(self, t: _Table) -> dict[str, sa.ColumnElement[Any]]:
        return {column.name: column.place(on_postgres=self._connection.dialect.name == "postgresql") for column in t.written}

    async def finish(self) -> None:
        """See TenantArrival."""
        c, m = conversations.c, messages.c
        for conversation_id, message_id in self._last_summarised.items():
            of_message = m.tenant_id == self._tenant_id, m.conversation_id == conversation_id, m.id == message_id
            number = sa.select(m.number).where(*of_message).scalar_subquery()
            of_conversation = c.tenant_id == self._tenant_id, c.id == conversation_id
            await self._connection.execute(sa.update(conversations).where(*of_conversation).values(summarised_to=number))
        for t in self._tables.values():
            for reference in t.table.foreign_keys:
                if "tenant_id" in reference.column.table.c and await self._connection.scalar(self._foreign(reference)):
                    raise TenantFileBroken("The file refers to something that it does not have.")

    def _foreign(self, reference: sa.ForeignKey) -> sa.Select[Any]:
        """Rows that refer to another tenant's: the database itself looks only whether there is such a row at all."""
        refers = reference.parent
        meant = reference.column.table.alias()
        is_own = (meant.c[reference.column.name] == refers) & (meant.c.tenant_id == self._tenant_id)
        own = refers.table.c.tenant_id == self._tenant_id
        return sa.select(sa.literal(1)).where(own, refers.is_not(None), ~sa.exists().where(is_own)).limit(1)
