"""What language engines say about books: summaries, with where they came from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from luminalib.domain.errors import LuminaError, Unavailable


class Sentiment(StrEnum):
    """The overall mood of a text."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    MIXED = "mixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryResult:
    """A provider's answer to `summarise`.

    `provider`, `model` and `prompt` say how it was made: for the extractive provider the method and its version, for a prompted one
    the model's name and `name@version` of the prompt. `parts_read` of the text's `parts` were read; None without parts.
    """

    summary: str
    key_topics: tuple[str, ...]
    sentiment: Sentiment
    insights: tuple[str, ...]
    action_items: tuple[str, ...]
    provider: str
    model: str
    prompt: str
    parts: int | None = None
    parts_read: int | None = None


@dataclass(eq=False, kw_only=True)
class Summary:
    """The summary that is kept for a document."""

    document_id: str
    summary: str
    key_topics: list[str]
    sentiment: Sentiment
    insights: list[str]
    action_items: list[str]
    provider: str
    model: str
    prompt: str
    generated_at: datetime
    parts: int | None = None
    parts_read: int | None = None

    @classmethod
    def of(cls, document_id: str, result: SummaryResult, at: datetime) -> "Summary":
        """The record of `result`."""
        return cls(
            document_id=document_id,
            summary=result.summary,
            key_topics=list(result.key_topics),
            sentiment=result.sentiment,
            insights=list(result.insights),
            action_items=list(result.action_items),
            provider=result.provider,
            model=result.model,
            prompt=result.prompt,
            generated_at=at,
            parts=result.parts,
            parts_read=result.parts_read,
        )


class LanguageEngineUnavailable(Unavailable):
    """The language engine does not answer."""

    slug = "language-engine-unavailable"


class ContextTooSmall(LanguageEngineUnavailable):
    """The model's context is too small for the library's questions. Give it a longer one, or choose another model."""

    slug = "context-too-small"


class TextTooHeavy(LuminaError):
    """The text takes the language engine more time or memory than it may use."""

    slug = "text-too-heavy"


class UnusableAnswer(LuminaError):
    """The language model did not answer in the form that was asked for, not even after it was told what was wrong."""

    slug = "unusable-answer"
