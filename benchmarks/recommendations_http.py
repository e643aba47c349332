"""What one answer of GET /recommendations takes: a library of 10,000 books on SQLite, trained, asked through its ASGI application.

Usage: python benchmarks/recommendations_http.py [books] [events]

Every member asks in turn; the time is the server's, from the bearer token to the JSON body, without a network. The catalogue is the
made-up one of recommendations.py.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import httpx
import sqlalchemy as sa
from starlette.types import ASGIApp, Receive, Scope, Send

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.books import books
from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.tastes import taste_events
from luminalib.cli.memory import spare_the_collector
from luminalib.container import Container, open_container
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.documents import DocumentStatus
from luminalib.domain.media import MediaType
from luminalib.domain.recommendations import BookProfile
from luminalib.domain.tastes import TasteKind
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.settings import Settings

sys.path.insert(0, os.fspath(Path(__file__).parent))
from recommendations import made_up

GOAL_MS = 10.0
ASKING = 100
PASSWORD = "a long walk by the sea"  # noqa: S105 -- of accounts in a database that is thrown away
NOW = datetime.now(UTC)
BATCH = 5_000


def identity(kind: str, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{kind} {number}"))


def book_rows(number: int, profile: BookProfile) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of a document and its book."""
    shared = {"tenant_id": MAIN_TENANT, "created_at": NOW, "updated_at": NOW}
    document_id = identity("document", number)
    key = f"documents/{document_id}"
    document = {
        "id": document_id,
        "filename": "a.txt",
        "media_type": MediaType.TEXT,
        "byte_size": 1,
        "sha256": f"{number:064x}",
        "claim": f"{number:064x}",
    }
    document |= {"staged_key": key, "content_key": key, "status": DocumentStatus.COMPLETED, "progress": 100, **shared}
    facts = {
        "title": profile.title,
        "authors": list(profile.authors),
        "tags": list(profile.tags),
        "language": "en",
        "copies_total": 1,
    }
    keys = {"title_key": profile.title, "author_key": ""}
    return document, {"id": identity("book", number), "document_id": document_id, **facts, **keys, **shared}


async def fill(container: Container, profiles: Sequence[BookProfile], chosen: Any) -> None:
    """Puts the made-up library into the database, past the API."""
    rows = [book_rows(number, profile) for number, profile in enumerate(profiles)]
    members = {"tenant_id": MAIN_TENANT, "password_hash": "!", "display_name": "Reader", "role": "member", "is_active": True}
    people = [
        {"id": identity("user", n), "email": f"{n}@library.test", "created_at": NOW, **members} for n in range(chosen.shape[0])
    ]
    event = {"tenant_id": MAIN_TENANT, "kind": TasteKind.FINISHED, "rating": None, "at": NOW}
    pairs = zip(*chosen.nonzero(), strict=True)
    events = [{"user_id": identity("user", reader), "book_id": identity("book", book), **event} for reader, book in pairs]
    async with container.database.owner.begin() as connection:
        for table, all_rows in (
            (documents, [document for document, _ in rows]),
            (books, [book for _, book in rows]),
            (users, people),
            (taste_events, events),
        ):
            for at in range(0, len(all_rows), BATCH):
                await connection.execute(sa.insert(table), all_rows[at : at + BATCH])


async def log_in(client: httpx.AsyncClient, container: Container, number: int) -> dict[str, str]:
    """The headers of a new member who has read what the made-up reader of this number has."""
    account = {"email": f"member-{number}@library.test", "password": PASSWORD}
    user_id = (await client.post("/auth/signup", json=account)).raise_for_status().json()["id"]
    theirs = sa.and_(taste_events.c.user_id == identity("user", number))
    async with container.database.owner.begin() as connection:
        await connection.execute(sa.update(taste_events).where(theirs).values(user_id=user_id))
    tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


class Timed:
    """The application with a stop watch: the last request's milliseconds on the clock, and of all threads' CPU time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.last = 0.0, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        start, cpu = time.perf_counter(), time.process_time()
        await self._app(scope, receive, send)
        self.last = (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000


async def ask(client: httpx.AsyncClient, app: Timed, headers: dict[str, str]) -> tuple[float, float]:
    answer = await client.get("/recommendations", headers=headers)
    answer.raise_for_status()
    assert len(answer.json()["items"]) == 10
    return app.last


async def measure(size: int, events: int) -> None:
    profiles, chosen = made_up(size, events)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), rate_limits="off", log_level="error")
        configure_logging(settings.log_level, settings.log_format)
        async with open_container(settings, run_jobs=False) as container:
            served = create_app(settings, container)
            served.state.services = container.services
            app = Timed(served)
            await fill(container, profiles, chosen)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://library.test") as client:
                asking = [await log_in(client, container, number) for number in range(ASKING)]
                made = await container.services.training.train(MAIN_TENANT)
                print(f"{made.books:,} books, {made.events:,} events: trained in {made.seconds:.1f} s, {made.byte_size:,} bytes")
                spare_the_collector()  # as `luminalib serve` does
                first = await ask(client, app, asking[0])
                times = [await ask(client, app, headers) for _ in range(3) for headers in asking]
    print(f"first answer {first[0]:.0f} ms; then, with a goal of p95 < {GOAL_MS:.0f} ms:")
    for name, column in zip(("clock", "CPU"), zip(*times, strict=True), strict=True):
        ranked = sorted(column)
        print(f"{name:6} p50 {ranked[len(ranked) // 2]:.1f} ms, p95 {ranked[int(len(ranked) * 0.95)]:.1f} ms")


if __name__ == "__main__":
    asyncio.run(measure(*[int(argument) for argument in sys.argv[1:]] or (10_000, 200_000)))
