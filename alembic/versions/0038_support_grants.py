"""Operators act in a tenant by grants; log-ins say from which one of the operator's own they come."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles = sa.Enum("member", "librarian", "admin", "operator", name="role", native_enum=False, length=32)
    ends = sa.Enum("operator", "library", name="grantend", native_enum=False, length=32)
    op.add_column("sessions", sa.Column("acting_from", sa.String(36), nullable=True))
    op.create_table(
        "support_grants",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("operator_id", sa.String(36), nullable=False),
        sa.Column("operator_email", sa.String(320), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("role", roles, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", ends, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_support_grants_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_grants")),
    )
    op.create_index(op.f("ix_support_grants_user_id"), "support_grants", ["user_id"])
    op.create_index("ix_support_grants_tenant_id_created_at", "support_grants", ["tenant_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("support_grants")
    op.execute("DELETE FROM sessions WHERE acting_from IS NOT NULL")  # without it they would be log-ins like any other
    op.execute("ALTER TABLE sessions DROP COLUMN acting_from")
