"""Row-level security: on PostgreSQL the database itself keeps tenants apart, whatever a statement says.

`secure` gives every table with a tenant two policies: connections of `luminalib_app` see and write the rows of the tenant that
they act for, those of `luminalib_system` see all rows. Who owns the tables sees all of them and is not forced, so that `pg_dump`
and migrations find what they look for; the server never comes as the owner.
"""

from enum import Enum

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from luminalib.adapters.db.postgres import TENANT_SETTING, DatabaseRole

LEDGERS = ("jobs", "webhooks", "webhook_deliveries", "webhook_attempts")
"""Tables that are worked through for all tenants at once."""
OWN_VIEWS = ("book_texts",)
"""Tables that are searched by operators of which PostgreSQL does not know that they keep secrets: it would look through each row
for its policy before it used the index. The view `own_…`, the owner's own, is not under the policy and names the tenant itself,
in words that the planner does not take for the policies of the tables beside it."""
log = structlog.get_logger(__name__)
_OWN = f"tenant_id = current_setting('{TENANT_SETTING}')"
_IS_OWN = f"tenant_id IS NOT DISTINCT FROM current_setting('{TENANT_SETTING}')"
_WITH_TENANT = """
    pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace
"""
_OF_TENANTS = f"{_WITH_TENANT} AND c.relkind IN ('r', 'p')"
_VIEWS = sa.text(f"SELECT c.relname FROM {_WITH_TENANT} AND c.relkind = 'v'")  # noqa: S608 -- constants, as below
_TABLES = sa.text(f"SELECT c.relname FROM {_OF_TENANTS} ORDER BY c.relname")  # noqa: S608 -- constants, as below
_ACTIVE_EVERYWHERE = sa.text(f"SELECT bool_and(row_security_active(c.oid)) FROM {_OF_TENANTS}")  # noqa: S608
_ACTIVE_SOMEWHERE = sa.text(f"SELECT bool_or(row_security_active(c.oid)) FROM {_OF_TENANTS}")  # noqa: S608
_SEQUENCES = sa.text(
    "SELECT s.oid::regclass::text FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "  # noqa: S608
    f"WHERE s.relkind = 'S' AND d.refobjid IN (SELECT c.oid FROM {_OF_TENANTS})"
)
_COMMON = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN ('plans', 'alembic_version')"
)


class Guard(Enum):
    """What the database does for those who log in to it as the server does."""

    IN_FORCE = "in force"
    OPEN = "open"
    """It shows all rows to everybody."""
    CLOSED = "closed"
    """It shows no row: this log-in is not the owner's and may not take on the roles."""


def lift(connection: sa.Connection) -> None:
    """Takes away what hinders migrations: views of tables that they may change."""
    for table in OWN_VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS own_{table}")


def secure(connection: sa.Connection, log_in: str | None = None) -> None:
    """Makes roles, policies and views anew, in the transaction of whoever owns the tables; `log_in` is the server's, if another.

    Without the right to make roles there are the views alone, and a warning. It may be repeated at any time.
    """
    tables = [*connection.scalars(_TABLES)]
    for table in set(OWN_VIEWS).intersection(tables):
        connection.exec_driver_sql(f"CREATE OR REPLACE VIEW own_{table} AS SELECT * FROM {table} WHERE {_IS_OWN}")  # noqa: S608 -- our names
    try:
        with connection.begin_nested():
            _make_roles(connection, log_in)
    except DBAPIError as error:
        log.warning("database.no_roles", reason=str(error.orig).splitlines()[0], hint="See docs/tenants.md.")
        return
    schema = connection.dialect.identifier_preparer.quote(str(connection.scalar(sa.select(sa.func.current_schema()))))
    both = ", ".join(DatabaseRole)
    statements = [f"GRANT USAGE ON SCHEMA {schema} TO {both}"]
    statements += [statement for table in tables for statement in _guarded(table)]
    statements += [f"GRANT SELECT ON {view} TO {DatabaseRole.APP}" for view in connection.scalars(_VIEWS)]
    statements += [f"GRANT USAGE ON SEQUENCE {sequence} TO {both}" for sequence in connection.scalars(_SEQUENCES)]
    statements += [f"GRANT SELECT ON {table} TO PUBLIC" for table in connection.scalars(_COMMON)]
    connection.exec_driver_sql(f"DO $do$ BEGIN {'; '.join(statements)}; END $do$")


def _make_roles(connection: sa.Connection, log_in: str | None) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for role in DatabaseRole:
        # Others may be making it at this moment for another database of the same server.
        connection.exec_driver_sql(
            f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN END $do$"
        )
        for name in filter(None, (_me(connection), log_in)):
            if not connection.scalar(_may_take_on(connection), {"name": name, "role": role.value}):
                connection.exec_driver_sql(f"GRANT {role} TO {quote(name)}")


def _me(connection: sa.Connection) -> str:
    return str(connection.scalar(sa.text("SELECT current_user")))


def _may_take_on(connection: sa.Connection) -> sa.TextClause:
    right = "SET" if (connection.dialect.server_version_info or (0,)) >= (16,) else "MEMBER"
    return sa.text(f"SELECT pg_has_role(:name, oid, '{right}') FROM pg_roles WHERE rolname = :role")  # noqa: S608 -- a constant


def _guarded(table: str) -> list[str]:
    written = "SELECT, INSERT, UPDATE, DELETE"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM {', '.join(DatabaseRole)}",
        f"GRANT {written} ON {table} TO {DatabaseRole.APP}",
        f"GRANT {written if table in LEDGERS else 'SELECT'} ON {table} TO {DatabaseRole.SYSTEM}",
        f"DROP POLICY IF EXISTS {DatabaseRole.APP} ON {table}",
        f"DROP POLICY IF EXISTS {DatabaseRole.SYSTEM} ON {table}",
        f"CREATE POLICY {DatabaseRole.APP} ON {table} TO {DatabaseRole.APP} USING ({_OWN}) WITH CHECK ({_OWN})",
        f"CREATE POLICY {DatabaseRole.SYSTEM} ON {table} TO {DatabaseRole.SYSTEM} USING (true) WITH CHECK (true)",
    ]


def guard(connection: sa.Connection) -> Guard:
    """What is in force for whoever is logged in. In a transaction, whose role it changes."""
    asked = _may_take_on(connection)
    if all(connection.scalar(asked, {"name": _me(connection), "role": role.value}) for role in DatabaseRole):
        connection.exec_driver_sql(f"SET LOCAL ROLE {DatabaseRole.APP}")
        return Guard.IN_FORCE if connection.scalar(_ACTIVE_EVERYWHERE) else Guard.OPEN
    return Guard.CLOSED if connection.scalar(_ACTIVE_SOMEWHERE) else Guard.OPEN
