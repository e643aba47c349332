"""Who may call what. Each route of the server must have its line in `privileges.POLICY`; each role then tries each route.

The owner is a member who has added the book, the document and the app password that all others try to get at, and who has
borrowed and reviewed what others try to return and to rewrite; the stranger is a member, too. The device has an app password of
the owner's. 307, 403 with `wrong-password`, 409 and the like say that the caller got through the door.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts import Library, bearer, email_of, id_of, log_in, opened, slug
from journeys import PASSWORD, add
from luminalib.main import create_app
from luminalib.settings import LoanSettings, Settings
from privileges import BODIES, NOBODY, PARAMETERS, ROLES, TUS, UPLOADS, read_policy


class Glance:
    """Ends streams once they have begun: a glance at their status is enough, and they would never end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = asyncio.Event()

        async def send_first(message: Message) -> None:
            if has_begun.is_set():
                return
            await send(message)
            if message["type"] == "http.response.start" and (b"content-type", b"text/event-stream") in [
                (name, value.partition(b";")[0]) for name, value in message["headers"]
            ]:
                await send({"type": "http.response.body", "body": b""})
                has_begun.set()

        answering = asyncio.ensure_future(self._app(scope, receive, send_first))
        begun = asyncio.ensure_future(has_begun.wait())
        await asyncio.wait([answering, begun], return_when=asyncio.FIRST_COMPLETED)
        for task in (answering, begun):
            if not task.done():
                task.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        results = await asyncio.gather(answering, return_exceptions=True)
        if not has_begun.is_set() and isinstance(results[0], BaseException):
            raise results[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Everybody who tries, and how to give the owner something new to be robbed of."""

    library: Library
    clients: dict[str, httpx.AsyncClient]
    victim_id: str
    left: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was made for a path and nobody could change, for the next one who tries."""

    async def attempt(self, role: str, route: str) -> httpx.Response:
        """The role's call of a route on the owner's things."""
        method, path = route.split()
        prepared = await self._body(role, route)
        ids = self.left.pop(path, None) or await self._things(path)
        answer = await self.clients[role].request(method, path.replace(":path", "").format(**ids), **prepared)
        if method in ("GET", "HEAD") or answer.is_client_error:
            self.left[path] = ids
        return answer

    async def _things(self, path: str) -> dict[str, str]:
        if path.startswith(("/assets/", "/problems/")):
            return {"path": "favicon.svg", "slug": "book-not-found"}
        if "{app_password_id}" in path:
            made = await self.clients["owner"].post("/auth/me/app-passwords", json={"name": "bait"})
            return {"app_password_id": made.raise_for_status().json()["id"]}
        if "{book_id}" in path or "{document_id}" in path:
            book = (await add(self.clients["owner"], uuid4().hex)).raise_for_status().json()
            if path.endswith(("/return", "/renew")) or "/reviews" in path:
                (await self.clients["owner"].post(f"/books/{book['id']}/borrow")).raise_for_status()
            if path.endswith("/hold"):
                (await self.clients["victim"].post(f"/books/{book['id']}/borrow")).raise_for_status()
                (await self.clients["owner"].post(f"/books/{book['id']}/hold")).raise_for_status()
            if "/reviews" in path:
                review = {"rating": 3, "text": "Neither here nor there."}
                (await self.clients["owner"].post(f"/books/{book['id']}/reviews", json=review)).raise_for_status()
            return {"book_id": book["id"], "document_id": book["document_id"]}
        if "{conversation_id}" in path:
            return await self._talk(has_messages="{message_id}" in path)
        if "{upload_id}" in path:
            made = await self.clients["owner"].post("/uploads", headers=TUS)
            return {"upload_id": made.raise_for_status().headers["Location"].rsplit("/", 1)[1]}
        return await self._lines_and_links(path)

    async def _talk(self, *, has_messages: bool) -> dict[str, str]:
        conversation = (await self.clients["owner"].post("/conversations", json={})).raise_for_status().json()["id"]
        if not has_messages:
            return {"conversation_id": conversation}
        said = await self.clients["owner"].post(f"/conversations/{conversation}/messages", json={"content": "Who keeps it?"})
        return {"conversation_id": conversation, "message_id": said.raise_for_status().json()["id"]}

    async def _lines_and_links(self, path: str) -> dict[str, str]:
        if "{hold_id}" in path:
            book = (await add(self.clients["owner"], uuid4().hex)).raise_for_status().json()
            (await self.clients["victim"].post(f"/books/{book['id']}/borrow")).raise_for_status()
            return {"hold_id": (await self.clients["owner"].post(f"/books/{book['id']}/hold")).raise_for_status().json()["id"]}
        if "{slug}" in path or "{name}" in path:
            return {"slug": "main", "name": "qualify", **NOBODY}
        return await self._letters(path)

    async def _letters(self, path: str) -> dict[str, str]:
        if "{run_id}" in path:
            made = await self.clients["admin"].post("/agents/qualify/runs", json={"input": "What does it cost?"})
            return {"run_id": made.raise_for_status().json()["id"]}
        if "{inquiry_id}" in path:
            made = await self.clients["owner"].post("/inquiries", json={"message": "What does it cost?"})
            return {"inquiry_id": made.raise_for_status().json()["id"]}
        if "{invitation_id}" in path:
            made = await self.clients["admin"].post("/invitations", json={})
            return {"invitation_id": made.raise_for_status().json()["id"]}
        return {"user_id": self.victim_id, "slug": "main", **NOBODY}

    async def _body(self, role: str, route: str) -> dict[str, Any]:
        if route in UPLOADS:
            return {"files": {UPLOADS[route]: ("new.txt", uuid4().hex.encode())}}
        if route == "POST /auth/signup":
            return {"json": {"email": email_of(uuid4().hex), "password": PASSWORD}}
        if route == "POST /auth/login":
            return {"json": {"email": email_of("victim"), "password": PASSWORD}}
        if route == "POST /auth/refresh":
            tokens = await log_in(self.library.visitor(), "victim")
            return {"json": {"refresh_token": tokens["refresh_token"]}}
        if "/uploads" in route:
            return {"headers": {**TUS, "Upload-Offset": "0"}, "content": b"some"}
        return await self._own_session(role, route)

    async def _own_session(self, role: str, route: str) -> dict[str, Any]:
        if route == "POST /auth/signout" and role not in ("anonymous", "device"):
            return {"headers": bearer(await log_in(self.library.visitor(), role))}
        return {"json": BODIES[route]} if route in BODIES else {"params": PARAMETERS.get(route, {})}


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings, rate_limits="off", loans=LoanSettings(max_per_member=1000, max_holds_per_member=1000)) as library:
        yield library


