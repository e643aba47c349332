"""Conversations, as whoever asks the next question reads them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.conversations import Conversation, Turn


class ConversationViews(ABC):
    """Each belongs to one member."""

    @abstractmethod
    async def get(self, tenant_id: str, user_id: str, conversation_id: str) -> Conversation:
        """One, whose changes nobody keeps. Raises ConversationNotFound, also for other people's."""

    @abstractmethod
    async def turns(self, tenant_id: str, conversation_id: str, after: int, limit: int) -> Sequence[Turn]:
        """The last turns of a conversation after the message of that number, the oldest of them first, long answers cut."""
