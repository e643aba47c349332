"""Where a document's cover lies."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("cover_key", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "cover_key")
