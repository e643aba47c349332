"""A long answer is told of while it is being written, by both protocols."""

import asyncio
from pathlib import Path

import pytest

from journeys import STORY
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import SummaryRequest
from models import prompted, transport
from modelserver import model_server

BOOK = SummaryRequest(tenant_id="main", title="The Lamp", language="en", sections=sections_of([(None, STORY)]))
PROVIDERS = pytest.mark.parametrize("provider", ["openai", "ollama"])


@PROVIDERS
async def test_progress_moves_while_one_question_is_answered(provider: str, tmp_path: Path) -> None:
    shares: list[float] = []
    waiting, go = asyncio.Event(), asyncio.Semaphore(0)

    async def pace() -> None:
        waiting.set()
        await go.acquire()

    async with model_server() as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        server.pace = pace
        work = asyncio.create_task(model.llm.summarise(BOOK, shares.append))
        for told in (0, 1, 2, 3):  # the first piece may be one that says nothing yet
            await waiting.wait()
            waiting.clear()
            go.release()
            while len(shares) < told:
                await asyncio.sleep(0.001)
            assert not work.done(), "the rest is not written yet"
        for _ in range(1000):
            go.release()
        assert (await work).summary
        assert shares == sorted(set(shares))
        assert 0 < shares[0] < shares[-1] < 1
        (usage,) = await model.usage()
        assert (usage.calls, usage.tokens_out) == (1, 9), "the counts come with the last piece"


@PROVIDERS
@pytest.mark.parametrize(("fault", "asked"), [("stops", 2), ("deaf", 1), ("garbage", 2), ("half", 2), ("reset", 2)])
async def test_a_stream_that_breaks_is_no_answer(provider: str, fault: str, asked: int, tmp_path: Path) -> None:
    async with model_server() as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        server.script = [fault]
        assert (await model.llm.summarise(BOOK, lambda _: None)).summary
        assert len(server.requests) == asked


async def test_a_server_that_takes_no_wish_for_a_stream_is_asked_without(tmp_path: Path) -> None:
    async with model_server() as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        server.script = ["status:400"]
        assert (await model.llm.summarise(BOOK, lambda _: None)).summary
        other = SummaryRequest(tenant_id="main", title="Another", language="en", sections=BOOK.sections)
        assert (await model.llm.summarise(other, lambda _: None)).summary
        assert [bool(body.get("stream")) for body in server.requests] == [True, False, False]
