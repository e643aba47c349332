"""What is kept of calls to language models."""

from abc import ABC, abstractmethod
from datetime import date, datetime

from luminalib.domain.feedback import ReaderVerdict
from luminalib.domain.llm import Answer, LLMCall, Usage, VariantUsage


class LLMLedger(ABC):
    """The calls, for accounting, and the answers, so that the same question is not asked twice."""

    @abstractmethod
    async def record(self, call: LLMCall) -> None:
        """Adds a call."""

    @abstractmethod
    async def usage(self, since: date, until: date, *, by_member: bool = False) -> list[Usage]:
        """Calls added up per day, purpose, provider and model, both days included, the newest day first; per member if wanted."""

    @abstractmethod
    async def variants(self, since: date, until: date) -> list[VariantUsage]:
        """The same per purpose, provider, model and version of the prompt, with what readers said in those days; by name."""

    @abstractmethod
    async def judge(self, verdict: ReaderVerdict) -> None:
        """Keeps a reader's verdict in place of their earlier one on the same subject."""

    @abstractmethod
    async def forget_reader(self, user_id: str) -> None:
        """Deletes a reader's verdicts."""

    @abstractmethod
    async def speed(self, provider: str, model: str) -> float | None:
        """Tokens a second, read and written, of a model's last answers; None when it has given none."""

    @abstractmethod
    async def find_answer(self, digest: str) -> Answer | None:
        """The answer to a question that was asked before."""

    @abstractmethod
    async def keep_answer(self, answer: Answer) -> None:
        """Keeps an answer in place of an earlier one to the same question."""

    @abstractmethod
    async def forget(self, *, calls_before: datetime, answers_before: datetime) -> None:
        """Deletes calls, and answers, from before then."""
