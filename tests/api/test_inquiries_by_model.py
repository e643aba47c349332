"""Inquiries where a language model is configured: it looks in the background, and its absence costs nothing but its opinion."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from accounts import Library
from fakes import FakeLLM
from luminalib.container import open_container
from luminalib.domain.intelligence import LanguageEngineUnavailable, UnusableAnswer
from luminalib.main import create_app
from luminalib.settings import Settings


@pytest.fixture
def llm() -> FakeLLM:
    return FakeLLM()


@asynccontextmanager
async def with_model(settings: Settings, llm: FakeLLM, *, run_jobs: bool) -> AsyncIterator[Library]:
    settings = settings.model_copy(update={"llm": "ollama"})
    async with AsyncExitStack() as stack:
        container = await stack.enter_async_context(open_container(settings, llm=llm, run_jobs=run_jobs))
        app = create_app(settings, container)
        app.state.services = container.services
        yield Library(app, container, stack)


async def send(client: httpx.AsyncClient, message: str, wait: float = 30) -> tuple[int, dict[str, Any]]:
    answer = await client.post("/inquiries", json={"message": message}, params={"wait": wait})
    return answer.status_code, answer.raise_for_status().json()


async def told(client: httpx.AsyncClient, inquiry_id: str) -> dict[str, Any]:
    detail: dict[str, Any] = (await client.get(f"/inquiries/{inquiry_id}")).raise_for_status().json()
    return detail


async def _open_jobs(library: Library) -> int:
    found = await library.container.services.figures.read()
    return sum(job.count for job in found.jobs if job.name == "triage_inquiry")


async def test_a_model_looks_and_its_absence_loses_nothing(settings: Settings, llm: FakeLLM) -> None:
    async with with_model(settings, llm, run_jobs=True) as library:
        admin = await library.join("admin")
        status, made = await send(admin, "partnership: could we meet, says Ada")
        assert (status, made["intent"], made["method"], made["awaits_model"]) == (201, "partnership", "model", False)
        assert (made["provider"], made["low_confidence"], made["fields"]["name"]) == ("fake", False, "Ada")
        assert 0.9 < made["confidence"] < 1, "the rules say the same: two voices are surer than one"
        steps = [(step["step"], step["provider"]) for step in (await told(admin, made["id"]))["audit"]]
        assert steps[-2:] == [("classified", "fake"), ("extracted", "fake")]

        status, unsure = await send(admin, "sales? asks Ada")
        assert (unsure["intent"], unsure["low_confidence"], unsure["state"]) == ("sales", True, "needs_review")
        assert unsure["fields"]["name"] is None, "fields by rules alone"

        status, surer = await send(admin, "sales? We would love to integrate our braille displays with your reader.")
        assert (surer["intent"], surer["method"]) == ("partnership", "rules"), "the louder voice prevails"
        _, classified, _, *later = (await told(admin, surer["id"]))["audit"]
        assert surer["confidence"] < classified["confidence"], "and is less sure than before"
        assert (later[0]["step"], later[0]["provider"]) == ("classified", "fake")
        assert later[0]["detail"] == "The model says sales. It stays partnership, by rules, and is less sure."

        for error in (LanguageEngineUnavailable("It is away."), UnusableAnswer()):
            llm.error = error
            status, alone = await send(admin, "What would a licence cost? We want to buy.")
            assert (status, alone["intent"], alone["method"], alone["awaits_model"]) == (201, "sales", "rules", False)
            last = (await told(admin, alone["id"]))["audit"][-1]
            assert (last["step"], last["request_id"]) == ("fell_back", alone["request_id"])
            assert last["detail"].endswith("It stays as it was read by rules.")
        llm.error = None

        asked, go_on = asyncio.Event(), asyncio.Event()

        async def meanwhile() -> None:
            asked.set()
            await go_on.wait()

        llm.meanwhile = meanwhile
        answer = await admin.post("/inquiries", json={"message": "support: the import crashes"})
        assert (answer.status_code, answer.json()["awaits_model"]) == (202, True)
        await asked.wait()
        path = answer.headers["Location"]
        (await admin.patch(path, json={"intent": "other"})).raise_for_status()
        go_on.set()
        llm.meanwhile = None
        while await _open_jobs(library):
            await asyncio.sleep(0.02)
        kept = (await admin.get(path)).json()
        assert (kept["intent"], kept["is_confirmed"], kept["method"]) == ("other", True, "rules"), "what a person said stays"


async def test_what_waited_when_the_server_died_is_read_by_the_next(settings: Settings, llm: FakeLLM) -> None:
    async with with_model(settings, llm, run_jobs=False) as library:
        status, made = await send(await library.join("admin"), "partnership: hello, says Ada", wait=0)
        assert (status, made["awaits_model"], made["method"]) == (202, True, "rules")
    async with with_model(settings, llm, run_jobs=True) as library:
        admin = await library.login("admin")
        while (found := await told(admin, made["id"]))["awaits_model"]:
            await asyncio.sleep(0.02)
    assert (found["intent"], found["method"], json.dumps(found["fields"]["name"])) == ("partnership", "model", '"Ada"')
