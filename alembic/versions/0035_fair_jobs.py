"""Tenants take turns at jobs, which are found by tenant and age from an index alone."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_jobs_claimable", "jobs")
    op.create_index("ix_jobs_claimable", "jobs", ["status", "tenant_id", "id", "run_at", "claims", "lock"])


def downgrade() -> None:
    op.drop_index("ix_jobs_claimable", "jobs")
    op.create_index("ix_jobs_claimable", "jobs", ["status", "id", "run_at", "claims", "tenant_id", "lock"])
