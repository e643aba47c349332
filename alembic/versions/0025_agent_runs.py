"""What agents made, and what people said to it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    agents = sa.Enum("reply", "qualify", "extract", name="agentname", native_enum=False, length=32)
    states = sa.Enum("draft", "approved", name="runstate", native_enum=False, length=32)
    op.create_table(
        "agent_runs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(36), nullable=False),
        sa.Column("agent", agents, nullable=False),
        sa.Column("inquiry_id", sa.String(36), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("output", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("created_by", sa.String(36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("edited", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.String(36), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["inquiry_id"], ["inquiries.id"], name=op.f("fk_agent_runs_inquiry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_agent_runs_created_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_agent_runs_approved_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_runs")),
    )
    op.create_index(op.f("ix_agent_runs_inquiry_id"), "agent_runs", ["inquiry_id"])
    op.create_index("ix_agent_runs_tenant_id_created_at", "agent_runs", ["tenant_id", "created_at"])


def downgrade() -> None:
    op.drop_table("agent_runs")
