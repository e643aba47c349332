"""Series of books, and their place in what lists sort by."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEPT = (
    "book_id, tenant_id, created_at, title_key, author_key, language, year_key, status, copies_total, loans, open_loans,"
    " active_holds, first_lapse_at, rating_count, rating_sum"
)
INSERT = """
    INSERT INTO book_listings ({columns})
    SELECT NEW.id, NEW.tenant_id, NEW.created_at, NEW.title_key, NEW.author_key, lower(NEW.language),
        coalesce(NEW.published_year, -9999), d.status, NEW.copies_total,
        (SELECT count(*) FROM loans l WHERE l.book_id = NEW.id AND l.tenant_id = NEW.tenant_id),
        (SELECT count(*) FROM loans l WHERE l.book_id = NEW.id AND l.tenant_id = NEW.tenant_id AND l.returned_at IS NULL),
        0, NULL, 0, 0{values}
    FROM documents d WHERE d.id = NEW.document_id;
    INSERT INTO catalogues (tenant_id, books) VALUES (NEW.tenant_id, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET books = catalogues.books + 1;
"""
UPDATE = """
    UPDATE book_listings SET title_key = NEW.title_key, author_key = NEW.author_key, language = lower(NEW.language),
        year_key = coalesce(NEW.published_year, -9999), copies_total = NEW.copies_total{values}
    WHERE book_id = NEW.id;
"""
UPDATED = "title_key, author_key, language, published_year, copies_total"


def upgrade() -> None:
    op.add_column("books", sa.Column("series", sa.String(200)))
    op.add_column("books", sa.Column("series_index", sa.Float))
    op.add_column("books", sa.Column("series_key", sa.String(201), nullable=False, server_default="1"))
    op.add_column("book_listings", sa.Column("series_key", sa.String(201), nullable=False, server_default="1"))
    op.add_column("book_listings", sa.Column("series_number", sa.Float, nullable=False, server_default="1000000"))
    columns = ["tenant_id", "series_key", "series_number", "title_key", "book_id"]
    op.create_index("ix_book_listings_series_key", "book_listings", columns)
    _replace_triggers(
        INSERT.format(columns=f"{KEPT}, series_key, series_number", values=", NEW.series_key, coalesce(NEW.series_index, 1000000)"),
        UPDATE.format(values=", series_key = NEW.series_key, series_number = coalesce(NEW.series_index, 1000000)"),
        f"{UPDATED}, series_key, series_index",
    )


def downgrade() -> None:
    _replace_triggers(INSERT.format(columns=KEPT, values=""), UPDATE.format(values=""), UPDATED)
    op.drop_index("ix_book_listings_series_key", "book_listings")
    # Not by a batch: a copy of the table in its place would cascade on SQLite, and lose its triggers.
    for table, column in (
        ("book_listings", "series_number"),
        ("book_listings", "series_key"),
        ("books", "series_key"),
        ("books", "series_index"),
        ("books", "series"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _replace_triggers(insert: str, update: str, columns: str) -> None:
    for deed, of, body in (("insert", "", insert), ("update", f" OF {columns}", update)):
        name = f"books_{deed}_listing"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
            op.execute(f"CREATE TRIGGER {name} AFTER {deed.upper()}{of} ON books BEGIN {body} END")
            continue
        op.execute(f"DROP TRIGGER {name} ON books")
        op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER {name} AFTER {deed.upper()}{of} ON books FOR EACH ROW EXECUTE FUNCTION {name}()")
