"""On PostgreSQL, all words of a catalogue once: a word that was begun is looked for as the whole words that it may become."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# In order, so that two who add the same words do not wait for each other.
ADD = """
CREATE FUNCTION book_texts_{deed}_lexemes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO catalogue_lexemes (tenant_id, word) SELECT NEW.tenant_id, word FROM (
        SELECT unnest(tsvector_to_array(NEW.words)) AS word{but}) fresh ORDER BY word ON CONFLICT DO NOTHING;
    RETURN NULL; END $$
"""
DEEDS = {
    "insert": ("", ""),
    "update": (" EXCEPT SELECT unnest(tsvector_to_array(OLD.words))", " WHEN (OLD.words IS DISTINCT FROM NEW.words)"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # FTS5 keeps the beginnings of words
    op.create_table(
        "catalogue_lexemes",
        sa.Column("tenant_id", sa.String(36), primary_key=True),
        sa.Column("word", sa.Text(collation="C"), primary_key=True),
    )
    known = "SELECT DISTINCT tenant_id, unnest(tsvector_to_array(words)) FROM book_texts"
    op.execute(f"INSERT INTO catalogue_lexemes (tenant_id, word) {known}")
    for deed, (but, when) in DEEDS.items():
        op.execute(ADD.format(deed=deed, but=but))
        op.execute(
            f"CREATE TRIGGER book_texts_{deed}_lexemes AFTER {deed.upper()} ON book_texts FOR EACH ROW{when}"
            f" EXECUTE FUNCTION book_texts_{deed}_lexemes()"
        )
    op.execute("ANALYZE catalogue_lexemes")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for deed in DEEDS:
        op.execute(f"DROP TRIGGER book_texts_{deed}_lexemes ON book_texts")
        op.execute(f"DROP FUNCTION book_texts_{deed}_lexemes()")
    op.drop_table("catalogue_lexemes")
