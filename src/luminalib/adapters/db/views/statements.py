"""Reading statements: made once, for one tenant, in the words of both drivers."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import FromClause, Join

from luminalib.adapters.db.schema import UtcDateTime

TENANT = "tenant_id"
_SQLITE_INSTANT = "%Y-%m-%d %H:%M:%S.%f"
Row = tuple[Any, ...]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Prepared:
    """A statement as a driver takes it: its text, the names of its parameters in their order, and what its columns need."""

    sql: str
    constants: dict[str, Any]
    names: tuple[str, ...]
    takes: tuple[Convert | None, ...]
    gives: tuple[tuple[int, Convert], ...]

    @cached_property
    def depends_on_words(self) -> bool:
        """Whether how it is best executed depends on how frequent the words are that are asked for."""
        return "to_tsquery(" in self.sql

    def arguments(self, given: dict[str, Any]) -> list[Any]:
        """The parameters in their order, as the driver takes them."""
        given = self.constants | given
        return [
            given[name] if take is None or given[name] is None else take(given[name])
            for name, take in zip(self.names, self.takes, strict=True)
        ]

    def rows(self, found: Sequence[Any]) -> list[Row]:
        """What the driver gave, with Python's own types."""
        if not self.gives:
            return [tuple(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, convert in self.gives:
                if values[place] is not None:
                    values[place] = convert(values[place])
            rows.append(tuple(values))
        return rows


class Statement:
    """A select that is held to one tenant: whoever executes it names the tenant, whatever the select says."""

    def __init__(self, select: sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]) -> None:
        self._asked = select

    @cached_property
    def select(self) -> Any:
        """The select as it is executed; made when it is first asked for, as a start should not wait for all of them."""
        return _plain(of_one_tenant(self._asked))

    @cached_property
    def sqlite(self) -> Prepared:
        """For the driver sqlite3."""
        return self._prepared(pysqlite.dialect(), _SQLITE_TAKES, _SQLITE_GIVES)

    @cached_property
    def postgres(self) -> Prepared:
        """For the driver asyncpg."""
        dialect: sa.Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
        return self._prepared(dialect, {}, _POSTGRES_GIVES)

    def prepared(self, *, is_sqlite: bool) -> Prepared:
        """For the driver of the one or the other database; made when it is first asked for."""
        return self.sqlite if is_sqlite else self.postgres

    def is_prepared(self, *, is_sqlite: bool) -> bool:
        """Whether it was made for that driver before; making it can take a hundred milliseconds."""
        return ("sqlite" if is_sqlite else "postgres") in vars(self)

    def _prepared(self, dialect: sa.Dialect, takes: dict[type, Convert], gives: dict[type, Convert]) -> Prepared:
        compiled = self.select.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 -- for the type checker: a select is compiled by nothing else
        names = tuple(compiled.positiontup or ())
        return Prepared(
            sql=compiled.string,
            constants={name: value for name, value in compiled.params.items() if value is not None},
            names=names,
            takes=tuple(_by_type(takes, compiled.binds[name].type) for name in names),
            gives=tuple(
                (place, convert)
                for place, column in enumerate(self.select.selected_columns)
                if (convert := _by_type(gives, column.type)) is not None
            ),
        )


class Among(sa.ColumnElement[bool]):
    """Whether a column is one of a list that comes as one parameter: a text with JSON on SQLite, an array on PostgreSQL."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: sa.ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values = sa.bindparam(name, type_=_TextList())

    def self_group(self, against: Any = None) -> "Among":  # noqa: ARG002 -- as SQLAlchemy calls it
        """Itself: SQLAlchemy would compare it with 1 on SQLite, which finds no index for that and reads the whole table."""
        return self

    def get_children(self, **_: Any) -> Sequence[Any]:
        """For visitors."""
        return [self.column, self.values]

    def _copy_internals(self, clone: Any = None, **kwargs: Any) -> None:
        self.column = clone(self.column, **kwargs)
        self.values = clone(self.values, **kwargs)


class _TextList(sa.types.UserDefinedType[list[str]]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TEXT[]"


@compiles(Among)
def _among(element: Among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = compiler.process(element.column, **kwargs), compiler.process(element.values, **kwargs)
    if compiler.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 -- of our own statements
    return f"{column} = ANY({values}::TEXT[])"


def of_one_tenant(select: Any) -> Any:
    """The statement with every table of it, in every part of it, held to the parameter `tenant_id`.

    A table that is joined is held by the join's condition, so that an outer join stays one; the others by their select's WHERE.
    """

    def hold_join(join: Join) -> None:
        if isinstance(join.right, sa.TableClause | sa.Alias) and TENANT in join.right.c:
            join.onclause = sa.and_(join.onclause, _is_own(join.right))  # type: ignore[arg-type] # a join of ours has a condition

    def hold_select(one: Any) -> None:
        for source in one.get_final_froms():
            first = _leftmost(source)
            if isinstance(first, sa.TableClause | sa.Alias) and TENANT in first.c:
                one._where_criteria += (_is_own(first),)  # noqa: SLF001 -- `where` gives a copy, and the clone is what is kept

    return visitors.cloned_traverse(select, {}, {"join": hold_join, "select": hold_select})


def _is_own(table: FromClause) -> sa.ColumnElement[bool]:
    return table.c[TENANT] == sa.bindparam(TENANT, type_=sa.String)


def _leftmost(source: FromClause) -> FromClause:
    return _leftmost(source.left) if isinstance(source, Join) else source


def _plain(select: Any) -> Any:
    """The statement with its constants written out: an index with a condition is used only where the condition can be read."""

    def written(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.BindParameter) and element.value is not None and not element.required:
            return sa.literal_column(_literal(element.value), element.type)
        return None

    return visitors.replacement_traverse(select, {}, written)


def _literal(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_literal, value))})"
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _by_type(converts: dict[type, Convert], kind: sa.types.TypeEngine[Any]) -> Convert | None:
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and converts is not _SQLITE_TAKES:
        return kind.enum_class._value2member_map_.__getitem__
    return next((convert for known, convert in converts.items() if isinstance(kind, known)), None)


def _written_instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_SQLITE_INSTANT)


def _read_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_SQLITE_TAKES: dict[type, Convert] = {UtcDateTime: _written_instant, _TextList: json.dumps}
_SQLITE_GIVES: dict[type, Convert] = {UtcDateTime: _read_instant, sa.JSON: orjson.loads, sa.Boolean: bool}
_POSTGRES_GIVES: dict[type, Convert] = {sa.JSON: orjson.loads}
