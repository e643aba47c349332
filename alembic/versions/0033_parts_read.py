"""Summaries say in how many parts a text was read, and how many of them were."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("summaries", sa.Column("parts", sa.Integer))
    op.add_column("summaries", sa.Column("parts_read", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("summaries") as batch:
        batch.drop_column("parts_read")
        batch.drop_column("parts")
