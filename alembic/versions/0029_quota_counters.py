"""What tenants use, counted by quota and period."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

QUOTAS = ("members", "books", "bytes", "documents_per_day", "model_tokens_per_month", "requests_per_minute")


def upgrade() -> None:
    op.create_table(
        "quota_counters",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("quota", sa.Enum(*QUOTAS, name="quota", native_enum=False, length=32), nullable=False),
        sa.Column("period", sa.String(length=10).with_variant(sa.String(10, collation="C"), "postgresql"), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "quota", "period", name=op.f("pk_quota_counters")),
    )


def downgrade() -> None:
    op.drop_table("quota_counters")
