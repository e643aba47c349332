import asyncio
import json
import os
import socket
from datetime import timedelta
from typing import Any

import httpx
import pytest

from conftest import SignUp
from fakes import FakeLLM
from journeys import STORY, add, settled
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.container import Container, open_container
from luminalib.domain.auth import MAIN_TENANT
from luminalib.services.conversations import service
from luminalib.settings import Settings
from waiting import indexed

QUESTION = "Who returned in spring to thank the keeper?"


@pytest.fixture
async def book(admin: httpx.AsyncClient, container: Container) -> str:
    book_id = (await add(admin, STORY, "light.txt")).raise_for_status().json()["id"]
    await settled(admin, book_id)
    await indexed(container)
    return str(book_id)


async def begin(client: httpx.AsyncClient, **selection: Any) -> str:
    made = await client.post("/conversations", json=selection)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/conversations/{made.json()['id']}"
    return str(made.json()["id"])


async def say(client: httpx.AsyncClient, conversation: str, content: str) -> dict[str, Any]:
    sent = await client.post(f"/conversations/{conversation}/messages", json={"content": content})
    assert sent.status_code == 201, sent.text
    message: dict[str, Any] = sent.json()
    return message


def events_of(body: str) -> list[tuple[str, Any]]:
    parts = [dict(line.split(": ", 1) for line in block.splitlines()) for block in body.strip().split("\n\n")]
    return [(part["event"], json.loads(part["data"])) for part in parts]


