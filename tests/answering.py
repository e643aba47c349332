"""A library whose questions are answered with a model, and the model, which does in each test what that test says."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import httpx

from accounts import Library
from journeys import STORY, add, settled
from luminalib.container import open_container
from luminalib.main import create_app
from luminalib.settings import Settings
from luminalib.settings.groups import AnswerSettings, OllamaSettings, OpenAISettings
from modelserver import ModelServer, model_server, obliging, said
from waiting import indexed

QUESTION = "Who returned in spring to thank the keeper?"
ENOUGH = "enough"


@dataclass
class Brain:
    """What the model says: `calls` one a round, then nothing more; `routes` likewise; `draft` from the words of the request."""

    calls: list[str] = field(default_factory=list)
    routes: list[tuple[str, str]] = field(default_factory=list)
    draft: Callable[[str], dict[str, Any]] = lambda _: {"answerable": False, "sentences": []}
    reword: Callable[[str], list[str]] = lambda _: []
    kinds: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Says again what it says to begin with."""
        self.calls, self.routes, self.kinds = [], [], []
        self.draft, self.reword = truthful, lambda _: []

    def __call__(self, body: dict[str, Any]) -> str:
        kind = kind_of(body)
        self.kinds.append(kind)
        match kind:
            case "tools":
                return self.calls.pop(0) if self.calls else ENOUGH
            case "route":
                action, query = self.routes.pop(0) if self.routes else ("answer", "")
                return json.dumps({"action": action, "query": query})
            case "draft":
                return json.dumps(self.draft(said(body)))
            case "reword":
                return json.dumps({"sentences": self.reword(said(body))})
            case "history":
                return json.dumps({"summary": "It was spoken of the keeper and his captain."})
        return obliging(body)


def kind_of(body: dict[str, Any]) -> str:
    """Which of the library's questions a request is."""
    if body.get("tools"):
        return "tools"
    schema = body.get("format") or body.get("response_format", {}).get("json_schema", {}).get("schema") or {}
    properties = schema.get("properties", {})
    kinds = {"action": "route", "answerable": "draft", "sentences": "reword"}
    if set(properties) == {"summary"}:
        return "history"
    return next((kind for name, kind in kinds.items() if name in properties), "other")


def numbered(told: str, words: str) -> int:
    """The number of the source in a request that has these words."""
    parts = re.split(r"(?m)^\[(\d+)\] ", told)
    return next(int(number) for number, text in zip(parts[1::2], parts[2::2], strict=True) if words in text)


def truthful(told: str) -> dict[str, Any]:
    """The right answer to QUESTION, with its source; none where the source is not there."""
    try:
        number = numbered(told, "A captain who saw")
    except StopIteration:
        return {"answerable": False, "sentences": []}
    return {"answerable": True, "sentences": [{"text": "A captain who saw the light returned in spring.", "source": number}]}


@dataclass
class House:
    """The library, with a book in it, its admin and a member, and the model."""

    library: Library
    server: ModelServer
    brain: Brain
    admin: httpx.AsyncClient
    member: httpx.AsyncClient
    book: str

    async def ask(self, question: str = QUESTION, **more: Any) -> dict[str, Any]:
        """The member's question, answered."""
        self.brain.kinds.clear()
        answer: dict[str, Any] = (await self.member.post("/ask", json={"question": question, **more})).raise_for_status().json()
        return answer


@asynccontextmanager
async def house(settings: Settings, provider: str, **answers: Any) -> AsyncIterator[House]:
    """Opened with the model behind `provider`'s protocol."""
    brain = Brain()
    brain.forget()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(model_server(brain))
        more = {
            "llm": provider,
            "openai": OpenAISettings(base_url=server.openai_url, model="tiny"),
            "ollama": OllamaSettings(base_url=server.ollama_url, model="tiny"),
            "answers": AnswerSettings(**answers),
        }
        settings = settings.model_copy(update=more)
        with patch("luminalib.container.root.introduce"):  # what is asked of the model at the start would mix with the rest
            container = await stack.enter_async_context(open_container(settings))
        app = create_app(settings, container)
        app.state.services = container.services
        library = Library(app, container, stack)
        admin = await library.join("admin")
        book = (await add(admin, STORY, "light.txt")).raise_for_status().json()["id"]
        assert (await settled(admin, book))["status"] == "completed"
        await indexed(container)
        yield House(library, server, brain, admin, await library.join("member"), book)
