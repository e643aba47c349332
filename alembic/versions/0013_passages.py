"""Passages, and vectors of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("knowledge_path", sa.String(length=1024), nullable=True))
    op.add_column("sections", sa.Column("anchor", sa.Text(), nullable=True))
    op.create_table(
        "passages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("page_start", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_passages_document_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("document_id", "ordinal", name=op.f("uq_passages_document_id_ordinal")),
    )
    op.create_index("ix_passages_tenant_id_digest", "passages", ["tenant_id", "digest"])
    op.create_table(
        "passage_vectors",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "model", "digest", name=op.f("pk_passage_vectors")),
    )


def downgrade() -> None:
    op.drop_table("passage_vectors")
    op.drop_index("ix_passages_tenant_id_digest", "passages")
    op.drop_table("passages")
    op.drop_column("sections", "anchor")
    op.drop_column("documents", "knowledge_path")