async def test_a_member_has_so_many_conversations_also_in_parallel(
    member: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_CONVERSATIONS", 3)
    answers = await asyncio.gather(*(member.post("/conversations", json={}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert (await member.get("/conversations")).json()["total"] == 3


async def test_an_answer_quotes_the_sentence_and_its_place(book: str, admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    answer = (await member.post("/ask", json={"question": QUESTION})).raise_for_status().json()
    assert answer["answered"]
    assert answer["confidence"] >= 0.3
    (citation, *_) = answer["citations"]
    assert citation["book_id"] == book
    assert "A captain who saw the light returned in spring" in citation["quote"]
    assert "A captain who saw the light returned in spring" in answer["answer"]
    assert f"[{citation['marker']}]" in answer["answer"]
    assert answer["tool_calls"][0]["name"] == "search_library"
    pages = (await admin.get(f"/documents/{citation['document_id']}/text")).json()["pages"]
    page = pages[citation["page"] - 1]
    assert page["text"][citation["start"] - page["start"] : citation["stop"] - page["start"]] == citation["quote"]


async def test_a_friendly_answer_says_the_same_and_where_it_stands(
    book: str, member: httpx.AsyncClient, settings: Settings
) -> None:
    plain = (await member.post("/ask", json={"question": QUESTION})).json()
    friendly = (await member.post("/ask", json={"question": QUESTION, "style": "friendly"})).json()
    assert friendly["citations"] == plain["citations"]
    first = friendly["citations"][0]
    assert f"In “{first['title']}”, page {first['page']}: “" in friendly["answer"]
    assert "In “" not in plain["answer"]
    conversation = await begin(member)
    (await member.patch(f"/conversations/{conversation}", json={"style": "friendly"})).raise_for_status()
    assert (await say(member, conversation, QUESTION))["content"] == friendly["answer"]
    assert (await say(member, conversation, "At what temperature does nitrogen boil?"))["content"] == settings.refusal


async def test_a_library_says_how_sure_it_must_be(book: str, admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    sure = (await member.post("/ask", json={"question": QUESTION})).json()
    (await admin.patch("/tenant", json={"answer_confidence": 1.0, "language": "fr"})).raise_for_status()
    unsure = (await member.post("/ask", json={"question": QUESTION, "style": "friendly"})).json()
    assert (unsure["answered"], unsure["refusal_reason"]) == (False, "not-sure")
    assert unsure["citations"] == sure["citations"], "the places are the same"
    assert f"Dans « {sure['citations'][0]['title']} », page 1" in unsure["answer"]


@pytest.mark.parametrize(
    "question", ["At what temperature does nitrogen boil?", "Which telescope does the observatory of Mars have?"]
)
async def test_what_the_library_does_not_know_is_refused_word_by_word(
    book: str, member: httpx.AsyncClient, settings: Settings, question: str
) -> None:
    answer = (await member.post("/ask", json={"question": question})).json()
    assert (answer["answer"], answer["answered"], answer["citations"]) == (settings.refusal, False, [])
    assert answer["refusal_reason"] == "nothing-found"


async def test_history_finds_what_a_question_is_about_but_lifts_no_refusal(
    book: str, member: httpx.AsyncClient, settings: Settings
) -> None:
    conversation = await begin(member)
    assert (await say(member, conversation, "When did the keeper light the lamp?"))["answered"]
    followed = await say(member, conversation, "What did he keep in the ledger?")
    assert "ledger" in " ".join(one["quote"] for one in followed["citations"])
    refused = await say(member, conversation, "At what temperature does nitrogen boil?")
    assert (refused["content"], refused["citations"]) == (settings.refusal, [])
    shown = (await member.get(f"/conversations/{conversation}/messages")).json()["items"]
    assert [one["role"] for one in shown] == ["user", "assistant"] * 3
    assert [one["number"] for one in shown] == sorted(one["number"] for one in shown)
    assert shown[-1] == refused


async def test_loans_and_greetings_are_answered_without_books(book: str, member: httpx.AsyncClient) -> None:
    assert (await member.post("/ask", json={"question": "What do I have on loan?"})).json()["answer"] == "You have nothing on loan."
    (await member.post(f"/books/{book}/borrow")).raise_for_status()
    answer = (await member.post("/ask", json={"question": "What do I have on loan?"})).json()
    assert "light" in answer["answer"]
    assert [call["name"] for call in answer["tool_calls"]] == ["my_loans"]
    greeting = (await member.post("/ask", json={"question": "Hello!"})).json()
    assert greeting["answered"]
    assert greeting["tool_calls"] == []


async def test_a_selection_is_a_hard_limit(book: str, admin: httpx.AsyncClient, container: Container, settings: Settings) -> None:
    other = (await add(admin, "The orchard was planted by a miller. " * 9, "orchard.txt")).json()["id"]
    await settled(admin, other)
    await indexed(container)
    answer = (await admin.post("/ask", json={"question": QUESTION, "book_ids": [other]})).json()
    assert not answer["answered"]
    assert all(citation["book_id"] == other for citation in answer["citations"])
    conversation = await begin(admin, book_ids=[book])
    assert (await say(admin, conversation, QUESTION))["citations"][0]["book_id"] == book


async def test_no_answer_goes_beyond_the_last_page_read(admin: httpx.AsyncClient, container: Container) -> None:
    pages = "\f".join(
        f"{STORY} The murderer of chapter {number} was the {name}." for number, name in ((1, "gardener"), (2, "duchess"))
    )
    book_id = (await add(admin, pages, "crime.txt")).json()["id"]
    await settled(admin, book_id)
    await indexed(container)
    asked = {"question": "Who was the murderer, the duchess?", "book_ids": [book_id]}
    for until in (1, {book_id: 1}):
        answer = (await admin.post("/ask", json=asked | {"up_to_page": until})).json()
        assert all(citation["page"] == 1 for citation in answer["citations"])
        assert "duchess" not in " ".join(citation["quote"] for citation in answer["citations"])


async def test_other_peoples_conversations_and_documents_are_not_there(
    member: httpx.AsyncClient, sign_up: SignUp, container: Container
) -> None:
    other = await sign_up("other")
    conversation = await begin(member)
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("PATCH", ""),
        ("GET", "/messages"),
        ("POST", "/messages"),
        ("POST", "/cancel"),
    ):
        body = {"content": "x"} if path == "/messages" and method == "POST" else {"title": "x"} if method == "PATCH" else None
        answer = await other.request(method, f"/conversations/{conversation}{path}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/conversation-not-found"), path
    sent = await member.post("/documents/upload", files=[("files", ("diary.txt", f"My zeppelin landed. {STORY}".encode()))])
    document_id = sent.json()["accepted"][0]["id"]
    await indexed(container)
    for chosen in ({"document_ids": [document_id]}, {"book_ids": [conversation]}):
        assert (await other.post("/conversations", json=chosen)).status_code == 404
        assert (await other.post("/ask", json={"question": "x", **chosen})).status_code == 404
    assert not (await other.post("/ask", json={"question": "Whose zeppelin landed?"})).json()["citations"]
    assert (await member.post("/ask", json={"question": "Whose zeppelin landed?"})).json()["citations"]
    assert (await other.get("/conversations")).json()["total"] == 0


async def test_a_conversation_is_named_renamed_and_removed(member: httpx.AsyncClient) -> None:
    conversation = await begin(member)
    await say(member, conversation, "Where does the sun go at night?")
    (shown,) = (await member.get("/conversations")).json()["items"]
    assert shown["title"] == "Where does the sun go at night?"
    renamed = await member.patch(f"/conversations/{conversation}", json={"title": "The sun", "style": "friendly"})
    assert (renamed.json()["title"], renamed.json()["style"]) == ("The sun", "friendly")
    assert (await member.delete(f"/conversations/{conversation}")).status_code == 204
    assert (await member.get(f"/conversations/{conversation}")).status_code == 404


async def test_an_answer_comes_as_a_stream_of_events(book: str, member: httpx.AsyncClient) -> None:
    conversation = await begin(member)
    accept = {"Accept": "text/event-stream"}
    sent = await member.post(f"/conversations/{conversation}/messages", json={"content": QUESTION}, headers=accept)
    assert sent.headers["Content-Type"].startswith("text/event-stream")
    events = events_of(sent.text)
    names = [name for name, _ in events]
    assert names == ["message.started", "tool.call", "tool.result", "token", "message.completed"]
    assert events[-1][1] == (await member.get(f"/conversations/{conversation}/messages")).json()["items"][-1]
    asked = events_of((await member.post("/ask", json={"question": QUESTION}, headers=accept)).text)
    assert [name for name, _ in asked] == ["tool.call", "tool.result", "token", "message.completed"]
    assert asked[-1][1]["answered"]


async def test_who_hangs_up_finds_the_answer_later(book: str, member: httpx.AsyncClient, container: Container) -> None:
    conversation = await begin(member)
    by = await container.services.auth.authenticate(member.headers["Authorization"].split()[1], address=None)
    happenings = await container.services.conversations.send(by, conversation, QUESTION)
    del happenings  # nobody reads them
    async with asyncio.timeout(20):
        while (await member.get(f"/conversations/{conversation}/messages")).json()["total"] < 2:
            await asyncio.sleep(0.02)
    answer = (await member.get(f"/conversations/{conversation}/messages")).json()["items"][-1]
    assert answer["answered"]


async def test_a_question_whose_server_was_killed_is_marked_as_interrupted(
    member: httpx.AsyncClient, container: Container, settings: Settings
) -> None:
    conversation = await begin(member)
    user_id = (await member.get("/auth/me")).json()["id"]
    clock = SystemClock()
    uow = SqlUnitOfWorkFactory(container.database, container.bus, clock)
    async with uow(MAIN_TENANT) as unit:
        (await unit.conversations.get(user_id, conversation)).begin("What?", clock.now())
    busy = await member.post(f"/conversations/{conversation}/messages", json={"content": "And now?"})
    assert busy.json()["type"] == "/problems/answer-under-way"
    await asyncio.gather(*(container.services.conversations.mark_interrupted(MAIN_TENANT) for _ in range(3)))
    (said,) = (await member.get(f"/conversations/{conversation}/messages")).json()["items"]
    assert (said["answered"], said["refusal_reason"]) == (False, "interrupted")
    assert (await say(member, conversation, "Hello"))["answered"]


async def test_questions_that_another_server_answers_are_left_to_it(
    member: httpx.AsyncClient, container: Container, settings: Settings
) -> None:
    user_id = (await member.get("/auth/me")).json()["id"]
    clock = SystemClock()
    uow = SqlUnitOfWorkFactory(container.database, container.bus, clock)
    gone = await asyncio.create_subprocess_exec("true")
    await gone.wait()
    host, long_ago = socket.gethostname(), timedelta(hours=2)
    cases = {
        (f"{host}:{os.getppid()}:a1", timedelta()): [],
        (f"{host}:{gone.pid}:a2", timedelta()): ["interrupted"],
        ("elsewhere:1:a3", timedelta()): [],
        ("elsewhere:1:a4", long_ago): ["interrupted"],
        (f"{host}:{os.getppid()}:a5", long_ago): ["interrupted"],
    }
    conversations = {case: await begin(member) for case in cases}
    for (process, age), conversation in conversations.items():
        async with uow(MAIN_TENANT) as unit:
            (await unit.conversations.get(user_id, conversation)).begin("What?", clock.now() - age, process)
    async with open_container(settings, llm=FakeLLM(), run_jobs=False) as starting:
        await starting.services.conversations.mark_interrupted(MAIN_TENANT)
    for case, conversation in conversations.items():
        said = (await member.get(f"/conversations/{conversation}/messages")).json()["items"]
        assert [one["refusal_reason"] for one in said] == cases[case], case


async def test_leaving_forgets_conversations(member: httpx.AsyncClient, container: Container, count_rows: Any) -> None:
    await say(member, await begin(member), "Hello")
    assert await count_rows("conversations", "messages") == 3
    (await member.request("DELETE", "/auth/me", json={"password": "a long walk by the sea"})).raise_for_status()
    assert await count_rows("conversations", "messages") == 0


@pytest.mark.parametrize(
    "body",
    [{"question": ""}, {"question": "x" * 4001}, {"question": "x", "book_ids": ["1"]}, {"question": "x", "up_to_page": 0}, {}],
)
async def test_bad_questions_get_a_clear_problem(member: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await member.post("/ask", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-error")


async def test_other_devices_follow_a_conversation(book: str, member: httpx.AsyncClient, container: Container) -> None:
    conversation = await begin(member)
    by = await container.services.auth.authenticate(member.headers["Authorization"].split()[1], address=None)
    follower = container.services.conversations.follow(by, conversation, 0)

    async def heard() -> list[str]:
        roles = []
        async for message in follower:
            if message is not None:
                roles.append(message.role.value)
            if len(roles) == 2:
                return roles
        return roles

    listening = asyncio.create_task(heard())
    await say(member, conversation, QUESTION)
    async with asyncio.timeout(20):
        assert await listening == ["user", "assistant"]
    await follower.aclose()  # type: ignore[attr-defined]  # a generator, behind its interface
