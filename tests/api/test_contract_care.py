"""What a careful client relies on: versions, methods, forms of answers, limits that are told, errors in words."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import Library, opened, slug
from journeys import add
from luminalib.api.problem_pages import catalogue
from luminalib.domain.errors import LuminaError
from luminalib.settings import Settings
from streaming import serving


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:
        yield library


async def test_a_change_is_refused_when_somebody_else_was_faster(library: Library) -> None:
    admin = await library.join("admin")
    book = f"/books/{(await add(admin)).json()['id']}"
    seen = (await admin.get(book)).headers["ETag"]
    changed = await admin.patch(book, json={"title": "First"}, headers={"If-Match": seen})
    assert (changed.status_code, changed.headers["ETag"] != seen) == (200, True)
    for method, body in (("PATCH", {"title": "Second"}), ("PUT", {"title": "Second"}), ("DELETE", None)):
        refused = await admin.request(method, book, json=body, headers={"If-Match": f'"other", {seen}'})
        assert (refused.status_code, slug(refused)) == (412, "precondition-failed")
    assert (
        await admin.patch(book, json={"title": "Weak"}, headers={"If-Match": f"W/{changed.headers['ETag']}"})
    ).status_code == 412
    assert (await admin.get(book)).json()["title"] == "First"
    both = f'"other", {(await admin.get(book)).headers["ETag"]}'
    assert (await admin.put(book, json={"title": "Third"}, headers={"If-Match": both})).status_code == 200
    assert (await admin.patch(book, json={"tags": ["sea"]})).status_code == 200  # who does not ask is not held to it
    strict = {"Prefer": "respond-async, handling=strict"}
    for method, body in (("PATCH", {"title": "Fourth"}), ("PUT", {"title": "Fourth"}), ("DELETE", None)):
        refused = await admin.request(method, book, json=body, headers=strict)
        assert (refused.status_code, slug(refused)) == (428, "precondition-required")
    assert (await admin.patch(book, json={"tags": ["hill"]}, headers={"Prefer": "handling=lenient"})).status_code == 200
    assert (await admin.delete(book, headers=strict | {"If-Match": "*"})).status_code == 204

    seen = (await admin.get("/auth/me")).headers["ETag"]
    renamed = await admin.patch("/auth/me", json={"display_name": "Ada"}, headers={"If-Match": seen})
    assert (renamed.status_code, renamed.headers["ETag"]) == (200, (await admin.get("/auth/me")).headers["ETag"])
    assert (await admin.patch("/auth/me", json={"display_name": "Eve"}, headers={"If-Match": seen})).status_code == 412
    assert (await admin.patch("/auth/me", json={"display_name": "Eve"}, headers=strict)).status_code == 428


async def test_what_is_wrong_is_said_in_words_of_the_thing(library: Library) -> None:
    admin = await library.join("admin")
    book = f"/books/{(await add(admin)).json()['id']}"
    for body, words in (
        ({"title": ""}, "body.title: Should have at least 1 character."),
        ({"tags": ["x"] * 101}, "body.tags: Should have at most 100 entries."),
        ({"copies_total": "2"}, "body.copies_total: Should be a whole number."),
        ({"copies_total": 0}, "body.copies_total: Should be 1 or more."),
        ({"titel": "x"}, "body.titel: There is no such field. Is it misspelt?"),
    ):
        answer = await admin.patch(book, json=body)
        assert (answer.status_code, answer.json()["detail"]) == (422, words)
    refused = await library.visitor().post("/auth/refresh", json={"refresh_token": "x" * 513})
    assert refused.json()["detail"] == "body.refresh_token: Should have at most 512 characters."
    assert (await admin.get("/books/1")).json()["errors"][0]["message"] == "Should be an id as the library gives them."
    unreadable = await admin.patch(book, content=b"{", headers={"Content-Type": "application/json"})
    assert unreadable.json()["errors"][0]["message"].startswith("Is not JSON")


async def test_allow_names_every_method_of_an_address(library: Library) -> None:
    visitor = library.visitor()
    for path, methods in (
        ("/books/x", "DELETE, GET, HEAD, PATCH, PUT"),
        ("/books/x/content", "GET, HEAD, PUT"),
        ("/auth/login", "POST"),
    ):
        refused = await visitor.request("TRACE", path)
        assert (refused.status_code, refused.headers["Allow"], slug(refused)) == (405, methods, "method-not-allowed")


async def test_head_is_answered_as_get_without_the_body(library: Library) -> None:
    admin = await library.join("admin")
    book = f"/books/{(await add(admin)).json()['id']}"
    async with (
        serving(library.app, library.container) as url,
        httpx.AsyncClient(base_url=url, headers=admin.headers, timeout=60) as real,
    ):
        for path in ("/", "/docs", "/healthz", "/openapi.json", "/books", book, f"{book}/content", "/books/x", "/nowhere"):
            told, whole = await real.head(path), await real.get(path)
            assert (told.status_code, told.content) == (whole.status_code, b""), path
            assert told.headers["content-length"] == str(len(whole.content)), path
            assert told.headers["content-type"] == whole.headers["content-type"], path
        stream = f"/conversations/{uuid4()}/stream"
        assert (await real.head(stream)).status_code == 405, "its body has no end"
        assert (await real.head(book, headers={"Authorization": ""})).status_code == 401


async def test_what_cannot_be_answered_acceptably_is_not_done(library: Library) -> None:
    admin = await library.join("admin")
    book = f"/books/{(await add(admin)).json()['id']}"
    for accept in ("text/html", "application/xml;q=0.9, image/png", "text/event-stream"):
        refused = await admin.delete(f"{book}/hold", headers={"Accept": accept})
        assert refused.status_code == 404  # no body, nothing to refuse
        refused = await admin.patch(book, json={"title": "Changed"}, headers={"Accept": accept})
        assert (refused.status_code, slug(refused)) == (406, "not-acceptable")
        assert "application/json" in refused.json()["detail"]
    assert (await admin.get(book)).json()["title"] != "Changed"
    for path, accept in (
        (book, "application/*"),
        (f"{book}/content", "text/plain"),
        ("/docs", "text/html"),
        ("/metrics", "text/plain"),
    ):
        assert (await admin.get(path, headers={"Accept": accept})).status_code == 200, path
    streamed = await admin.post("/ask", json={"question": "Who?"}, headers={"Accept": "text/event-stream"})
    assert streamed.headers["Content-Type"].startswith("text/event-stream")


async def test_limits_are_told_before_they_are_reached(library: Library) -> None:
    visitor = library.visitor()
    first, second = [await visitor.post("/auth/login", json={"email": "x@y.z", "password": "wrong"}) for _ in range(2)]
    assert first.headers["RateLimit-Policy"] == '"login-per-account";q=10;w=900'
    assert [one.headers["RateLimit"].split(";")[1] for one in (first, second)] == ["r=9", "r=8"]
    assert "RateLimit" not in (await visitor.get("/healthz")).headers


async def test_every_type_of_problem_has_a_page(library: Library, openapi_document: dict[str, Any]) -> None:
    def kinds(of: type[LuminaError]) -> set[str]:
        served = (kind for kind in of.__subclasses__() if not kind.__module__.startswith("luminalib.cli"))
        return {of.slug}.union(*map(kinds, served))

    visitor = library.visitor()
    documented = {
        slug
        for operations in openapi_document["paths"].values()
        for operation in operations.values()
        for answer in operation["responses"].values()
        for slug in answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    assert documented | kinds(LuminaError) - {LuminaError.slug} <= set(catalogue())
    listed = await visitor.get("/problems")
    for name, (status, words) in catalogue().items():
        assert words.endswith("."), name
        assert f'href="problems/{name}"' in listed.text
        assert status >= 400
    shown = await visitor.get("/problems/no-copy-available")
    assert (shown.status_code, "409" in shown.text) == (200, True)
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert slug(await visitor.get("/problems/made-up")) == "problem-not-found"


async def test_a_page_of_errors_follows_the_address_of_a_problem(library: Library) -> None:
    refused: dict[str, Any] = (await library.visitor().get("/books")).json()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(library.app), base_url="http://library.test") as client:
        assert (await client.get(refused["type"])).status_code == 200
