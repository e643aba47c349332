"""An index of passages inside PostgreSQL: words as full text, vectors once the extension pgvector is there."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE indexed_documents (
    tenant_id varchar(36) NOT NULL, document_id varchar(36) NOT NULL, owner_id varchar(36), language varchar(8) NOT NULL,
    fingerprint varchar(64) NOT NULL, passages integer NOT NULL, terms integer NOT NULL, model varchar(64),
    PRIMARY KEY (tenant_id, document_id));
CREATE TABLE indexed_passages (
    tenant_id varchar(36) NOT NULL, document_id varchar(36) NOT NULL, ordinal integer NOT NULL, page integer NOT NULL,
    owner_id varchar(36), passage_id varchar(36) NOT NULL, terms text NOT NULL, often text NOT NULL,
    PRIMARY KEY (tenant_id, document_id, ordinal)) WITH (toast_tuple_target = 128);
CREATE TABLE indexed_vectors (
    tenant_id varchar(36) NOT NULL, document_id varchar(36) NOT NULL, ordinal integer NOT NULL, page integer NOT NULL,
    owner_id varchar(36), passage_id varchar(36) NOT NULL, model varchar(64) NOT NULL, dimension integer NOT NULL,
    PRIMARY KEY (tenant_id, document_id, ordinal));
CREATE TABLE indexed_terms (
    tenant_id varchar(36) NOT NULL, term varchar(64) COLLATE "C" NOT NULL, passages integer NOT NULL,
    PRIMARY KEY (tenant_id, term)) WITH (fillfactor = 70);
"""
# Each tenant's terms are lists of their own, and a document's passages can be asked for together with a term.
# It is dear, or a planner without statistics would rather make the words of every row anew than look into the index.
WORDS = """
CREATE FUNCTION indexed_words(tenant_id text, document_id text, terms text, often text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
BEGIN
    RETURN array_to_tsvector(string_to_array(
        tenant_id || ':' || replace(terms || often, ' ', ' ' || tenant_id || ':') || ' @' || document_id, ' '));
END $$
"""
ASKED = "indexed_words(tenant_id, document_id, terms, often)"
# Full text has operators that row-level security may not use an index for: this view names the tenant itself, and belongs to the
# owner of the tables.
VIEW = f"""
CREATE VIEW searched_passages AS SELECT ctid AS place, tenant_id, document_id, ordinal, page, owner_id, passage_id, terms,
    {ASKED} AS words
FROM indexed_passages WHERE tenant_id = current_setting('luminalib.tenant')
"""  # noqa: S608 -- our own text
# Whoever serves owns no table; the first vectors of a dimension need the column and an index all the same.
PREPARE = """
CREATE FUNCTION prepare_indexed_vectors(wanted integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1280657750);
    CREATE EXTENSION IF NOT EXISTS vector;
    ALTER TABLE indexed_vectors ADD COLUMN IF NOT EXISTS vector halfvec;
    IF wanted BETWEEN 1 AND 4000 THEN
        EXECUTE format('CREATE INDEX IF NOT EXISTS ix_indexed_vectors_%s ON indexed_vectors'
            ' USING hnsw ((vector::halfvec(%s)) halfvec_ip_ops) WHERE dimension = %s', wanted, wanted, wanted);
    END IF;
END $$;
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    op.execute(WORDS)
    op.execute(f"CREATE INDEX ix_indexed_passages_words ON indexed_passages USING gin ({ASKED}) WITH (fastupdate = off)")
    op.execute(VIEW)
    op.execute(PREPARE)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION prepare_indexed_vectors(integer)")
    op.execute("DROP VIEW searched_passages")
    for table in ("indexed_terms", "indexed_vectors", "indexed_passages", "indexed_documents"):
        op.drop_table(table)
    op.execute("DROP FUNCTION indexed_words(text, text, text, text)")
