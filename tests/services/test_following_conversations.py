"""Many who follow conversations: one look tells them all what no hint has told."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.auth import Principal, Role
from luminalib.domain.conversations import Conversation, ConversationNotFound, Message, MessageRole, Style
from luminalib.ports.sessions import OpenSession, SessionLookup
from luminalib.services.conversations import following
from luminalib.services.conversations.following import ConversationFollowers
from luminalib.steps.authority import Authority
from templates import newest_schema

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ADA = Principal(tenant_id="main", user_id="ada", role=Role.MEMBER)


@dataclass
class Desk:
    """A library in two processes: what is written here is not hinted at to those who follow."""

    uow: SqlUnitOfWorkFactory
    followers: ConversationFollowers
    statements: list[str]

    async def begin(self, conversation_id: str) -> None:
        async with self.uow("main") as uow:
            made: dict[str, Any] = {"book_ids": [], "document_ids": [], "up_to_page": {}, "style": Style.PLAIN}
            await uow.conversations.add(
                Conversation(id=conversation_id, user_id="ada", title="", created_at=NOW, updated_at=NOW, **made)
            )

    async def say(self, conversation_id: str, content: str) -> None:
        async with self.uow("main") as uow:
            message = {"id": f"{conversation_id} {content}", "conversation_id": conversation_id, "content": content}
            await uow.conversations.say(Message(number=0, role=MessageRole.USER, created_at=NOW, answer=None, **message))

    async def remove(self, conversation_id: str) -> None:
        async with self.uow("main") as uow:
            await uow.conversations.remove(await uow.conversations.get("ada", conversation_id))


@pytest.fixture(scope="module")
def newest() -> Path:
    path: Path = newest_schema()
    return path


@pytest.fixture
async def desk(newest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.1)
    path = tmp_path / "library.db"
    shutil.copy(newest, path)
    database = SqlDatabase(f"sqlite+aiosqlite:///{path}")
    person = {"id": "ada", "tenant_id": "main", "email": "ada@library.test", "password_hash": "!", "display_name": "Ada"}
    async with database.owner.begin() as connection:
        await connection.execute(sa.insert(users), person | {"role": "member", "is_active": True, "created_at": NOW})
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    statements: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    yield Desk(uow, ConversationFollowers(uow, MemoryEventBus(), Authority(NoSessions(), SystemClock())), statements)
    sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    await database.close()


class NoSessions(SessionLookup):
    """Of the house alone."""

    async def find(self, session_id: str) -> OpenSession | None:
        return None

    async def find_all(self, session_ids: Any) -> dict[str, OpenSession]:
        return {}


async def first_news(followed: AsyncIterator[Message | None]) -> str:
    async for message in followed:
        if message is not None:
            return message.content
    raise AssertionError


async def test_what_another_process_writes_is_found(desk: Desk) -> None:
    for name in ("one", "two"):
        await desk.begin(name)
    listening = [asyncio.create_task(first_news(desk.followers.follow(ADA, name, None))) for name in ("one", "two")]
    await anext(desk.followers.follow(ADA, "one", None))  # a look that finds nothing has been made
    await desk.say("one", "Who is Ahab?")
    await desk.say("two", "And Starbuck?")
    assert await asyncio.gather(*listening) == ["Who is Ahab?", "And Starbuck?"]


async def test_what_another_process_deletes_ends_the_stream(desk: Desk) -> None:
    """Also when nothing was ever said in it."""
    await desk.begin("one")
    followed = desk.followers.follow(ADA, "one", None)
    assert await anext(followed) is None
    await desk.remove("one")
    with pytest.raises(ConversationNotFound):
        await first_news(followed)


async def test_many_who_wait_cost_one_look(desk: Desk) -> None:
    names = [f"conversation {number}" for number in range(40)]
    for name in names:
        await desk.begin(name)
    followed = [desk.followers.follow(ADA, name, 0) for name in names]
    await asyncio.gather(*map(anext, followed))
    before = len(desk.statements)
    await asyncio.gather(*map(anext, followed))
    looks = [said for said in desk.statements[before:] if "FROM conversations" in said]
    assert 1 <= len(looks) < len(names) / 2
