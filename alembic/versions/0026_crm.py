"""Connections to systems that keep contacts, the contacts, and how each sync went."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crm_connections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.Enum("webhook", "hubspot", name="crmkind", native_enum=False, length=32), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("token", sa.String(length=4000), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.String(length=2000), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_connections")),
    )
    op.create_index("ix_crm_connections_tenant_id", "crm_connections", ["tenant_id", "created_at", "id"])

    op.create_table(
        "crm_contacts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("connection_id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("remote_id", sa.String(length=500), nullable=True),
        sa.Column("version", sa.String(length=200), nullable=True),
        sa.Column("is_dirty", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["crm_connections.id"], name=op.f("fk_crm_contacts_connection_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_contacts")),
        sa.UniqueConstraint("tenant_id", "connection_id", "email", name=op.f("uq_crm_contacts_tenant_id_connection_id_email")),
    )
    op.create_index("ix_crm_contacts_is_dirty", "crm_contacts", ["connection_id", "is_dirty", "updated_at"])
    op.create_index("ix_crm_contacts_remote_id", "crm_contacts", ["connection_id", "remote_id"])

    op.create_table(
        "crm_syncs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("connection_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Enum("pending", "success", "failed", name="syncstate", native_enum=False, length=32), nullable=False),
        sa.Column("pushed", sa.Integer(), nullable=False),
        sa.Column("pulled", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["crm_connections.id"], name=op.f("fk_crm_syncs_connection_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_syncs")),
    )
    op.create_index("ix_crm_syncs_connection_id", "crm_syncs", ["connection_id", "at", "id"])


def downgrade() -> None:
    for table in ("crm_syncs", "crm_contacts", "crm_connections"):
        op.drop_table(table)
