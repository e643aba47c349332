"""Conversations, as whoever asks the next question reads them."""

from collections.abc import Sequence
from itertools import pairwise

import sqlalchemy as sa

from luminalib.adapters.db.conversations import conversations, messages
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.conversations import TURN_CHARACTERS, Conversation, ConversationNotFound, MessageRole, Turn
from luminalib.ports.views import ConversationViews

_M = messages.c
_CONVERSATION = sa.bindparam("conversation", type_=sa.String, required=True)
_NAMES = tuple(column.name for column in conversations.c if column.name != "tenant_id")
_ONE = Statement(
    sa.select(*(conversations.c[name] for name in _NAMES)).where(
        conversations.c.id == _CONVERSATION, conversations.c.user_id == sa.bindparam("user", type_=sa.String, required=True)
    )
)
_TURNS = Statement(
    sa.select(_M.number, _M.role, sa.func.substr(_M.content, 1, TURN_CHARACTERS))
    .where(_M.conversation_id == _CONVERSATION, _M.number > sa.bindparam("after_number", type_=sa.Integer, required=True))
    .order_by(_M.number.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer, required=True))
)


class SqlConversationViews(ConversationViews):
    """The tables `conversations` and `messages`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def get(self, tenant_id: str, user_id: str, conversation_id: str) -> Conversation:
        """See ConversationViews."""
        row = await self._reader.row(_ONE, tenant_id, conversation=conversation_id, user=user_id)
        if row is None:
            raise ConversationNotFound
        return Conversation(**dict(zip(_NAMES, row, strict=True)))

    async def turns(self, tenant_id: str, conversation_id: str, after: int, limit: int) -> Sequence[Turn]:
        """See ConversationViews."""
        rows = await self._reader.rows(
            _TURNS, tenant_id, few=True, conversation=conversation_id, after_number=after, limit=2 * limit
        )
        return [
            Turn(question=asked, answer=told, number=number)
            for (_, by, asked), (number, then, told) in pairwise(reversed(rows))
            if (by, then) == (MessageRole.USER, MessageRole.ASSISTANT)
        ]
