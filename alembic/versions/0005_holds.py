"""Holds, notices, answers to keys, and loans that are nobody's any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_holds_book_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_holds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("book_id", "number", name=op.f("uq_holds_book_id_number")),
    )
    active = sa.text("state IN ('waiting', 'ready')")
    op.create_index(
        "uq_holds_active",
        "holds",
        ["tenant_id", "book_id", "user_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_index("ix_holds_user_id", "holds", ["tenant_id", "user_id", "placed_at"])
    op.create_index("ix_holds_ready_until", "holds", ["tenant_id", "state", "ready_until"])
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_user_id_id", "notices", ["tenant_id", "user_id", "id"])
    op.create_index("ix_notices_subject_id", "notices", ["subject_id", "kind", "at"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_receipts_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("tenant_id", "user_id", "key", name=op.f("uq_receipts_tenant_id_user_id_key")),
    )
    op.create_index("ix_receipts_at", "receipts", ["tenant_id", "at"])
    with op.batch_alter_table("loans") as loans:
        loans.alter_column("user_id", existing_type=sa.String(length=36), nullable=True)
        loans.create_index("ix_loans_due_at", ["tenant_id", "due_at"])


def downgrade() -> None:
    op.execute("DELETE FROM loans WHERE user_id IS NULL")
    with op.batch_alter_table("loans") as loans:
        loans.drop_index("ix_loans_due_at")
        loans.alter_column("user_id", existing_type=sa.String(length=36), nullable=False)
    op.drop_table("receipts")
    op.drop_table("notices")
    op.drop_table("holds")
