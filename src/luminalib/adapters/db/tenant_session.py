"""A database session that sees and writes the rows of one tenant."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.attributes import set_attribute
from sqlalchemy.sql.visitors import InternalTraversal

from luminalib.adapters.db.postgres import act_for
from luminalib.adapters.db.schema import MADE_ONCE, TENANT_OWNED
from luminalib.domain.auth import Session as LogIn
from luminalib.domain.auth import User


class OwnRows(LoaderCriteriaOption):
    """What `with_loader_criteria` asks of each entity with a tenant, as one option.

    An option per entity was half of the time that a statement took: each is looked at to find out whether the statement is known.
    They share one parameter, which is all that a known statement needs of this one.
    """

    inherit_cache = False
    _cache_key_traversal = [("tenant", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 -- SQLAlchemy's attribute, of that type

    def __init__(self, tenant_id: str) -> None:
        self.tenant = sa.literal(tenant_id)
        self._each = [with_loader_criteria(entity, column == self.tenant) for entity, column in TENANT_OWNED.items()]
        self.propagate_to_loaders = True

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """See LoaderCriteriaOption."""
        for criteria in self._each:
            criteria.get_global_criteria(attributes)


_own_rows = lru_cache(maxsize=1000)(OwnRows)


class TenantSession(Session):
    """Sees and writes only the rows of the tenant in `info["tenant_id"]`."""


@event.listens_for(TenantSession, "after_begin")
def _show_own_rows(session: Session, _transaction: SessionTransaction, connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        act_for(connection, session.info["tenant_id"])


@event.listens_for(TenantSession, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    # The criteria reach entities only; statements on tables alone that read name their tenant themselves.
    if isinstance(state.statement, (sa.Update, sa.Delete)) and isinstance(state.statement.table, sa.Table):
        own = state.statement.table.c.tenant_id == state.session.info["tenant_id"]
        state.statement = state.statement.where(own)
    elif state.is_orm_statement:
        guard = _guarded_once if state.execution_options.get(MADE_ONCE) else _guarded
        state.statement = guard(state.statement, state.session.info["tenant_id"])


def _guarded(statement: sa.Executable, tenant_id: str) -> sa.Executable:
    return statement.options(_own_rows(tenant_id))


_guarded_once = lru_cache(maxsize=1000)(_guarded)
"""For statements that live as long as the process: SQLAlchemy keeps with the statement by what it finds it compiled."""


@event.listens_for(TenantSession, "before_flush")
def _stamp_new_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for entity in session.new:
        set_attribute(entity, "tenant_id", session.info["tenant_id"])


@event.listens_for(TenantSession, "before_flush")
def _note_changed_authority(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for entity in session.dirty:
        if isinstance(entity, (User, LogIn)) and session.is_modified(entity):
            session.info["unsettled"].add(entity.id if isinstance(entity, User) else entity.user_id)
