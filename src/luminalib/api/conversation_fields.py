"""What /ask and /conversations take and send."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from luminalib.api.fields import Body, Patch, PlainText
from luminalib.domain.conversations import (
    LONGEST_MESSAGE,
    TITLE_MAX,
    Answer,
    Message,
    MessageRole,
    RefusalReason,
    Selection,
    Style,
)
from luminalib.domain.search import MOST_CHOSEN

Text = Annotated[PlainText, StringConstraints(min_length=1, max_length=LONGEST_MESSAGE)]
Title = Annotated[PlainText, StringConstraints(max_length=TITLE_MAX)]
Page = Annotated[int, Field(ge=1, le=1_000_000)]
Ids = Annotated[list[UUID], Field(max_length=MOST_CHOSEN)]


class AskBody(Body):
    """A question; without a selection it is about everything that you may see."""

    question: Text = Field(examples=["Who returned in spring to thank the keeper?"])
    book_ids: Ids = Field([])
    document_ids: Ids = Field([])
    up_to_page: Page | Annotated[dict[UUID, Page], Field(max_length=MOST_CHOSEN)] | None = Field(
        None, description="No spoilers: how far the chosen books have been read, one page for all or a page for each."
    )
    style: Style = Style.PLAIN

    def selection(self) -> Selection:
        """What it is about."""
        books = [str(one) for one in self.book_ids]
        given = self.up_to_page or {}
        until = dict.fromkeys(books, given) if isinstance(given, int) else {str(book): page for book, page in given.items()}
        return Selection(book_ids=books, document_ids=[str(one) for one in self.document_ids], up_to_page=until)


class ConversationBody(Body):
    """A conversation to begin. A selection is a limit: nothing else is looked at."""

    title: Title = ""
    book_ids: Ids = Field([])
    document_ids: Ids = Field([])
    up_to_page: Annotated[dict[UUID, Page], Field(max_length=MOST_CHOSEN, description="How far each book has been read.")] = Field(
        {}
    )
    style: Style = Style.PLAIN


class ConversationPatch(Patch):
    """What changes."""

    title: Annotated[Title, StringConstraints(min_length=1)] | None = None
    book_ids: Ids | None = None
    document_ids: Ids | None = None
    up_to_page: Annotated[dict[UUID, Page] | None, Field(max_length=MOST_CHOSEN)] = None
    style: Style | None = None


class MessageBody(Body):
    """The next question."""

    content: Text = Field(examples=["And what did he bring?"])


class ConversationOut(BaseModel):
    """A conversation."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    book_ids: list[str]
    document_ids: list[str]
    up_to_page: dict[str, int]
    style: Style
    created_at: datetime
    updated_at: datetime


class CitationOut(BaseModel):
    """A quotation that stands so in the document. `start` and `stop` are offsets in its whole text, in characters."""

    model_config = ConfigDict(from_attributes=True)

    marker: int = Field(description="As [1] in the answer.")
    passage_id: str
    document_id: str
    book_id: str | None
    title: str
    page: int
    quote: str
    score: float
    start: int
    stop: int
    heading: str | None
    percent: float
    anchor: str | None


class ToolCallOut(BaseModel):
    """What was looked up."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["search_library"])
    arguments: dict[str, Any]
    result_count: int
    error: str | None = Field(examples=[None], description="Why it could not be looked up; null when it was.")


class AnswerOut(BaseModel):
    """An answer with its evidence. `answered` is false for the refusal, and for places shown because the library is not sure."""

    answer: str
    answered: bool
    refusal_reason: RefusalReason | None
    citations: list[CitationOut]
    confidence: float = Field(description="0 to 1, from what was found.")
    tool_calls: list[ToolCallOut]
    usage: dict[str, int]
    provider: str = Field(
        examples=["extractive"],
        description="Who worded it: `extractive` for the library's own sentences, `extractive (fallback)` where a model was away.",
    )
    model: str | None = Field(examples=[None], description="The model, where one worded it.")

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """The answer as it is sent."""
        return cls(answer=answer.content, **_evidence(answer))


class MessageOut(BaseModel):
    """A turn of a conversation."""

    id: str
    number: int = Field(description="Grows from turn to turn; the event id of the stream.")
    role: MessageRole
    content: str
    citations: list[CitationOut] = []
    confidence: float | None = None
    answered: bool | None = None
    refusal_reason: RefusalReason | None = None
    tool_calls: list[ToolCallOut] = []
    usage: dict[str, int] = {}
    provider: str | None = None
    model: str | None = None
    created_at: datetime

    @classmethod
    def of(cls, message: Message) -> Self:
        """The message as it is sent."""
        more = _evidence(message.answer) if message.answer else {}
        return cls(
            id=message.id, number=message.number, role=message.role, content=message.content, created_at=message.created_at, **more
        )


def _evidence(answer: Answer) -> dict[str, Any]:
    return {
        "answered": answer.answered,
        "refusal_reason": answer.refusal_reason,
        "citations": [CitationOut.model_validate(one) for one in answer.citations],
        "confidence": answer.confidence,
        "tool_calls": [ToolCallOut.model_validate(one) for one in answer.tool_calls],
        "usage": dict(answer.usage),
        "provider": answer.provider,
        "model": answer.model,
    }
