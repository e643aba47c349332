import asyncio
import os
import random
import signal
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from answering import kind_of
from bookfiles import make_epub, make_pdf
from commands import start
from journeys import STORY, logged_in, server, settled
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.events import document_events
from luminalib.adapters.db.jobs import jobs
from luminalib.domain.documents import LEGAL_STEPS, DocumentStatus
from luminalib.domain.jobs import JobStatus
from modelserver import model_server

KILLS = int(os.environ.get("LUMINALIB_TEST_KILLS", "4"))
"""How often the server is killed; more by hand, as each costs a start."""
BOOKS = 3 * KILLS


def shelf() -> list[tuple[str, bytes]]:
    return [
        (f"{n}.txt", f"Book {n}. {STORY}".encode())
        if n % 3 == 0
        else (f"{n}.epub", make_epub([(f"Chapter {n}", STORY)]))
        if n % 3 == 1
        else (f"{n}.pdf", make_pdf([f"Book {n}. {STORY}"] * 3))
        for n in range(BOOKS)
    ]


async def upload(client: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    return await client.post("/books", files={"file": (name, content)}, data={"title": name})


async def test_nothing_is_lost_when_the_server_is_killed_again_and_again(tmp_path: Path, database_url: str) -> None:
    accepted: set[str] = set()
    files = shelf()
    dice = random.Random(KILLS)  # noqa: S311 -- when the server dies, not a secret
    for turn in range(KILLS):
        async with server(tmp_path, database_url) as (url, process), logged_in(url) as client:
            seconds = (0.05, 0.3, 0.8, 1.6)[turn] if turn < 4 else dice.uniform(0, 4)
            asyncio.get_running_loop().call_later(seconds, process.send_signal, signal.SIGKILL)
            try:
                for name, content in files[len(accepted) :] or files[:1]:
                    answer = await upload(client, name, content)
                    accepted.add(answer.json().get("id") or answer.json()["book_id"])
            except httpx.TransportError:
                continue
            await process.wait()
    async with server(tmp_path, database_url) as (url, _), logged_in(url) as client:
        for name, content in files:
            answer = await upload(client, name, content)
            accepted.add(answer.json().get("id") or answer.json()["book_id"])
        books = await all_completed(client, accepted)
        summaries = [(await client.get(f"/books/{book_id}/summary")).json() for book_id in accepted]
        contents = [await client.get(f"/books/{book_id}/content") for book_id in accepted]
        await nothing_left_to_do(database_url)
    assert len(books) == len(accepted) == BOOKS
    assert {summary["provider"] for summary in summaries} == {"extractive"}
    assert {bool(summary["summary"]) for summary in summaries} == {True}
    assert {content.status_code for content in contents} == {200}
    assert {content.content for content in contents} == {content for _, content in files}
    await check_ledger(database_url)
    stored = [path.name for path in (tmp_path / "data" / "files" / "documents").rglob("*") if path.is_file()]
    covers = [name for name in stored if name.startswith("cover-")]
    assert (len(stored) - len(covers), len(covers)) == (BOOKS, sum(name.endswith(".pdf") for name, _ in files))


async def all_completed(client: httpx.AsyncClient, ids: set[str]) -> list[str]:
    async with asyncio.timeout(60 + 3 * KILLS):
        while True:
            pages = [(await client.get("/books", params={"size": 100, "page": page})).json() for page in range(1, 2 + BOOKS // 100)]
            books = [book for page in pages for book in page["items"]]
            states = {book["id"]: book["status"] for book in books}
            assert set(states) == ids
            if all(state in ("completed", "failed") for state in states.values()):
                assert set(states.values()) == {"completed"}
                return list(states)
            await asyncio.sleep(0.1)


async def nothing_left_to_do(database_url: str) -> None:
    """Waits for the jobs that come after the last state of a document, such as its index."""
    database = SqlDatabase(database_url)
    is_open = jobs.c.status.in_((JobStatus.WAITING, JobStatus.RUNNING))
    async with asyncio.timeout(60), database.owner.connect() as connection:
        while await connection.scalar(sa.select(sa.func.count()).select_from(jobs).where(is_open)):
            await connection.rollback()
            await asyncio.sleep(0.1)
    await database.close()


async def check_ledger(database_url: str) -> None:
    """Each document's history is one legal path without a step twice."""
    database = SqlDatabase(database_url)
    async with database.owner.connect() as connection:
        steps = sa.select(document_events).where(document_events.c.kind == "status").order_by(document_events.c.id)
        rows = (await connection.execute(steps)).all()
    await database.close()
    state: dict[str, DocumentStatus] = {}
    for row in rows:
        assert row.previous == state.get(row.document_id)
        if row.previous is not None:
            assert row.status in LEGAL_STEPS[row.previous]
        state[row.document_id] = row.status
    assert set(state.values()) == {DocumentStatus.COMPLETED}


async def test_a_kill_between_pieces_loses_nothing_that_was_acknowledged(tmp_path: Path, database_url: str) -> None:
    content = make_pdf([f"Page {n}. {STORY}" for n in range(60)])
    step = len(content) // 5 + 1
    announced = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)), "Upload-Metadata": "filename YS5wZGY=,kind Ym9vaw=="}
    path, sent = "", 0
    while sent < len(content):
        async with server(tmp_path, database_url) as (url, process), logged_in(url) as client:
            if not path:
                path = (await client.post("/uploads", headers=announced)).raise_for_status().headers["Location"]
            head = await client.head(path, headers={"Tus-Resumable": "1.0.0"})
            assert int(head.headers["Upload-Offset"]) == sent
            piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(sent), "Content-Type": "application/offset+octet-stream"}
            answer = await client.patch(path, headers=piece, content=content[sent : sent + step])
            sent = int(answer.raise_for_status().headers["Upload-Offset"])
            process.send_signal(signal.SIGKILL)
            await process.wait()
    async with server(tmp_path, database_url) as (url, _), logged_in(url) as client:
        book_id = (await client.get(path)).json()["book_id"]
        assert (await client.get(f"/books/{book_id}/content")).content == content
        assert (await settled(client, book_id))["status"] == "completed"


