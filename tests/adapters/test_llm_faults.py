"""What each fault of a model server becomes, over both protocols: the typed error that services expect, and never a hang."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from fakes import FakeLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.llm.openai import OpenAITransport
from luminalib.domain.consensus import AspectEvidence, ReviewReading
from luminalib.domain.intelligence import LanguageEngineUnavailable, Sentiment, UnusableAnswer
from luminalib.domain.quotas import TokensUsedUp
from luminalib.ports.llm import ConsensusRequest, ReviewText
from models import PROVIDERS, Model, prompted, transport
from modelserver import ModelServer, model_server

REVIEW = ReviewText(text="The people are alive, but the middle drags.", rating=4)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as opened:
        yield opened


@pytest.fixture
async def model(provider: str, server: ModelServer, tmp_path: Path) -> AsyncIterator[Model]:
    async with prompted(tmp_path, transport(provider, server.ollama_url)) as opened:
        yield opened


async def read(model: Model, text: str = REVIEW.text) -> ReviewReading:
    (reading,) = await model.llm.read_reviews("main", [ReviewText(text=text)])
    return reading


@pytest.mark.parametrize("fault", ["reset", "status:429", "status:429:3", "status:500", "status:503", "half", "garbage"])
async def test_what_may_pass_is_tried_twice_more(model: Model, server: ModelServer, fault: str) -> None:
    server.script = [fault, fault]
    assert (await read(model)).sentiment == "positive"
    assert len(server.requests) == 3
    first, second = model.pauses
    is_asked_for = model.llm.name == "openai" and fault.endswith(":3")  # Ollama's client does not show headers
    assert (first, second) == (3, 3) if is_asked_for else 0.5 <= first <= 1.5 and 1 <= second <= 3, "longer each time"


@pytest.mark.parametrize(
    ("fault", "error", "tries"),
    [
        ("reset", LanguageEngineUnavailable, 3),
        ("status:429", LanguageEngineUnavailable, 3),
        ("status:500", LanguageEngineUnavailable, 3),
        ("status:503", LanguageEngineUnavailable, 3),
        ("status:401", LanguageEngineUnavailable, 1),
        ("status:404", LanguageEngineUnavailable, 1),
        ("half", UnusableAnswer, 3),
        ("garbage", UnusableAnswer, 3),
        ("endless", UnusableAnswer, 3),
        ("say:", UnusableAnswer, 2),
        ("say:I am sorry, I cannot do that.", UnusableAnswer, 2),
        ('say:{"sentiment": "ecstatic", "aspects": []}', UnusableAnswer, 2),
        ('say:{"sentiment": "positive"}', UnusableAnswer, 2),
        ('cut:{"sentiment": "positive", "aspects": [', UnusableAnswer, 2),
    ],
)
async def test_what_does_not_pass_is_a_typed_error(
    model: Model, server: ModelServer, fault: str, error: type[Exception], tries: int
) -> None:
    server.script = [fault] * 3
    with pytest.raises(error) as raised:
        await read(model)
    assert type(raised.value) is error
    assert len(server.requests) == tries
    assert (await model.calls())["failed"] == 1
    server.script = []
    assert (await read(model)).sentiment == "positive", "and afterwards all is well"


async def test_a_question_that_is_refused_as_such_is_no_outage(model: Model, server: ModelServer) -> None:
    server.script = ["status:400"] * 8
    with pytest.raises(UnusableAnswer):
        await read(model)


async def test_a_server_that_takes_no_such_schema_is_asked_for_less(server: ModelServer, tmp_path: Path) -> None:
    async with prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        server.script = ["status:400"] * 2  # as a stream and as a whole: it is the schema
        for text in ("one review", "another review"):
            assert (await read(model, text)).sentiment == "positive"
    *strict, first, second = [str(body["response_format"]["json_schema"]["schema"]) for body in server.requests]
    plainer = (first, second)
    assert len(strict) == 2, "and what it takes is kept"
    assert all("maxLength" in schema for schema in strict)
    assert not any("maxLength" in schema for schema in plainer)


def test_openai_itself_knows_the_limit_by_another_name() -> None:
    theirs = OpenAITransport(base_url="https://api.openai.com/v1", api_key="x", model="m")
    other = OpenAITransport(base_url="http://localhost:8080/v1", api_key="", model="m")
    assert theirs._sampling(100) == {"max_completion_tokens": 100}
    assert other._sampling(100) == {"max_tokens": 100, "temperature": 0.2}


async def test_nobody_there_is_an_outage_that_says_what_to_do(provider: str, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    async with prompted(tmp_path, transport(provider, url)) as model:
        for ask in (model.llm.check, lambda: read(model)):
            with pytest.raises(LanguageEngineUnavailable, match=f"LUMINALIB_{provider.upper()}__BASE_URL"):
                await ask()


async def test_a_model_that_is_not_there_yet_is_an_outage_that_says_what_to_do(
    provider: str, server: ModelServer, tmp_path: Path
) -> None:
    hint = {"ollama": "ollama pull llama9", "openai": "LUMINALIB_OPENAI__MODEL; it has: tiny"}[provider]
    async with prompted(tmp_path, transport(provider, server.ollama_url, model="llama9")) as model:
        for ask in (model.llm.check, lambda: read(model)):
            with pytest.raises(LanguageEngineUnavailable, match=hint):
                await ask()
        report = await model.llm.probe("main")
        assert not report.is_ready
        assert hint in report.findings[0].detail
        server.model = "llama9"
        await model.llm.check()
        assert (await model.llm.probe("main")).is_ready


async def test_an_answer_that_takes_too_long_is_an_outage_and_hangs_up(provider: str, server: ModelServer, tmp_path: Path) -> None:
    async with prompted(tmp_path, transport(provider, server.ollama_url), seconds=0.3) as model:
        server.script = ["slow"]
        with pytest.raises(LanguageEngineUnavailable, match=r"longer than 0\.3 seconds"):
            await read(model)
        assert len(server.requests) == 1, "the same would take as long again"
        await until_hung_up(server)


async def test_the_probe_does_not_keep_anybody_waiting(provider: str, server: ModelServer, tmp_path: Path) -> None:
    async with prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        model.llm._probe._seconds = 0.2
        server.script = ["slow"]
        report = await model.llm.probe("main")
    assert (report.is_ready, [finding.is_fine for finding in report.findings]) == (False, [True, True, False])
    assert "No answer in 0.2 seconds." in report.findings[-1].detail


async def test_cancelled_work_cancels_the_call(model: Model, server: ModelServer) -> None:
    server.script = ["slow"]
    work = asyncio.create_task(read(model))
    async with asyncio.timeout(10):
        while not server.requests:
            await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await until_hung_up(server)
    assert (await model.calls())["failed"] == 1


async def until_hung_up(server: ModelServer) -> None:
    async with asyncio.timeout(10):
        while not server.hung_up:
            await asyncio.sleep(0.01)


async def test_a_long_wait_that_the_server_asks_for_is_passed_on(server: ModelServer, tmp_path: Path) -> None:
    async with prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        server.script = ["status:429:90"]
        with pytest.raises(LanguageEngineUnavailable) as raised:
            await read(model)
        assert raised.value.facts == {"retry_after": 90}
        assert (len(server.requests), model.pauses) == (1, [])


async def test_a_short_wait_that_the_server_asks_for_is_kept(server: ModelServer, tmp_path: Path) -> None:
    async with prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        server.script = ["status:429:7"]
        await read(model)
        assert model.pauses == [7]


async def test_the_breaker_spares_a_server_that_is_down_and_tries_again(model: Model, server: ModelServer) -> None:
    server.script = ["status:500"] * 4
    for n in range(2):
        with pytest.raises(LanguageEngineUnavailable):
            await read(model, f"review {n}")
    asked = len(server.requests)
    with pytest.raises(LanguageEngineUnavailable, match=r"failed \(500\)") as raised:
        await read(model, "review 3")
    assert raised.value.facts == {"retry_after": 30}
    assert len(server.requests) == asked, "the server was left alone"
    model.clock.advance(timedelta(seconds=31))
    assert (await read(model, "review 3")).sentiment == "positive"


async def test_one_answer_that_does_not_fit_is_repaired(model: Model, server: ModelServer) -> None:
    server.script = ['say:{"sentiment": "positive"}']
    assert (await read(model)).sentiment == "positive"
    first, second = server.requests
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "user"]
    assert "'aspects' is a required property" in second["messages"][-1]["content"]
    assert second["messages"][:2] == first["messages"]
    (usage,) = [usage for usage in await model.usage() if usage.purpose == "review"]
    assert (usage.calls, usage.failed, usage.tokens_out) == (1, 0, 18)


async def test_a_model_whose_tokens_are_used_up_is_not_asked(server: ModelServer, tmp_path: Path) -> None:
    async def used_up(tenant_id: str) -> None:
        raise TokensUsedUp(f"Nothing is left for {tenant_id}.")

    async with prompted(tmp_path, transport("openai", server.ollama_url), allow=used_up) as model:
        with pytest.raises(TokensUsedUp, match="Nothing is left for main"):
            await read(model)
        instead = FallbackLLM(model.llm, FakeLLM())
        (reading,) = await instead.read_reviews("main", [REVIEW])
        assert reading.provider.endswith("(fallback)")
        assert server.requests == []


def reading_of(*quotes: tuple[str, str]) -> str:
    aspects = [{"name": name, "sentiment": "positive", "quote": quote} for name, quote in quotes]
    return "say:" + json.dumps({"sentiment": "positive", "aspects": aspects})


async def test_content_that_is_wrong_is_repaired_or_dropped_and_in_the_accounts(model: Model, server: ModelServer) -> None:
    alive, invented = ("characters", "The people are alive"), ("ending", "A gorgeous ending")
    server.script = [reading_of(alive, invented), reading_of(alive)]
    assert [aspect.name for aspect in (await read(model)).aspects] == ["characters"]
    told = server.requests[1]["messages"][-1]["content"]
    assert "aspects (not in the text)" in told
    assert "its quote does not stand" not in told, "a model that copies what it is shown is shown no sentence"
    text = f"{REVIEW.text} So it goes."
    server.script = [reading_of(alive, invented, ("plot", "the people are alive")), reading_of(invented, alive)]
    assert [aspect.name for aspect in (await read(model, text)).aspects] == ["characters"], "what is wrong again is left out"
    (usage,) = [usage for usage in await model.usage() if usage.purpose == "review"]
    assert (usage.calls, usage.repaired, usage.failed, dict(usage.failed_checks)) == (2, 2, 0, {"quotation": 2})


async def test_prose_that_its_table_contradicts_is_worded_by_the_library(model: Model, server: ModelServer) -> None:
    aspects = (AspectEvidence(name="pacing", positive=0, negative=3, undecided=0, quotes=("The middle drags.",)),)
    request = ConsensusRequest(
        tenant_id="main", title="Salt", review_count=3, mean=2.0, moods={Sentiment.NEGATIVE: 3}, aspects=aspects
    )
    server.script = ['say:{"consensus": ["Readers praise the pacing."]}'] * 2
    told = await model.llm.synthesise_consensus(request)
    assert (told.provider, told.text) == ("extractive (fallback)", "2.0 of 5 from 3 readers. Criticised: pacing. The middle drags.")
    server.script = [
        'say:{"consensus": ["Readers praise the pacing."]}',
        'say:{"consensus": ["Readers praise the pacing.", "Readers find the pacing weak"]}',
    ]
    told = await model.llm.synthesise_consensus(request)
    assert (told.provider, told.text) == (model.llm.name, "Readers find the pacing weak.")
