"""Indexes for news by owner, and for what is new of all."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_document_events_owner_id_id", "document_events", ["tenant_id", "owner_id", "id"])
    op.create_index("ix_notices_tenant_id_id", "notices", ["tenant_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_notices_tenant_id_id", "notices")
    op.drop_index("ix_document_events_owner_id_id", "document_events")
