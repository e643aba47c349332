"""One question on its way to an answer: what it is, what was looked up for it, what was found, and what that took."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from luminalib.domain.answer_rules import AnswerRules
from luminalib.domain.asked_words import AskedWords
from luminalib.domain.auth import Principal
from luminalib.domain.confidence import Evidence
from luminalib.domain.conversations import Answer, Selection, Style, ToolCall, Turn, question_with_turns
from luminalib.domain.errors import LuminaError
from luminalib.domain.grounding import Ground
from luminalib.domain.passages import Scope
from luminalib.domain.quoting import Quote, in_other_words, is_named_there, quotes_for, weights_of
from luminalib.domain.search import PassageView
from luminalib.ports.conversing import Situation, Source, Spent
from luminalib.services.conversations.finding import Found

MOST_SHOWN = 8
"""So many passages a model is given at most, the best first."""
SHORTEST = 450
"""Characters of each, where there is room for few."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a member asks, after `turns`, the oldest first, and what `summary` says of those up to message `summarised_to`."""

    text: str
    turns: Sequence[Turn] = ()
    summary: str = ""
    summarised_to: int = 0
    selection: Selection = field(default_factory=Selection)
    style: Style = Style.PLAIN


@dataclass(kw_only=True)
class Errand:
    """Passages and facts have one row of numbers, which stay while more is found. `deadline` is on the monotonic clock."""

    by: Principal
    question: Question
    scope: Scope
    rules: AnswerRules
    deadline: float
    characters: int
    """So many characters of passages a model is given."""
    passages: dict[int, tuple[PassageView, float]] = field(default_factory=dict)
    facts: dict[int, Ground] = field(default_factory=dict)
    readable: set[str] = field(default_factory=set)
    evidence: Evidence = field(default_factory=Evidence)
    rarity: dict[str, float] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)
    failure: LuminaError | None = None
    """What kept the model from going on."""
    answer: Answer | None = None
    said: str = ""
    """The beginning of the answer, as far as it was told already."""
    _numbers: dict[str, int] = field(default_factory=dict)
    """Of the passages, by their ids: what an id is made of is the whole text."""

    @property
    def asked(self) -> list[str]:
        """The question alone, and together with those before it."""
        return question_with_turns(self.question.text, [turn.question for turn in self.question.turns])

    @property
    def seconds_left(self) -> float:
        """Until the deadline."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def has_searched(self) -> bool:
        """Whether the library's text was searched for this."""
        return any(call.name == "search_library" for call in self.calls)

    def found(self, found: Found) -> int:
        """Takes in what a search has found; how many passages that is."""
        for view, score in found.passages:
            number = self._numbers.setdefault(view.passage.id, self._next())
            known = self.passages.get(number)
            self.passages[number] = (view, max(score, known[1]) if known else score)
        self.readable |= found.readable
        self.evidence = self.evidence.joined(found.evidence)
        self.rarity = {**found.rarity, **self.rarity}
        return len(found.passages)

    def learnt(self, label: str, text: str) -> None:
        """Takes in a fact of the library's own records."""
        self.facts[self._next()] = Ground(text=text, label=label)

    def number_of(self, passage_id: str) -> int | None:
        """The number under which a passage is known."""
        return self._numbers.get(passage_id)

    def quotes(self) -> list[Quote]:
        """The best quotation of each passage, the best first."""
        ranked = sorted(self.passages.values(), key=lambda one: -one[1])
        return quotes_for(self.question.text, " ".join([*self.asked[-1:], *self.queries]), ranked, self.rarity)

    def is_named(self, view: PassageView, start: int, stop: int) -> bool:
        """Whether a stretch of a passage tells the name that the question asks for, if it does."""
        question = self.question.text
        asked = AskedWords(question, weights_of(question, self.asked[-1], self.rarity))
        return is_named_there(view.passage.text, start, stop, asked)

    def grounds(self) -> dict[int, Ground]:
        """All that claims may rest on, in full."""
        passages = {
            number: Ground(text=view.passage.text, label=f"{view.title} {view.passage.heading or ''}")
            for number, (view, _) in self.passages.items()
        }
        return passages | self.facts

    def situation(self, quotes: Sequence[Quote] = ()) -> Situation:
        """What a model is told: facts, and the surroundings of the best quotations."""
        sources = [Source(number=number, label=fact.label, text=fact.text) for number, fact in self.facts.items()]
        shown = max(1, min(MOST_SHOWN, self.characters // SHORTEST))
        for quote in in_other_words(quotes)[:shown]:
            view = quote.view
            number = self.number_of(view.passage.id) or 0
            label = f"“{view.title}”, page {view.passage.page}"
            sources.append(Source(number=number, label=label, text=_around(quote, self.characters // shown)))
        return Situation(
            tenant_id=self.by.tenant_id,
            user_id=self.by.user_id,
            question=self.question.text,
            summary=self.question.summary,
            turns=self.question.turns,
            sources=sources,
            notes=list(self.notes),
            spent=self.spent,
        )

    def _next(self) -> int:
        return len(self.passages) + len(self.facts) + 1


def _around(quote: Quote, most: int) -> str:
    """A quotation with what stands around it, cut at words."""
    text = quote.view.passage.text
    spare = max(0, most - (quote.stop - quote.start))
    start, stop = max(0, quote.start - spare // 2), min(len(text), quote.stop + spare - spare // 2)
    start = text.find(" ", start) + 1 if start and text.find(" ", start) < quote.start else min(start, quote.start)
    stop = text.rfind(" ", 0, stop) if stop < len(text) and text.rfind(" ", 0, stop) > quote.stop else max(stop, quote.stop)
    return text[start:stop].strip()
