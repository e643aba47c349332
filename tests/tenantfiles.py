"""Libraries with rows in every table, and what stands in them on either database."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.schema import UtcDateTime, metadata
from luminalib.domain.tenant_files import LEFT_EMPTY, SEALED, STORAGE_KEYS
from luminalib.ports.sealing import Sealer
from luminalib.ports.storage import StorageProvider

OWNED = [table for table in metadata.sorted_tables if "tenant_id" in table.c]
KEPT_BY_TRIGGERS = ("book_listings", "catalogues")
ODD = 'Ünïcødé "quoted"\n\u2028\\n\x01 🦀'
_OF_BOOKS = {"book_id": "books", "user_id": "users", "document_id": "documents", "webhook_id": "webhooks", "created_by": "users"}


def made_up(column: sa.Column[Any], number: int, slug: str, sealer: Sealer) -> Any:
    """A value of this column for row `number` of 0, 1, 2: row 0 has as many nulls as may be, row 1 odd ones."""
    if column.nullable and number == 0:
        return sa.null() if isinstance(column.type, sa.JSON) else None
    named = _by_name(column, number, slug, sealer)
    kind = column.type
    return next(value(kind, number, column) for known, value in _BY_TYPE if isinstance(kind, known)) if named is None else named


def _by_name(column: sa.Column[Any], number: int, slug: str, sealer: Sealer) -> str | None:
    table, name = column.table.name, column.name
    if name in SEALED.get(table, ()):
        return sealer.seal(slug, f"{table} {name} {number}")
    if table == "documents" and name in STORAGE_KEYS:
        return f"tenants/{slug}/documents/documents-{number}/{name}.bin"
    without = _OF_BOOKS.get(name, table if name == "id" else "")
    parents = [reference.column.table.name for reference in column.foreign_keys] or [without]
    if parents == ["plans"]:
        return "unlimited"
    return f"{parents[0]}-{number}" if parents[0] and column is not column.table.autoincrement_column else None


def _of_enum(kind: sa.Enum, number: int, _column: sa.Column[Any]) -> Any:
    shown = kind.enums[number % len(kind.enums)]
    return kind.enum_class(shown) if kind.enum_class else shown


def _of_string(kind: sa.String, number: int, column: sa.Column[Any]) -> str:
    room = kind.length or len(ODD) + 200
    is_odd = number == 1 and room >= 200 and not column.primary_key
    return (f"{column.name}-{number}" + ODD * is_odd)[:room]


_AT = datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
_BY_TYPE: tuple[tuple[type[Any], Callable[[Any, int, sa.Column[Any]], Any]], ...] = (
    (UtcDateTime, lambda _, number, _column: _AT + timedelta(microseconds=number)),
    (sa.Enum, _of_enum),
    (sa.JSON, lambda _, number, _column: [None, {"ä": [1, 2.5, 0.1 + 0.2, None, True, 2**53 + 1], ODD: ODD}][number % 2]),
    (sa.Boolean, lambda _, number, _column: number == 1),
    (sa.Date, lambda _, number, _column: date(2026, 2, 26 + number)),
    (sa.LargeBinary, lambda _, number, _column: bytes(range(256)) * number),
    (sa.Integer, lambda _, number, _column: number + 1),
    (sa.Float, lambda _, number, _column: (0.1 + 0.2) * (number + 1)),
    (sa.String, _of_string),
)


def rows_in(table: sa.Table) -> int:
    """How many rows a library is given in a table: one where it can have one only, none where triggers write them."""
    return 0 if table.name in (*KEPT_BY_TRIGGERS, "tenants") else 1 if [*table.primary_key] == [table.c.tenant_id] else 3


async def furnish(database: SqlDatabase, storage: StorageProvider, sealer: Sealer, slug: str) -> None:
    """Three rows in every table of the library, and the files of its documents; the third has not been promoted."""
    async with database.owner.begin() as connection:
        for table in OWNED:
            for number in range(rows_in(table)):
                empty = {"tenant_id", getattr(table.autoincrement_column, "name", None), *LEFT_EMPTY.get(table.name, ())}
                wanted = [c for c in table.c if c.computed is None and c.name not in empty]
                values = {column.name: made_up(column, number, slug, sealer) for column in wanted}
                await connection.execute(sa.insert(table).values(tenant_id=slug, **values))
        messages, conversations = metadata.tables["messages"], metadata.tables["conversations"]
        last = sa.select(messages.c.number).where(messages.c.conversation_id == conversations.c.id, messages.c.tenant_id == slug)
        seen = sa.update(conversations).where(conversations.c.tenant_id == slug, conversations.c.id != "conversations-0")
        await connection.execute(seen.values(summarised_to=last.scalar_subquery()))
    for number, column in enumerate(("content_key", "content_key", "staged_key")):
        await storage.put(f"tenants/{slug}/documents/documents-{number}/{column}.bin", _content(number))
    await storage.put(f"tenants/{slug}/documents/documents-1/cover_key.bin", _content(7))


async def _content(number: int) -> Any:
    yield bytes([number]) * 1000
    yield b"\n{}\n" * number


async def standing(database: SqlDatabase, sealer: Sealer, slug: str) -> dict[str, list[str]]:
    """All rows of a library by table, in words that are the same wherever it stands: without growing numbers and names."""
    found = {}
    numbers = {}
    async with database.owner.connect() as connection:
        messages = metadata.tables["messages"]
        for row in (
            await connection.execute(sa.select(messages.c.number, messages.c.id).where(messages.c.tenant_id == slug))
        ).all():
            numbers[row.number] = row.id
        for table in OWNED:
            counter = table.autoincrement_column
            columns = [c for c in table.c if c.name != "tenant_id" and c is not counter]
            # JSON by its text: null of SQL and null of JSON are two.
            read = [sa.cast(c, sa.Text) if isinstance(c.type, sa.JSON) else c for c in columns]
            rows = (await connection.execute(sa.select(*read).where(table.c.tenant_id == slug))).all()
            shown = [dict(zip((c.name for c in columns), row, strict=True)) for row in rows]
            for one in shown:
                for name in SEALED.get(table.name, ()):
                    one[name] = one[name] and sealer.open(slug, one[name])
                if table.name == "conversations":
                    one["summarised_to"] = numbers.get(one["summarised_to"], one["summarised_to"])
                one |= {name: value.astimezone(UTC) for name, value in one.items() if isinstance(value, datetime)}
            found[table.name] = sorted(repr(one).replace(f"tenants/{slug}/", "…/") for one in shown)
    return found


async def objects(storage: StorageProvider, slug: str) -> dict[str, bytes]:
    """The files of a library by what their keys have in every library."""
    keys = [found.key async for found in storage.list(f"tenants/{slug}/")]
    return {key.removeprefix(f"tenants/{slug}/"): b"".join([piece async for piece in storage.read(key)]) for key in keys}


async def nothing_of(database: SqlDatabase, storage: StorageProvider, slug: str) -> None:
    """Sees that there is no row and no file of a library."""
    async with database.owner.connect() as connection:
        for table in OWNED:
            rows = await connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == slug))
            assert rows == 0, table.name
    assert await objects(storage, slug) == {}
