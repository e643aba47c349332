"""/admin/llm, and books and reviews on a library whose model server is away, comes, and is asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from accounts import Library
from fakes import FakeLLM
from journeys import STORY, add, settled
from lending import borrow, review, shelve
from luminalib.container import open_container
from luminalib.domain.intelligence import LanguageEngineUnavailable
from luminalib.main import create_app
from luminalib.ports.llm import LLMProvider
from luminalib.settings import OllamaSettings, Settings
from modelserver import ModelServer, model_server

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as opened_server:
        yield opened_server


@asynccontextmanager
async def at_work(settings: Settings, engine: LLMProvider | None = None, **changes: Any) -> AsyncIterator[Library]:
    """A library with `changes` to its settings and background work; `engine` takes the place of the one they choose."""
    settings = settings.model_copy(update=changes)
    async with AsyncExitStack() as stack:
        container = await stack.enter_async_context(open_container(settings, llm=engine))
        app = create_app(settings, container)
        app.state.services = container.services
        yield Library(app, container, stack)


@pytest.fixture
async def library(settings: Settings, server: ModelServer) -> AsyncIterator[Library]:
    ollama = OllamaSettings(base_url=server.ollama_url, model="tiny")
    async with at_work(settings, llm="ollama", ollama=ollama, llm_prices="tiny=1000/2000", rate_limits="off") as library:
        yield library


async def analysed(client: httpx.AsyncClient, book: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(f"/books/{book}/analysis")).raise_for_status().json()
            if found["status"] != "pending":
                return found
            await asyncio.sleep(0.05)


async def test_operators_see_what_the_model_took_and_cost(library: Library) -> None:
    admin = await library.join("admin")
    book = (await add(admin, title="A story")).json()["id"]
    summary = await settled(admin, book)
    assert (summary["provider"], summary["prompt"]) == ("ollama", "text-summary@5")
    assert summary["summary"].startswith("It tells first of ")
    assert (summary["parts"], summary["parts_read"]) == (1, 1)
    document = (await admin.get(f"/books/{book}")).json()["document_id"]
    assert (await admin.get(f"/documents/{document}/status")).json()["estimate"] is None, "nothing is left to be done"
    usage = (await admin.get("/admin/llm/usage")).raise_for_status().json()
    (summaries,) = [item for item in usage["items"] if item["purpose"] == "summary"]
    assert (summaries["day"], summaries["provider"], summaries["model"], summaries["calls"]) == (TODAY, "ollama", "tiny", 1)
    assert summaries["tokens_in"] > 100
    assert summaries["cost"] == pytest.approx((summaries["tokens_in"] * 1000 + summaries["tokens_out"] * 2000) / 10**6)
    assert usage["calls"] == sum(item["calls"] for item in usage["items"])
    assert (await admin.get("/admin/llm/usage", params={"until": "2020-01-01"})).json()["items"] == []
    assert (await admin.get("/admin/llm/usage", params={"since": "0"})).status_code == 422
    metrics = (await admin.get("/metrics")).text
    assert 'luminalib_llm_calls_total{model="tiny",outcome="ok",provider="ollama",purpose="summary"}' in metrics


async def test_operators_try_the_connection_and_read_what_to_do(library: Library, server: ModelServer) -> None:
    admin = await library.join("admin")
    report = (await admin.post("/admin/llm/test")).raise_for_status().json()
    assert (report["is_ready"], report["context_length"], report["provider"], report["model"]) == (True, 8192, "ollama", "tiny")
    assert [finding["check"] for finding in report["findings"]] == [
        "model",
        "context",
        "json-schema",
        "citation",
        "tools",
        "speed",
        "conversations",
    ]
    server.model = "another"
    report = (await admin.post("/admin/llm/test")).json()
    assert report["is_ready"] is False
    assert "ollama pull tiny" in report["findings"][0]["detail"]


async def test_while_a_model_is_fetched_documents_wait_and_say_so_once(library: Library, server: ModelServer) -> None:
    server.model = "another"
    admin = await library.join("admin")
    made = (await add(admin, title="A story")).raise_for_status().json()
    detail = ""
    async with asyncio.timeout(30):
        while "ollama pull tiny" not in detail:
            status = (await admin.get(f"/documents/{made['document_id']}/status")).json()
            detail = status["detail"] or ""
            await asyncio.sleep(0.05)
    assert (status["status"], status["progress"]) == ("analyzing", 60)
    assert (status["estimate"]["calls"], status["estimate"]["minutes"] in (None, 0.0)) == (1, True), "told before"
    assert status["estimate"]["tokens"] > 750
    assert (await admin.get("/readyz")).json()["status"] == "degraded"
    assert (await admin.get("/books")).json()["total"] == 1, "everything else goes on"


async def test_what_the_model_says_in_vain_the_library_says_itself(library: Library, server: ModelServer) -> None:
    server.answer = lambda _: "I cannot help with that."
    admin = await library.join("admin")
    summary = await settled(admin, (await add(admin, title="A story")).json()["id"])
    assert (summary["status"], summary["provider"]) == ("completed", "extractive (fallback)")


async def test_reviews_become_a_consensus_by_the_model(library: Library) -> None:
    admin = await library.join("admin")
    book = await shelve(admin)
    empty = (await admin.get(f"/books/{book}/analysis")).json()
    assert (empty["status"], empty["consensus"], empty["rating"]["mean"], empty["aspects"]) == ("empty", None, None, [])
    (await borrow(admin, book)).raise_for_status()
    (await review(admin, book, 5)).raise_for_status()
    found = await analysed(admin, book)
    assert found["rating"] == {"mean": 5.0, "count": 1, "histogram": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}}
    assert (found["status"], found["consensus"], found["review_count"]) == ("completed", "The book as a whole is praised.", 1)
    assert (found["provider"], found["model"], found["prompt"]) == ("ollama", "tiny", "consensus-wording@3")
    assert (await admin.get(f"/books/{book}/reviews")).json()["items"][0]["sentiment"] == "positive"
    (await admin.delete(f"/books/{book}/reviews/mine")).raise_for_status()
    assert (await analysed(admin, book))["status"] == "empty"


async def test_the_extractive_engine_quotes_readers(settings: Settings) -> None:
    texts = {
        5: "The characters are wonderful. I loved the ending.",
        4: "Wonderful characters, and the writing is gorgeous.",
        2: "The plot is dull and predictable. The characters are good.",
    }
    async with at_work(settings, llm="extractive", rate_limits="off") as library:
        admin = await library.join("admin")
        book = await shelve(admin, copies=3)
        for number, (rating, text) in enumerate(texts.items()):
            member = await library.join(f"reader-{number}")
            (await borrow(member, book)).raise_for_status()
            (await review(member, book, rating, text)).raise_for_status()
        found = await analysed(admin, book)
        while found["review_count"] != 3 or found["status"] == "pending":
            found = await analysed(admin, book)
    everything = " ".join(texts.values())
    assert found["aspects"][0] == {**found["aspects"][0], "name": "characters", "sentiment": "positive", "mentions": 3}
    assert len(found["aspects"][0]["review_ids"]) == 3
    assert found["criticism"] == ["The plot is dull and predictable."]
    assert all(quote in everything for quote in [*found["praise"], *found["criticism"]])
    assert found["consensus"]
    assert found["provider"] == "extractive"


async def test_a_fallback_answers_while_the_model_is_away(settings: Settings) -> None:
    ollama = OllamaSettings(base_url="http://127.0.0.1:9", model="tiny")
    async with at_work(settings, llm="ollama", llm_fallback="extractive", ollama=ollama, rate_limits="off") as library:
        admin = await library.join("admin")
        book = (await add(admin, STORY, title="A story")).json()["id"]
        summary = await settled(admin, book)
    assert (summary["status"], summary["provider"]) == ("completed", "extractive (fallback)")


async def test_a_fake_that_is_away_is_reported(settings: Settings) -> None:
    llm = FakeLLM()
    llm.error = LanguageEngineUnavailable("Gone fishing.")
    async with at_work(settings, llm) as library:
        admin = await library.join("admin")
        report = (await admin.post("/admin/llm/test")).json()
    assert (report["is_ready"], report["findings"][0]["detail"]) == (False, "Gone fishing.")
