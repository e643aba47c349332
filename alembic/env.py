"""Alembic's entry: it runs the migrations over the connection that LuminaLib hands it."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from luminalib.adapters.db import (  # noqa: F401 -- importing them fills the metadata
    agents,
    app_passwords,
    audit,
    auth,
    books,
    catalogue,
    consensus,
    conversations,
    crm,
    documents,
    events,
    holds,
    idempotency,
    incoming,
    inquiries,
    jobs,
    llm,
    loans,
    notices,
    passages,
    preferences,
    recommendations,
    reviews,
    tastes,
    tenants,
    uploads,
    webhooks,
)
from luminalib.adapters.db.row_security import lift, secure
from luminalib.adapters.db.schema import UtcDateTime, metadata

connection: sa.Connection | None = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with `luminalib migrate`: it knows the database from the settings.")


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Writes our own types as what they are in the database: a migration must not change when the code does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render_item)
is_postgres = connection.dialect.name == "postgresql"
with context.begin_transaction():
    if is_postgres:
        lift(connection)
    context.run_migrations()
    if is_postgres:
        secure(connection, context.config.attributes.get("log_in"))
