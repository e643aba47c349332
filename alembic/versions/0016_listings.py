"""What lists sort and filter by, kept in one narrow row a book by triggers; labels as rows."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# One text for both dialects: what a trigger does. PostgreSQL wants it in a function, SQLite in the trigger itself.
TRIGGERS = {
    ("books", "insert", ""): """
        INSERT INTO book_listings (book_id, tenant_id, created_at, title_key, author_key, language, year_key, status,
            copies_total, loans, open_loans, active_holds, first_lapse_at, rating_count, rating_sum)
        SELECT NEW.id, NEW.tenant_id, NEW.created_at, NEW.title_key, NEW.author_key, lower(NEW.language),
            coalesce(NEW.published_year, -9999), d.status, NEW.copies_total,
            (SELECT count(*) FROM loans l WHERE l.book_id = NEW.id AND l.tenant_id = NEW.tenant_id),
            (SELECT count(*) FROM loans l WHERE l.book_id = NEW.id AND l.tenant_id = NEW.tenant_id AND l.returned_at IS NULL),
            0, NULL, 0, 0
        FROM documents d WHERE d.id = NEW.document_id;
        INSERT INTO catalogues (tenant_id, books) VALUES (NEW.tenant_id, 1)
        ON CONFLICT (tenant_id) DO UPDATE SET books = catalogues.books + 1;
    """,
    ("books", "update", "title_key, author_key, language, published_year, copies_total"): """
        UPDATE book_listings SET title_key = NEW.title_key, author_key = NEW.author_key, language = lower(NEW.language),
            year_key = coalesce(NEW.published_year, -9999), copies_total = NEW.copies_total
        WHERE book_id = NEW.id;
    """,
    ("books", "delete", ""): "UPDATE catalogues SET books = books - 1 WHERE tenant_id = OLD.tenant_id;",
    ("documents", "update", "status"): """
        UPDATE book_listings SET status = NEW.status WHERE book_id = (SELECT b.id FROM books b WHERE b.document_id = NEW.id);
    """,
    ("loans", "insert", ""): """
        UPDATE book_listings SET loans = loans + 1, open_loans = open_loans + CASE WHEN NEW.returned_at IS NULL THEN 1 ELSE 0 END
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("loans", "update", "returned_at"): """
        UPDATE book_listings SET open_loans = open_loans
            + CASE WHEN NEW.returned_at IS NULL THEN 1 ELSE 0 END - CASE WHEN OLD.returned_at IS NULL THEN 1 ELSE 0 END
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("loans", "delete", ""): """
        UPDATE book_listings SET loans = loans - 1, open_loans = open_loans - CASE WHEN OLD.returned_at IS NULL THEN 1 ELSE 0 END
        WHERE book_id = OLD.book_id AND tenant_id = OLD.tenant_id;
    """,
    ("holds", "insert", ""): """
        UPDATE book_listings SET active_holds = active_holds + CASE WHEN NEW.state IN ('waiting', 'ready') THEN 1 ELSE 0 END,
            first_lapse_at = (
                SELECT min(h.ready_until) FROM holds h
                WHERE h.book_id = NEW.book_id AND h.tenant_id = NEW.tenant_id AND h.state = 'ready'
            )
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("holds", "update", "state, ready_until"): """
        UPDATE book_listings SET active_holds = active_holds
            + CASE WHEN NEW.state IN ('waiting', 'ready') THEN 1 ELSE 0 END
            - CASE WHEN OLD.state IN ('waiting', 'ready') THEN 1 ELSE 0 END,
            first_lapse_at = (
                SELECT min(h.ready_until) FROM holds h
                WHERE h.book_id = NEW.book_id AND h.tenant_id = NEW.tenant_id AND h.state = 'ready'
            )
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("holds", "delete", ""): """
        UPDATE book_listings SET active_holds = active_holds - CASE WHEN OLD.state IN ('waiting', 'ready') THEN 1 ELSE 0 END,
            first_lapse_at = (
                SELECT min(h.ready_until) FROM holds h
                WHERE h.book_id = OLD.book_id AND h.tenant_id = OLD.tenant_id AND h.state = 'ready'
            )
        WHERE book_id = OLD.book_id AND tenant_id = OLD.tenant_id;
    """,
    ("reviews", "insert", ""): """
        UPDATE book_listings SET rating_count = rating_count + 1, rating_sum = rating_sum + NEW.rating
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("reviews", "update", "rating"): """
        UPDATE book_listings SET rating_sum = rating_sum + NEW.rating - OLD.rating
        WHERE book_id = NEW.book_id AND tenant_id = NEW.tenant_id;
    """,
    ("reviews", "delete", ""): """
        UPDATE book_listings SET rating_count = rating_count - 1, rating_sum = rating_sum - OLD.rating
        WHERE book_id = OLD.book_id AND tenant_id = OLD.tenant_id;
    """,
}
FILL = """
    INSERT INTO book_listings (book_id, tenant_id, created_at, title_key, author_key, language, year_key, status,
        copies_total, loans, open_loans, active_holds, first_lapse_at, rating_count, rating_sum)
    SELECT b.id, b.tenant_id, b.created_at, b.title_key, b.author_key, lower(b.language),
        coalesce(b.published_year, -9999), d.status, b.copies_total,
        (SELECT count(*) FROM loans l WHERE l.book_id = b.id AND l.tenant_id = b.tenant_id),
        (SELECT count(*) FROM loans l WHERE l.book_id = b.id AND l.tenant_id = b.tenant_id AND l.returned_at IS NULL),
        (SELECT count(*) FROM holds h WHERE h.book_id = b.id AND h.tenant_id = b.tenant_id AND h.state IN ('waiting', 'ready')),
        (SELECT min(h.ready_until) FROM holds h WHERE h.book_id = b.id AND h.tenant_id = b.tenant_id AND h.state = 'ready'),
        (SELECT count(*) FROM reviews r WHERE r.book_id = b.id AND r.tenant_id = b.tenant_id),
        (SELECT coalesce(sum(r.rating), 0) FROM reviews r WHERE r.book_id = b.id AND r.tenant_id = b.tenant_id)
    FROM books b JOIN documents d ON d.id = b.document_id
"""
ORDERS = (
    ("created_at", "book_id"),
    ("title_key", "book_id"),
    ("author_key", "title_key", "book_id"),
    ("loans", "created_at", "book_id"),
    ("rating", "rating_count", "created_at", "book_id"),
    ("year_key", "created_at", "book_id"),
    ("language", "created_at", "book_id"),
    ("status", "created_at", "book_id"),
)


