"""Tables of tenants and plans; the record of one's own, and the register of all."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.agents import agent_runs
from luminalib.adapters.db.catalogue import LEXEMES
from luminalib.adapters.db.conversations import conversations
from luminalib.adapters.db.crm import crm_connections
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.inquiries import inquiries, inquiry_labels
from luminalib.adapters.db.listings import catalogues
from luminalib.adapters.db.outages import failure
from luminalib.adapters.db.recommendations import recommender_models
from luminalib.adapters.db.schema import UtcDateTime, enum_column, locked, map_owned, metadata
from luminalib.adapters.db.tastes import taste_events
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.answer_rules import Language
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.one_time_links import SignupMode
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.recommendations import RANKED_FROM
from luminalib.domain.tenants import Plan, Tenant, TenantNotFound, TenantView
from luminalib.ports.persistence import TenantRepository
from luminalib.ports.tenants import Concern, TenantRegister

tenants = sa.Table(
    "tenants",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("plan", sa.ForeignKey("plans.name"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("signup", enum_column(SignupMode)),
    sa.Column("region", sa.String(2)),
    sa.Column("inquiry_confidence", sa.Float),
    sa.Column("inquiries_public", sa.Boolean),
    sa.Column("loan_policy", sa.JSON(none_as_null=True)),
    sa.Column("language", enum_column(Language)),
    sa.Column("refusal", sa.String(500)),
    sa.Column("answer_confidence", sa.Float),
    sa.Column("prompt_variants", sa.JSON(none_as_null=True)),
    sa.Column("llm", sa.String(220)),
    sa.Index("ix_tenants_created_at", "created_at", "tenant_id"),
)
plans = sa.Table(
    "plans",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("limits", sa.JSON, nullable=False),
)
map_owned(Tenant, tenants)


def _has(table: sa.Table, *wanted: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.tenant_id == tenants.c.tenant_id, *wanted)


_CONCERNS = {
    Concern.UNANSWERED: _has(conversations, conversations.c.asked_at.is_not(None)),
    Concern.TASTES: _has(taste_events),
    Concern.LABELS: _has(inquiry_labels),
    Concern.TEXTS: _has(inquiries, inquiries.c.message.is_not(None)) | _has(agent_runs),
    Concern.CONTACTS: _has(crm_connections, crm_connections.c.is_enabled),
    Concern.RANKED: _has(recommender_models) | _has(catalogues, catalogues.c.books >= RANKED_FROM),
}
"""By what a round looks for: whether a tenant has it."""
_INDEXED: list[sa.TableClause] = [
    *(sa.table(f"indexed_{kind}", sa.column("tenant_id")) for kind in ("documents", "passages", "vectors", "terms")),
    LEXEMES,
]
"""Indexes inside PostgreSQL, which are no part of the metadata. That of passages may have been filled before another was chosen."""
_SHOWN = (tenants.c.tenant_id.label("slug"), *(column for column in tenants.c if not column.primary_key))

_NAMES = tuple(column.name for column in _SHOWN)
_OWN = Statement(sa.select(*_SHOWN))


class SqlTenantRepository(TenantRepository):
    """The one row of `tenants` that is the unit's own."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tenant: Tenant) -> None:
        """See TenantRepository."""
        self._session.add(tenant)

    async def get(self) -> Tenant:
        """See TenantRepository."""
        found = await self._session.scalar(locked(self._session, sa.select(Tenant)))
        if found is None:
            raise TenantNotFound
        return found

    async def remove_everything(self) -> dict[str, int]:
        """See TenantRepository. Tables that others refer to come last."""
        own = self._session.info["tenant_id"]
        counted = await self.count_everything()
        for table in reversed(self._own_tables()):
            await self._session.execute(sa.delete(table).where(table.c.tenant_id == own))
        return counted

    async def count_everything(self) -> dict[str, int]:
        """See TenantRepository."""
        own = self._session.info["tenant_id"]
        found = {}
        for table in self._own_tables():
            count = sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == own)
            found[table.name] = await self._session.scalar(count) or 0
        return found

    def _own_tables(self) -> list[sa.TableClause]:
        own: list[sa.TableClause] = [table for table in metadata.sorted_tables if "tenant_id" in table.c]
        return own + _INDEXED if self._session.get_bind().dialect.name == "postgresql" else own


class SqlTenantRegister(TenantRegister):
    """Reads the tables past the unit of work, which sees one tenant only.

    A tenant's own record is read as the tenant itself, by `reader`: where there are many, most requests ask for one.
    """

    def __init__(self, database: SqlDatabase, reader: Reader) -> None:
        self._database = database
        self._reader = reader

    @property
    def may_have_several(self) -> bool:
        """See TenantRegister."""
        return self._database.is_confined

    async def find(self, slug: str) -> TenantView | None:
        """See TenantRegister."""
        row = await self._reader.row(_OWN, slug)
        return TenantView(**dict(zip(_NAMES, row, strict=True))) if row else None

    async def list(self, page: PageRequest) -> Page[TenantView]:
        """See TenantRegister."""
        in_order = sa.select(*_SHOWN).order_by(tenants.c.created_at, tenants.c.tenant_id)
        items = await self._tenants(in_order.offset(page.offset).limit(page.size))
        (counted,) = await self._rows(sa.select(sa.func.count().label("total")).select_from(tenants))
        return Page([*items], counted["total"])

    async def active(self) -> Sequence[str]:
        """See TenantRegister."""
        is_other = sa.case((tenants.c.tenant_id == MAIN_TENANT, 0), else_=1)
        found = sa.select(tenants.c.tenant_id).where(tenants.c.is_active).order_by(is_other, tenants.c.tenant_id)
        return [row["tenant_id"] for row in await self._rows(found)]

    async def concerned(self, concern: Concern) -> Sequence[str]:
        """See TenantRegister."""
        found = sa.select(tenants.c.tenant_id).where(tenants.c.is_active, _CONCERNS[concern]).order_by(tenants.c.tenant_id)
        return [row["tenant_id"] for row in await self._rows(found)]

    async def plans(self) -> Sequence[Plan]:
        """See TenantRegister."""
        found = await self._rows(sa.select(plans.c.name, plans.c.limits).order_by(plans.c.name))
        return [Plan(**row) for row in found]

    async def _tenants(self, statement: sa.Select[Any]) -> Sequence[TenantView]:
        return [TenantView(**row) for row in await self._rows(statement)]

    async def _rows(self, statement: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        try:
            async with self._database.system_reading.connect() as connection:
                found: Sequence[sa.RowMapping] = (await connection.execute(statement)).mappings().all()
                return found
        except (SQLAlchemyError, OSError) as error:
            raise failure(error) from error
