"""Characters that JSON and addresses can say and a database cannot keep: whoever sends them is told so, and nobody else notices."""

import json

import httpx
import pytest

from journeys import PASSWORD

pytestmark = pytest.mark.jobs(False)

HALF, NUL = "a\ud800.b", "a\0.b"
LINK = {"new_password": PASSWORD}
ACCOUNT = {"email": "ada@library.test", "password": PASSWORD}


@pytest.mark.parametrize("odd", [HALF, NUL])
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/password-reset", LINK, "token"),
        ("/auth/refresh", {}, "refresh_token"),
        ("/auth/signup", ACCOUNT, "invitation"),
        ("/auth/signup", ACCOUNT, "tenant"),
        ("/auth/login", ACCOUNT, "tenant"),
        ("/auth/login", ACCOUNT, "password"),
    ],
)
async def test_strangers_are_told(client: httpx.AsyncClient, path: str, body: dict[str, str], field: str, odd: str) -> None:
    content = json.dumps(body | {field: odd})
    answer = await client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} <= {f"body.{field}", "body"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/crm/connections", {"kind": "hubspot", "token": HALF}),
        ("/crm/connections", {"kind": "hubspot", "token": "pat-1\r\nX-Other: 1"}),
        ("/webhook-sources", {"name": "website", "secret": HALF * 10}),
    ],
)
async def test_secrets_are_one_line_of_text(admin: httpx.AsyncClient, path: str, body: dict[str, str]) -> None:
    answer = await admin.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("path", ["/webhooks/in/website/%00.key", "/webhooks/in/%00/key", "/books?q=%00", "/books?author=%00"])
async def test_an_address_may_say_nul(client: httpx.AsyncClient, admin: httpx.AsyncClient, path: str) -> None:
    """A database that knows no such text says so; it is not away, and nobody's connection is closed for it."""
    if path.startswith("/books"):
        assert (await admin.get(path)).status_code in (200, 422)
    else:
        answer = await client.post(path, json={})
        assert answer.status_code in (404, 422), answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await admin.get("/books")).status_code == 200
