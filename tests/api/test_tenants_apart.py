"""Two libraries with the same people, books and names: whatever one asks, nothing of the other is in the answer, or changed by it.

Every route of `privileges.POLICY` is tried by every role of one library, with the ids and the words of the other.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from accounts import Library, email_of, id_of
from journeys import PASSWORD, STORY, add, settled
from lending import borrow
from luminalib.container import Container
from luminalib.settings import Settings
from privileges import BODIES, NOBODY, PARAMETERS, TUS, UPLOADS, read_policy
from tenanthouses import found, join, operator_of

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORDS = {"seaside": "zephyrine", "hillside": "quillwort"}
"""A word that all texts of a library have, and no other text."""
ENDLESS = ("/stream",)
CHANGING = ("/metrics", "/readyz", "/recommendations")
"""What is not the same twice, without anybody's doing."""
SHOWN_TO_ALL = ("GET /openapi.json", "GET /docs", "GET /redoc", "GET /assets/{path:path}", "POST /auth/signup", "POST /auth/login")


@dataclass
class House:
    """One of the libraries: its people, one of each thing that it can have, and every id that it was ever told."""

    slug: str
    word: str
    clients: dict[str, httpx.AsyncClient]
    things: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    async def made(self, role: str, path: str, **content: Any) -> dict[str, Any]:
        """Something new, in the answer's words."""
        answer = (await self.clients[role].post(path, **content)).raise_for_status()
        self.ids |= set(UUID.findall(answer.text))
        found: dict[str, Any] = answer.json()
        return found

    @property
    def secrets(self) -> set[str]:
        """What nobody else may read."""
        return {*self.ids, self.word}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rate_limits": "off"})


@pytest.fixture
async def houses(app: FastAPI, container: Container) -> AsyncIterator[tuple[House, House]]:
    app.state.services = container.services
    async with AsyncExitStack() as stack:
        library = Library(app, container, stack)
        operator = await operator_of(library)
        one, other = [await furnished(library, operator, slug) for slug in WORDS]
        one.clients["operator"] = other.clients["operator"] = operator
        yield one, other


async def furnished(library: Library, operator: httpx.AsyncClient, slug: str) -> House:
    """A library with one of everything; the names, addresses and one of the files are those of every other."""
    admin = await found(operator, library, slug)
    clients = {"admin": admin, "librarian": await join(library, "lib", slug), "member": await join(library, "ada", slug)}
    house = House(slug, WORDS[slug], clients | {"anonymous": library.visitor()})
    (await admin.patch(f"/users/{await id_of(clients['librarian'])}", json={"role": "librarian"})).raise_for_status()
    word, things = house.word, house.things
    things["user_id"] = await id_of(clients["member"])
    fields = {"title": f"The {word}", "tags": word, "author": f"Ada {word}"}
    book = (await add(clients["member"], f"The {word} shone. {STORY}", **fields)).raise_for_status().json()
    same = (await add(clients["member"], f"The same everywhere. {STORY}", title="The same")).raise_for_status().json()
    for one in (book, same):
        house.ids |= {one["id"], one["document_id"]}
        await settled(clients["member"], one["id"])
    things |= {"book_id": book["id"], "document_id": book["document_id"]}
    (await borrow(clients["member"], book["id"])).raise_for_status()
    things["hold_id"] = (await house.made("librarian", f"/books/{book['id']}/hold"))["id"]
    await house.made("member", f"/books/{book['id']}/reviews", json={"rating": 5, "text": f"A {word} to keep for years."})
    things["app_password_id"] = (await house.made("member", "/auth/me/app-passwords", json={"name": word}))["id"]
    (await clients["member"].put("/auth/me/preferences", json={"tags": [{"name": word}]})).raise_for_status()
    upload = (await clients["member"].post("/uploads", headers=TUS)).raise_for_status().headers["Location"]
    things["upload_id"] = upload.rsplit("/", 1)[1]
    things["conversation_id"] = (await house.made("member", "/conversations", json={"title": word}))["id"]
    asked = {"content": f"What did the {word} do?"}
    await house.made("member", f"/conversations/{things['conversation_id']}/messages", json=asked)
    things["inquiry_id"] = (await house.made("member", "/inquiries", json={"message": f"What does a {word} cost?"}))["id"]
    things["run_id"] = (await house.made("librarian", "/agents/qualify/runs", json={"input": f"A {word}, please."}))["id"]
    things["invitation_id"] = (await house.made("admin", "/invitations", json={"note": word}))["id"]
    things["webhook_id"] = (await house.made("admin", "/webhooks", json={"url": f"https://{word}.example.org/hook"}))["id"]
    things["source_id"] = (await house.made("admin", "/webhook-sources", json={"name": word}))["id"]
    crm = {"kind": "webhook", "url": f"https://{word}.example.org/crm"}
    things["connection_id"] = (await house.made("admin", "/crm/connections", json=crm))["id"]
    house.ids |= set(things.values())
    return house


