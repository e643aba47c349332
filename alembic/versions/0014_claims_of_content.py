"""The catalogue has each content once, and each member for themselves: a claim is unique, no longer the digest."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

documents = sa.table("documents", sa.column("id"), sa.column("uploaded_by"), sa.column("sha256"), sa.column("claim"))
books = sa.table("books", sa.column("document_id"))


def upgrade() -> None:
    # SQLite cannot drop a constraint without making the table anew, and dropping the old one would delete what refers to it. So
    # the constrained column gets another name, and the digest a new column.
    op.execute("ALTER TABLE documents RENAME COLUMN sha256 TO claim")
    op.add_column("documents", sa.Column("sha256", sa.String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    connection.execute(sa.update(documents).values(sha256=documents.c.claim))
    has_book = sa.exists().where(books.c.document_id == documents.c.id)
    private = sa.select(documents).where(~has_book)
    for row in connection.execute(private).all():
        claim = hashlib.sha256(f"{row.uploaded_by or ''}:{row.sha256}".encode()).hexdigest()
        connection.execute(sa.update(documents).where(documents.c.id == row.id).values(claim=claim))
    op.create_index("ix_documents_uploaded_by_sha256", "documents", ["tenant_id", "uploaded_by", "sha256"])


def downgrade() -> None:
    """Fails where two documents have the same content: remove one first."""
    op.drop_index("ix_documents_uploaded_by_sha256", "documents")
    op.execute(sa.update(documents).values(claim=documents.c.sha256))
    op.drop_column("documents", "sha256")
    op.execute("ALTER TABLE documents RENAME COLUMN claim TO sha256")
