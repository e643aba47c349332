"""Questions answered with a model that is careless, mistaken, obedient to books, slow or away."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from answering import ENOUGH, QUESTION, House, house, numbered
from journeys import STORY
from luminalib.settings import Settings
from models import PROVIDERS
from modelserver import call, said

RIGHT = "A captain who saw the light returned in spring. [1]"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=sqlite_url, rate_limits="off")


@pytest.fixture(params=PROVIDERS)
async def asked(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[House]:
    async with house(settings, request.param) as opened:
        yield opened


@pytest.fixture
async def routed(settings: Settings) -> AsyncIterator[House]:
    async with house(settings, "openai", by="schema") as opened:
        yield opened


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


async def test_only_what_stands_in_a_source_is_said_and_where_it_stands(routed: House, settings: Settings) -> None:
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
        assert (refused["answer"], refused["answered"], refused["citations"]) == (settings.refusal, False, []), question
    routed.brain.draft = lambda _: claims(("Nitrogen boils at -196 degrees.", 1))
    assert not (await routed.ask("At what temperature does nitrogen boil?"))["answered"], "what it knows itself is no answer"


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


async def test_what_is_spent_is_told_per_member_and_a_stream_tells_of_tools(routed: House) -> None:
    routed.brain.routes = [("search_library", QUESTION)]
    sent = await routed.member.post("/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    names = [line.removeprefix("event: ") for line in sent.text.splitlines() if line.startswith("event: ")]
    assert names == ["tool.call", "tool.result", "token", "message.completed"]
    member_id = (await routed.member.get("/auth/me")).json()["id"]
    items = (await routed.admin.get("/admin/llm/usage", params={"by_member": True})).json()["items"]
    (ours,) = [item for item in items if item["purpose"] == "answer"]
    assert (ours["user_id"], ours["calls"]) == (member_id, 2)
    assert all(item["user_id"] is None for item in items if item["purpose"] != "answer")
    together = (await routed.admin.get("/admin/llm/usage")).json()
    assert sum(item["calls"] for item in items) == together["calls"]
    assert all(item["user_id"] is None for item in together["items"])


async def test_long_conversations_are_remembered_in_few_words(routed: House, settings: Settings) -> None:
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
    assert (refused["content"], refused["citations"]) == (settings.refusal, []), "a remembered past lifts no refusal"
    assert routed.brain.kinds.count("history") == 1, "what is kept is not asked for again"


async def test_a_slow_model_is_not_waited_for(settings: Settings) -> None:
    async with house(settings, "openai", by="schema", seconds=1) as opened:
        opened.server.script = ["slow"]
        late = await opened.ask()
        assert (late["provider"], late["answered"]) == ("extractive (fallback)", True)
        assert "A captain" in late["answer"]


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
