"""What lists sort and filter by: one narrow row a book, kept by triggers, and the books' labels."""

import sqlalchemy as sa

from luminalib.adapters.db.schema import UtcDateTime, bytewise, metadata, tenant_column
from luminalib.domain.books import LABEL_MAX

book_listings = sa.Table(
    "book_listings",
    metadata,
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    tenant_column(),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("title_key", bytewise(500), nullable=False),
    sa.Column("author_key", bytewise(500), nullable=False),
    sa.Column("language", sa.String(35)),
    sa.Column(
        "year_key", sa.Integer, nullable=False
    ),  # NO_YEAR where none is known: such books come last when the newest come first
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("copies_total", sa.Integer, nullable=False),
    sa.Column("loans", sa.Integer, nullable=False),
    sa.Column("open_loans", sa.Integer, nullable=False),
    # Those who wait and those whose copy is ready; at `first_lapse_at` the first of the ready ones is not kept any longer.
    sa.Column("active_holds", sa.Integer, nullable=False),
    sa.Column("first_lapse_at", UtcDateTime),
    sa.Column("rating_count", sa.Integer, nullable=False),
    sa.Column("rating_sum", sa.Integer, nullable=False),
    # Volumes without a number come last in their series.
    sa.Column("series_key", bytewise(201), nullable=False, server_default="1"),
    sa.Column("series_number", sa.Float, nullable=False, server_default="1000000"),
    sa.Column("copies_free", sa.Integer, sa.Computed("copies_total - open_loans - active_holds", persisted=True)),
    sa.Column(
        "rating",
        sa.Float,
        sa.Computed("CASE WHEN rating_count = 0 THEN 0 ELSE rating_sum * 1.0 / rating_count END", persisted=True),
    ),
    sa.Index("ix_book_listings_created_at_book_id", "tenant_id", "created_at", "book_id"),
    sa.Index("ix_book_listings_title_key", "tenant_id", "title_key", "book_id"),
    sa.Index("ix_book_listings_author_key", "tenant_id", "author_key", "title_key", "book_id"),
    sa.Index("ix_book_listings_series_key", "tenant_id", "series_key", "series_number", "title_key", "book_id"),
    sa.Index("ix_book_listings_loans", "tenant_id", "loans", "created_at", "book_id"),
    sa.Index("ix_book_listings_rating", "tenant_id", "rating", "rating_count", "created_at", "book_id"),
    sa.Index("ix_book_listings_year_key", "tenant_id", "year_key", "created_at", "book_id"),
    sa.Index("ix_book_listings_language", "tenant_id", "language", "created_at", "book_id"),
    sa.Index("ix_book_listings_status", "tenant_id", "status", "created_at", "book_id"),
    *(
        sa.Index(
            f"ix_book_listings_{name}",
            *columns,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
        for name, columns, condition in (
            ("in", ("tenant_id", "created_at", "book_id"), "copies_free > 0"),
            ("out", ("tenant_id", "created_at", "book_id"), "copies_free <= 0"),
            ("lapses", ("tenant_id", "first_lapse_at"), "first_lapse_at IS NOT NULL"),
        )
    ),
)
catalogues = sa.Table(
    "catalogues",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("books", sa.Integer, nullable=False),
)
book_labels = sa.Table(
    "book_labels",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("label", sa.String(LABEL_MAX), primary_key=True),
    # A list by label is in the order of the default list without being sorted.
    sa.Column("created_at", UtcDateTime, primary_key=True),
    sa.Column("book_id", sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    sa.Index("ix_book_labels_book_id", "book_id"),
    sqlite_with_rowid=False,
)