async def test_sigterm_ends_the_server_cleanly(tmp_path: Path) -> None:
    async with server(tmp_path, "") as (url, process), logged_in(url) as client:
        await upload(client, "a.txt", STORY.encode())
        async with client.stream("GET", "/documents/stream") as stream:
            assert stream.status_code == 200
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                async for _ in stream.aiter_lines():  # ends by itself
                    pass
                assert await process.wait() == 0


async def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    async with server(tmp_path, "") as (url, _):
        taken = url.rsplit(":", 1)[1]
        second = await start("serve", "--port", taken, cwd=tmp_path, with_errors=True)
        said = await second.stdout.read()
    assert await second.wait() == 1
    line = f"luminalib: Cannot listen on 127.0.0.1:{taken} (Address already in use). Choose another with --host and --port.\n"
    assert said.decode() == line


async def test_a_question_whose_server_is_killed_is_neither_lost_nor_half_answered(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model_server() as model:
        model.is_slow = lambda body: kind_of(body) == "route"
        for name, value in {
            "LLM": "openai",
            "OPENAI__BASE_URL": model.openai_url,
            "OPENAI__MODEL": "tiny",
            "ANSWERS__BY": "schema",
        }.items():
            monkeypatch.setenv(f"LUMINALIB_{name}", value)
        async with server(tmp_path, sqlite_url) as (url, process), logged_in(url) as client:
            path = f"/conversations/{(await client.post('/conversations', json={})).json()['id']}/messages"
            asking = asyncio.create_task(client.post(path, json={"content": "Who kept the light?"}))
            async with asyncio.timeout(30):
                while not any(kind_of(body) == "route" for body in model.requests):
                    await asyncio.sleep(0.02)
            process.kill()
            await process.wait()
            with pytest.raises(httpx.TransportError):
                await asking
        async with server(tmp_path, sqlite_url) as (url, _), logged_in(url) as client:
            asked, told = (await client.get(path)).json()["items"]
            assert (asked["role"], asked["content"]) == ("user", "Who kept the light?")
            assert (told["role"], told["answered"], told["refusal_reason"]) == ("assistant", False, "interrupted")
            assert (await client.post(path, json={"content": "Hello"})).json()["answered"]
