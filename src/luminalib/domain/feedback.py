"""What readers say to what language engines write."""

from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.errors import Conflict
from luminalib.domain.llm import Purpose


class NothingToJudge(Conflict):
    """There is no summary or answer here (yet) that could be judged."""

    slug = "nothing-to-judge"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderVerdict:
    """Whether a reader was helped by what an engine has written, and what wrote it; a later one of the same reader replaces it.

    `subject_id` is the document that was summarised, or the message of a conversation.
    """

    user_id: str
    purpose: Purpose
    subject_id: str
    provider: str
    model: str
    prompt: str
    is_helpful: bool
    at: datetime
