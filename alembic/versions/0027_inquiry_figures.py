"""Inquiries are counted for the figures from an index alone."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inquiries_figures", "inquiries", ["tenant_id", "intent", "method", "state"])


def downgrade() -> None:
    op.drop_index("ix_inquiries_figures", "inquiries")
