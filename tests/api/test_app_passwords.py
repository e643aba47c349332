import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import Library, email_of, opened, slug
from journeys import PASSWORD, STORY, add
from luminalib.settings import Settings

ADA = email_of("ada")


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:
        await library.join("admin")
        yield library


@pytest.fixture
async def ada(library: Library) -> httpx.AsyncClient:
    return await library.join("ada")


async def make(client: httpx.AsyncClient, name: str = "e-reader") -> dict[str, Any]:
    made: dict[str, Any] = (await client.post("/auth/me/app-passwords", json={"name": name})).raise_for_status().json()
    return made


async def opens(library: Library, email: str, password: str) -> bool:
    answer = await library.visitor().get("/books", auth=(email, password))
    if answer.status_code == 200:
        return True
    assert (answer.status_code, slug(answer)) == (401, "bad-credentials")
    return False


async def test_a_device_reads_in_the_name_of_its_owner(library: Library, ada: httpx.AsyncClient) -> None:
    book = (await add(ada)).json()
    device = library.visitor()
    device.auth = httpx.BasicAuth(ADA, (await make(ada))["password"])
    assert [item["id"] for item in (await device.get("/books")).json()["items"]] == [book["id"]]
    assert (await device.get(f"/books/{book['id']}/content")).text == STORY
    assert (await device.get(f"/documents/{book['document_id']}")).status_code == 200


async def test_a_device_sees_no_more_than_its_owner(library: Library, ada: httpx.AsyncClient) -> None:
    eve = await library.join("eve")
    book = (await add(eve)).json()
    device = library.visitor()
    device.auth = httpx.BasicAuth(ADA, (await make(ada))["password"])
    assert (await device.get(f"/books/{book['id']}/content")).status_code == 403
    assert (await device.get(f"/documents/{book['document_id']}")).status_code == 404


async def test_the_secret_is_shown_once_and_kept_as_a_digest(library: Library, ada: httpx.AsyncClient) -> None:
    made = await make(ada)
    assert len(made["password"]) * 6 >= 256
    listed = await ada.get("/auth/me/app-passwords")
    assert listed.json() == {"items": [{key: value for key, value in made.items() if key != "password"}]}
    async with library.container.database.owner.connect() as connection:
        stored = str((await connection.exec_driver_sql("SELECT * FROM app_passwords")).all())
    assert made["password"] not in stored
    assert hashlib.sha256(made["password"].encode()).hexdigest() in stored


async def test_each_has_a_secret_of_its_own(ada: httpx.AsyncClient) -> None:
    assert len({(await make(ada, "same name"))["password"] for _ in range(5)}) == 5


async def test_what_does_not_belong_together_opens_nothing(library: Library, ada: httpx.AsyncClient) -> None:
    await library.join("eve")
    secret = (await make(ada))["password"]
    assert await opens(library, ADA, secret)
    assert await opens(library, "  ADA@Library.test", secret)
    pairs = [
        (ADA, "wrong"),
        (ADA, ""),
        (ADA, secret[:-1]),
        (ADA, f"{secret} "),
        (ADA, secret.swapcase()),
        (ADA, hashlib.sha256(secret.encode()).hexdigest()),
        (ADA, PASSWORD),
        (email_of("eve"), secret),
        (email_of("nobody"), secret),
        ("", secret),
    ]
    for email, password in pairs:
        assert not await opens(library, email, password), (email, password)


async def test_a_device_password_does_not_log_in(library: Library, ada: httpx.AsyncClient) -> None:
    secret = (await make(ada))["password"]
    answer = await library.visitor().post("/auth/login", json={"email": ADA, "password": secret})
    assert answer.status_code == 401
    assert (await library.visitor(Authorization=f"Bearer {secret}").get("/books")).status_code == 401
    assert (await library.visitor().post("/auth/refresh", json={"refresh_token": secret})).status_code == 401


async def test_a_header_that_makes_no_sense_is_refused(library: Library) -> None:
    for header in ("Basic", "Basic ", "Basic !!!", "Basic YWRh", "Basic \xff", "basic Og==", "Digest x", "Basic " + "x" * 5000):
        request = httpx.Request("GET", "http://library.test/books", headers={b"Authorization": header.encode("latin-1")})
        answer = await library.visitor().send(request)
        assert answer.status_code == 401, header
        assert slug(answer)
        assert "WWW-Authenticate" in answer.headers