@pytest.fixture
async def cast(library: Library) -> Cast:
    clients = {name: await library.join(name) for name in ("admin", "librarian", "owner", "stranger", "victim")}
    librarian_id = await id_of(clients["librarian"])
    (await clients["admin"].patch(f"/users/{librarian_id}", json={"role": "librarian"})).raise_for_status()
    made = (await clients["owner"].post("/auth/me/app-passwords", json={"name": "e-reader"})).raise_for_status().json()
    clients |= {"anonymous": library.visitor(), "device": library.visitor()}
    clients["device"].auth = httpx.BasicAuth(email_of("owner"), made["password"])
    for client in clients.values():
        client._transport = httpx.ASGITransport(Glance(library.app), raise_app_exceptions=False)
    return Cast(library=library, clients=clients, victim_id=await id_of(clients["victim"]))


def routes_of(app: FastAPI, document: dict[str, Any]) -> set[str]:
    """Every way into the server: those of the OpenAPI document, and those that it does not show."""
    shown = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    hidden = set()
    for route in app.routes:
        if isinstance(route, WebSocketRoute):
            continue  # it asks for a token itself: test_document_events
        if not isinstance(route, Route):
            raise TypeError(f"{route} is no plain route: say here who may use it.")
        if not getattr(route, "include_in_schema", False) or not hasattr(route, "dependant"):
            methods = route.methods or set()
            implied = {"HEAD"} if "GET" in methods else set()  # the same dependencies answer it
            hidden |= {f"{method} {route.path}" for method in methods - implied}
    return shown | hidden


def test_every_route_says_who_may_use_it(openapi_document: dict[str, Any]) -> None:
    assert routes_of(create_app(Settings(_env_file=None)), openapi_document) == set(read_policy())


