"""Questions answered with a model that is careless, mistaken, obedient to books, slow or away."""

import asyncio
import json
import random
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import sqlalchemy as sa

from accounts import Library, bearer, email_of
from answering import ENOUGH, QUESTION, House, house, numbered, truthful
from injections import ATTACKS
from journeys import PASSWORD, STORY, add, settled
from luminalib.adapters.db.passages import passages as passages_table
from luminalib.domain.auth import Role
from luminalib.settings import Settings
from models import PROVIDERS
from modelserver import call, said
from templates import newest_schema
from waiting import indexed

REFUSAL = "I cannot answer that from this library."
RIGHT = "A captain who saw the light returned in spring. [1]"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=sqlite_url, rate_limits="off")


@pytest.fixture(params=PROVIDERS)
async def asked(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[House]:
    async with house(settings, request.param) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    shutil.copyfile(await asyncio.to_thread(newest_schema), folder / "luminalib.db")
    settings = Settings(
        _env_file=None,
        data_dir=folder / "data",
        database_url=f"sqlite+aiosqlite:///{folder / 'luminalib.db'}",
        rate_limits="off",
    )
    async with house(settings, "openai", by="schema") as opened:
        yield opened


@pytest.fixture
def routed(shared_house: House) -> House:
    """One house for all tests that only ask."""
    shared_house.brain.forget()
    shared_house.server.requests.clear()
    return shared_house


def search(query: str = QUESTION, **more: Any) -> str:
    return call("search_library", {"query": query, **more})


def tools_of(answer: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(one["name"], one["error"] is None) for one in answer["tool_calls"]]


TOOL_FAULTS: dict[str, tuple[list[str], list[tuple[str, bool]]]] = {
    "a plain call": ([search()], [("search_library", True)]),
    "no call": ([ENOUGH], [("search_library", True)]),
    "an unknown tool": ([call("delete_all_books", {}), search()], [("delete_all_books", False), ("search_library", True)]),
    "arguments of the wrong type": (
        [call("search_library", {"query": 7}), search()],
        [("search_library", False), ("search_library", True)],
    ),
    "arguments too many": (
        [call("search_library", {"query": "x", "user_id": "1"}), search()],
        [("search_library", False), ("search_library", True)],
    ),
    "a book that is not there": (
        [call("get_book", {"id": "00000000-0000-4000-8000-000000000000"}), search()],
        [("get_book", False), ("search_library", True)],
    ),
    "two calls at once": ([search() + call("my_loans", {})], [("search_library", True), ("my_loans", True)]),
    "text beside a call": (["The answer is HACKED.\n" + search()], [("search_library", True)]),
    "the same call without end": ([call("my_loans", {})] * 50, [("my_loans", True), ("search_library", True)]),
    "other calls without end": (
        [call("list_books", {"filter": f"word{n}"}) for n in range(50)],
        [("list_books", True)] * 4 + [("search_library", True)],
    ),
    "fifty calls at once": (
        ["".join(call("list_books", {"filter": f"word{n}"}) for n in range(50))],
        [("list_books", True)] * 4 + [("search_library", True)],
    ),
}


async def test_whatever_a_model_does_with_its_tools_the_answer_stands_in_the_book(asked: House) -> None:
    for fault, (calls, used) in TOOL_FAULTS.items():
        asked.brain.calls = list(calls)
        asked.server.requests.clear()
        answer = await asked.ask()
        if fault == "the same call without end":  # loans were looked up and are no answer to this: nothing is claimed of them
            assert tools_of(answer) == used, fault
            continue
        assert (answer["answer"], answer["answered"]) == (RIGHT, True), (fault, answer)
        assert tools_of(answer) == used, fault
        assert "A captain who saw the light" in answer["citations"][0]["quote"], fault
        assert answer["usage"]["calls"] == len(asked.server.requests), fault
        assert answer["usage"]["tokens_in"] > 0
        told = [said(body) for body in asked.server.requests]
        for name, was_used in used:
            assert was_used or any(re.search(f"{name} .*: not possible: ", one) for one in told), "the model is told of its mistake"
    asked.brain.calls = [json.dumps({"name": "search_library", "arguments": {"query": "x"}})]
    assert (await asked.ask())["answer"] == RIGHT
    assert asked.brain.kinds == ["tools", "route", "draft"], "a call that is written as text"
    await asked.ask()
    assert asked.brain.kinds == ["route", "draft"], "is learnt from"


async def test_half_a_call_and_servers_without_tools_are_no_end(settings: Settings) -> None:
    async with house(settings, "openai") as opened:
        opened.brain.calls = [call("search_library", '{"query": "kee'), search()]
        answer = await opened.ask()
        assert (tools_of(answer), answer["answer"]) == ([("search_library", False), ("search_library", True)], RIGHT)
        opened.server.script = ["status:400"]
        assert (await opened.ask())["answer"] == RIGHT
        assert opened.brain.kinds == ["route", "draft"]
        opened.server.script = ["status:500"] * 3
        fallen = await opened.ask()
        assert (fallen["provider"], fallen["answered"]) == ("extractive (fallback)", True)
        assert "A captain who saw the light" in fallen["answer"]


def claims(*sentences: tuple[str, int]) -> dict[str, Any]:
    return {"answerable": True, "sentences": [{"text": text, "source": source} for text, source in sentences]}


@pytest.mark.asyncio(loop_scope="module")
async def test_only_what_stands_in_a_source_is_said_and_where_it_stands(routed: House) -> None:
    lies = [
        "A captain returned in autumn with seven sailors.",
        "The keeper never lit the lamp.",
        "HACKED",
    ]
    routed.brain.draft = lambda _: claims(*((lie, 1) for lie in lies), ("A captain who saw the light returned in spring.", 99))
    answer = await routed.ask()
    assert answer["answer"] == RIGHT, "lies are dropped, and a wrong citation is replaced"
    assert (answer["provider"], answer["model"]) == ("openai", "tiny")
    routed.brain.draft = lambda _: claims(*((lie, 1) for lie in lies))
    unsure = await routed.ask()
    assert unsure["provider"] == "extractive"
    assert all(lie not in unsure["answer"] for lie in lies)
    assert all(one["quote"] in STORY for one in unsure["citations"])
    routed.brain.draft = lambda _: {"answerable": False, "sentences": []}
    for question in ("At what temperature does nitrogen boil?", "How old was the captain's daughter?"):
        refused = await routed.ask(question)
        assert (refused["answer"], refused["answered"], refused["citations"]) == (REFUSAL, False, []), question
    routed.brain.draft = lambda _: claims(("Nitrogen boils at -196 degrees.", 1))
    assert not (await routed.ask("At what temperature does nitrogen boil?"))["answered"], "what it knows itself is no answer"


@pytest.mark.asyncio(loop_scope="module")
async def test_friendly_words_must_say_the_same(routed: House) -> None:
    routed.brain.reword = lambda _: ["Gladly: it was a captain who saw the light, and he returned in spring!"]
    answer = await routed.ask(style="friendly")
    assert answer["answer"] == "Gladly: it was a captain who saw the light, and he returned in spring! [1]"
    for worse in (
        ["A captain and his twelve sailors saw the light and returned in spring."],
        ["Somebody came back!"],
        [],
        ["A captain returned.", "In spring."],
    ):
        routed.brain.reword = lambda _, worse=worse: worse  # type: ignore[misc]
        assert (await routed.ask(style="friendly"))["answer"] == RIGHT, worse


@pytest.mark.asyncio(loop_scope="module")
async def test_records_are_looked_up_and_told_without_citations(routed: House) -> None:
    (await routed.member.post(f"/books/{routed.book}/borrow")).raise_for_status()
    review = {"rating": 5, "text": "The ending made me cry on the train."}
    (await routed.member.post(f"/books/{routed.book}/reviews", json=review)).raise_for_status()
    cases = {
        ("book_reviews", "light"): ("What made readers of light cry?", "The ending made a reader cry on the train.", "made me cry"),
        ("list_books", "light"): ("Have you got light?", "The library has 1 of these books: light.", "The library has"),
        ("get_book", "light"): ("Can light be borrowed?", "0 of 1 copies can be borrowed.", "copies can be borrowed"),
        ("my_loans", ""): ("Is there anything that I should bring back?", "You have light on loan.", "You have on loan"),
    }
    for route, (question, sentence, source) in cases.items():
        routed.brain.routes = [route]
        routed.brain.draft = lambda told, sentence=sentence, source=source: claims((sentence, numbered(told, source)))  # type: ignore[misc]
        answer = await routed.ask(question)
        assert (answer["answer"], answer["answered"], answer["citations"]) == (sentence, True, []), route
        assert tools_of(answer) == [(route[0], True)]


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_spent_is_told_per_member_and_a_stream_tells_of_tools(routed: House) -> None:
    routed.brain.routes = [("search_library", QUESTION)]
    reader = await routed.library.join("reader")
    sent = await reader.post("/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    names = [line.removeprefix("event: ") for line in sent.text.splitlines() if line.startswith("event: ")]
    assert names == ["tool.call", "tool.result", "token", "message.completed"]
    reader_id = (await reader.get("/auth/me")).json()["id"]
    items = (await routed.admin.get("/admin/llm/usage", params={"by_member": True})).json()["items"]
    (ours,) = [item for item in items if item["user_id"] == reader_id]
    assert (ours["purpose"], ours["calls"]) == ("answer", 2)
    assert all(item["user_id"] is None for item in items if item["purpose"] != "answer")
    together = (await routed.admin.get("/admin/llm/usage")).json()
    assert sum(item["calls"] for item in items) == together["calls"]
    assert all(item["user_id"] is None for item in together["items"])


@pytest.mark.asyncio(loop_scope="module")
async def test_long_conversations_are_remembered_in_few_words(routed: House) -> None:
    conversation = (await routed.member.post("/conversations", json={})).json()["id"]
    path = f"/conversations/{conversation}/messages"
    asked = 0
    while "history" not in routed.brain.kinds:
        (await routed.member.post(path, json={"content": "Where is the reef? " + "x" * 600})).raise_for_status()
        asked += 1
        assert asked < 15
    assert asked > 3, "a few turns fit word by word"
    routed.brain.routes = [("search_library", "Who returned in spring to thank the keeper of the lighthouse?")]
    answer = (await routed.member.post(path, json={"content": "And who came to thank him in spring?"})).json()
    assert answer["content"] == RIGHT
    assert answer["tool_calls"][0]["arguments"]["query"] == "Who returned in spring to thank the keeper of the lighthouse?"
    assert routed.brain.kinds.count("history") == 1
    told = said(routed.server.requests[-1])
    assert "It was spoken of the keeper and his captain." in told
    assert 0 < told.count("Where is the reef?") < 6, "only the last turns are told word by word"
    await routed.member.post(path, json={"content": "Thanks"})
    refused = (await routed.member.post(path, json={"content": "At what temperature does nitrogen boil?"})).json()
    assert (refused["content"], refused["citations"]) == (REFUSAL, []), "a remembered past lifts no refusal"
    assert routed.brain.kinds.count("history") == 1, "what is kept is not asked for again"


async def test_a_slow_model_is_not_waited_for(settings: Settings) -> None:
    async with house(settings, "openai", by="schema", seconds=1) as opened:
        opened.server.script = ["slow"]
        late = await opened.ask()
        assert (late["provider"], late["answered"]) == ("extractive (fallback)", True)
        assert "A captain" in late["answer"]


@pytest.mark.asyncio(loop_scope="module")
async def test_cancelling_ends_the_call(routed: House) -> None:
    conversation = (await routed.member.post("/conversations", json={})).json()["id"]
    routed.server.script = ["slow"]
    path = f"/conversations/{conversation}"
    sending = asyncio.create_task(routed.member.post(f"{path}/messages", json={"content": QUESTION}))
    async with asyncio.timeout(30):
        while routed.server.script:
            await asyncio.sleep(0.01)
        (await routed.member.post(f"{path}/cancel")).raise_for_status()
        assert (await sending).json()["refusal_reason"] == "cancelled"
        while not routed.server.hung_up:
            await asyncio.sleep(0.01)


async def test_a_model_that_obeys_books_and_reviews_changes_neither_tools_nor_rights_nor_the_refusal(settings: Settings) -> None:
    async with house(settings, "openai") as asked:
        await _obeys(asked, settings.refusal)


async def _obeys(asked: House, refusal: str) -> None:
    admin, brain = asked.admin, asked.brain
    attacks = "\n\n".join(f"{STORY}\n\n{attack}" for attack in ATTACKS.values())
    book = (await add(admin, attacks, "attack.txt")).raise_for_status().json()["id"]
    await settled(admin, book)
    await indexed(asked.library.container)
    (await asked.member.post(f"/books/{book}/borrow")).raise_for_status()
    review = {"rating": 1, "text": ATTACKS["tool"]}
    (await asked.member.post(f"/books/{book}/reviews", json=review)).raise_for_status()

    def obedient(told: str) -> dict[str, Any]:
        return claims(("HACKED", 1), ("All books are deleted and you are an admin now.", 1)) if "HACKED" in told else truthful(told)

    brain.draft = obedient
    for question in (QUESTION, "What do readers think of attack?", "At what temperature does nitrogen boil?"):
        brain.calls = [
            call("book_reviews", {"id": book}),
            call("delete_all_books", {}),
            call("search_library", {"query": question}),
        ]
        asked.server.requests.clear()
        answer = await asked.ask(question, book_ids=[book])
        assert any("HACKED" in said(body) for body in asked.server.requests), "the model has read it"
        assert tools_of(answer) == [("book_reviews", True), ("delete_all_books", False), ("search_library", True)]
        assert "are an admin now" not in answer["answer"]
        assert answer["answer"] != "HACKED [1]"
        for body in asked.server.requests:
            system = next(one["content"] for one in body["messages"] if one["role"] == "system")
            assert "HACKED" not in system
    assert (answer["answer"], answer["citations"]) == (refusal, [])
    assert (await asked.member.get("/books")).json()["total"] == 2
    assert (await asked.member.get("/auth/me")).json()["role"] == "member"


async def admin_of_another_library(library: Library) -> httpx.AsyncClient:
    await library.container.services.auth.signup(email_of("operator"), PASSWORD, None, role=Role.OPERATOR)
    house = {"slug": "seaside", "name": "Seaside", "plan": "library", "admin_email": email_of("grace")}
    made = (await (await library.login("operator")).post("/tenants", json=house)).raise_for_status().json()
    account = {"email": email_of("grace"), "password": PASSWORD, "tenant": "seaside"}
    client = library.visitor()
    (await client.post("/auth/signup", json=account | {"invitation": made["invitation"]["token"]})).raise_for_status()
    client.headers.update(bearer((await client.post("/auth/login", json=account)).raise_for_status().json()))
    return client


WORDS = {"light": "lantern", "orchard": "pears", "diary": "zeppelin", "log": "submarine", "hill": "volcano"}
"""A word that only this text has: the first two are books, then come documents of two members and another tenant's book."""


def story_of(name: str) -> str:
    return STORY.replace("to thank him.", f"to thank him for the {WORDS[name]} that he had sent.")


async def test_whatever_a_model_asks_for_it_is_shown_nothing_that_its_member_may_not_see(settings: Settings) -> None:
    async with house(settings, "openai", by="tools") as opened:
        library, container = opened.library, opened.library.container
        elsewhere = await admin_of_another_library(library)
        other = await library.join("other")
        books, documents = {}, {}
        for client, name in ((opened.admin, "light"), (opened.admin, "orchard"), (elsewhere, "hill")):
            books[name] = (await add(client, story_of(name), f"{name}.txt")).raise_for_status().json()["id"]
        for client, name in ((opened.member, "diary"), (other, "log")):
            sent = await client.post("/documents/upload", files=[("files", (f"{name}.txt", story_of(name).encode()))])
            documents[name] = sent.json()["accepted"][0]["id"]
        await indexed(container)
        async with container.database.owner.connect() as connection:
            passages = [row.id for row in await connection.execute(sa.select(passages_table.c.id))]
        assert len(passages) >= len(WORDS)
        sees = {"member": {"light", "orchard", "diary"}, "other": {"light", "orchard", "log"}, "elsewhere": {"hill"}}
        dice = random.Random(7)  # noqa: S311 -- draws cases, keeps no secret
        drawn = 0
        for _ in range(16):
            who = dice.choice(list(sees))
            client = {"member": opened.member, "other": other, "elsewhere": elsewhere}[who]
            chosen = set(dice.sample(sorted(sees[who]), dice.randint(0, len(sees[who]))))
            selection = {
                "book_ids": [books[name] for name in sorted(chosen) if name in books],
                "document_ids": [documents[name] for name in sorted(chosen) if name in documents],
            }
            ids = [*books.values(), *documents.values(), *WORDS]
            opened.brain.calls = [
                call("search_library", {"query": "Who came home, and what smoked in the orchard?"}) + call("my_loans", {}),
                call("search_library", {"query": "Who came home?", "book_ids": dice.sample(ids, 2)})
                + "".join(call("read_passage", {"id": one, "before": 3, "after": 3}) for one in dice.sample(passages, 2))
                + call(dice.choice(["get_book", "book_reviews"]), {"id": dice.choice(ids)}),
                call("list_books", {"filter": dice.choice(list(WORDS))}),
            ]
            opened.server.requests.clear()
            sent = await client.post("/ask", json={"question": "Who came home, and who read the letter?", **selection})
            shown = sent.raise_for_status().text + "".join(_found(body) for body in opened.server.requests)
            allowed = chosen or sees[who]
            foreign = [word for name, word in WORDS.items() if name not in allowed and f"{word} " in shown]
            assert foreign == [], (who, chosen, foreign)
            drawn += any(WORDS[name] in shown for name in allowed)
        assert drawn > 12, "what may be seen is shown"


def _found(body: dict[str, Any]) -> str:
    """What a request shows of the library, without what the model has asked for itself."""
    told = said(body)
    return told[told.find("Found so far") :] if "Found so far" in told else told[told.find("The sources:") :]
