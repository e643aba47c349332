"""Asking the library: conversations, answers that cite where they stand, and refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from luminalib.domain.answer_rules import AnswerWords
from luminalib.domain.errors import Conflict, NotFound
from luminalib.domain.search import PassageView

TITLE_MAX = 200
LONGEST_MESSAGE = 4000
"""Characters of what a member asks."""
MOST_CONVERSATIONS = 500
"""Of a member; the oldest must go before another begins."""
TURNS_BEFORE = 2
"""So many questions before the last one help to find what it is about."""
MOST_TURNS = 40
"""So many turns before a question are looked at."""
TURN_CHARACTERS = 600
"""Of a turn's answer so much is remembered word by word."""
HISTORY_CHARACTERS = 6000
"""When the turns before a question are longer, the older ones are summarised (by a model, where there is one)."""


class ConversationNotFound(NotFound):
    """There is no such conversation, or it is not yours."""

    slug = "conversation-not-found"


class MessageNotFound(NotFound):
    """There is no such message in this conversation."""

    slug = "message-not-found"


class TooManyConversations(Conflict):
    """You have as many conversations as the library keeps. Delete one first."""

    slug = "too-many-conversations"


class AnswerUnderWay(Conflict):
    """The last question of this conversation is still being answered. Wait, or cancel it."""

    slug = "answer-under-way"


class Style(StrEnum):
    """How an answer is worded."""

    PLAIN = "plain"
    FRIENDLY = "friendly"


class MessageRole(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"


class RefusalReason(StrEnum):
    """Why a question was not answered."""

    NOTHING_FOUND = "nothing-found"
    NOT_SURE = "not-sure"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question of before and what was said to it; `number` is that of the answer, as of the message."""

    question: str
    answer: str
    number: int = 0

    @property
    def characters(self) -> int:
        """How long it is."""
        return len(self.question) + len(self.answer)


def split_turns(turns: Sequence[Turn], most: int = HISTORY_CHARACTERS) -> tuple[Sequence[Turn], Sequence[Turn]]:
    """The older turns, to be summarised, and the last ones in half as many characters as `most`; none is old if all fit."""
    if sum(turn.characters for turn in turns) <= most:
        return (), turns
    kept, left = 0, most // 2
    for turn in reversed(turns):
        left -= turn.characters
        if left < 0:
            break
        kept += 1
    kept = max(kept, 1)
    return turns[:-kept], turns[-kept:]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which books and documents a question is about (all when both are empty), and how far each has been read, by book."""

    book_ids: Sequence[str] = ()
    document_ids: Sequence[str] = ()
    up_to_page: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A verbatim quotation and its place; `start` and `stop` are offsets in the document's whole text."""

    marker: int
    passage_id: str
    document_id: str
    book_id: str | None
    title: str
    page: int
    quote: str
    start: int
    stop: int
    score: float
    heading: str | None = None
    percent: float = 0.0
    anchor: str | None = None

    @classmethod
    def of(cls, marker: int, view: PassageView, start: int, stop: int, score: float) -> "Citation":
        """The stretch of a passage from `start` to `stop`, offsets in the passage."""
        passage = view.passage
        return cls(
            marker=marker,
            passage_id=passage.id,
            document_id=passage.document_id,
            book_id=view.book_id,
            title=view.title,
            page=passage.page,
            quote=passage.text[start:stop],
            start=passage.start + start,
            stop=passage.start + stop,
            score=round(score, 4),
            heading=passage.heading,
            percent=view.percent,
            anchor=view.anchor,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """What was looked up for an answer; `error` says why it could not be."""

    name: str
    arguments: Mapping[str, Any]
    result_count: int
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is said to a question. Without citations and with `answered` false it is the refusal, word by word.

    `confidence` is 0.0 to 1.0, from what was found and not from what a model says of itself; `usage` counts the tokens of the model
    that was `asked`, whether its words were taken or not.
    `provider` and `model` say who worded it: `extractive` for the library's own sentences, `extractive (fallback)` where a model
    should have and could not; `prompt` is the model's, as name@version.
    """

    content: str
    answered: bool
    confidence: float
    citations: Sequence[Citation] = ()
    refusal_reason: RefusalReason | None = None
    tool_calls: Sequence[ToolCall] = ()
    usage: Mapping[str, int] = field(default_factory=dict)
    provider: str = "extractive"
    model: str | None = None
    prompt: str | None = None
    asked: str | None = None


@dataclass(eq=False, kw_only=True)
class Conversation:
    """A member's talk with the library about a selection of it.

    `asked_at` is when a question came that is not answered yet, `asked_of` the process that answers it. `summary` is what the turns
    came to up to the message of the number `summarised_to`.
    """

    id: str
    user_id: str
    title: str
    book_ids: list[str]
    document_ids: list[str]
    up_to_page: dict[str, int]
    style: Style
    created_at: datetime
    updated_at: datetime
    asked_at: datetime | None = None
    asked_of: str | None = None
    summary: str = ""
    summarised_to: int = 0

    @property
    def selection(self) -> Selection:
        """What it is about."""
        return Selection(book_ids=self.book_ids, document_ids=self.document_ids, up_to_page=self.up_to_page)

    def begin(self, question: str, at: datetime, process: str | None = None) -> None:
        """Takes a question, which `process` answers. Raises AnswerUnderWay while the one before is being answered."""
        if self.asked_at is not None:
            raise AnswerUnderWay
        self.asked_at = self.updated_at = at
        self.asked_of = process
        if not self.title:
            self.title = " ".join(question.split())[:80]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A turn of a conversation, never changed once it is there; `number` grows from turn to turn."""

    number: int
    id: str
    conversation_id: str
    role: MessageRole
    content: str
    created_at: datetime
    answer: Answer | None = None


def question_with_turns(question: str, before: Sequence[str]) -> list[str]:
    """The question alone, and together with the member's questions before it."""
    return [question, " ".join([*before[-TURNS_BEFORE:], question])]


def said(sentences: Sequence[tuple[str, Sequence[int]]], further: Sequence[Citation], words: AnswerWords, *, is_sure: bool) -> str:
    """A model's sentences that stood the test as an answer, each with the markers of its citations, and where else one may look."""
    lines = [] if is_sure else [words.nearest]
    lines.append(" ".join(" ".join([text.strip(), *(f"[{marker}]" for marker in markers)]) for text, markers in sentences))
    return "\n".join([*lines, words.further.format(places=_markers(further))] if further else lines)


def worded(
    told: Sequence[Sequence[Citation]], further: Sequence[Citation], style: Style, words: AnswerWords, *, is_sure: bool
) -> str:
    """Quotations as an answer, each with all places where it stands in the same words, and where else one may look.

    A friendly one says where each stands in words; no style adds anything to what the books say.
    """
    is_friendly = style is Style.FRIENDLY
    unsure, sure = (words.sorry, [words.gladly]) if is_friendly else (words.not_sure, [])
    lines = sure if is_sure else [unsure]
    for places in told:
        quoted = f"“{' '.join(places[0].quote.split())}” {_markers(places)}"
        lines.append(words.place.format(title=places[0].title, page=places[0].page, quote=quoted) if is_friendly else quoted)
    return "\n".join([*lines, words.further.format(places=_markers(further))] if further else lines)


def _markers(citations: Sequence[Citation]) -> str:
    return " ".join(f"[{one.marker}]" for one in citations)
