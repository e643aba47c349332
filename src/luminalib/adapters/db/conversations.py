"""Tables and repository of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.conversations import (
    Answer,
    Citation,
    Conversation,
    ConversationNotFound,
    Message,
    MessageRole,
    RefusalReason,
    Style,
    ToolCall,
)
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.persistence import ConversationRepository

conversations = sa.Table(
    "conversations",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("book_ids", sa.JSON, nullable=False),
    sa.Column("document_ids", sa.JSON, nullable=False),
    sa.Column("up_to_page", sa.JSON, nullable=False),
    sa.Column("style", enum_column(Style), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("asked_at", UtcDateTime, index=True),
    sa.Column("asked_of", sa.String(200)),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),
    sa.Column("summarised_to", BIG_ID, nullable=False, server_default="0"),
    sa.Index("ix_conversations_user_id_updated_at", "tenant_id", "user_id", "updated_at"),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("number", BIG_ID, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    tenant_column(),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", enum_column(MessageRole), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("answer", sa.JSON),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_messages_conversation_id_number", "conversation_id", "number"),
    sqlite_autoincrement=True,
)
map_owned(Conversation, conversations)
_AT_ONCE = 500
"""So many values one statement names: databases have limits."""
_OURS = (conversations.c.id == sa.bindparam("conversation"), conversations.c.tenant_id == sa.bindparam("tenant"))
_KEPT = ("title", "asked_at", "asked_of", "updated_at")
_BEGIN = (
    sa.update(conversations)
    .where(*_OURS, conversations.c.user_id == sa.bindparam("member"), conversations.c.asked_at.is_(None))
    .values({name: sa.bindparam(f"new_{name}") for name in _KEPT})
)
_END = (
    sa.update(conversations)
    .where(*_OURS, conversations.c.asked_at == sa.bindparam("question_at", type_=UtcDateTime))
    .values(asked_at=None, asked_of=None, updated_at=sa.bindparam("new_updated_at"))
)
_SAY = sa.insert(messages).returning(messages.c.number)


class SqlConversationRepository(ConversationRepository):
    """Conversations in `conversations`, their turns in `messages`; what a turn cites and did is one JSON value."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def add(self, conversation: Conversation) -> None:
        """See ConversationRepository."""
        self._session.add(conversation)
        await self._session.flush()

    async def get(self, user_id: str, conversation_id: str) -> Conversation:
        """See ConversationRepository."""
        ours = (conversations.c.id == conversation_id, conversations.c.user_id == user_id)
        found = await self._session.scalar(locked(self._session, sa.select(Conversation).where(*ours)))
        if found is None:
            raise ConversationNotFound
        return found

    async def count(self, user_id: str) -> int:
        """See ConversationRepository."""
        counted = sa.select(sa.func.count()).select_from(conversations).where(*self._of(user_id))
        return await self._session.scalar(counted) or 0

    async def list(self, user_id: str, page: PageRequest) -> Page[Conversation]:
        """See ConversationRepository."""
        wanted = sa.select(Conversation).where(conversations.c.user_id == user_id)
        wanted = wanted.order_by(conversations.c.updated_at.desc(), conversations.c.id).offset(page.offset).limit(page.size)
        return Page(list(await self._session.scalars(wanted)), await self.count(user_id))

    async def remove(self, conversation: Conversation) -> None:
        """See ConversationRepository."""
        await self._session.execute(sa.delete(messages).where(messages.c.conversation_id == conversation.id))
        await self._session.delete(conversation)

    async def forget(self, user_id: str) -> None:
        """See ConversationRepository."""
        theirs = sa.select(conversations.c.id).where(*self._of(user_id))
        await self._session.execute(sa.delete(messages).where(messages.c.conversation_id.in_(theirs)))
        await self._session.execute(sa.delete(conversations).where(*self._of(user_id)))

    async def begin(self, conversation: Conversation) -> bool:
        """See ConversationRepository."""
        kept = {f"new_{name}": getattr(conversation, name) for name in _KEPT}
        return await self._changes_one(_BEGIN, kept | {"conversation": conversation.id, "member": conversation.user_id})

    async def end(self, conversation: Conversation, at: datetime) -> bool:
        """See ConversationRepository."""
        given = {"conversation": conversation.id, "question_at": conversation.asked_at, "new_updated_at": at}
        return await self._changes_one(_END, given)

    async def say(self, message: Message) -> Message:
        """See ConversationRepository."""
        values = {
            "id": message.id,
            "tenant_id": self._tenant_id,
            "conversation_id": message.conversation_id,
            "role": message.role,
            "content": message.content,
            "created_at": message.created_at,
            "answer": asdict(message.answer) if message.answer else None,
        }
        number = await (await self._session.connection()).scalar(_SAY, values)
        return replace(message, number=number or 0)

    async def messages(self, conversation_id: str, page: PageRequest) -> Page[Message]:
        """See ConversationRepository."""
        ours = self._in(conversation_id)
        rows = await self._session.execute(
            sa.select(messages).where(*ours).order_by(messages.c.number).offset(page.offset).limit(page.size)
        )
        total = await self._session.scalar(sa.select(sa.func.count()).select_from(messages).where(*ours)) or 0
        return Page([_message(row) for row in rows], total)

    async def message(self, conversation_id: str, message_id: str) -> Message | None:
        """See ConversationRepository."""
        wanted = sa.select(messages).where(*self._in(conversation_id), messages.c.id == message_id)
        row = (await self._session.execute(wanted)).one_or_none()
        return _message(row) if row else None

    async def after(self, conversation_id: str, number: int, limit: int) -> Sequence[Message]:
        """See ConversationRepository."""
        wanted = sa.select(messages).where(*self._in(conversation_id), messages.c.number > number)
        return [_message(row) for row in await self._session.execute(wanted.order_by(messages.c.number).limit(limit))]

    async def latest_numbers(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        """See ConversationRepository."""
        ours = (messages.c.tenant_id == self._tenant_id, messages.c.conversation_id == conversations.c.id)
        newest = sa.select(sa.func.coalesce(sa.func.max(messages.c.number), 0)).where(*ours).scalar_subquery()
        found: dict[str, int] = {}
        for at in range(0, len(conversation_ids), _AT_ONCE):
            named = conversations.c.id.in_(conversation_ids[at : at + _AT_ONCE])
            # As an expression: SQLite takes an index by tenant for a better way to many rows than their ids.
            is_ours = conversations.c.tenant_id.concat("") == self._tenant_id
            wanted = sa.select(conversations.c.id, newest).where(named, is_ours)
            found |= {row[0]: row[1] for row in await self._session.execute(wanted)}
        return found

    async def unanswered(self, before: datetime) -> Sequence[Conversation]:
        """See ConversationRepository."""
        return list(await self._session.scalars(sa.select(Conversation).where(conversations.c.asked_at < before)))

    async def _changes_one(self, statement: sa.Update, given: dict[str, Any]) -> bool:
        """Past the session, which would make the statement anew for each tenant: it names it itself."""
        connection = await self._session.connection()
        return (await connection.execute(statement, given | {"tenant": self._tenant_id})).rowcount == 1

    def _of(self, user_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return conversations.c.tenant_id == self._tenant_id, conversations.c.user_id == user_id

    def _in(self, conversation_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return messages.c.tenant_id == self._tenant_id, messages.c.conversation_id == conversation_id


def _message(row: Any) -> Message:
    return Message(
        number=row.number,
        id=row.id,
        conversation_id=row.conversation_id,
        role=row.role,
        content=row.content,
        created_at=row.created_at,
        answer=_answer(row.answer) if row.answer else None,
    )


def _answer(kept: dict[str, Any]) -> Answer:
    reason = kept["refusal_reason"]
    return Answer(
        **kept
        | {
            "citations": [Citation(**one) for one in kept["citations"]],
            "tool_calls": [ToolCall(**one) for one in kept["tool_calls"]],
            "refusal_reason": RefusalReason(reason) if reason else None,
        }
    )
