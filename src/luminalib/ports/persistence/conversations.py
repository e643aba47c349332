"""Conversations and their messages."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from luminalib.domain.conversations import Conversation, Message
from luminalib.domain.paging import Page, PageRequest


class ConversationRepository(ABC):
    """Each belongs to one member."""

    @abstractmethod
    async def add(self, conversation: Conversation) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def get(self, user_id: str, conversation_id: str) -> Conversation:
        """Raises ConversationNotFound, also for other people's."""

    @abstractmethod
    async def count(self, user_id: str) -> int:
        """How many a member has."""

    @abstractmethod
    async def list(self, user_id: str, page: PageRequest) -> Page[Conversation]:
        """A member's, the last used first."""

    @abstractmethod
    async def remove(self, conversation: Conversation) -> None:
        """Deletes one with its messages."""

    @abstractmethod
    async def forget(self, user_id: str) -> None:
        """Deletes all of a member."""

    @abstractmethod
    async def begin(self, conversation: Conversation) -> bool:
        """Keeps the question that the conversation has taken. False when it has another one by now, or has gone."""

    @abstractmethod
    async def end(self, conversation: Conversation, at: datetime) -> bool:
        """Keeps that its question has an answer. False when it counts as answered by now, or the conversation has gone."""

    @abstractmethod
    async def say(self, message: Message) -> Message:
        """Adds a message; its number is given here."""

    @abstractmethod
    async def messages(self, conversation_id: str, page: PageRequest) -> Page[Message]:
        """The messages of a conversation, the oldest first."""

    @abstractmethod
    async def message(self, conversation_id: str, message_id: str) -> Message | None:
        """One of its messages."""

    @abstractmethod
    async def after(self, conversation_id: str, number: int, limit: int) -> Sequence[Message]:
        """The next messages of a conversation."""

    @abstractmethod
    async def latest_numbers(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        """The number of the last message of each that there is, 0 where there is none."""

    @abstractmethod
    async def unanswered(self, before: datetime) -> Sequence[Conversation]:
        """Those whose question came before then and has no answer."""
