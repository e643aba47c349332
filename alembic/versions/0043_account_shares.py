"""What an account has stored is added up by an index alone: an upload of who has many thousand books read a row for each."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_documents_uploaded_by", "documents")
    op.create_index("ix_documents_uploaded_by", "documents", ["uploaded_by", "tenant_id", "byte_size"])


def downgrade() -> None:
    op.drop_index("ix_documents_uploaded_by", "documents")
    op.create_index("ix_documents_uploaded_by", "documents", ["uploaded_by"])
