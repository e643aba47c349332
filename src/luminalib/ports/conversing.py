"""What answering questions asks of a language model, beyond what summaries and reviews do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from luminalib.domain.conversations import Turn
from luminalib.domain.grounding import Claim
from luminalib.domain.llm import AnswerWay


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """Something that a model may have looked up; `parameters` is the JSON Schema of its arguments, an object.

    `main` names the argument that a model fills which can only say what to do and one thing to do it with.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    main: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A tool to be used. `fault` says, in words for the model, why it cannot be: unknown, or with arguments that do not fit."""

    name: str
    arguments: Mapping[str, Any]
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Something that was found, by the number that claims cite; `label` says where it stands."""

    number: int
    label: str
    text: str


@dataclass(kw_only=True, slots=True)
class Spent:
    """What questions to a model took, also those that came to nothing; it is added to."""

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0

    def add(self, tokens_in: int, tokens_out: int, calls: int) -> None:
        """Adds what one more question took."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.calls += calls


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Where an answer stands: what is asked by whom, after `turns` (the oldest first) and what `summary` says of those before.

    `sources` is what was found so far, the best first; `notes` are what came of the tools that were used.
    What a model takes over it is added to `spent`.
    """

    tenant_id: str
    user_id: str | None
    question: str
    summary: str = ""
    turns: Sequence[Turn] = ()
    sources: Sequence[Source] = ()
    notes: Sequence[str] = ()
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The tools that a model wants to be used; none when it is ready to answer.

    `is_misspelt`: it wrote a call as text, so its server's protocol of calling tools is of no use with it.
    """

    calls: Sequence[Call]
    is_misspelt: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a model would answer: nothing of it is believed before it was compared with the sources."""

    is_answerable: bool
    claims: Sequence[Claim]
    prompt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Texts that a model has worded anew."""

    texts: Sequence[str]


class ConversingModel(ABC):
    """A model that helps to answer. It decides nothing: not what may be seen, not what is true, not whether there is an answer.

    Each verb raises LanguageEngineUnavailable when the model cannot be reached, and UnusableAnswer when it does not do what it was
    asked to. A cancelled one closes its connection, so that the server stops, too. All are accounted for as `answer`, by member.
    """

    name: str
    """The provider, as `LUMINALIB_LLM` calls it."""
    model: str
    verdict: AnswerWay | None = None
    """What a probe found out about it; None as long as none was made."""

    @abstractmethod
    async def can_call_tools(self) -> bool | None:
        """Whether its server says that it can; None where it does not tell."""

    @abstractmethod
    async def choose(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        """Which tools to use next, called by the server's own protocol; text beside a call is dropped."""

    @abstractmethod
    async def route(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        """The same as one of the tools' names and what to use it with, for models that call tools badly."""

    @abstractmethod
    async def draft(self, situation: Situation, on_claim: Callable[[Claim], None] | None = None) -> Draft:
        """An answer from the sources alone, each sentence with the number of the source that says so.

        Where the server streams, `on_claim` is told each sentence of an answer as soon as it is whole and passes the checks. The
        draft has them again, unless the model is asked once more meanwhile.
        """

    @abstractmethod
    async def reword(self, situation: Situation, sentences: Sequence[str]) -> Wording:
        """The same sentences in a friendlier tone, as many and in the same order."""

    @abstractmethod
    async def condense(self, situation: Situation) -> Wording:
        """One text: what the summary and the turns of the situation come to, for later questions."""
