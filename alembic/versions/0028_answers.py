"""Answers by a model: who asked for what a model was asked, which process answers, and what a conversation has come to."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("llm_calls", sa.Column("user_id", sa.String(36)))
    op.add_column("conversations", sa.Column("asked_of", sa.String(200)))
    op.add_column("conversations", sa.Column("summary", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "conversations",
        sa.Column("summarised_to", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    for column in ("summarised_to", "summary", "asked_of"):
        op.drop_column("conversations", column)
    op.drop_column("llm_calls", "user_id")