def upgrade() -> None:
    op.create_table(
        "catalogues",
        sa.Column("tenant_id", sa.String(36), primary_key=True),
        sa.Column("books", sa.Integer, nullable=False),
    )
    op.create_table(
        "book_listings",
        sa.Column("book_id", sa.String(36), sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("title_key", sa.String(500), nullable=False),
        sa.Column("author_key", sa.String(500), nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("year_key", sa.Integer, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("copies_total", sa.Integer, nullable=False),
        sa.Column("loans", sa.Integer, nullable=False),
        sa.Column("open_loans", sa.Integer, nullable=False),
        sa.Column("active_holds", sa.Integer, nullable=False),
        sa.Column("first_lapse_at", INSTANT),
        sa.Column("rating_count", sa.Integer, nullable=False),
        sa.Column("rating_sum", sa.Integer, nullable=False),
        sa.Column("copies_free", sa.Integer, sa.Computed("copies_total - open_loans - active_holds", persisted=True)),
        sa.Column(
            "rating",
            sa.Float,
            sa.Computed("CASE WHEN rating_count = 0 THEN 0 ELSE rating_sum * 1.0 / rating_count END", persisted=True),
        ),
    )
    for columns in ORDERS:
        name = columns[0] if columns[0] != "created_at" else "created_at_book_id"
        op.create_index(f"ix_book_listings_{name}", "book_listings", ["tenant_id", *columns])
    for name, condition in (("in", "copies_free > 0"), ("out", "copies_free <= 0")):
        where = sa.text(condition)
        columns = ["tenant_id", "created_at", "book_id"]
        op.create_index(f"ix_book_listings_{name}", "book_listings", columns, sqlite_where=where, postgresql_where=where)
    lapses = sa.text("first_lapse_at IS NOT NULL")
    op.create_index(
        "ix_book_listings_lapses", "book_listings", ["tenant_id", "first_lapse_at"], sqlite_where=lapses, postgresql_where=lapses
    )
    op.create_table(
        "book_labels",
        sa.Column("tenant_id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("label", sa.String(200), primary_key=True),
        sa.Column("created_at", INSTANT, primary_key=True),
        sa.Column("book_id", sa.String(36), sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_book_labels_book_id", "book_labels", ["book_id"])
    op.create_index("ix_documents_tenant_id_created_at", "documents", ["tenant_id", "created_at", "id"])
    op.create_index("ix_documents_tenant_id_status", "documents", ["tenant_id", "status", "created_at", "id"])
    op.create_index("ix_documents_tenant_id_uploaded_by", "documents", ["tenant_id", "uploaded_by", "created_at", "id"])
    op.create_index("ix_users_tenant_id_created_at", "users", ["tenant_id", "created_at", "id"])
    op.execute("DELETE FROM receipts WHERE action = 'hold'")  # what they keep has another shape now
    _fill()
    for (table, deed, columns), body in TRIGGERS.items():
        _make_trigger(table, deed, columns, body)
    op.drop_index("ix_books_tenant_id_title_key", "books")
    # Not by a batch: a copy of the table in its place would cascade on SQLite, and lose its triggers.
    op.execute("ALTER TABLE books DROP COLUMN labels")


def downgrade() -> None:
    for table, deed, _ in TRIGGERS:
        _drop_trigger(table, deed)
    op.add_column("books", sa.Column("labels", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_books_tenant_id_title_key", "books", ["tenant_id", "title_key"])
    for table in ("book_labels", "book_listings", "catalogues"):
        op.drop_table(table)
    op.drop_index("ix_users_tenant_id_created_at", "users")
    for name in ("created_at", "status", "uploaded_by"):
        op.drop_index(f"ix_documents_tenant_id_{name}", "documents")


def _fill() -> None:
    op.execute(FILL)
    op.execute("INSERT INTO catalogues (tenant_id, books) SELECT tenant_id, count(*) FROM books GROUP BY tenant_id")
    connection = op.get_bind()
    books = sa.table("books", *map(sa.column, ("id", "tenant_id", "labels")), sa.column("created_at", INSTANT))
    labels = sa.table("book_labels", *map(sa.column, ("tenant_id", "kind", "label", "book_id")), sa.column("created_at", INSTANT))
    after = ""
    while rows := connection.execute(sa.select(books).where(books.c.id > after).order_by(books.c.id).limit(1000)).all():
        made = {(row.tenant_id, kind, label[:200], row.created_at, row.id) for row in rows for kind, label in _labels(row.labels)}
        names = ("tenant_id", "kind", "label", "created_at", "book_id")
        if made:
            connection.execute(sa.insert(labels), [dict(zip(names, one, strict=True)) for one in made])
        after = rows[-1].id


def _labels(written: str) -> list[tuple[str, str]]:
    """|author:jane austen|tag:novel| was how they stood in a text: now each tag is a row, and each word of an author's name."""
    found = [part.split(":", 1) for part in written.split("|") if ":" in part]
    authors = [("author", word) for kind, label in found if kind == "author" for word in label.split()]
    return authors + [("tag", label) for kind, label in found if kind == "tag"]


def _make_trigger(table: str, deed: str, columns: str, body: str) -> None:
    name = f"{table}_{deed}_listing"
    of = f"{deed.upper()} OF {columns}" if columns else deed.upper()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {of} ON {table} BEGIN {body} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {of} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _drop_trigger(table: str, deed: str) -> None:
    name = f"{table}_{deed}_listing"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
