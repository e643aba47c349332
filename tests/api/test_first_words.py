"""What a member hears of a model's answer before it is whole, from a server that goes on when it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from answering import QUESTION, House, house, numbered
from luminalib.domain.auth import Principal
from luminalib.domain.conversations import Message, Style
from luminalib.services.conversations.errand import Question
from luminalib.services.conversations.events import Happening, Token
from luminalib.settings import Settings
from models import PROVIDERS

FIRST = "A captain who saw the light returned in spring."
SECOND = "He brought a new lamp and a letter from the harbour."
LIE = "The keeper drowned in autumn with seven sailors."
PIECE = 40
"""Letters of a piece of the server's stream; a comment may go before."""


@pytest.fixture(params=PROVIDERS)
async def asked(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=sqlite_url, rate_limits="off")
    async with house(settings, request.param, by="schema") as opened:
        yield opened


class Told:
    """A model that says these sentences, and stops behind the first of them until `go` is set."""

    def __init__(self, asked: House, *sentences: str) -> None:
        self.go = asyncio.Event()
        self._text, self._pieces = "", 0
        asked.brain.routes = [("search_library", QUESTION)]
        asked.brain.draft = lambda told: self._drafted(told, sentences)
        asked.server.pace = self._pace

    def _drafted(self, told: str, sentences: tuple[str, ...]) -> dict[str, Any]:
        number = numbered(told, "A captain who saw")
        draft = {"answerable": True, "sentences": [{"text": text, "source": number} for text in sentences]}
        self._text, self._pieces = json.dumps(draft), 0
        return draft

    async def _pace(self) -> None:
        self._pieces += 1
        if self._text and self._pieces > self._text.index("}") // PIECE + 3:  # the way to it is told in a stream, too
            await self.go.wait()


async def member_of(asked: House) -> Principal:
    token = asked.member.headers["Authorization"].split()[1]
    return await asked.library.container.services.auth.authenticate(token, address=None)


async def sent(asked: House) -> tuple[str, AsyncIterator[Happening | Message]]:
    """A conversation, and what happens in it when QUESTION is asked."""
    conversation = (await asked.member.post("/conversations", json={})).json()["id"]
    return conversation, await asked.library.container.services.conversations.send(await member_of(asked), conversation, QUESTION)


async def kept(asked: House, conversation: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await asked.member.get(f"/conversations/{conversation}/messages")).json()["items"][-1]
    return answer


async def test_each_sentence_is_told_when_it_was_checked_and_stays(asked: House) -> None:
    told = Told(asked, FIRST, LIE, SECOND)
    conversation, happenings = await sent(asked)
    tokens = []
    async with asyncio.timeout(30):
        async for happening in happenings:
            if isinstance(happening, Token):
                tokens.append(happening.text)
                told.go.set()  # the model waits for this in the middle of its answer
    answer = await kept(asked, conversation)
    assert tokens == [f"{FIRST} [1]", f" {SECOND} [2]"]
    assert answer["content"] == "".join(tokens)
    assert answer["answered"]
    assert [FIRST[:-1] in answer["citations"][0]["quote"], SECOND in answer["citations"][1]["quote"]] == [True, True]


async def test_what_was_told_is_the_answer_when_the_model_breaks_off(asked: House) -> None:
    told = Told(asked, FIRST, SECOND, LIE, LIE.replace("autumn", "winter"))
    asked.server.script = ["", "stops", "status:400", "status:400"]  # the way, half a draft, and no second one
    told.go.set()
    conversation, happenings = await sent(asked)
    async with asyncio.timeout(30):
        tokens = [happening.text async for happening in happenings if isinstance(happening, Token)]
    answer = await kept(asked, conversation)
    assert tokens[0] == f"{FIRST} [1]"
    assert answer["content"] == "".join(tokens)
    assert answer["answered"]
    assert answer["provider"] in PROVIDERS


async def test_cancelling_in_the_middle_of_an_answer_leaves_no_half_of_it(asked: House) -> None:
    told = Told(asked, FIRST, SECOND)
    conversation, happenings = await sent(asked)
    async with asyncio.timeout(30):
        async for happening in happenings:
            if isinstance(happening, Token):
                break
        assert (await asked.member.post(f"/conversations/{conversation}/cancel")).is_success
    answer = await kept(asked, conversation)
    assert (answer["answered"], answer["citations"], answer["refusal_reason"]) == (False, [], "cancelled")
    told.go.set()


async def test_a_friendly_answer_is_told_once_it_was_worded_anew(asked: House) -> None:
    told = Told(asked, FIRST)
    told.go.set()
    asked.brain.reword = lambda _: [f"Gladly: {FIRST}"]
    by = await member_of(asked)
    happenings = await asked.library.container.services.conversations.ask(by, Question(text=QUESTION, style=Style.FRIENDLY))
    tokens = [happening.text async for happening in happenings if isinstance(happening, Token)]
    assert tokens == [f"Gladly: {FIRST} [1]"]
