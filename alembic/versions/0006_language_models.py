"""Accounts and answers of language models; readings of reviews and the consensus."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "llm_answers",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_llm_answers")),
    )
    op.create_table(
        "llm_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("summary", "review", "consensus", "probe", name="purpose", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt", sa.String(length=200), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "ok", "cached", "repaired", "unusable", "unavailable", "cancelled", name="outcome", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_calls")),
    )
    with op.batch_alter_table("llm_calls", schema=None) as batch_op:
        batch_op.create_index("ix_llm_calls_tenant_id_day", ["tenant_id", "day"], unique=False)

    op.create_table(
        "consensus_aspects",
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("positive", sa.Integer(), nullable=False),
        sa.Column("negative", sa.Integer(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_consensus_aspects_book_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", "name", name=op.f("pk_consensus_aspects")),
    )
    op.create_table(
        "consensuses",
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("praise", sa.JSON(), nullable=False),
        sa.Column("criticism", sa.JSON(), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt", sa.String(length=200), nullable=False),
        sa.Column("review_count", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_consensuses_book_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("book_id", name=op.f("pk_consensuses")),
    )
    op.create_table(
        "review_aspects",
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column(
            "sentiment",
            sa.Enum("positive", "negative", "neutral", "mixed", name="sentiment", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_review_aspects_book_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", "name", name=op.f("pk_review_aspects")),
    )
    with op.batch_alter_table("review_aspects", schema=None) as batch_op:
        batch_op.create_index("ix_review_aspects_book_id", ["book_id", "name", "sentiment", "read_at"], unique=False)

    op.create_table(
        "review_readings",
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column(
            "sentiment",
            sa.Enum("positive", "negative", "neutral", "mixed", name="sentiment", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_review_readings_book_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_readings")),
    )
    with op.batch_alter_table("review_readings", schema=None) as batch_op:
        batch_op.create_index("ix_review_readings_book_id", ["book_id", "sentiment", "review_id"], unique=False)

    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reviews_unread",
            ["book_id"],
            unique=False,
            sqlite_where=sa.text("sentiment IS NULL"),
            postgresql_where=sa.text("sentiment IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reviews_unread", sqlite_where=sa.text("sentiment IS NULL"), postgresql_where=sa.text("sentiment IS NULL")
        )

    with op.batch_alter_table("review_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_review_readings_book_id")

    op.drop_table("review_readings")
    with op.batch_alter_table("review_aspects", schema=None) as batch_op:
        batch_op.drop_index("ix_review_aspects_book_id")

    op.drop_table("review_aspects")
    op.drop_table("consensuses")
    op.drop_table("consensus_aspects")
    with op.batch_alter_table("llm_calls", schema=None) as batch_op:
        batch_op.drop_index("ix_llm_calls_tenant_id_day")

    op.drop_table("llm_calls")
    op.drop_table("llm_answers")
