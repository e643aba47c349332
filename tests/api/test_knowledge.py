import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from conftest import SignUp
from fakes import FakeLLM
from luminalib.container import Container, open_container
from luminalib.domain.auth import MAIN_TENANT, Principal, Role
from luminalib.services.knowledge import KnowledgeService
from luminalib.settings import Settings
from waiting import indexed

HOURS = "The library opens at nine o'clock on weekdays and at eleven o'clock on Sundays. The reading room closes at eight. "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "knowledge"
    (made / "desk").mkdir(parents=True)
    (made / "desk" / "hours.txt").write_text(HOURS)
    (made / "empty.txt").write_text("")
    (made / "program.exe").write_bytes(b"MZ")
    (made / "torn.txt").symlink_to("/proc/self/mem")  # a file that fails when it is read
    (made / "liar.pdf").write_text("no PDF at all, whatever the name says")
    return made


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(update={"knowledge_dir": folder})


@pytest.fixture
async def container(settings: Settings) -> AsyncIterator[Container]:
    async with open_container(settings, llm=FakeLLM()) as opened:
        yield opened


@pytest.fixture
async def knowledge(container: Container, settings: Settings, folder: Path) -> KnowledgeService:
    """The service for looks of the test's own; the library's first look is over."""
    services = container.services
    made = KnowledgeService(
        services.conversations._tools.uow,
        services.books._storage,
        services.conversations._tools.clock,
        folder,
        services.tenants._tenants,
        max_bytes=2**20,
    )
    async with asyncio.timeout(30):
        while "knowledge" not in {part.name for part in await services.health.report() if part.is_up}:
            await asyncio.sleep(0.02)
    await indexed(container)
    return made


async def asked(client: httpx.AsyncClient, question: str = "When does the library open on Sundays?") -> str:
    answer = (await client.post("/ask", json={"question": question})).raise_for_status().json()
    return " ".join(one["quote"] for one in answer["citations"])


async def test_all_members_may_ask_about_what_the_house_has_laid_out(
    knowledge: KnowledgeService, admin: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    for client in (admin, member):
        assert "eleven o'clock on Sundays" in await asked(client)
    assert (await member.get("/documents")).json()["total"] == 0
    assert (await admin.get("/documents")).json()["total"] == 1, "what is empty or not what its name says is left out"
    ready = (await member.get("/readyz")).json()
    assert ready["parts"]["knowledge"]["status"] == "ok"


async def test_the_library_keeps_in_step_with_the_directory(
    knowledge: KnowledgeService, folder: Path, sign_up: SignUp, container: Container
) -> None:
    member = await sign_up("member")
    (folder / "desk" / "hours.txt").write_text(HOURS.replace("eleven", "twelve") * 2)
    (folder / "wifi.md").write_text("The password of the wireless network is written on the blackboard in the hall. ")
    await knowledge.keep_in_step(MAIN_TENANT)
    await indexed(container)
    assert "twelve o'clock on Sundays" in await asked(member)
    assert "blackboard" in await asked(member, "Where is the password of the wireless network written?")
    (folder / "wifi.md").unlink()
    (folder / "wifi.md").symlink_to("/proc/self/mem")  # there, and for the moment not to be read
    await knowledge.keep_in_step(MAIN_TENANT)
    assert "blackboard" in await asked(member, "Where is the password of the wireless network written?")
    (folder / "desk" / "hours.txt").unlink()
    await knowledge.keep_in_step(MAIN_TENANT)
    await knowledge.keep_in_step(MAIN_TENANT)
    await indexed(container)
    assert "Sundays" not in await asked(member)
    assert (await container.services.doctor.examine(MAIN_TENANT)).is_sound


async def test_a_folder_with_the_name_of_another_library_is_that_one_s(
    knowledge: KnowledgeService, folder: Path, container: Container, admin: httpx.AsyncClient
) -> None:
    (folder / "seaside").mkdir()
    (folder / "seaside" / "tides.txt").write_text("High tide comes to the pier twelve minutes later each day. ")
    await knowledge.keep_in_step(MAIN_TENANT)
    tools = container.services.conversations._tools
    operator = Principal(tenant_id=MAIN_TENANT, user_id=None, role=Role.OPERATOR)
    await container.services.tenants.create(operator, "seaside", "Seaside", "unlimited", "grace@seaside.test")
    for tenant, expected in ((MAIN_TENANT, ["desk/hours.txt"]), ("seaside", ["tides.txt"])):
        await knowledge.keep_in_step(tenant)
        async with tools.uow.reading(tenant) as uow:
            assert [document.knowledge_path for document in await uow.documents.laid_out()] == expected
