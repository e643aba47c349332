"""Tenants and plans as rows; the library that is there becomes the main one."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

GIB = 2**30
PLANS = {
    "unlimited": {},
    "reading-room": {
        "members": 50,
        "books": 1_000,
        "bytes": 5 * GIB,
        "documents_per_day": 100,
        "model_tokens_per_month": 1_000_000,
        "requests_per_minute": 600,
    },
    "library": {
        "members": 2_000,
        "books": 50_000,
        "bytes": 500 * GIB,
        "documents_per_day": 2_000,
        "model_tokens_per_month": 50_000_000,
        "requests_per_minute": 6_000,
    },
}


def upgrade() -> None:
    plans = op.create_table(
        "plans",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_plans")),
    )
    modes = sa.Enum("open", "invite", "closed", name="signupmode", native_enum=False, length=32)
    tenants = op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("signup", modes, nullable=True),
        sa.Column("region", sa.String(length=2), nullable=True),
        sa.Column("inquiry_confidence", sa.Float(), nullable=True),
        sa.Column("inquiries_public", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["plans.name"], name=op.f("fk_tenants_plan")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
    )
    op.create_index("ix_tenants_created_at", "tenants", ["created_at", "tenant_id"])
    op.bulk_insert(plans, [{"name": name, "limits": limits} for name, limits in PLANS.items()])
    now = datetime.now(UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    main = {"tenant_id": "main", "name": "Main library", "plan": "unlimited", "created_at": now, "is_active": True}
    op.bulk_insert(tenants, [main])


def downgrade() -> None:
    op.drop_table("tenants")
    op.drop_table("plans")