async def test_every_role_gets_exactly_where_it_may(cast: Cast) -> None:
    wrong = []
    for route, expected in read_policy().items():
        for role in ROLES:
            answer = await cast.attempt(role, route)
            if answer.status_code != expected[role]:
                wrong.append(f"{role}: {route} is {answer.status_code}, not {expected[role]}: {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


def test_the_document_asks_for_what_the_server_asks_for(openapi_document: dict[str, Any]) -> None:
    schemes = openapi_document["components"]["securitySchemes"]
    for route, expected in read_policy().items():
        method, path = route.split()
        operation = openapi_document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            continue
        asked = sorted(schemes[name]["type"] for needed in operation.get("security", []) for name in needed)
        is_open, is_for_devices = expected["anonymous"] != 401, expected["device"] != 401
        assert asked == ([] if is_open else ["http", "oauth2"] if is_for_devices else ["oauth2"]), route
        for status in {code for code in expected.values() if code >= 400}:
            assert str(status) in operation["responses"], (route, status)


def test_devices_read_and_nothing_else() -> None:
    for route, expected in read_policy().items():
        if expected["anonymous"] == 401 and expected["device"] != 401:
            assert route.startswith(("GET ", "HEAD ")), route


async def test_refusals_do_not_change_anything(cast: Cast) -> None:
    book = (await add(cast.clients["owner"], "mine", title="Mine")).json()
    path = f"/books/{book['id']}"
    for role in ("anonymous", "stranger", "device"):
        await cast.clients[role].put(path, json={"title": "Stolen"})
        await cast.clients[role].patch(path, json={"title": "Stolen"})
        await cast.clients[role].put(f"{path}/content", files={"file": ("new.txt", role.encode())})
        await cast.clients[role].delete(path)
    after = (await cast.clients["owner"].get(path)).json()
    assert (after["title"], after["sha256"]) == ("Mine", book["sha256"])


async def test_nobody_promotes_themselves(cast: Cast, library: Library) -> None:
    stranger = cast.clients["stranger"]
    own_id = await id_of(stranger)
    more = {"role": "admin", "is_active": False, "email": "admin@library.test", "id": cast.victim_id, "tenant_id": "other"}
    before = (await stranger.get("/auth/me")).json()
    for name, value in more.items():
        refused = await stranger.patch("/auth/me", json={"display_name": "Boss", name: value})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, f"body.{name}")
    assert (await stranger.get("/auth/me")).json() == before
    assert (await stranger.patch(f"/users/{own_id}", json={"role": "admin"})).status_code == 403
    account = {"email": "new@library.test", "password": PASSWORD}
    for name in ("role", "is_active", "tenant_id"):
        assert (await library.visitor().post("/auth/signup", json={**account, name: more[name]})).status_code == 422
    assert (await library.visitor().post("/auth/signup", json=account)).json()["role"] == "member"
    assert (await cast.clients["librarian"].patch(f"/users/{own_id}", json={"role": "librarian"})).status_code == 403
    assert (await stranger.get("/auth/me")).json()["role"] == "member"


async def test_what_one_may_not_see_looks_like_what_does_not_exist(cast: Cast) -> None:
    book = (await add(cast.clients["owner"], "mine")).json()
    made = (await cast.clients["owner"].post("/auth/me/app-passwords", json={"name": "mine"})).json()
    stranger = cast.clients["stranger"]
    for method, path, existing in [
        ("GET", "/documents/{}", book["document_id"]),
        ("GET", "/documents/{}/status", book["document_id"]),
        ("GET", "/documents/{}/text", book["document_id"]),
        ("DELETE", "/auth/me/app-passwords/{}", made["id"]),
    ]:
        answers = [await stranger.request(method, path.format(one)) for one in (existing, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [{key: value for key, value in answer.json().items() if key != "instance"} for answer in answers]
        assert bodies[0] == bodies[1]


async def test_members_may_be_kept_from_adding_books(settings: Settings) -> None:
    async with opened(settings, members_may_upload=False) as library:
        admin, librarian, member = [await library.join(name) for name in ("admin", "librarian", "member")]
        (await admin.patch(f"/users/{await id_of(librarian)}", json={"role": "librarian"})).raise_for_status()
        announced = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": "filename b25lLnR4dA=="}
        for refused in (await add(member, "one"), await member.post("/uploads", headers=announced)):
            assert (refused.status_code, slug(refused)) == (403, "not-allowed")
        assert (await librarian.post("/uploads", headers=announced)).status_code == 201
        assert [(await add(client, f"book {n}")).status_code for n, client in enumerate([librarian, admin])] == [201, 201]
