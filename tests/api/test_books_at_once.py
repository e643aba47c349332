"""A book is changed while the pipeline is at work on its document: both come to an end, in whichever order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from accounts import Library, opened
from bookfiles import make_epub
from journeys import add
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.documents import DocumentStatus
from luminalib.settings import Settings


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has one writer, who waits for nobody."""
    return postgres_url


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings, rate_limits="off") as library:
        yield library


async def remove(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.delete(f"/books/{book_id}")


async def replace(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.put(f"/books/{book_id}/content", files={"file": ("new.epub", make_epub([("One", "Another text.")]))})


@pytest.mark.parametrize("change", [remove, replace])
async def test_a_change_of_a_book_waits_for_the_pipeline_and_never_the_other_way_round(library: Library, change: object) -> None:
    assert callable(change)
    admin = await library.join("admin")
    book = (await add(admin)).json()
    async with library.container.services.auth._uow(MAIN_TENANT) as uow:  # as a step of the pipeline does
        document = await uow.documents.get(book["document_id"])
        changing = asyncio.create_task(change(admin, book["id"]))
        await somebody_waits(library)
        document.move_to(DocumentStatus.PROCESSING, datetime.now(UTC))
        entry = await uow.books.find_by_document(document.id)
        assert entry is not None
        entry.updated_at = document.updated_at
    assert (await changing).is_success


async def somebody_waits(library: Library) -> None:
    connection = await asyncpg.connect(library.container.database.url.render_as_string(hide_password=False).replace("+asyncpg", ""))
    try:
        async with asyncio.timeout(30):
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()
