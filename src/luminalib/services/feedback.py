"""What readers say to summaries and answers."""

from luminalib.domain.auth import Principal
from luminalib.domain.conversations import Answer, MessageNotFound
from luminalib.domain.document_views import AnalysisView
from luminalib.domain.feedback import NothingToJudge, ReaderVerdict
from luminalib.domain.llm import Purpose
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import BookViews
from luminalib.steps.members import lock_member


class FeedbackService:
    """Keeps what each reader said last; versions of prompts are compared by it."""

    def __init__(self, uow: UnitOfWorkFactory, books: BookViews, clock: Clock) -> None:
        self._uow = uow
        self._books = books
        self._clock = clock

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
