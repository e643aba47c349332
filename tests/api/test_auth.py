import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jose import jwt

from conftest import SignUp
from journeys import PASSWORD
from luminalib.container import Container, secret_key
from luminalib.domain.auth import User
from luminalib.settings import Settings

ADA = {"email": "Ada@Library.test ", "password": PASSWORD, "display_name": "Ada"}


async def test_the_first_account_is_admin_and_later_ones_are_members(client: httpx.AsyncClient) -> None:
    first = await client.post("/auth/signup", json=ADA)
    second = await client.post("/auth/signup", json={"email": "bob@library.test", "password": PASSWORD})
    assert (first.status_code, first.json()["role"], first.json()["email"]) == (201, "admin", "ada@library.test")
    assert (second.status_code, second.json()["role"], second.json()["display_name"]) == (201, "member", "bob")
    assert "password" not in first.text


async def test_exactly_one_of_many_first_accounts_becomes_admin(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(client.post("/auth/signup", json={"email": f"u{n}@library.test", "password": PASSWORD}) for n in range(6))
    )
    assert sorted(answer.json()["role"] for answer in answers) == ["admin"] + ["member"] * 5


async def test_an_address_is_taken_once_also_in_parallel(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/auth/signup", json=ADA) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    taken = next(answer.json() for answer in answers if answer.status_code == 409)
    assert taken["type"] == "/problems/email-taken"


@pytest.mark.parametrize("password", ["short", "Password123", "11111111", "ada@library.test", "x" * 1001])
async def test_weak_passwords_are_refused_with_advice(client: httpx.AsyncClient, password: str) -> None:
    answer = await client.post("/auth/signup", json={"email": "ada@library.test", "password": password})
    assert answer.status_code == 422
    assert password not in answer.text


@pytest.mark.parametrize(
    "body", [{}, {"email": "nobody", "password": PASSWORD}, {"email": "a\u0000@b", "password": PASSWORD}, [], "x"]
)
async def test_malformed_signups_are_refused(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/auth/signup", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-error")
    assert answer.json()["errors"][0]["field"].startswith("body")


async def test_bad_json_is_refused(client: httpx.AsyncClient) -> None:
    for path in ("/auth/signup", "/auth/login"):
        answer = await client.post(path, content=b'{"email": ', headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-error")


async def test_log_in_by_json_username_and_oauth_form(client: httpx.AsyncClient) -> None:
    await client.post("/auth/signup", json=ADA)
    ways: list[dict[str, Any]] = [
        {"json": {"email": "ADA@library.test", "password": PASSWORD}},
        {"json": {"username": "ada@library.test", "password": PASSWORD}},
        {"data": {"grant_type": "password", "username": "ada@library.test", "password": PASSWORD}},
    ]
    for way in ways:
        answer = await client.post("/auth/login", **way)
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
        me = await client.get("/auth/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        assert me.json()["display_name"] == "Ada"


async def test_wrong_credentials_all_sound_the_same(client: httpx.AsyncClient) -> None:
    await client.post("/auth/signup", json=ADA)
    answers = [
        await client.post("/auth/login", json={"email": email, "password": password})
        for email, password in [("ada@library.test", "wrong password"), ("nobody@library.test", PASSWORD), ("", "")]
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["type"] == "/problems/bad-credentials"


async def test_signing_out_ends_both_tokens_at_once(client: httpx.AsyncClient) -> None:
    await client.post("/auth/signup", json=ADA)
    tokens = (await client.post("/auth/login", json=ADA)).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.post("/auth/signout", headers=bearer)).status_code == 204
    assert (await client.get("/auth/me", headers=bearer)).status_code == 401
    assert (await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})).status_code == 401


async def test_refreshing_rotates_and_reuse_ends_the_session(client: httpx.AsyncClient, age_sessions: Any) -> None:
    await client.post("/auth/signup", json=ADA)
    first = (await client.post("/auth/login", json=ADA)).json()
    second = (await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    assert second["refresh_token"] != first["refresh_token"]
    await age_sessions(timedelta(minutes=5))
    assert (await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).status_code == 401
    assert (await client.post("/auth/refresh", json={"refresh_token": second["refresh_token"]})).status_code == 401
    bearer = {"Authorization": f"Bearer {second['access_token']}"}
    assert (await client.get("/auth/me", headers=bearer)).status_code == 401


async def test_a_lost_answer_to_a_refresh_does_not_log_out(client: httpx.AsyncClient) -> None:
    await client.post("/auth/signup", json=ADA)
    first = (await client.post("/auth/login", json=ADA)).json()
    for _ in range(2):  # the second comes within the grace time
        assert (await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).status_code == 200


async def test_tokens_that_are_not_ours_are_refused(
    client: httpx.AsyncClient, admin: httpx.AsyncClient, settings: Settings, container: Container
) -> None:
    ours = admin.headers["Authorization"].removeprefix("Bearer ")
    claims, key, now = jwt.get_unverified_claims(ours), secret_key(settings), int(datetime.now(UTC).timestamp())

    def signed(with_key: str = key, algorithm: str = "HS256", **changes: Any) -> str:
        return jwt.encode({**claims, **changes}, with_key, algorithm=algorithm, headers={"kid": kid})

    kid = jwt.get_unverified_header(ours)["kid"]
    head, body, signature = ours.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    bad = [
        "",
        "rubbish",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.{signature[:-4]}AAAA",
        signed("another key " * 4),
        signed(algorithm="HS512"),
        signed(exp=now - 1),
        signed(aud="somebody else"),
        signed(iss="somebody else"),
        signed(sid="no such session"),
        signed(tenant="another"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, headers={"kid": kid}),
        jwt.encode(claims, key),
        jwt.encode(claims, key, headers={"kid": "another"}),
    ]
    for token in bad:
        answer = await client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (await client.get("/auth/me", headers={"Authorization": f"Bearer {signed()}"})).status_code == 200
    assert (await client.get("/auth/me")).json()["type"] == "/problems/unauthenticated"


async def test_passwords_are_kept_as_argon2id(admin: httpx.AsyncClient, container: Container, stored_user: Any) -> None:
    user: User = await stored_user("admin@library.test")
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in user.password_hash


async def test_every_route_but_the_open_ones_asks_who_you_are(client: httpx.AsyncClient, sign_up: SignUp) -> None:
    await sign_up("admin")
    open_paths = {"/auth/signup", "/auth/login", "/auth/refresh", "/healthz", "/readyz", "/metrics"}
    document = (await client.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method in operations:
            if path not in open_paths:
                concrete = path.replace("{book_id}", "0" * 32).replace("{document_id}", "0" * 32)
                assert (await client.request(method, concrete)).status_code == 401, (method, path)
