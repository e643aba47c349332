"""What the catalogue is searched by. A round fills it for the books that are there: words are made by the product, not by SQL."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TEXTS = ("title", "series", "authors", "tags", "description", "summary")
COUNTED = {
    "insert": "UPDATE catalogue_terms SET books = books + 1"
    " WHERE tenant_id = NEW.tenant_id AND kind = NEW.kind AND label = NEW.label;",
    "delete": "UPDATE catalogue_terms SET books = books - 1"
    " WHERE tenant_id = OLD.tenant_id AND kind = OLD.kind AND label = OLD.label;",
}
# Title, then names, then tags, then what is said about the book: PostgreSQL knows four weights.
VECTOR = """
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', series || ' ' || authors), 'B') ||
    setweight(to_tsvector('simple', tags), 'C') || setweight(to_tsvector('simple', description || ' ' || summary), 'D')
"""


def upgrade() -> None:
    bytewise = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "book_texts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("book_id", sa.String(36), sa.ForeignKey("books.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False, server_default="" if name == "summary" else None) for name in TEXTS),
    )
    op.create_index("ix_book_texts_version", "book_texts", ["tenant_id", "version"])
    op.create_table(
        "catalogue_words",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("word", sa.String(64, collation=bytewise), nullable=False),
        sa.UniqueConstraint("tenant_id", "word"),
    )
    op.create_index("ix_catalogue_words_tenant_id_id", "catalogue_words", ["tenant_id", "id"])
    op.create_table(
        "catalogue_terms",
        sa.Column("tenant_id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("label", sa.String(200, collation=bytewise), primary_key=True),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("books", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_catalogue_terms_books", "catalogue_terms", ["tenant_id", "kind", "books"])
    op.create_table(
        "catalogue_starts",
        sa.Column("tenant_id", sa.String(36), primary_key=True),
        sa.Column("start", sa.String(200, collation=bytewise), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("label", sa.String(200, collation=bytewise), primary_key=True),
    )
    op.execute(
        "INSERT INTO catalogue_terms (tenant_id, kind, label, text, books)"
        " SELECT tenant_id, kind, label, label, count(*) FROM book_labels WHERE kind <> 'author' GROUP BY tenant_id, kind, label"
    )
    for deed, body in COUNTED.items():
        _make_trigger(f"book_labels_{deed}_terms", "book_labels", deed, body)
    if op.get_bind().dialect.name == "sqlite":
        _make_full_text()
    else:
        op.execute(f"ALTER TABLE book_texts ADD COLUMN words tsvector GENERATED ALWAYS AS ({VECTOR}) STORED")
        op.execute("CREATE INDEX ix_book_texts_words ON book_texts USING gin (words) WITH (fastupdate = off)")
        _sort_by('"C"')
    op.execute("ALTER TABLE books DROP COLUMN search_text")


def downgrade() -> None:
    op.add_column("books", sa.Column("search_text", sa.Text, nullable=False, server_default=""))
    for deed in COUNTED:
        _drop_trigger(f"book_labels_{deed}_terms", "book_labels")
    op.execute("DELETE FROM book_labels WHERE kind = 'name'")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE book_words")
    else:
        _sort_by('"default"')
    for table in ("catalogue_starts", "catalogue_terms", "catalogue_words", "book_texts"):
        op.drop_table(table)


def _sort_by(collation: str) -> None:
    """Keys are made for the order of their characters: both databases sort alike, whatever their own language is."""
    for column, length in (("title_key", 500), ("author_key", 500), ("series_key", 201)):
        op.execute(f"ALTER TABLE book_listings ALTER COLUMN {column} TYPE varchar({length}) COLLATE {collation}")


def _make_full_text() -> None:
    columns, new, old = (", ".join(f"{row}{name}" for name in TEXTS) for row in ("", "NEW.", "OLD."))
    op.execute(
        f"CREATE VIRTUAL TABLE book_words USING fts5({columns}, content='book_texts', content_rowid='id', prefix='3 4',"
        " tokenize='unicode61 remove_diacritics 0')"
    )
    insert = f"INSERT INTO book_words (rowid, {columns}) VALUES (NEW.id, {new});"  # noqa: S608 -- our own columns
    delete = f"INSERT INTO book_words (book_words, rowid, {columns}) VALUES ('delete', OLD.id, {old});"  # noqa: S608 -- our own columns
    for deed, body in (("insert", insert), ("delete", delete), ("update", delete + insert)):
        _make_trigger(f"book_texts_{deed}_words", "book_texts", deed, body)


def _make_trigger(name: str, table: str, deed: str, body: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {deed.upper()} ON {table} BEGIN {body} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {deed.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _drop_trigger(name: str, table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
