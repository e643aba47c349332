"""Two libraries called at random, by everybody at once, while all their streams are open."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from structlog.testing import capture_logs

from journeys import STORY, add
from streaming import PLAIN
from tenanthouses import UUID, House, calls, said

CALLS = int(os.environ.get("LUMINALIB_TEST_CALLS", "300"))
SEED = int(os.environ.get("LUMINALIB_TEST_SEED", "1"))
ROLES = ("anonymous", "member", "librarian", "admin")
STREAMS = {
    "member": ("/documents/stream", "/me/stream", "/conversations/{conversation_id}/stream"),
    "librarian": ("/documents/stream",),
    "admin": ("/documents/stream", "/me/stream"),
}
ENDS_THE_WALK = ("POST /auth/signout", "POST /auth/refresh", "PATCH /users/{user_id}", "PATCH /tenant")
AT_ONCE = 4


class Walk:
    """Calls of all roles of both libraries, in an order and with ids and words that a seed decides."""

    def __init__(self, houses: tuple[House, House], url: str) -> None:
        self._houses = houses
        self._url = url
        self._chance = random.Random(SEED)  # noqa: S311 -- the same calls each time
        self._told: list[tuple[str, str, str]] = []

    async def go(self) -> None:
        """Walks; nothing of one library may be in an answer, a stream, a metric or a line of the log of the other."""
        with capture_logs() as lines:
            async with self._streams() as heard:
                for _ in range(CALLS // AT_ONCE):
                    await asyncio.gather(*(self._call() for _ in range(AT_ONCE)))
                for house in self._houses:
                    await self._a_new_book_is_heard_of(house, heard)
        one, other = self._houses
        assert not one.ids & other.ids
        for house, foreign in ((one, other), (other, one)):
            self._told += [
                (house.slug, name, it)
                for name, text in heard.items()
                for it in foreign.secrets
                if house.slug in name and it in text
            ]
        self._told += [("log", str(line), house.word) for line in lines for house in self._houses if house.word in str(line)]
        assert self._told == []

    async def _call(self) -> None:
        house, foreign = self._chance.sample(self._houses, 2)
        role, word = self._chance.choice(ROLES), self._chance.choice(self._houses).word
        things = {name: self._chance.choice((house, house, foreign)).things[name] for name in house.things}
        route, method, path, content = self._chance.choice([*calls(things, word)])
        if route in ENDS_THE_WALK:
            return
        answer = await house.clients[role].request(method, path, **content)
        assert answer.status_code < 500, (route, answer.text)
        text = said(answer, path, word)
        secrets = {*foreign.secrets, *house.secrets} if path == "/metrics" else foreign.secrets
        self._told += [(f"{role} of {house.slug}", f"{route} as {path}", secret) for secret in secrets if secret in text]
        if answer.is_success:
            house.ids |= set(UUID.findall(text))

    @asynccontextmanager
    async def _streams(self) -> AsyncIterator[dict[str, str]]:
        """All that is heard by each stream of each library, from now on."""
        heard: dict[str, str] = {}

        async def listen(name: str, answer: httpx.Response) -> None:
            async for text in answer.aiter_text():
                heard[name] += text

        async with AsyncExitStack() as stack, asyncio.TaskGroup() as listening:
            tasks = []
            for house in self._houses:
                for role, path in ((role, path) for role, paths in STREAMS.items() for path in paths):
                    name = f"{house.slug} {role} {path}"
                    heard[name] = ""
                    client = httpx.AsyncClient(base_url=self._url, headers=house.clients[role].headers, timeout=60, verify=PLAIN)
                    await stack.enter_async_context(client)
                    answer = await stack.enter_async_context(client.stream("GET", path.format(**house.things)))
                    assert answer.status_code == 200, name
                    tasks.append(listening.create_task(listen(name, answer)))
            yield heard
            for task in tasks:
                task.cancel()

    async def _a_new_book_is_heard_of(self, house: House, heard: dict[str, str]) -> None:
        """Without it, silence would be no proof; what was said before has arrived by then."""
        book = (await add(house.clients["member"], f"Another {house.word}. {STORY}")).raise_for_status().json()
        house.ids |= {book["id"], book["document_id"]}
        theirs = [f"{house.slug} {role} /documents/stream" for role in ("member", "admin")]
        async with asyncio.timeout(60):
            while not all(book["document_id"] in heard[name] for name in theirs):
                await asyncio.sleep(0.02)
