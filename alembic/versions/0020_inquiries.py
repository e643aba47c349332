"""Inquiries, what happened to them, and what people said they were."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INTENTS = ("sales", "support", "partnership", "other")
STEPS = ("received", "classified", "extracted", "fell_back", "corrected", "qualified", "drafted", "approved", "emptied")
NOW = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def _of_inquiry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["inquiry_id"], ["inquiries.id"], name=op.f(f"fk_{table}_inquiry_id"), ondelete="CASCADE")


def upgrade() -> None:
    intent = _enum("inquiryintent", *INTENTS)
    op.create_table(
        "inquiries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(2), nullable=True),
        sa.Column("source", sa.String(100), nullable=True),
        sa.Column("created_by", sa.String(36), nullable=True),
        sa.Column("request_id", sa.String(64), nullable=True),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("updated_at", NOW, nullable=False),
        sa.Column("state", _enum("inquirystate", "new", "needs_review", "qualified", "answered", "closed"), nullable=False),
        sa.Column("intent", intent, nullable=False),
        sa.Column("raw_confidence", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("low_confidence", sa.Boolean(), nullable=False),
        sa.Column("method", _enum("triagemethod", "rules", "learned", "model"), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("phone", sa.String(32), nullable=True),
        sa.Column("budget", sa.JSON(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("prompt", sa.String(200), nullable=False),
        sa.Column("awaits_model", sa.Boolean(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_inquiries_created_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
    )
    op.create_index("ix_inquiries_tenant_id_created_at", "inquiries", ["tenant_id", "created_at", "id"])
    for name in ("state", "intent", "created_by"):
        op.create_index(f"ix_inquiries_{name}", "inquiries", ["tenant_id", name, "created_at"])
    op.create_table(
        "inquiry_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("inquiry_id", sa.String(36), nullable=False),
        sa.Column("step", _enum("inquirystep", *STEPS), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("provider", sa.String(64), nullable=True),
        sa.Column("model", sa.String(200), nullable=True),
        sa.Column("prompt", sa.String(200), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(64), nullable=True),
        _of_inquiry("inquiry_steps"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_steps")),
    )
    op.create_index("ix_inquiry_steps_inquiry_id", "inquiry_steps", ["inquiry_id", "id"])
    op.create_table(
        "inquiry_labels",
        sa.Column("inquiry_id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("intent", intent, nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        _of_inquiry("inquiry_labels"),
        sa.PrimaryKeyConstraint("inquiry_id", name=op.f("pk_inquiry_labels")),
    )
    op.create_index("ix_inquiry_labels_tenant_id_intent", "inquiry_labels", ["tenant_id", "intent"])


def downgrade() -> None:
    for table in ("inquiry_labels", "inquiry_steps", "inquiries"):
        op.drop_table(table)
