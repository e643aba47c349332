"""The language engine as operators see it, what it took, what it cost, whether it works; and as its readers judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from luminalib.domain.auth import Principal, require_admin
from luminalib.domain.conversations import Answer, MessageNotFound
from luminalib.domain.document_views import AnalysisView
from luminalib.domain.llm import EngineReport, NothingToJudge, Price, Purpose, ReaderVerdict, Usage, VariantUsage, cost
from luminalib.ports.clock import Clock
from luminalib.ports.llm import LLMProvider
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import BookViews
from luminalib.steps.members import lock_member

SHOWN_BY_DEFAULT = timedelta(days=29)


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedUsage:
    """A day's calls of one kind, and what they cost where the model has a price."""

    usage: Usage
    cost: float | None


class LLMService:
    """The operators' desk for the language engine."""

    def __init__(
        self, uow: UnitOfWorkFactory, books: BookViews, llm: LLMProvider, clock: Clock, prices: Mapping[str, Price]
    ) -> None:
        self._uow = uow
        self._books = books
        self._llm = llm
        self._clock = clock
        self._prices = prices

    async def usage(self, by: Principal, since: date | None, until: date | None, *, by_member: bool = False) -> list[PricedUsage]:
        """Calls per day, purpose, provider and model, the newest day first; the last 30 days by default. Raises NotAllowed.

        With `by_member` those of each member apart; work that nobody asked for by name has none.
        """
        require_admin(by)
        first, last = self._days(since, until)
        async with self._uow.reading(by.tenant_id) as uow:
            found = await uow.llm.usage(first, last, by_member=by_member)
        return [PricedUsage(usage=usage, cost=cost(usage, self._prices)) for usage in found]

    async def variants(self, by: Principal, since: date | None, until: date | None) -> list[VariantUsage]:
        """How versions of prompts compare over the same days: calls by outcome, and what readers said. Raises NotAllowed."""
        require_admin(by)
        first, last = self._days(since, until)
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.llm.variants(first, last)

    async def judge_summary(self, by: Principal, book_id: str, *, is_helpful: bool) -> None:
        """Keeps whether the summary of a book helped. Raises BookNotFound, NothingToJudge."""
        analysis = (await self._books.summary(by.tenant_id, book_id)).analysis
        if analysis is None:
            raise NothingToJudge
        await self._judge(by, Purpose.SUMMARY, book_id, analysis, is_helpful=is_helpful)

    async def judge_answer(self, by: Principal, conversation_id: str, message_id: str, *, is_helpful: bool) -> None:
        """Keeps whether an answer in a conversation helped. Raises ConversationNotFound, MessageNotFound, NothingToJudge."""
        async with self._uow.reading(by.tenant_id) as uow:
            await uow.conversations.get(by.user_id or "", conversation_id)
            message = await uow.conversations.message(conversation_id, message_id)
        if message is None:
            raise MessageNotFound
        if message.answer is None:
            raise NothingToJudge
        await self._judge(by, Purpose.ANSWER, message_id, message.answer, is_helpful=is_helpful)

    async def _judge(
        self, by: Principal, purpose: Purpose, subject_id: str, judged: AnalysisView | Answer, *, is_helpful: bool
    ) -> None:
        async with self._uow(by.tenant_id) as uow:
            await lock_member(uow, by.user_id)  # two verdicts of one reader at once take turns
            await uow.llm.judge(
                ReaderVerdict(
                    user_id=by.user_id or "",
                    purpose=purpose,
                    subject_id=subject_id,
                    provider=judged.provider,
                    model=judged.model or "",
                    prompt=judged.prompt or "",
                    is_helpful=is_helpful,
                    at=self._clock.now(),
                )
            )

    def _days(self, since: date | None, until: date | None) -> tuple[date, date]:
        last = until or self._clock.now().date()
        return since or last - min(SHOWN_BY_DEFAULT, last - date.min), last

    async def test(self, by: Principal) -> EngineReport:
        """Tries the engine out and says in words what was found. Raises NotAllowed."""
        require_admin(by)
        return await self._llm.probe(by.tenant_id)
