"""Values of columns as a file of JSON lines has them, exact on either database."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from luminalib.adapters.db.schema import UtcDateTime
from luminalib.domain.tenant_files import TenantFileBroken


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How files have values of a type. `raw` is the type that columns are read and written by, which for JSON is its text.

    `shown` makes a value one of JSON, `taken` makes it a value again and raises ValueError for what can be none.
    """

    raw: sa.types.TypeEngine[Any]
    taken: Callable[[Any], Any]
    shown: Callable[[Any], Any] = _same
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Portable:
    """A column as files have it."""

    column: sa.Column[Any]
    form: Form

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.column.name)

    @property
    def raw(self) -> sa.types.TypeEngine[Any]:
        """The type that it is read and compared by."""
        return self.form.raw

    @property
    def read(self) -> sa.ColumnElement[Any]:
        """The column in a SELECT. JSON as its text: null of SQL and null of JSON are two."""
        return sa.cast(self.column, self.raw) if self.form.is_json else sa.type_coerce(self.column, self.raw)

    def show(self, value: Any) -> Any:
        """The value for a file."""
        return None if value is None else self.form.shown(value)

    def take(self, value: object) -> Any:
        """The value for the database. Raises TenantFileBroken."""
        if value is None and self.column.nullable:
            return None
        try:
            return self.form.taken(value)
        except ValueError as error:
            reason = f"{self.column} that can be none: {str(value)[:60]!r} ({error})"
            raise TenantFileBroken(f"The file has a {reason}.") from error

    def place(self, *, on_postgres: bool) -> sa.ColumnElement[Any]:
        """The place of a value in an INSERT."""
        place = sa.bindparam(self.column.name, type_=self.raw)
        return sa.cast(place, sa.JSON) if self.form.is_json and on_postgres else place


def portable(column: sa.Column[Any]) -> Portable:
    """How files have a column. Raises TypeError for a type that nobody has said it for."""
    for kind, form in _FORMS:
        if isinstance(column.type, kind):
            return Portable(column, form(column.type))
    raise TypeError(f"Nobody has said how a file has {column} ({column.type!r}).")


def _typed(value: object, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"should be {kind.__name__}")
    return value


def _text(value: object, most: int | None) -> str:
    text: str = _typed(value, str)
    if most is not None and len(text) > most:
        raise ValueError(f"has more than {most} characters")
    if "\0" in text:
        raise ValueError("has NUL characters")
    return text


def _string(most: int | None) -> Callable[[Any], Any]:
    return lambda value: _text(value, most)


def _one_of(known: frozenset[str]) -> Callable[[Any], Any]:
    def taken(value: object) -> str:
        if _text(value, None) not in known:
            raise ValueError("is unknown here")
        return str(value)

    return taken


def _whole(bits: int) -> Callable[[Any], Any]:
    def taken(value: object) -> int:
        number: int = _typed(value, int)
        if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise ValueError("is too large")
        return number

    return taken


def _in_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value, 40))
    if at.tzinfo is None:
        raise ValueError("has no time zone")
    return at.astimezone(UTC)


def _json(value: object) -> str:
    text = _text(value, None)
    orjson.loads(text)
    if "\\u0000" in text:
        raise ValueError("has NUL characters")
    return text


def _bytes(value: object) -> bytes:
    return b64decode(_text(value, None), validate=True)


_FORMS: tuple[tuple[type[Any], Callable[[Any], Form]], ...] = (
    (
        UtcDateTime,
        lambda kind: Form(raw=kind, taken=_instant, shown=lambda at: at.astimezone(UTC).isoformat(timespec="microseconds")),
    ),
    (sa.JSON, lambda _: Form(raw=sa.Text(), taken=_json, is_json=True)),
    (sa.Enum, lambda kind: Form(raw=sa.String(), taken=_one_of(frozenset(kind.enums)))),
    (sa.Boolean, lambda kind: Form(raw=kind, taken=lambda value: _typed(value, bool))),
    (sa.Date, lambda kind: Form(raw=kind, taken=lambda value: date.fromisoformat(_text(value, 10)), shown=date.isoformat)),
    (sa.LargeBinary, lambda kind: Form(raw=kind, taken=_bytes, shown=lambda value: b64encode(value).decode())),
    (sa.SmallInteger, lambda kind: Form(raw=kind, taken=_whole(16))),
    (sa.BigInteger, lambda kind: Form(raw=kind, taken=_whole(64))),
    (sa.Integer, lambda kind: Form(raw=kind, taken=_whole(32))),
    (sa.Float, lambda kind: Form(raw=kind, taken=lambda value: _typed(value, float))),
    (sa.String, lambda kind: Form(raw=sa.String(), taken=_string(kind.length))),
)
"""By the type of a column; the first that fits counts."""
