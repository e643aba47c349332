"""How many books a catalogue has in each language and of each year is kept beside its names and tags, not counted anew."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# What is counted: its kind, what it is called in a listing's row, and whether a row has it.
FACETS = (
    ("language", "{row}language", "{row}language IS NOT NULL"),
    ("year", "CAST({row}year_key AS VARCHAR(200))", "{row}year_key > -9999"),
)
CHANGED = "OLD.language IS DISTINCT FROM NEW.language OR OLD.year_key IS DISTINCT FROM NEW.year_key"


def upgrade() -> None:
    more, fewer = "".join(map(_more, FACETS)), "".join(map(_fewer, FACETS))
    _make_trigger("insert", "INSERT", more)
    _make_trigger("delete", "DELETE", fewer)
    if op.get_bind().dialect.name == "sqlite":
        _make_trigger("update", "UPDATE OF language, year_key", fewer + more, CHANGED.replace("IS DISTINCT FROM", "IS NOT"))
    else:
        _make_trigger("update", "UPDATE OF language, year_key", _LOCK + fewer + more, CHANGED)
    for kind, label, is_there in FACETS:
        columns = f"tenant_id, '{kind}', {label.format(row='')}, {label.format(row='')}"
        op.execute(
            f"INSERT INTO catalogue_terms (tenant_id, kind, label, text, books) SELECT {columns}, count(*)"  # noqa: S608 -- our own
            f" FROM book_listings WHERE {is_there.format(row='')} GROUP BY tenant_id, {label.format(row='')}"
        )


def downgrade() -> None:
    for deed in ("insert", "delete", "update"):
        name = f"book_listings_{deed}_terms"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON book_listings")
            op.execute(f"DROP FUNCTION {name}()")
    op.execute("DELETE FROM catalogue_terms WHERE kind IN ('language', 'year')")


def _more(facet: tuple[str, str, str]) -> str:
    kind, label, is_there = facet
    label, is_there = label.format(row="NEW."), is_there.format(row="NEW.")
    return f"""
        INSERT INTO catalogue_terms (tenant_id, kind, label, text, books)
        SELECT NEW.tenant_id, '{kind}', {label}, {label}, 1 WHERE {is_there}
        ON CONFLICT (tenant_id, kind, label) DO UPDATE SET books = catalogue_terms.books + 1;
    """


def _fewer(facet: tuple[str, str, str]) -> str:
    kind, label, _ = facet
    return f"""
        UPDATE catalogue_terms SET books = books - 1
        WHERE tenant_id = OLD.tenant_id AND kind = '{kind}' AND label = {label.format(row="OLD.")};
    """  # noqa: S608 -- our own


def _labels(kind: str, label: str) -> str:
    return f"(kind = '{kind}' AND label IN ({label.format(row='OLD.')}, {label.format(row='NEW.')}))"


# In one order, or two librarians who change en to de and de to en would wait for each other.
_CONCERNED = " OR ".join(_labels(kind, label) for kind, label, _ in FACETS)
_LOCK = f"PERFORM 1 FROM catalogue_terms WHERE tenant_id = NEW.tenant_id AND ({_CONCERNED}) ORDER BY kind, label FOR UPDATE;"


def _make_trigger(deed: str, event: str, body: str, condition: str = "") -> None:
    name = f"book_listings_{deed}_terms"
    when = f"WHEN ({condition})" if condition else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON book_listings {when} BEGIN {body} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON book_listings FOR EACH ROW {when} EXECUTE FUNCTION {name}()")
