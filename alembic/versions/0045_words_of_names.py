"""On PostgreSQL the words of names have an index of their own: misspelt words are looked for there before descriptions."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

NAMES = "to_tsvector('simple', title || ' ' || series || ' ' || authors || ' ' || tags)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # FTS5 knows the columns of a word
    op.execute(f"CREATE INDEX ix_book_texts_name_words ON book_texts USING gin (({NAMES})) WITH (fastupdate = off)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_book_texts_name_words")
