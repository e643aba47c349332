"""How each library answers: its language, its refusal, how sure it must be."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("language", sa.String(32)))
    op.add_column("tenants", sa.Column("refusal", sa.String(500)))
    op.add_column("tenants", sa.Column("answer_confidence", sa.Float()))


def downgrade() -> None:
    with op.batch_alter_table("tenants") as table:
        for name in ("answer_confidence", "refusal", "language"):
            table.drop_column(name)
