import asyncio

import httpx

from bookfiles import make_pdf
from conftest import SignUp
from journeys import STORY, add, settled
from luminalib.container import Container
from streaming import stream, take


async def test_the_stream_shows_each_step_and_resumes_without_loss(admin: httpx.AsyncClient, server_url: str) -> None:
    async with stream(server_url, admin) as events:
        watching = asyncio.create_task(take(events))
        await asyncio.sleep(0.3)
        book = (await add(admin)).json()
        live = await watching
    steps = [(event["data"].get("previous"), event["data"]["status"], event["data"]["progress"]) for event in live]
    assert steps == [
        (None, "pending", 0),
        ("pending", "processing", 5),
        ("processing", "analyzing", 60),
        ("analyzing", "completed", 100),
    ]
    assert {event["event"] for event in live} == {"status"}
    assert {event["data"]["book_id"] for event in live} == {book["id"]}
    assert live[-1]["data"]["analysis"]["provider"] == "fake"

    ids = [int(event["id"]) for event in live]
    assert ids == sorted(ids)
    async with stream(server_url, admin, last_event_id=ids[1]) as events:
        assert await take(events) == live[2:]
    async with stream(server_url, admin, last_event_id=0) as events:
        assert await take(events) == live


async def test_members_see_their_own_documents_only(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp, server_url: str
) -> None:
    mine = (await add(member)).json()
    other = (await add(admin, STORY + "Not yours.")).json()
    for book in (mine, other):
        await settled(admin, book["id"])
    async with stream(server_url, member, last_event_id=0) as events:
        assert {event["data"]["document_id"] for event in await take(events)} == {mine["document_id"]}
    async with stream(server_url, admin, last_event_id=0) as events:
        seen = {event["data"]["document_id"] for event in await take(events, times=2)}
    assert seen == {mine["document_id"], other["document_id"]}
    stranger = await sign_up("stranger")
    for path in ("", "/status", "/text"):
        assert (await stranger.get(f"/documents/{mine['document_id']}{path}")).status_code == 404


async def test_a_document_shows_history_text_and_analysis(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, make_pdf(["First page of the story.", "Second page, about bees."]), "two.pdf")).json()
    await settled(admin, book["id"])
    document = (await admin.get(f"/documents/{book['document_id']}")).json()
    assert [step["status"] for step in document["history"]] == ["pending", "processing", "analyzing", "completed"]
    assert (document["page_count"], document["book_id"]) == (2, book["id"])
    assert document["analysis"]["summary"]
    text = (await admin.get(f"/documents/{book['document_id']}/text")).json()["pages"]
    whole = "\n\n".join(page["text"] for page in text)
    assert [whole[page["start"] :].startswith(page["text"]) for page in text] == [True, True]
    second = (await admin.get(f"/documents/{book['document_id']}/text", params={"page": 2})).json()["pages"]
    assert [(page["page"], page["text"]) for page in second] == [(2, "Second page, about bees.")]
    status = (await admin.get(f"/documents/{book['document_id']}/status")).json()
    assert (status["status"], status["progress"], status["error"]) == ("completed", 100, None)


async def test_bad_event_ids_are_refused(admin: httpx.AsyncClient) -> None:
    for bad in ("-1", "x", str(2**64)):
        answer = await admin.get("/documents/stream", headers={"Last-Event-ID": bad})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-error")


async def test_going_down_ends_streams(admin: httpx.AsyncClient, server_url: str, container: Container) -> None:
    async with stream(server_url, admin) as events:
        asyncio.get_running_loop().call_later(0.3, container.bus.close)
        async with asyncio.timeout(5):
            assert [event async for event in events] == []
