"""Jobs are fenced by the number of their claim, and found by indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("fence", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_jobs_status_id", "jobs")
    op.drop_index("ix_jobs_lock", "jobs")
    op.create_index("ix_jobs_claimable", "jobs", ["status", "id", "run_at", "claims", "tenant_id", "lock"])
    op.create_index("ix_jobs_status_run_at", "jobs", ["status", "run_at"])
    op.create_index("ix_jobs_lock", "jobs", ["tenant_id", "lock", "status", "id"])


def downgrade() -> None:
    op.drop_index("ix_jobs_lock", "jobs")
    op.drop_index("ix_jobs_status_run_at", "jobs")
    op.drop_index("ix_jobs_claimable", "jobs")
    op.create_index("ix_jobs_lock", "jobs", ["tenant_id", "lock"])
    op.create_index("ix_jobs_status_id", "jobs", ["status", "id"])
    op.drop_column("jobs", "fence")
