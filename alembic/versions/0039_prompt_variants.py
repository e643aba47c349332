"""Libraries try out versions of prompts, and readers say what helped them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

PURPOSES = ("summary", "review", "consensus", "inquiry", "answer", "probe")


def upgrade() -> None:
    op.add_column("tenants", sa.Column("prompt_variants", sa.JSON(none_as_null=True)))
    op.create_table(
        "reader_verdicts",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.Enum(*PURPOSES, name="purpose", native_enum=False, length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt", sa.String(length=200), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reader_verdicts_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "purpose", "subject_id", name=op.f("pk_reader_verdicts")),
    )
    op.create_index("ix_reader_verdicts_user_id", "reader_verdicts", ["user_id"])
    op.create_index("ix_reader_verdicts_tenant_id_at", "reader_verdicts", ["tenant_id", "at"])


def downgrade() -> None:
    op.drop_table("reader_verdicts")
    with op.batch_alter_table("tenants") as table:
        table.drop_column("prompt_variants")
