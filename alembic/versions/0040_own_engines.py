"""A library may choose its language engine."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("llm", sa.String(220)))


def downgrade() -> None:
    with op.batch_alter_table("tenants") as table:
        table.drop_column("llm")
