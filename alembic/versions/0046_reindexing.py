"""A whole index of passages can be made beside the one that answers, and be put in its place: PostgreSQL only.

Rows are written without index, and words and graph are built over all of them at once, several times as fast as row by row. Whoever
serves owns no table, so the tables are made, swapped and dropped by functions of the owner's.
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

KINDS = "ARRAY['documents', 'passages', 'vectors', 'terms']"
# Whoever reindexes holds this lock as long as it lives: what it made and nobody holds was left by one that was killed.
LOCK = 1280657751
FORGET = f"""
CREATE FUNCTION forget_reindexing() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE kind text;
BEGIN
    IF pg_try_advisory_xact_lock({LOCK}) THEN
        FOREACH kind IN ARRAY {KINDS} LOOP EXECUTE format('DROP TABLE IF EXISTS fresh_%s', kind); END LOOP;
    END IF;
END $$
"""
BEGIN = f"""
CREATE FUNCTION begin_reindexing(tenants text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE kind text; role text;
BEGIN
    PERFORM forget_reindexing();
    IF EXISTS (SELECT FROM indexed_documents WHERE tenant_id <> ALL (tenants)) THEN RETURN false; END IF;
    FOREACH kind IN ARRAY {KINDS} LOOP
        EXECUTE format('CREATE TABLE fresh_%s (LIKE indexed_%s INCLUDING STORAGE)', kind, kind);
        EXECUTE format('ALTER TABLE fresh_%s ADD PRIMARY KEY (tenant_id, %s)', kind, CASE kind WHEN 'documents' THEN 'document_id'
            WHEN 'terms' THEN 'term' ELSE 'document_id, ordinal' END);
        FOR role IN SELECT rolname FROM pg_roles r WHERE rolname IN ('luminalib_app', 'luminalib_system') AND EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = format('indexed_%s', kind)::regclass AND p.polname = r.rolname) LOOP
            EXECUTE format('ALTER TABLE fresh_%s ENABLE ROW LEVEL SECURITY', kind);
            EXECUTE format('GRANT %s ON fresh_%s TO %I', CASE role WHEN 'luminalib_app' THEN 'SELECT, INSERT, UPDATE, DELETE'
                ELSE 'SELECT' END, kind, role);
            EXECUTE format('CREATE POLICY %I ON fresh_%s TO %I USING (%s) WITH CHECK (%4$s)', role, kind, role, CASE role
                WHEN 'luminalib_app' THEN $c$tenant_id = current_setting('luminalib.tenant')$c$ ELSE 'true' END);
        END LOOP;
    END LOOP;
    ALTER TABLE fresh_passages SET (toast_tuple_target = 128);
    ALTER TABLE fresh_terms SET (fillfactor = 70);
    RETURN true;
END $$
"""  # noqa: S608 -- our own text
WORDS = "indexed_words(tenant_id, document_id, terms, often)"
# Counting is a transaction of its own: whoever waits for the swap with a view of what was before it finds the terms in there.
COUNT = """
CREATE FUNCTION count_reindexed() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
SET work_mem = '256MB' AS $$
BEGIN
    INSERT INTO fresh_terms SELECT tenant_id, term, count(*) FROM fresh_passages,
        LATERAL (SELECT DISTINCT unnest(string_to_array(terms, ' ')) AS term) each WHERE term <> '' GROUP BY tenant_id, term;
END $$
"""
# Parallel workers share the graph in shared memory, of which a container may have little: then one makes it alone.
FINISH = f"""
CREATE FUNCTION finish_reindexing(memory integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
SET lock_timeout = 0 AS $$
DECLARE kind text; wanted integer; graph text; dimensions integer[];
BEGIN
    PERFORM set_config(name, greatest(memory, setting::integer) || 'kB', true) FROM pg_settings WHERE name = 'maintenance_work_mem';
    CREATE INDEX ix_fresh_passages_words ON fresh_passages USING gin ({WORDS}) WITH (fastupdate = off);
    dimensions := ARRAY(SELECT dimension FROM fresh_vectors WHERE dimension BETWEEN 1 AND 4000
        UNION SELECT substring(indexname FROM '[0-9]+$')::integer FROM pg_indexes -- who has made one relies on it
            WHERE schemaname = current_schema AND indexname ~ '^ix_indexed_vectors_[0-9]+$');
    FOREACH wanted IN ARRAY dimensions LOOP
        graph := format('CREATE INDEX ix_fresh_vectors_%s ON fresh_vectors'
            ' USING hnsw ((vector::halfvec(%s)) halfvec_ip_ops) WHERE dimension = %s', wanted, wanted, wanted);
        BEGIN
            EXECUTE graph;
        EXCEPTION WHEN disk_full OR out_of_memory THEN
            PERFORM set_config('max_parallel_maintenance_workers', '0', true);
            EXECUTE graph;
        END;
    END LOOP;
    ANALYZE fresh_documents, fresh_passages, fresh_vectors, fresh_terms;
    LOCK TABLE indexed_documents, indexed_terms, indexed_passages, indexed_vectors IN ACCESS EXCLUSIVE MODE;
    FOREACH kind IN ARRAY {KINDS} LOOP EXECUTE format('ALTER TABLE indexed_%s RENAME TO gone_%s', kind, kind);
        EXECUTE format('ALTER TABLE fresh_%s RENAME TO indexed_%s', kind, kind);
    END LOOP;
    CREATE OR REPLACE VIEW searched_passages AS SELECT ctid AS place, tenant_id, document_id, ordinal, page, owner_id, passage_id,
        terms, {WORDS} AS words FROM indexed_passages WHERE tenant_id = current_setting('luminalib.tenant');
    FOREACH kind IN ARRAY {KINDS} LOOP EXECUTE format('DROP TABLE gone_%s', kind);
        EXECUTE format('ALTER INDEX fresh_%s_pkey RENAME TO indexed_%s_pkey', kind, kind);
    END LOOP;
    ALTER INDEX ix_fresh_passages_words RENAME TO ix_indexed_passages_words;
    FOREACH wanted IN ARRAY dimensions LOOP
        EXECUTE format('ALTER INDEX ix_fresh_vectors_%s RENAME TO ix_indexed_vectors_%s', wanted, wanted);
    END LOOP;
END $$
"""  # noqa: S608 -- our own text


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for function in (FORGET, BEGIN, COUNT, FINISH):
            op.execute(function)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT forget_reindexing()")
        for function in ("forget_reindexing()", "begin_reindexing(text[])", "count_reindexed()", "finish_reindexing(integer)"):
            op.execute(f"DROP FUNCTION {function}")
