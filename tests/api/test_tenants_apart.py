"""Two libraries with the same people, books and names: whatever one asks, nothing of the other is in the answer, or changed by it.

Every route of `privileges.POLICY` is tried by every role of one library, with the ids and the words of the other; then both are
called at random.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from accounts import Library, email_of
from journeys import PASSWORD
from luminalib.container import Container
from luminalib.settings import Settings
from streaming import serving
from tenanthouses import UUID, WORDS, House, calls, furnished, operator_of, said
from tenantwalks import Walk

CHANGING = ("/metrics", "/readyz", "/recommendations")
"""What is not the same twice, without anybody's doing."""


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


async def test_libraries_know_nothing_of_one_another(houses: tuple[House, House], app: FastAPI, container: Container) -> None:
    await nothing_is_told(*houses)
    await nothing_opens(*houses)
    async with serving(app, container) as url:
        await Walk(houses, url).go()
    await accounts_are_their_own(*houses)
