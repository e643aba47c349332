"""Passages are looked up by digest and tenant, not tenant first.

Without statistics SQLite takes an index that begins with the tenant for a better way to twelve passages than their primary key, and
reads all of the tenant's passages.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_passages_digest_tenant_id", "passages", ["digest", "tenant_id"])
    op.drop_index("ix_passages_tenant_id_digest", "passages")


def downgrade() -> None:
    op.create_index("ix_passages_tenant_id_digest", "passages", ["tenant_id", "digest"])
    op.drop_index("ix_passages_digest_tenant_id", "passages")
