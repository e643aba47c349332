"""Taste events, models and impressions; what was borrowed and rated before becomes events, so that nobody begins anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recommender_models",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("recommender", sa.String(length=32), nullable=False),
        sa.Column("storage_key", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_event_id", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommender_models")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recommender_models_tenant_id_id", "recommender_models", ["tenant_id", "id"])
    op.create_table(
        "impressions",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("strategy", sa.String(length=16), nullable=False),
        sa.Column("recommender", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_impressions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "book_id", "day", name=op.f("pk_impressions")),
    )
    op.create_index("ix_impressions_tenant_id_day", "impressions", ["tenant_id", "day"])
    op.create_table(
        "taste_events",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("book_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_taste_events_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taste_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_taste_events_tenant_id_at", "taste_events", ["tenant_id", "at"])
    op.create_index("ix_taste_events_tenant_id_id", "taste_events", ["tenant_id", "id"])
    op.create_index("ix_taste_events_tenant_id_user_id", "taste_events", ["tenant_id", "user_id", "id"])
    op.create_index("ix_books_tenant_id_updated_at", "books", ["tenant_id", "updated_at"])
    op.create_index("ix_summaries_tenant_id_generated_at", "summaries", ["tenant_id", "generated_at"])
    op.execute(
        """
        INSERT INTO taste_events (tenant_id, user_id, book_id, kind, rating, at)
        SELECT tenant_id, user_id, book_id, kind, rating, at FROM (
            SELECT tenant_id, user_id, book_id, 'borrowed' AS kind, CAST(NULL AS INTEGER) AS rating, borrowed_at AS at FROM loans
            UNION ALL
            SELECT tenant_id, user_id, book_id, 'finished', NULL, returned_at FROM loans WHERE returned_at IS NOT NULL
            UNION ALL
            SELECT tenant_id, user_id, book_id, 'rated', rating, updated_at FROM reviews
        ) AS happened
        WHERE user_id IN (SELECT id FROM users WHERE email NOT LIKE '%@deleted.invalid')
        ORDER BY at
        """
    )


def downgrade() -> None:
    op.drop_index("ix_summaries_tenant_id_generated_at", "summaries")
    op.drop_index("ix_books_tenant_id_updated_at", "books")
    op.drop_table("taste_events")
    op.drop_table("impressions")
    op.drop_table("recommender_models")
