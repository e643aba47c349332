import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import config, head, is_current, upgrade
from luminalib.adapters.db.schema import metadata


def _step(connection: sa.Connection, direction: str, revision: str) -> None:
    getattr(command, direction)(config(connection), revision)


async def test_stairway(empty_database_url: str) -> None:
    """Each migration goes up, down and up again."""
    database = SqlDatabase(empty_database_url)
    scripts = [*ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    assert scripts
    async with database.owner.begin() as connection:
        for script in scripts:
            below = str(script.down_revision or "base")
            for direction, revision in (("upgrade", script.revision), ("downgrade", below), ("upgrade", script.revision)):
                await connection.run_sync(_step, direction, revision)
    assert await is_current(database)
    async with database.owner.begin() as connection:
        await connection.run_sync(_step, "downgrade", "base")
        left = await connection.run_sync(lambda sync: set(sa.inspect(sync).get_table_names()))
    assert left == {"alembic_version"}
    await database.close()


def test_the_newest_schema_is_known_without_alembic() -> None:
    assert head() == ScriptDirectory.from_config(config()).get_current_head()


async def test_models_and_migrations_agree(database: SqlDatabase) -> None:
    def is_ours(_object: object, name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
        """Whether both databases have it: each has a full-text index of its own, PostgreSQL one of passages, too."""
        if str(name).startswith("indexed_") or name == "catalogue_lexemes":
            return False
        full_text = ("ix_book_texts_words", "ix_book_texts_title_words", "ix_book_texts_name_words")
        return not (str(name).startswith("book_words") or name in full_text or (kind, name) == ("column", "words"))

    def differences(connection: sa.Connection) -> list[object]:
        options = {"compare_type": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.owner.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_empty_database_is_not_current(empty_database_url: str) -> None:
    database = SqlDatabase(empty_database_url)
    assert not await is_current(database)
    await upgrade(database)
    await upgrade(database)
    assert await is_current(database)
    await database.close()


async def test_what_keeps_the_listings_is_there(database: SqlDatabase) -> None:
    """A migration that makes a table anew loses its triggers on SQLite."""
    kept = {"books_insert", "books_update", "books_delete", "documents_update"}
    kept |= {f"{table}_{deed}" for table in ("loans", "holds", "reviews") for deed in ("insert", "update", "delete")}
    listed = "SELECT name FROM sqlite_master WHERE type = 'trigger'" if database.is_sqlite else "SELECT tgname FROM pg_trigger"
    async with database.owner.connect() as connection:
        found = set(await connection.scalars(sa.text(listed)))
    assert {f"{name}_listing" for name in kept} <= found
