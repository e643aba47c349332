"""An index for the books of a list of ids."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_books_tenant_id_id", "books", ["tenant_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_books_tenant_id_id", "books")
