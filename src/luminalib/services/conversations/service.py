"""Conversations, and questions without one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from luminalib.domain.auth import Principal
from luminalib.domain.conversations import (
    MOST_CONVERSATIONS,
    MOST_TURNS,
    TITLE_MAX,
    Answer,
    AnswerUnderWay,
    Conversation,
    Message,
    MessageRole,
    RefusalReason,
    Selection,
    Style,
    TooManyConversations,
)
from luminalib.domain.errors import LuminaError
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.events import EventBus
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.views import ConversationViews
from luminalib.services.conversations.answerer import Answerer
from luminalib.services.conversations.errand import Question
from luminalib.services.conversations.events import Happening
from luminalib.services.conversations.following import ConversationFollowers, conversation_topic
from luminalib.steps.authority import Authority

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What conversations need.

    `process` is the name of this one, `has_gone` knows of others of this machine; `longest` is how long an answer takes at most.
    """

    uow: UnitOfWorkFactory
    views: ConversationViews
    bus: EventBus
    answerer: Answerer
    limiter: RateLimiter
    authority: Authority
    clock: Clock
    process: str
    has_gone: Callable[[str], bool]
    longest: timedelta


class ConversationService:
    """A member's conversations. Answers are made in tasks of their own: who hangs up finds them later."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._followers = ConversationFollowers(tools.uow, tools.bus, tools.authority)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._is_closing = False

    async def ask(self, by: Principal, question: Question) -> AsyncIterator[Happening]:
        """One question without a conversation: nothing is kept. Raises TooManyRequests, BookNotFound, DocumentNotFound."""
        await self._tools.limiter.hit(Rule.ASK_PER_ACCOUNT, by.user_id)
        await self._tools.answerer.scope(by, question.selection)
        return self._tools.answerer.answer(by, question)

    async def begin(self, by: Principal, title: str, selection: Selection, style: Style) -> Conversation:
        """A new conversation. Raises BookNotFound, DocumentNotFound, TooManyConversations."""
        await self._tools.answerer.scope(by, selection)
        now = self._tools.clock.now()
        conversation = Conversation(
            id=str(uuid4()),
            user_id=by.user_id or "",
            title=title[:TITLE_MAX],
            book_ids=list(selection.book_ids),
            document_ids=list(selection.document_ids),
            up_to_page=dict(selection.up_to_page),
            style=style,
            created_at=now,
            updated_at=now,
        )
        async with self._tools.uow(by.tenant_id) as uow:
            await uow.users.find(conversation.user_id)  # holds the account, so that parallel requests are counted one by one
            if await uow.conversations.count(conversation.user_id) >= MOST_CONVERSATIONS:
                raise TooManyConversations(max_conversations=MOST_CONVERSATIONS)
            await uow.conversations.add(conversation)
        return conversation

    async def list(self, by: Principal, page: PageRequest) -> Page[Conversation]:
        """The member's, the last used first."""
        async with self._tools.uow.reading(by.tenant_id) as uow:
            return await uow.conversations.list(by.user_id or "", page)

    async def get(self, by: Principal, conversation_id: str) -> Conversation:
        """One. Raises ConversationNotFound."""
        return await self._tools.views.get(by.tenant_id, by.user_id or "", conversation_id)

    async def change(self, by: Principal, conversation_id: str, changes: Mapping[str, Any]) -> Conversation:
        """Changes title, selection or style. Raises ConversationNotFound, BookNotFound, DocumentNotFound."""
        wanted = {name: changes[name] for name in ("book_ids", "document_ids", "up_to_page") if name in changes}
        await self._tools.answerer.scope(by, Selection(**wanted))
        async with self._tools.uow(by.tenant_id) as uow:
            conversation = await uow.conversations.get(by.user_id or "", conversation_id)
            for name, value in changes.items():
                setattr(conversation, name, value)
            conversation.updated_at = self._tools.clock.now()
        return conversation

    async def remove(self, by: Principal, conversation_id: str) -> None:
        """Deletes a conversation; an answer under way stops. Raises ConversationNotFound."""
        await self.get(by, conversation_id)
        await self._stop(conversation_id)
        async with self._tools.uow(by.tenant_id) as uow:
            await uow.conversations.remove(await uow.conversations.get(by.user_id or "", conversation_id))
        self._publish(by, conversation_id)

    async def messages(self, by: Principal, conversation_id: str, page: PageRequest) -> Page[Message]:
        """Its messages, the oldest first. Raises ConversationNotFound."""
        async with self._tools.uow.reading(by.tenant_id) as uow:
            await uow.conversations.get(by.user_id or "", conversation_id)
            return await uow.conversations.messages(conversation_id, page)

    async def send(self, by: Principal, conversation_id: str, content: str) -> AsyncIterator[Happening | Message]:
        """Asks in a conversation: the question as it was kept, what happens, and at last the answer as it was kept.

        The answer is made and kept whether or not anybody listens. Raises ConversationNotFound, AnswerUnderWay, TooManyRequests.
        """
        await self._tools.limiter.hit(Rule.ASK_PER_ACCOUNT, by.user_id)
        conversation = await self.get(by, conversation_id)
        turns = await self._tools.views.turns(by.tenant_id, conversation_id, conversation.summarised_to, MOST_TURNS)
        conversation.begin(content, self._tools.clock.now(), self._tools.process)
        async with self._tools.uow(by.tenant_id) as uow:
            if not await uow.conversations.begin(conversation):
                await self.get(by, conversation_id)  # or it has gone
                raise AnswerUnderWay
            asked = await uow.conversations.say(self._turn(conversation_id, MessageRole.USER, content))
        self._publish(by, conversation_id)
        question = Question(
            text=content,
            turns=turns,
            summary=conversation.summary,
            summarised_to=conversation.summarised_to,
            selection=conversation.selection,
            style=conversation.style,
        )
        happenings: asyncio.Queue[Happening | Message | None] = asyncio.Queue()
        task = asyncio.create_task(self._answer(by, conversation, question, happenings))
        self._under_way[conversation_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(conversation_id, None))
        return _told(asked, happenings)

    async def cancel(self, by: Principal, conversation_id: str) -> None:
        """Stops the answer under way, if there is one. Raises ConversationNotFound."""
        await self.get(by, conversation_id)
        await self._stop(conversation_id)

    def follow(self, by: Principal, conversation_id: str, after: int | None) -> AsyncIterator[Message | None]:
        """See ConversationFollowers."""
        return self._followers.follow(by, conversation_id, after)

    async def mark_interrupted(self, tenant_id: str) -> None:
        """Says of questions that nobody answers any more that their answer was interrupted; other servers' are theirs to answer."""
        now = self._tools.clock.now()
        async with self._tools.uow.reading(tenant_id) as uow:  # most tenants have none, and a look must not write for each
            if not any(self._is_left(one, now) for one in await uow.conversations.unanswered(now)):
                return
        left = []
        answer = await self._stopped(tenant_id, RefusalReason.INTERRUPTED)
        async with self._tools.uow(tenant_id) as uow:
            for conversation in await uow.conversations.unanswered(now):
                if self._is_left(conversation, now) and await uow.conversations.end(conversation, conversation.updated_at):
                    await uow.conversations.say(self._turn(conversation.id, MessageRole.ASSISTANT, answer.content, answer))
                    left.append(conversation.id)
        for conversation_id in left:
            self._tools.bus.publish(conversation_topic(tenant_id, conversation_id))

    def _is_left(self, conversation: Conversation, now: datetime) -> bool:
        """Whether the process that answers has gone, or must have: of another machine's only the time can tell."""
        if conversation.id in self._under_way or conversation.asked_at is None:
            return False
        process = conversation.asked_of
        return process is None or self._tools.has_gone(process) or now - conversation.asked_at > self._tools.longest

    async def close(self) -> None:
        """Stops what is under way; it is marked as interrupted."""
        self._is_closing = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(
        self, by: Principal, conversation: Conversation, question: Question, happenings: "asyncio.Queue[Happening | Message | None]"
    ) -> None:
        try:
            answer = await self._make(by, conversation, question, happenings)
            happenings.put_nowait(await self._keep(by, conversation, answer))
        except asyncio.CancelledError:
            reason = RefusalReason.INTERRUPTED if self._is_closing else RefusalReason.CANCELLED
            happenings.put_nowait(await asyncio.shield(self._keep_stopped(by, conversation, reason)))
        except LuminaError as reason:
            log.warning("conversations.not_answered", reason=reason.detail)
        finally:
            happenings.put_nowait(None)

    async def _make(
        self, by: Principal, conversation: Conversation, question: Question, happenings: "asyncio.Queue[Happening | Message | None]"
    ) -> Answer:
        try:
            question = await self._remembering(by, conversation, question)
            async for happening in self._tools.answerer.answer(by, question):
                if isinstance(happening, Answer):
                    return happening
                happenings.put_nowait(happening)
        except LuminaError as reason:
            log.warning("conversations.no_answer", reason=reason.detail)
        return await self._stopped(by.tenant_id, RefusalReason.UNAVAILABLE)

    async def _remembering(self, by: Principal, conversation: Conversation, question: Question) -> Question:
        """The question with its older turns summarised; the summary is kept for the next ones."""
        remembered = await self._tools.answerer.remembering(by, question)
        if remembered.summarised_to > question.summarised_to:
            async with self._tools.uow(by.tenant_id) as uow:
                stored = await uow.conversations.get(conversation.user_id, conversation.id)
                stored.summary, stored.summarised_to = remembered.summary, remembered.summarised_to
        return remembered

    async def _keep(self, by: Principal, conversation: Conversation, answer: Answer) -> Message | None:
        """The answer as it was kept; None when the conversation has gone, or its question counts as answered already."""
        async with self._tools.uow(by.tenant_id) as uow:
            if not await uow.conversations.end(conversation, self._tools.clock.now()):
                return None
            kept = await uow.conversations.say(self._turn(conversation.id, MessageRole.ASSISTANT, answer.content, answer))
        self._publish(by, conversation.id)
        return kept

    async def _keep_stopped(self, by: Principal, conversation: Conversation, reason: RefusalReason) -> Message | None:
        return await self._keep(by, conversation, await self._stopped(by.tenant_id, reason))

    async def _stopped(self, tenant_id: str, reason: RefusalReason) -> Answer:
        """What stands in place of an answer that did not come to be."""
        words = (await self._tools.answerer.rules.of(tenant_id)).words
        content = {RefusalReason.CANCELLED: words.cancelled, RefusalReason.INTERRUPTED: words.interrupted}
        return Answer(content=content.get(reason, words.unavailable), answered=False, confidence=0.0, refusal_reason=reason)

    async def _stop(self, conversation_id: str) -> None:
        task = self._under_way.get(conversation_id)
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _turn(self, conversation_id: str, role: MessageRole, content: str, answer: Answer | None = None) -> Message:
        return Message(
            number=0,
            id=str(uuid4()),
            conversation_id=conversation_id,
            role=role,
            content=content,
            created_at=self._tools.clock.now(),
            answer=answer,
        )

    def _publish(self, by: Principal, conversation_id: str) -> None:
        self._tools.bus.publish(conversation_topic(by.tenant_id, conversation_id))


async def _told(asked: Message, happenings: "asyncio.Queue[Happening | Message | None]") -> AsyncIterator[Happening | Message]:
    yield asked
    while (happening := await happenings.get()) is not None:
        yield happening