async def test_a_deleted_one_stops_at_once_and_the_others_go_on(library: Library, ada: httpx.AsyncClient) -> None:
    lost, kept = await make(ada, "lost"), await make(ada, "kept")
    assert await opens(library, ADA, lost["password"])
    assert (await ada.delete(f"/auth/me/app-passwords/{lost['id']}")).status_code == 204
    assert not await opens(library, ADA, lost["password"])
    assert await opens(library, ADA, kept["password"])
    assert [item["name"] for item in (await ada.get("/auth/me/app-passwords")).json()["items"]] == ["kept"]
    assert slug(await ada.delete(f"/auth/me/app-passwords/{lost['id']}")) == "app-password-not-found"
    assert slug(await ada.delete(f"/auth/me/app-passwords/{uuid4()}")) == "app-password-not-found"
    assert (await ada.delete("/auth/me/app-passwords/none")).status_code == 422


async def test_nobody_lists_or_deletes_those_of_others(library: Library, ada: httpx.AsyncClient) -> None:
    made = await make(ada)
    for other in (await library.join("eve"), await library.login("admin")):
        assert (await other.get("/auth/me/app-passwords")).json() == {"items": []}
        assert (await other.delete(f"/auth/me/app-passwords/{made['id']}")).status_code == 404
    assert await opens(library, ADA, made["password"])


async def test_a_member_has_at_most_twenty_also_in_parallel(library: Library, ada: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(ada.post("/auth/me/app-passwords", json={"name": f"device {n}"}) for n in range(24)))
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 4
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert slug(refused) == "too-many-app-passwords"
    made = (await ada.get("/auth/me/app-passwords")).json()["items"]
    assert len(made) == 20
    assert (await ada.delete(f"/auth/me/app-passwords/{made[0]['id']}")).status_code == 204
    await make(ada)
    await make(await library.join("eve"))


async def test_a_device_password_needs_a_name(ada: httpx.AsyncClient) -> None:
    bodies: list[Any] = [{}, {"name": ""}, {"name": "  "}, {"name": "x" * 101}, {"name": "a\x00b"}, {"name": None}, []]
    for wrong in bodies:
        assert (await ada.post("/auth/me/app-passwords", json=wrong)).status_code == 422, wrong
    assert (await ada.get("/auth/me/app-passwords")).json() == {"items": []}


async def test_the_last_use_is_noted(library: Library, ada: httpx.AsyncClient) -> None:
    made = await make(ada)
    assert made["last_used_at"] is None
    await opens(library, ADA, made["password"])
    (noted,) = (await ada.get("/auth/me/app-passwords")).json()["items"]
    assert noted["last_used_at"] > made["created_at"]
    await opens(library, ADA, made["password"])
    assert (await ada.get("/auth/me/app-passwords")).json()["items"] == [noted]  # reading does not write each time


async def test_an_address_with_an_umlaut_reads_on_devices_too(library: Library) -> None:
    secret = (await make(await library.join("jürgen")))["password"]
    answer = await library.visitor().get("/books", auth=(email_of("jürgen").encode(), secret.encode()))
    assert answer.status_code == 200


async def test_what_devices_may_read_asks_for_a_device_password_too(library: Library) -> None:
    challenges = (await library.visitor().get("/books")).headers.get_list("WWW-Authenticate")
    assert any(challenge.startswith("Basic") for challenge in challenges)


def test_what_devices_read_says_that_guesses_are_limited(openapi_document: dict[str, Any]) -> None:
    for path in openapi_document["paths"].values():
        for operation in path.values():
            if len(operation.get("security", [])) > 1:
                assert "429" in operation["responses"], operation["summary"]


async def test_an_account_password_in_a_basic_header_is_told_that_it_is_the_wrong_one(
    library: Library, ada: httpx.AsyncClient
) -> None:
    reading = await library.visitor().get("/books", auth=(ADA, PASSWORD))
    assert (reading.status_code, slug(reading)) == (401, "bad-credentials")
    assert "app password" in reading.json()["detail"]
    writing = await library.visitor().post("/books", auth=(ADA, PASSWORD))
    assert (writing.status_code, slug(writing)) == (401, "unauthenticated")
    assert "app passwords" in writing.json()["detail"]
