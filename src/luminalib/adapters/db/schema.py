"""What all tables share: the registry, column types and the rule that every row belongs to a tenant."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

mapper = registry(
    metadata=sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)
metadata = mapper.metadata

TENANT_OWNED: dict[type, sa.Column[str]] = {}
"""Mapped classes and their tenant column; the unit of work filters by it and stamps it."""

S = TypeVar("S", bound=sa.Select[*tuple[Any, ...]])

MADE_ONCE = "made_once"
"""An execution option: the statement is made when its module is imported, not for each call."""
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A growing integer key: SQLite counts only INTEGER up by itself."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: timestamptz on PostgreSQL, naive UTC on SQLite, always aware in Python."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses instants without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Gives SQLite's naive values their zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def enum_column(kind: type[StrEnum]) -> sa.Enum:
    """A column of short strings, one per member: adding a member needs no migration."""
    return sa.Enum(kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


def id_column() -> sa.Column[str]:
    """The primary key: a UUID as a string of 36 characters."""
    return sa.Column("id", sa.String(36), primary_key=True)


def tenant_column() -> sa.Column[str]:
    """The tenant that a row belongs to."""
    return sa.Column("tenant_id", sa.String(36), nullable=False)


def bytewise(length: int) -> sa.types.TypeEngine[str]:
    """A string that is sorted by its characters' numbers: on PostgreSQL beginnings are a range of an index in no other order."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def map_owned(entity: type, table: sa.Table, **options: object) -> None:
    """Maps an entity whose rows belong to a tenant."""
    mapper.map_imperatively(entity, table, **options)
    TENANT_OWNED[entity] = table.c.tenant_id


def locked(session: AsyncSession, statement: S) -> S:
    """Makes a unit of work that writes hold the rows it reads; one that only reads must not and need not."""
    # FOR NO KEY UPDATE: rows that refer to this one may be written meanwhile, or a notice for somebody else would wait for them.
    return statement if session.info["read_only"] else statement.with_for_update(key_share=True)


async def lock_appending(session: AsyncSession, log: sa.Table) -> None:
    """Lets one transaction at a time append to a log until it commits, so that ids are committed in order and a reader misses none.

    To be called last in a transaction. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = sa.func.hashtextextended(f"append:{log.name}", 0)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
