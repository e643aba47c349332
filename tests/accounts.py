"""Steps around accounts: a library with other settings, clients from other addresses, members of every role."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from fakes import FakeLLM
from journeys import PASSWORD
from luminalib.adapters.clock import SystemClock
from luminalib.container import Container, open_container
from luminalib.domain.auth import Role
from luminalib.main import create_app
from luminalib.ports.clock import Clock
from luminalib.settings import Settings

ADDRESS = "192.0.2.1"


@dataclass(frozen=True, slots=True)
class Library:
    """A library that is open, with all who visit it."""

    app: FastAPI
    container: Container
    stack: AsyncExitStack
    files: Path = Path()
    clock: Clock = field(default_factory=SystemClock)

    def visitor(self, address: str = ADDRESS, **headers: str) -> httpx.AsyncClient:
        """Somebody at a network address whom nobody knows yet."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 50000))
        client = httpx.AsyncClient(transport=transport, base_url="http://library.test", headers=headers)
        self.stack.push_async_callback(client.aclose)
        return client

    async def join(self, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """A new member who is logged in."""
        return self.visitor(**await joined(self.container, name, password))

    async def admin_of_the_house(self) -> httpx.AsyncClient:
        """An admin made as the command line makes one: whoever else may sign up."""
        await self.container.services.auth.signup(email_of("admin"), PASSWORD, None, role=Role.ADMIN)
        return await self.login("admin")

    async def login(self, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """A client with a session of its own."""
        client = self.visitor()
        carry(client, await log_in(client, name, password))
        return client


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock | None = None, **changes: Any) -> AsyncIterator[Library]:
    """A library with `changes` to its settings, and without work in the background."""
    async with _opened(settings.model_copy(update=changes), clock, run_jobs=False) as library:
        yield library


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Library]:
    """A library that does its work in the background."""
    async with _opened(settings, None, run_jobs=True) as library:
        yield library


@asynccontextmanager
async def _opened(settings: Settings, clock: Clock | None, *, run_jobs: bool) -> AsyncIterator[Library]:
    async with AsyncExitStack() as stack:
        container = await stack.enter_async_context(open_container(settings, clock=clock, llm=FakeLLM(), run_jobs=run_jobs))
        app = create_app(settings, container)
        app.state.services = container.services
        yield Library(app, container, stack, settings.data_dir / "files", clock or SystemClock())


def email_of(name: str) -> str:
    return f"{name}@library.test"


async def joined(container: Container, name: str, password: str = PASSWORD) -> dict[str, str]:
    """The headers of a new member; not by the routes, which have tests of their own and took half of what other tests did."""
    auth = container.services.auth
    await auth.signup(email_of(name), password, None, address=ADDRESS)
    tokens = await auth.login(email_of(name), password, address=ADDRESS)
    return {"Authorization": f"Bearer {tokens.access_token}"}


def carry(client: httpx.AsyncClient, tokens: dict[str, Any]) -> None:
    """Lets the client come with these tokens from now on."""
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def log_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> dict[str, Any]:
    answer = await client.post("/auth/login", json={"email": email_of(name), "password": password})
    tokens: dict[str, Any] = answer.raise_for_status().json()
    return tokens


async def refresh(client: httpx.AsyncClient, tokens: dict[str, Any]) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})


async def id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/auth/me")).raise_for_status().json()["id"])


async def audited(admin: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The audit log, oldest first."""
    events: list[dict[str, Any]] = (await admin.get("/audit", params={"size": 100})).raise_for_status().json()["items"]
    return events[::-1]


def slug(answer: httpx.Response) -> str:
    """Which problem an answer names."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).removeprefix("/problems/")
