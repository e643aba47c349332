import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import slug
from bookfiles import make_pdf
from conftest import SignUp
from fakes import FakeLLM
from luminalib.container import Container, open_container
from luminalib.main import create_app
from luminalib.settings import Settings


class Moody(FakeLLM):
    """A language engine that does as it is told: fail, or think until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.cancelled = 0
        self.meanwhile = self._wait

    async def _wait(self) -> None:
        self.entered.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@pytest.fixture
def engine() -> Moody:
    return Moody()


@pytest.fixture
async def container(request: pytest.FixtureRequest, settings: Settings, engine: Moody) -> AsyncIterator[Container]:
    mark = request.node.get_closest_marker("jobs")
    async with open_container(settings, llm=engine, run_jobs=mark is None or mark.args[0]) as opened:
        yield opened


def files(*contents: str | bytes, name: str = "note-{}.txt") -> list[tuple[str, tuple[str, bytes]]]:
    encoded = [one if isinstance(one, bytes) else one.encode() for one in contents]
    return [("files", (name.format(n), content)) for n, content in enumerate(encoded)]


async def upload(client: httpx.AsyncClient, *contents: str | bytes) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post("/documents/upload", files=files(*contents))).raise_for_status().json()
    return answer


async def reached(client: httpx.AsyncClient, document_id: str, *states: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            document: dict[str, Any] = (await client.get(f"/documents/{document_id}")).raise_for_status().json()
            if document["status"] in states:
                return document
            await asyncio.sleep(0.02)


async def test_many_files_are_taken_in_at_once_and_worked_off(admin: httpx.AsyncClient) -> None:
    contents = ("A first note about bees.", "A second note about boats.", make_pdf(["A page about birds."]))
    answer = (await admin.post("/documents/upload", files=files(*contents, name="note-{}"))).json()
    assert answer["rejected"] == []
    assert [document["filename"] for document in answer["accepted"]] == ["note-0", "note-1", "note-2"]
    done = [await reached(admin, document["id"], "completed") for document in answer["accepted"]]
    assert [document["book_id"] for document in done] == [None] * 3
    assert [step["status"] for step in done[0]["history"]] == ["pending", "processing", "analyzing", "completed"]
    assert done[0]["analysis"]["summary"]
    assert (await admin.get("/books")).json()["total"] == 0


async def test_each_file_is_judged_by_itself(admin: httpx.AsyncClient) -> None:
    twice = "The same twice."
    sent = [
        *files(twice, twice, b""),
        ("files", ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(40))),
        ("files", ("ok.txt", b"Fine, too.")),
    ]
    answer = (await admin.post("/documents/upload", files=sent)).json()
    assert [document["filename"] for document in answer["accepted"]] == ["note-0.txt", "ok.txt"]
    assert [(one["filename"], one["problem"]["type"]) for one in answer["rejected"]] == [
        ("note-1.txt", "/problems/duplicate-content"),
        ("note-2.txt", "/problems/empty-file"),
        ("picture.png", "/problems/unsupported-media-type"),
    ]
    assert answer["rejected"][0]["problem"]["document_id"] == answer["accepted"][0]["id"]


async def test_when_all_are_rejected_the_first_problem_is_the_answer(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/documents/upload", files=files(b"", b"\x89PNG\r\n\x1a\n" + bytes(40)))
    assert (answer.status_code, slug(answer)) == (422, "empty-file")
    problems = [one["problem"]["type"] for one in answer.json()["rejected"]]
    assert problems == ["/problems/empty-file", "/problems/unsupported-media-type"]
    nothing = await admin.post("/documents/upload", data={"name": "x"}, files={"other": ("", b"")})
    assert nothing.status_code == 422


async def test_a_file_that_is_too_large_does_not_keep_the_others_out(settings: Settings, engine: Moody) -> None:
    settings = settings.model_copy(update={"max_document_mib": 1, "rate_limits": "off"})
    async with open_container(settings, llm=engine) as container:
        app = create_app(settings, container)
        app.state.services = container.services
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://library.test") as client:
            account = {"email": "ada@library.test", "password": "a long walk by the sea"}
            await client.post("/auth/signup", json=account)
            tokens = (await client.post("/auth/login", json=account)).json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            answer = (await client.post("/documents/upload", files=files("One.", b"x" * (2**20 + 1), "Two."))).json()
    assert [document["filename"] for document in answer["accepted"]] == ["note-0.txt", "note-2.txt"]
    (rejected,) = answer["rejected"]
    assert (rejected["problem"]["type"], rejected["problem"]["status"]) == ("/problems/file-too-large", 413)


@pytest.mark.jobs(False)
async def test_two_hundred_files_in_one_request(admin: httpx.AsyncClient, stored_files: Any) -> None:
    answer = await upload(admin, *(f"Note number {n}, {uuid4()}." for n in range(200)))
    assert (len(answer["accepted"]), answer["rejected"]) == (200, [])
    assert [one["queue_position"] for one in answer["accepted"]] == [*range(200)]
    assert len(stored_files()) == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_two_hundred_files_are_all_worked_off(admin: httpx.AsyncClient) -> None:
    """On one database: what a file costs there is a fifth of a second, and the servers that are killed work off dozens on both."""
    await upload(admin, *(f"Note number {n}, {uuid4()}." for n in range(200)))
    async with asyncio.timeout(120):
        while (await admin.get("/documents", params={"status": "completed", "size": 1})).json()["total"] < 200:
            await asyncio.sleep(0.2)
    assert (await admin.get("/documents")).json()["total"] == 200


async def test_documents_are_listed_by_state_and_name(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    await upload(member, "One of the member's.")
    sent = [("files", ("Report of May.txt", b"May was dry.")), ("files", ("report_june.pdf", make_pdf([""])))]
    may, june = (await admin.post("/documents/upload", files=sent)).json()["accepted"]
    await reached(admin, may["id"], "completed")
    failed = await reached(admin, june["id"], "failed")
    assert failed["error"]["code"] == "no-text-layer"

    async def names(client: httpx.AsyncClient, **params: str) -> list[str]:
        return [one["filename"] for one in (await client.get("/documents", params=params)).json()["items"]]

    assert sorted(await names(admin)) == ["Report of May.txt", "note-0.txt", "report_june.pdf"]
    assert await names(member) == ["note-0.txt"]
    assert await names(admin, status="failed") == ["report_june.pdf"]
    assert await names(admin, q="MAY rep") == ["Report of May.txt"]
    assert await names(admin, q="100%") == []


async def test_only_what_has_failed_is_tried_again(admin: httpx.AsyncClient, engine: Moody) -> None:
    engine.error = RuntimeError("no idea")
    (document,) = (await upload(admin, "A note that is hard to understand."))["accepted"]
    failed = await reached(admin, document["id"], "failed")
    assert [step["status"] for step in failed["history"]] == [
        *("pending", "processing", "analyzing"),
        *("pending", "processing", "analyzing", "failed"),
    ]
    assert failed["error"]["code"] == "internal"
    engine.error = None
    again = await admin.post(f"/documents/{document['id']}/retry")
    assert (again.status_code, again.json()["status"], again.json()["error"]) == (202, "pending", None)
    done = await reached(admin, document["id"], "completed")
    assert [step["status"] for step in done["history"]][-4:] == ["pending", "processing", "analyzing", "completed"]
    refused = await admin.post(f"/documents/{document['id']}/retry")
    assert (refused.status_code, slug(refused)) == (409, "not-failed")


async def test_a_deleted_document_stops_its_work_and_leaves_nothing(
    admin: httpx.AsyncClient, engine: Moody, stored_files: Any, count_rows: Any
) -> None:
    engine.gate.clear()
    (document,) = (await upload(admin, "Think about this for a very long time."))["accepted"]
    async with asyncio.timeout(20):
        await engine.entered.wait()
    assert (await admin.delete(f"/documents/{document['id']}")).status_code == 204
    async with asyncio.timeout(20):
        while not engine.cancelled or stored_files():
            await asyncio.sleep(0.02)
    assert engine.cancelled == 1
    assert (await admin.get(f"/documents/{document['id']}")).status_code == 404
    assert await count_rows("documents", "sections", "summaries", "document_events") == 0
    engine.gate.set()
    (other,) = (await upload(admin, "Think about this for a very long time."))["accepted"]
    await reached(admin, other["id"], "completed")


async def test_a_document_becomes_a_book_once(admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp) -> None:
    (document,) = (await upload(member, "A tale of a lighthouse."))["accepted"]
    path = f"/documents/{document['id']}"
    stranger = await sign_up("stranger")
    assert (await stranger.post(f"{path}/book")).status_code == 404
    made = await member.post(f"{path}/book", json={"authors": ["Ines Calloway"], "tags": ["sea"]})
    assert made.status_code == 201
    book = made.json()
    assert (book["title"], book["authors"], book["document_id"]) == ("note-0", ["Ines Calloway"], document["id"])
    assert made.headers["Location"] == f"/books/{book['id']}"
    assert (await reached(member, document["id"], "completed"))["book_id"] == book["id"]
    again = await member.post(f"{path}/book")
    assert (again.status_code, slug(again), again.json()["book_id"]) == (409, "document-has-book", book["id"])
    kept = await member.delete(path)
    assert (kept.status_code, slug(kept)) == (409, "document-has-book")
    assert (await member.delete(f"/books/{book['id']}")).status_code == 204
    assert (await member.get(path)).status_code == 404


async def test_progress_is_told_between_the_states(admin: httpx.AsyncClient, container: Container, engine: Moody) -> None:
    engine.gate.clear()
    (document,) = (await upload(admin, "Slow work."))["accepted"]
    async with asyncio.timeout(20):
        await engine.entered.wait()
        engine.report(0.5)
        while (status := (await admin.get(f"/documents/{document['id']}/status")).json())["progress"] != 79:
            await asyncio.sleep(0.05)
    assert status["status"] == "analyzing"
    engine.gate.set()
    await reached(admin, document["id"], "completed")
    services = container.services
    by = await services.auth.authenticate(admin.headers["Authorization"].removeprefix("Bearer "), address=None)
    told = []
    async for news in services.documents.follow(by, 0):
        if news is None:
            break
        told.append((news[0].kind, news[0].status.value, news[0].progress))
    assert told == [
        ("status", "pending", 0),
        ("status", "processing", 5),
        ("status", "analyzing", 60),
        ("progress", "analyzing", 79),
        ("status", "completed", 100),
    ]
