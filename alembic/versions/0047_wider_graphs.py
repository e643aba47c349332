"""On PostgreSQL graphs of vectors are built with twice the breadth.

Of 200,000 the nearest ten are found in 0.986 of all cases instead of 0.947. A graph that is there keeps its links until the index
is made anew.
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

NARROW, WIDE = "halfvec_ip_ops) WHERE", "halfvec_ip_ops) WITH (ef_construction = 128) WHERE"
FUNCTIONS = ("finish_reindexing(integer)", "prepare_indexed_vectors(integer)")


def upgrade() -> None:
    _rewrite(NARROW, WIDE)


def downgrade() -> None:
    _rewrite(WIDE, NARROW)


def _rewrite(old: str, new: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for function in FUNCTIONS:
        definition = f"pg_get_functiondef('{function}'::regprocedure)"
        op.execute(f"DO $do$ BEGIN EXECUTE replace({definition}, '{old}', '{new}'); END $do$")
