"""Streams of many members, and of two servers on one database."""

import asyncio

import httpx
import pytest
import sqlalchemy as sa

from fakes import FakeLLM
from journeys import STORY, add
from luminalib.container import Container, open_container
from luminalib.domain.auth import MAIN_TENANT, Principal, Role
from luminalib.main import create_app
from luminalib.settings import Settings
from luminalib.steps import following
from streaming import serving, stream, take


@pytest.fixture(autouse=True)
def _hints_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for news by themselves: what arrives was hinted at."""
    monkeypatch.setattr(following, "RECHECK_SECONDS", 60.0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"events": "memory" if settings.database.startswith("sqlite") else "postgres"})


@pytest.fixture
def readers(container: Container) -> list[str]:
    """Whose events are read out of the log, each time that they are; librarians read `everybody`'s."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "FROM document_events" in statement and "document_events.id >" in statement:
            owners = [str(value) for value in parameters if isinstance(value, str) and value != MAIN_TENANT]  # type: ignore[attr-defined]
            found.append(owners[0] if owners else "everybody")

    sa.event.listen(container.database.reading.sync_engine, "before_cursor_execute", note)
    return found


async def follow(container: Container, user_id: str, role: Role, until: str = "completed") -> list[str]:
    seen: list[str] = []
    async for news in container.services.documents.follow(Principal(tenant_id=MAIN_TENANT, user_id=user_id, role=role), None):
        if news is not None:
            seen.append(news[0].status)
        if until in seen:
            break
    return seen


async def test_a_members_event_is_read_by_those_only_who_may_see_it(
    container: Container, member: httpx.AsyncClient, readers: list[str]
) -> None:
    owner = (await member.get("/auth/me")).json()["id"]
    strangers = [asyncio.create_task(follow(container, f"stranger-{n}", Role.MEMBER)) for n in range(50)]
    watching = [(owner, Role.MEMBER), (owner, Role.MEMBER), ("librarian", Role.LIBRARIAN), ("admin", Role.ADMIN)]
    followers = [asyncio.create_task(follow(container, *who)) for who in watching]
    async with asyncio.timeout(20):
        while len(readers) < 52:
            await asyncio.sleep(0.01)
    assert sorted(readers) == sorted([owner, "everybody", *(f"stranger-{n}" for n in range(50))])
    readers.clear()
    (await add(member)).raise_for_status()
    async with asyncio.timeout(20):
        seen = await asyncio.gather(*followers)
    assert seen == [["pending", "processing", "analyzing", "completed"]] * 4
    assert set(readers) == {owner, "everybody"}
    assert not any(stranger.done() for stranger in strangers)
    for stranger in strangers:
        stranger.cancel()
    await asyncio.gather(*strangers, return_exceptions=True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_one_server_does_is_seen_at_the_other(
    settings: Settings, container: Container, admin: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    async with open_container(settings, llm=FakeLLM(), run_jobs=False) as other:
        app = create_app(settings, other)
        app.state.services = other.services
        async with serving(app, other) as url, stream(url, member) as own, stream(url, admin) as everybodys:
            await asyncio.sleep(0.1)
            (await add(admin, f"Another. {STORY}")).raise_for_status()
            (await add(member)).raise_for_status()
            told, told_all = await asyncio.gather(take(own), take(everybodys, times=2))
    assert [event["data"]["status"] for event in told] == ["pending", "processing", "analyzing", "completed"]
    assert [event for event in told_all if event["data"]["document_id"] == told[0]["data"]["document_id"]] == told
    assert len(told_all) == 8
