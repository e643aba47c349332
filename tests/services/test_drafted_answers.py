"""What becomes of a model's draft: said, or not sure, or refused."""

from collections.abc import Callable, Sequence

import pytest

from errands import REFUSAL, TEXTS, errand
from luminalib.domain.confidence import Evidence
from luminalib.domain.conversations import Answer, RefusalReason
from luminalib.domain.grounding import Claim
from luminalib.domain.llm import AnswerWay
from luminalib.ports.conversing import Choice, ConversingModel, Draft, Situation, Tool, Wording
from luminalib.services.conversations.agent import Agent
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.tools import ToolBox
from luminalib.services.conversations.ways import Ways

SURELY = Evidence(lexical=0.9, rarity=0.9, words=3, coverage=1.0)


class Drafting(ConversingModel):
    """Says what it is told to, and looks nothing up."""

    name, model = "fake", "fake"

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        self.shown: list[str] = []

    async def can_call_tools(self) -> bool | None:
        return False

    async def choose(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        return Choice(calls=[])

    async def route(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        return Choice(calls=[])

    async def draft(self, situation: Situation, on_claim: Callable[[Claim], None] | None = None) -> Draft:
        self.shown = [source.text for source in situation.sources]
        return Draft(is_answerable=bool(self.sentences), claims=[Claim(text=one, source=1) for one in self.sentences], prompt="p@1")

    async def reword(self, situation: Situation, sentences: Sequence[str]) -> Wording:
        return Wording(texts=sentences)

    async def condense(self, situation: Situation) -> Wording:
        return Wording(texts=[""])


async def answer_of(model: Drafting, asked: Errand, tools: ToolBox) -> Answer:
    agent = Agent(model=model, ways=Ways(model, AnswerWay.SCHEMA), tools=tools, most_tokens=1000)
    (answer,) = [one async for one in agent.answer(asked) if isinstance(one, Answer)]
    return answer


def surely(question: str, *texts: str) -> Errand:
    made = errand(None, 1.0, list(texts), Question(text=question))
    made.evidence = SURELY
    return made


@pytest.fixture
def tools() -> ToolBox:
    """None of which is used here."""
    return object.__new__(ToolBox)


async def test_a_year_that_is_asked_for_must_be_in_what_a_model_says(tools: ToolBox) -> None:
    text = "Scrooge and Marley found their firm in good years. Seven years ago Marley died."
    question = "In which year did Scrooge and Marley found their firm?"
    vague = await answer_of(Drafting("Scrooge and Marley found their firm in good years."), surely(question, text), tools)
    assert (vague.content, list(vague.citations)) == (REFUSAL, [])
    dated = text.replace("good years", "the good year 1836")
    said = await answer_of(Drafting("Scrooge and Marley found their firm in 1836."), surely(question, dated), tools)
    assert (said.answered, said.content) == (True, "Scrooge and Marley found their firm in 1836. [1]")


async def test_a_model_that_finds_nothing_is_believed_where_the_words_are_the_books(tools: ToolBox) -> None:
    refused = await answer_of(Drafting(), errand(3.5, 0.8), tools)
    assert (refused.content, refused.refusal_reason) == (REFUSAL, RefusalReason.NOTHING_FOUND)


async def test_where_they_are_others_the_nearest_places_are_shown_though_a_model_finds_nothing(tools: ToolBox) -> None:
    answer = await answer_of(Drafting(), errand(3.5, 0.3), tools)
    assert (answer.answered, answer.refusal_reason) == (False, RefusalReason.NOT_SURE)
    assert answer.citations[0].quote in TEXTS[0]


async def test_a_name_must_be_told_as_the_name_of_what_is_asked_about(tools: ToolBox) -> None:
    question, text = "What is Mr. Bennet's Christian name?", "Mr. Collins changed to Elizabeth while Mrs. Bennet stirred the fire."
    answer = await answer_of(Drafting("Mr. Bennet's Christian name is Elizabeth."), surely(question, text), tools)
    assert "Elizabeth." not in answer.content
    assert not answer.answered
    told = "It was Thomas Bennet, that Mr. Bennet who stirred the fire."
    answer = await answer_of(Drafting("Mr. Bennet's Christian name is Thomas."), surely(question, told), tools)
    assert answer.content == "Mr. Bennet's Christian name is Thomas. [1]"


async def test_what_is_not_sure_is_said_with_the_places_that_lie_nearest(tools: ToolBox) -> None:
    answer = await answer_of(Drafting("It was the captain's first morning."), errand(3.5, 0.3), tools)
    assert (answer.answered, answer.refusal_reason) == (False, RefusalReason.NOT_SURE)
    assert answer.content.splitlines()[1:] == ["It was the captain's first morning. [1]", "See also [2] [3] [4] [5]."]
    assert [one.marker for one in answer.citations] == [1, 2, 3, 4, 5]
    assert len({one.passage_id for one in answer.citations}) == len(answer.citations)


async def test_a_model_is_shown_the_same_words_of_two_editions_once(tools: ToolBox) -> None:
    texts = ("The Knave stole the tarts, \u2019tis said.", "The Knave stole the tarts, 'tis said.", "The tarts were made by Kate.")
    model = Drafting()
    await answer_of(model, surely("Who stole the tarts?", *texts), tools)
    assert model.shown == [texts[0], texts[2]]
