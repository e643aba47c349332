"""Row-level security: whoever runs migrations secures every table afterwards (`adapters/db/row_security.py`)."""

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: that there is something to migrate is enough."""


def downgrade() -> None:
    """Nothing: the owner's connections, which older versions come with, are under no policy."""
