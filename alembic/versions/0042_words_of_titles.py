"""On PostgreSQL the words of titles have an index of their own: of a frequent word the books are asked for that have it there."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # FTS5 knows the columns of a word
    op.execute(
        "CREATE INDEX ix_book_texts_title_words ON book_texts USING gin (to_tsvector('simple', title)) WITH (fastupdate = off)"
    )
    op.execute("ANALYZE book_texts")  # how frequent the words of titles are, which nothing has counted yet


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_book_texts_title_words")
