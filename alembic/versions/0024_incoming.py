"""Webhooks in: who may send, and what came."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_sources",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum("standard", "hubspot", "github", "header", name="scheme", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=1000), nullable=False),
        sa.Column("header", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_sources")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_webhook_sources_tenant_id_name")),
    )
    op.create_table(
        "incoming_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("source_id", sa.String(length=36), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["webhook_sources.id"], name=op.f("fk_incoming_events_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_events")),
        sa.UniqueConstraint(
            "tenant_id", "source_id", "external_id", name=op.f("uq_incoming_events_tenant_id_source_id_external_id")
        ),
    )
    op.create_index("ix_incoming_events_received_at", "incoming_events", ["tenant_id", "received_at"])
    op.create_index("ix_incoming_events_source_id", "incoming_events", ["source_id"])


def downgrade() -> None:
    op.drop_table("incoming_events")
    op.drop_table("webhook_sources")
