"""A book whose summary waits for the language engine says so, and to whom it says what."""

import asyncio
from typing import Any

import httpx

from accounts import opened
from fakes import FakeLLM
from journeys import add
from luminalib.container import open_container
from luminalib.domain.document_views import WAITING_FOR_MEMBERS
from luminalib.domain.intelligence import LanguageEngineUnavailable
from luminalib.main import create_app
from luminalib.settings import Settings

INSIDE = "Ollama at http://10.0.0.7 does not have the model."


async def until(client: httpx.AsyncClient, path: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await client.get(path)).json()
            if found["status"] == status:
                return found
            await asyncio.sleep(0.02)


async def test_a_summary_says_that_it_waits_and_why_a_member_may_read(settings: Settings) -> None:
    async with opened(settings) as library:
        admin, ada = await library.join("admin"), await library.join("ada")
        book = (await add(ada)).json()
        llm = FakeLLM()
        llm.error = LanguageEngineUnavailable(INSIDE, retry_after=1)
        async with open_container(settings, llm=llm) as container:
            app = create_app(settings, container)
            app.state.services = container.services
            for client in (admin, ada):
                client._transport = httpx.ASGITransport(app)
            path, document = f"/books/{book['id']}/summary", f"/documents/{book['document_id']}"
            assert (await until(ada, path, "waiting"))["waiting_for"] == WAITING_FOR_MEMBERS
            assert (await until(admin, path, "waiting"))["waiting_for"] == INSIDE
            for where in (f"{document}/status", document):
                assert INSIDE not in (await ada.get(where)).text
                assert INSIDE in (await admin.get(where)).text
            llm.error = None
            done = await until(ada, path, "completed")
            assert (done["waiting_for"], bool(done["summary"])) == (None, True)