def calls(things: dict[str, str], word: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each route with a library's ids in its path and its word in what is asked."""
    for route in read_policy():
        method, path = route.split()
        if path.endswith(ENDLESS) or route in SHOWN_TO_ALL:
            continue
        ids = {**NOBODY, "slug": "nowhere", "name": "qualify", "path": "favicon.svg", **things}
        content: dict[str, Any] = {"params": {"q": word}} if "{" not in path or route in PARAMETERS else {}
        if route in UPLOADS:
            content = {"files": {UPLOADS[route]: ("new.txt", uuid4().hex.encode())}}
        elif "/uploads" in route and method != "GET":
            content = {"headers": {**TUS, "Upload-Offset": "0"}, "content": b"some"}
        elif route in BODIES:
            content = {"json": BODIES[route]}
        yield route, method, path.replace(":path", "").format(**ids), content


async def snapshot(house: House) -> dict[str, Any]:
    """All that its people see of it."""
    shown = {}
    for role in ("admin", "member"):
        for route, method, path, content in calls(house.things, house.word):
            if method == "GET" and path not in CHANGING:
                shown[f"{role} {route}"] = (await house.clients[role].get(path, **content)).text
    return shown


async def nothing_is_told(one: House, other: House) -> None:
    """Every route is read by every role; the other's word is what is asked for."""
    told = []
    for role in ("anonymous", "member", "librarian", "admin", "operator"):
        client = one.clients[role]
        for route, method, path, content in calls(one.things, other.word):
            if method != "GET" or (role == "operator" and path == "/tenants"):
                continue
            answer = await client.get(path, **content)
            told += [(role, route, secret) for secret in other.secrets if secret in said(answer, path, other.word)]
    question = {"question": f"What did the {other.word} do?"}
    answer = (await one.clients["member"].post("/ask", json=question)).raise_for_status().json()
    del answer["tool_calls"]  # which repeat what was asked
    told += [("member", "POST /ask", secret) for secret in other.secrets if secret in json.dumps(answer)]
    assert told == []


def said(answer: httpx.Response, path: str, word: str) -> str:
    """An answer without what it only repeats: the address that was asked for, and the words."""
    echoed = answer.text.replace(path, "")
    links = str(answer.headers.get("Link", ""))
    return re.sub(rf"[?&]q={word}", "", echoed + links)


async def nothing_opens(one: House, other: House) -> None:
    """Every route with an id is called by every role with the other's ids: it looks as if there were no such thing."""
    before, opened = await snapshot(other), []
    for role in ("member", "librarian", "admin", "operator"):
        client = one.clients[role]
        for route, method, path, content in calls(other.things, other.word):
            if "{" not in route or "{slug}" in route or "{path" in route or route.endswith("/agents/{name}/runs"):
                continue
            answer = await client.request(method, path, **content)
            if answer.status_code < 400:
                opened.append((role, route, answer.status_code))
            elif answer.status_code == 404 and method == "GET":
                unknown = await client.request(method, UUID.sub(str(uuid4()), path), **content)
                bodies = [{key: value for key, value in found.json().items() if key != "instance"} for found in (answer, unknown)]
                assert bodies[0] == bodies[1], route
    assert opened == []
    after = await snapshot(other)
    assert {route for route, shown in before.items() if after[route] != shown} == set()


async def accounts_are_their_own(one: House, other: House) -> None:
    """The same address is another account; to close one leaves the other."""
    for house in (one, other):
        me = (await house.clients["member"].get("/auth/me")).json()
        assert (me["email"], me["id"]) == (email_of("ada"), house.things["user_id"])
    assert one.things["user_id"] != other.things["user_id"]
    (await one.clients["member"].request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    assert (await other.clients["member"].get("/auth/me")).status_code == 200


async def test_libraries_know_nothing_of_one_another(houses: tuple[House, House]) -> None:
    await nothing_is_told(*houses)
    await nothing_opens(*houses)
    await accounts_are_their_own(*houses)
