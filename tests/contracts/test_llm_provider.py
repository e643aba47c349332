"""The contract of LLMProvider: the extractive engine, and both prompted ones on real model servers.

The servers are llama.cpp with a tiny model and Ollama's API in front of it, from `../shared/lab`, or the folder LUMINALIB_SHARED
names instead. The model's words are nonsense; what is shown is that its constrained answers, counts and limits are dealt with,
and that what it says about a book is not believed: then the extractive engine stands in.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fakes import InlineChildren
from lab import model_servers, needs_lab
from luminalib.adapters.llm.extractive import ExtractiveLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.llm.prompted.budget import SAMPLE
from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.adapters.llm.prompted.transport import ChatRequest, ContextOverflow
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.demo.shelf import load_shelf
from luminalib.domain.consensus import AspectEvidence
from luminalib.domain.conversations import Turn
from luminalib.domain.intelligence import Sentiment, UnusableAnswer
from luminalib.domain.llm import Purpose
from luminalib.domain.texts import sections_of
from luminalib.ports.conversing import Situation, Source
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest
from luminalib.services.conversations.tools import TOOLS
from models import PROVIDERS, prompted, transport

REVIEWS = [
    ReviewText(text="The people are alive and the writing is gorgeous, but the middle drags.", rating=4),
    ReviewText(text="A dreadful ending. I was bored.", rating=1),
    ReviewText(text="Ich habe es gern gelesen.", rating=5),
]


@pytest.fixture(scope="session")
def lab() -> Iterator[dict[str, str]]:
    """The servers' URLs; they live as long as this test session."""
    with model_servers() as urls:
        yield urls


@pytest.fixture(params=["extractive", *(pytest.param(name, marks=needs_lab) for name in PROVIDERS)])
async def llm(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LLMProvider]:
    if request.param == "extractive":
        yield ExtractiveLLM(InlineChildren(), RuleFieldReader())
        return
    url = request.getfixturevalue("lab")[request.param]
    async with prompted(tmp_path, transport(request.param, url), seconds=120) as model:
        yield FallbackLLM(model.llm, ExtractiveLLM(InlineChildren(), RuleFieldReader()))


def is_from(llm: LLMProvider, provider: str) -> bool:
    """Whether the engine said it itself, or said that it could not: nonsense is not let through."""
    return provider in (llm.name, "extractive (fallback)")


def a_book() -> SummaryRequest:
    book = load_shelf()[0]
    sections = sections_of([(chapter.title, "\n\n".join(chapter.blocks)) for chapter in book.chapters])
    return SummaryRequest(tenant_id="main", title=book.title, authors=book.authors, language=book.language, sections=sections)


async def test_it_is_ready_and_says_what_it_can_do(llm: LLMProvider) -> None:
    await llm.check()
    report = await llm.probe("main")
    assert report.is_ready
    assert (report.provider, bool(report.model)) == (llm.name, True)
    assert all(finding.detail.endswith(".") for finding in report.findings)


async def test_a_whole_book_becomes_a_typed_summary(llm: LLMProvider) -> None:
    shares: list[float] = []
    result = await llm.summarise(a_book(), shares.append)
    assert result.summary
    assert 1 <= len(result.key_topics) <= 10
    assert isinstance(result.sentiment, Sentiment)
    assert len(result.insights) <= 5
    assert (is_from(llm, result.provider), "@" in result.prompt) == (True, True)
    assert shares == sorted(shares)
    assert await llm.summarise(a_book()) == result, "the same book, the same answer"


async def test_reviews_are_read_one_by_one_and_in_order(llm: LLMProvider) -> None:
    together = await llm.read_reviews("main", REVIEWS)
    assert len(together) == len(REVIEWS)
    for review, reading in zip(REVIEWS, together, strict=True):
        assert await llm.read_reviews("main", [review]) == [reading]
        assert isinstance(reading.sentiment, Sentiment)
        assert all(aspect.quote in review.text for aspect in reading.aspects)
        assert len({aspect.name for aspect in reading.aspects}) == len(reading.aspects)
        assert (is_from(llm, reading.provider), "@" in reading.prompt) == (True, True)
    assert await llm.read_reviews("main", []) == []


async def test_the_consensus_is_worded_from_the_table(llm: LLMProvider) -> None:
    aspects = [
        AspectEvidence(name="characters", positive=4, negative=0, undecided=1, quotes=("The people are alive.",)),
        AspectEvidence(name="pacing", positive=0, negative=3, undecided=0, quotes=("The middle drags.", "It is far too slow.")),
    ]
    request = ConsensusRequest(
        tenant_id="main", title="The Salt Road", review_count=6, mean=3.5, moods={Sentiment.MIXED: 6}, aspects=aspects
    )
    result = await llm.synthesise_consensus(request)
    assert result.text
    assert len(result.text) <= 1000
    assert (is_from(llm, result.provider), "@" in result.prompt) == (True, True)


@needs_lab
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_question_that_is_too_long_is_an_overflow_and_never_cut(lab: dict[str, str], provider: str) -> None:
    connection = transport(provider, lab[provider])
    long = ChatRequest(messages=(Message(role="user", content="word " * 20_000),), schema=None, max_output=5, context=4096)
    with pytest.raises(ContextOverflow):
        await connection.chat(long)
    short = ChatRequest(messages=(Message(role="user", content=SAMPLE),), schema=None, max_output=5, context=4096)
    reply = await connection.chat(short)
    assert (reply.tokens_out, reply.is_whole) == (5, False)
    assert reply.tokens_in > 100
    await connection.close()


@needs_lab
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_conversing_model_gives_typed_answers_whatever_its_words(
    lab: dict[str, str], provider: str, tmp_path: Path
) -> None:
    """Each verb on a real server: calls are of tools that there are, or say what is wrong with them; drafts name their sources."""
    sources = [Source(number=1, label="The Keeper, page 1", text="A captain who saw the light returned in spring.")]
    situation = Situation(
        tenant_id="main", user_id=None, question="Who came?", turns=[Turn(question="Hi", answer="Hello")], sources=sources
    )
    async with prompted(tmp_path, transport(provider, lab[provider]), seconds=120) as model:
        conversing = model.llm.conversing
        assert conversing is not None
        for choice in (await conversing.choose(situation, TOOLS[-1:]), await conversing.route(situation, TOOLS)):
            names = {tool.name for tool in TOOLS}
            assert all(call.name in names or call.fault for call in choice.calls)
            assert situation.spent.tokens_in > 0
        draft = await conversing.draft(situation)
        assert all(isinstance(claim.source, int) and claim.text for claim in draft.claims)
        assert draft.prompt.startswith("answer-draft@")
        refused = 0
        for worded in (conversing.reword(situation, ["A captain came."]), conversing.condense(situation)):
            try:
                assert len((await worded).texts) == 1
            except UnusableAnswer:  # nonsense in the right form does not pass the checks
                refused += 1
        (usage,) = [usage for usage in await model.usage() if usage.purpose == Purpose.ANSWER]
        assert (usage.calls, usage.failed) == (5, refused)
