"""Installations with several libraries, people who join them, and libraries with one of everything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from accounts import Library, bearer, email_of, id_of
from journeys import PASSWORD, STORY, add, settled
from lending import borrow
from luminalib.domain.auth import Role
from privileges import BODIES, NOBODY, PARAMETERS, TUS, UPLOADS, read_policy

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORDS = {"seaside": "zephyrine", "hillside": "quillwort"}
"""A word that all texts of a library have, and no other text."""
ENDLESS = ("/stream",)
SHOWN_TO_ALL = ("GET /openapi.json", "GET /docs", "GET /redoc", "GET /assets/{path:path}", "POST /auth/signup", "POST /auth/login")
SEASIDE = {"slug": "seaside", "name": "Seaside Public Library", "plan": "library", "admin_email": "grace@seaside.test"}


async def operator_of(library: Library) -> httpx.AsyncClient:
    """Who runs the installation."""
    await library.container.services.auth.signup(email_of("operator"), PASSWORD, None, role=Role.OPERATOR)
    return await library.login("operator")


async def join(library: Library, name: str, tenant: str, **more: Any) -> httpx.AsyncClient:
    """Somebody who signs up in a tenant and is logged in there."""
    account = {"email": email_of(name), "password": PASSWORD, "tenant": tenant}
    client = library.visitor()
    (await client.post("/auth/signup", json=account | more)).raise_for_status()
    tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
    client.headers.update(bearer(tokens))
    return client


async def found(operator: httpx.AsyncClient, library: Library, name: str = "seaside", **more: str) -> httpx.AsyncClient:
    """A new tenant's first admin; everybody may join it."""
    made = (await operator.post("/tenants", json=SEASIDE | {"slug": name} | more)).raise_for_status().json()
    admin = await join(library, "grace", name, invitation=made["invitation"]["token"])
    (await admin.patch("/tenant", json={"signup": "open"})).raise_for_status()
    return admin


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
        if route == "GET /books":
            content["params"]["facets"] = "author,tag,language,year,series"
        if route in UPLOADS:
            content = {"files": {UPLOADS[route]: ("new.txt", uuid4().hex.encode())}}
        elif "/uploads" in route and method != "GET":
            content = {"headers": {**TUS, "Upload-Offset": "0"}, "content": b"some"}
        elif route in BODIES:
            content = {"json": BODIES[route]}
        yield route, method, path.replace(":path", "").format(**ids), content


def said(answer: httpx.Response, path: str, word: str) -> str:
    """An answer without what it only repeats: the address that was asked for, and the words."""
    echoed = answer.text.replace(path, "")
    links = str(answer.headers.get("Link", ""))
    return re.sub(rf"[?&]q={word}", "", echoed + links)
