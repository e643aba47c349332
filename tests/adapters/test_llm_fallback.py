import pytest

from fakes import FakeLLM, InlineChildren
from luminalib.adapters.llm.extractive import ExtractiveLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.domain.consensus import AspectEvidence
from luminalib.domain.intelligence import LanguageEngineUnavailable, UnusableAnswer
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ConsensusRequest, ReviewText, SummaryRequest

BOOK = SummaryRequest(
    tenant_id="main",
    title="The Bakery",
    language="en",
    sections=sections_of(
        [(None, "The bakery opens at five. The baker learned the trade from her mother. Her bread feeds the town.")]
    ),
)
TABLE = ConsensusRequest(
    tenant_id="main",
    title="x",
    review_count=1,
    mean=4,
    moods={},
    aspects=[AspectEvidence(name="plot", positive=1, negative=0, undecided=0, quotes=("The plot is wonderful.",))],
)


@pytest.mark.parametrize("error", [LanguageEngineUnavailable(), UnusableAnswer()])
async def test_what_stands_in_says_so(error: Exception) -> None:
    first = FakeLLM()
    llm = FallbackLLM(first, ExtractiveLLM(InlineChildren(), RuleFieldReader()))
    assert (await llm.summarise(BOOK)).provider == "fake"
    first.error = error
    summary = await llm.summarise(BOOK)
    (reading,) = await llm.read_reviews("main", [ReviewText(text="The plot is wonderful.", rating=5)])
    consensus = await llm.synthesise_consensus(TABLE)
    assert {summary.provider, reading.provider, consensus.provider} == {"extractive (fallback)"}
    assert consensus.text == "4.0 of 5 from one reader. Praised: plot. The plot is wonderful."
    assert (await llm.probe("main")).is_ready is False, "operators see the first engine's state"
    with pytest.raises(type(error)):
        await llm.check()


async def test_who_waits_for_the_model_has_its_unusable_answers_replaced_all_the_same() -> None:
    first = FakeLLM()
    llm = FallbackLLM(first, ExtractiveLLM(InlineChildren(), RuleFieldReader()), waits=True)
    first.error = UnusableAnswer()
    assert (await llm.summarise(BOOK)).provider == "extractive (fallback)"
    first.error = LanguageEngineUnavailable()
    with pytest.raises(LanguageEngineUnavailable):
        await llm.summarise(BOOK)


async def test_other_faults_are_not_covered_up() -> None:
    first = FakeLLM()
    first.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await FallbackLLM(first, FakeLLM()).summarise(BOOK)
