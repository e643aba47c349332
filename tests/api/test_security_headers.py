import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts import Library, bearer, opened, refresh, slug
from journeys import PASSWORD, add
from luminalib.settings import Settings

MIB = 2**20
ORIGIN = "https://reading.example"
SAFE = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}
HIDDEN = "what went wrong inside"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: nothing here is about the database."""
    return sqlite_url


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:

        @library.app.get("/broken", include_in_schema=False)
        async def broken() -> None:
            raise RuntimeError(HIDDEN)

        yield library


def check_safe(answer: httpx.Response) -> None:
    for name, value in SAFE.items():
        assert answer.headers.get_list(name) == [value], (answer.status_code, name)
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """A body of unknown length: httpx sends it chunked."""
    yield b'{"email": "'
    for _ in range(size // 65536):
        yield b"x" * 65536
    yield b'"}'


async def test_every_kind_of_answer_is_safe(library: Library) -> None:
    ada = await library.join("ada")
    book = (await add(ada)).json()
    visitor = library.visitor()
    answers = [
        await ada.get("/auth/me"),
        await ada.post("/auth/me/app-passwords", json={"name": "e-reader"}),
        await ada.get(f"/books/{book['id']}/content"),
        await ada.get(f"/books/{book['id']}/content", headers={"Range": "bytes=0-1"}),
        await ada.get(f"/books/{book['id']}/content", headers={"If-None-Match": f'"{book["sha256"]}"'}),
        await ada.get(f"/books/{book['id']}/content", headers={"Range": "bytes=99999-"}),
        await ada.post("/auth/signout"),
        await visitor.get("/"),
        await visitor.get("/docs"),
        await visitor.get("/metrics"),
        await visitor.get("/books"),
        await visitor.get("/nowhere"),
        await visitor.delete("/healthz"),
        await visitor.post("/auth/signup", json={}),
        await visitor.post("/auth/signup", content=b"x" * (MIB + 1)),
        await add(await library.login("ada"), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture.pdf"),
    ]
    assert [answer.status_code for answer in answers] == [
        200,
        201,
        200,
        206,
        304,
        416,
        204,
        200,
        200,
        200,
        401,
        404,
        405,
        422,
        413,
        415,
    ]
    for answer in answers:
        check_safe(answer)


async def test_answers_run_nothing_and_pages_only_what_this_server_has(library: Library) -> None:
    visitor = library.visitor()
    for path in ("/healthz", "/books", "/docs/elsewhere", "/assets/nothing", "/assets/../pages.py", "/broken"):
        assert (await visitor.get(path)).headers.get_list("Content-Security-Policy") == [
            "default-src 'none'; frame-ancestors 'none'"
        ], path
    for path in ("/", "/docs", "/redoc"):
        (policy,) = (await visitor.get(path)).headers.get_list("Content-Security-Policy")
        assert policy.startswith("default-src 'none'; script-src 'self';"), path
        assert ("unsafe" in policy) == (path == "/redoc")


async def test_a_fault_of_ours_says_nothing_of_what_went_wrong(library: Library) -> None:
    answer = await library.visitor().get("/broken")
    assert (answer.status_code, slug(answer)) == (500, "internal-error")
    for inside in (HIDDEN, "RuntimeError", "Traceback", "File ", ".py", __file__):
        assert inside not in answer.text


async def test_a_fault_of_ours_is_answered_safely_too(library: Library) -> None:
    check_safe(await library.visitor().get("/broken"))


async def test_a_sane_request_id_is_taken_over_and_others_are_not(library: Library) -> None:
    for sane in ("abc-123", "A" * 64, "a.b_c"):
        assert (await library.visitor().get("/healthz", headers={"X-Request-ID": sane})).headers["X-Request-ID"] == sane
    for odd in ("", "a b", "A" * 65, "a\x1b[31m", "a;b", "\xe9"):
        request = httpx.Request("GET", "http://library.test/healthz", headers={b"X-Request-ID": odd.encode("latin-1")})
        check_safe(await library.visitor().send(request))


async def test_browsers_of_other_sites_get_nothing_by_default(library: Library) -> None:
    visitor = library.visitor(Origin=ORIGIN)
    preflight = await visitor.options("/auth/login", headers={"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 405
    for answer in (preflight, await visitor.get("/healthz"), await visitor.get("/books")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_configured_site_may_call_and_no_other(settings: Settings) -> None:
    async with opened(settings, cors_origins=f"{ORIGIN}, https://second.example") as library:
        ask = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
        friend = library.visitor(Origin=ORIGIN)
        preflight = await friend.options("/auth/me", headers=ask)
        assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
        assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
        for answer in (preflight, await friend.get("/healthz"), await friend.get("/books")):
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
            assert "Access-Control-Allow-Credentials" not in answer.headers
            check_safe(answer)
        for origin in (
            "https://evil.example",
            f"{ORIGIN}.evil.example",
            "http://reading.example",
            "null",
            "https://second.example:444",
        ):
            stranger = library.visitor(Origin=origin)
            assert (await stranger.options("/auth/me", headers=ask)).status_code == 400
            assert "Access-Control-Allow-Origin" not in (await stranger.get("/healthz")).headers


@pytest.mark.parametrize("path", ["/auth/signup", "/auth/login", "/auth/refresh"])
async def test_a_large_body_is_refused_before_it_is_read(library: Library, path: str) -> None:
    sent: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        while len(sent) < 4:
            sent.append(b"x" * MIB)
            yield sent[-1]

    headers = {"Content-Type": "application/json", "Content-Length": str(4 * MIB)}
    answer = await library.visitor().post(path, content=body(), headers=headers)
    assert sent == []
    assert (answer.status_code, slug(answer)) == (413, "file-too-large")
    assert answer.json()["max_bytes"] == MIB


async def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(library: Library) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await library.visitor().post("/auth/login", content=in_pieces(2 * MIB), headers=headers)
    assert (answer.status_code, slug(answer)) == (413, "file-too-large")
    fits = await library.visitor().post("/auth/login", content=in_pieces(8 * 1024), headers=headers)
    assert fits.status_code == 422


@pytest.mark.parametrize("path", ["/auth/signup", "/auth/refresh"])
async def test_a_body_of_unknown_length_is_refused_as_too_large_everywhere(library: Library, path: str) -> None:
    answer = await library.visitor().post(path, content=in_pieces(2 * MIB), headers={"Content-Type": "application/json"})
    assert (answer.status_code, slug(answer)) == (413, "file-too-large")


@pytest.mark.parametrize("path", ["/auth/signup", "/auth/login", "/auth/refresh"])
async def test_only_uploads_may_be_large(library: Library, path: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await library.visitor().post(path, content=b"x" * (MIB + 1), headers=headers)
    assert answer.status_code == 413


async def test_answers_with_secrets_are_not_kept_by_caches(library: Library) -> None:
    ada = await library.join("ada")
    login = await library.visitor().post("/auth/login", json={"email": "ada@library.test", "password": PASSWORD})
    made = await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})
    for answer in (login, await refresh(library.visitor(), login.json()), made):
        assert answer.headers.get("Cache-Control") == "no-store"


FAULT = """
import os, structlog
from luminalib.logs import configure_logging
configure_logging("debug", os.environ["LOG_FORMAT"])
def check(password):
    structlog.get_logger().info("checking")
    raise RuntimeError("out of memory")
try:
    check(os.environ["TYPED"])
except RuntimeError as error:
    structlog.get_logger("luminalib.api.problems").error("request.fault", exc_info=error)
"""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_the_log_of_a_fault_tells_where_but_not_what_was_typed(log_format: str) -> None:
    environment = {**os.environ, "LOG_FORMAT": log_format, "TYPED": PASSWORD}
    ended = subprocess.run([sys.executable, "-c", FAULT], env=environment, capture_output=True, text=True, check=True)
    assert "out of memory" in ended.stderr
    assert "checking" in ended.stderr
    assert PASSWORD not in ended.stderr + ended.stdout


async def test_the_log_of_a_whole_visit_has_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "log"
    secret_key = "the key that signs all tokens " * 2
    environment = {
        **os.environ,
        "LUMINALIB_LOG_LEVEL": "debug",
        "LUMINALIB_LOG_FORMAT": "json",
        "LUMINALIB_SECRET_KEY": secret_key,
        "LUMINALIB_PREVIOUS_SECRET_KEYS": secret_key[::-1],
        "LUMINALIB_DATA_DIR": str(tmp_path / "data"),
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from luminalib.cli import app; app()", "serve", "--port", "0"),
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            secrets = await visit(await address_in(log, process))
        finally:
            process.terminate()
            await process.wait()
    text = log.read_text()
    assert "/auth/login" in text
    assert text.count("/auth/me/app-passwords") >= 1
    for secret in (*secrets, secret_key.strip(), secret_key[::-1].strip()):
        assert secret not in text


async def address_in(log: Path, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(30):
        while process.returncode is None:
            if found := re.search(r"(http://\S+)/docs", log.read_text()):
                return found[1]
            await asyncio.sleep(0.05)
    raise AssertionError(log.read_text())


async def visit(url: str) -> list[str]:
    """Does everything that a secret takes part in, well and badly; gives the secrets."""
    account = {"email": "ada@library.test", "password": PASSWORD}
    async with httpx.AsyncClient(base_url=url, timeout=20) as client:
        await client.post("/auth/signup", json={**account, "password": "password1"})
        await client.post("/auth/signup", json=account)
        await client.post("/auth/login", json={**account, "password": "a typing mistake"})
        await client.post("/auth/login", content=json.dumps(account)[:-1], headers={"Content-Type": "application/json"})
        tokens = (await client.post("/auth/login", data={"username": account["email"], "password": PASSWORD})).json()
        client.headers.update(bearer(tokens))
        renewed = (await refresh(client, tokens)).raise_for_status().json()
        device = (await client.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
        for password in (device, "a guess"):
            await client.get("/books", auth=(account["email"], password))
        await add(client)
        await client.put("/auth/me/password", json={"current_password": "not this one", "new_password": "quiet harbour 1887"})
        await client.put("/auth/me/password", json={"current_password": PASSWORD, "new_password": "quiet harbour 1887"})
        await client.get("/books", headers={"Authorization": f"Bearer {tokens['access_token']}x"})
        await client.request("DELETE", "/auth/me", json={"password": "quiet harbour 1887"})
        await client.post("/auth/signout")
    typed = ["password1", PASSWORD, "a typing mistake", "a guess", "not this one", "quiet harbour 1887"]
    made: list[Any] = [tokens["access_token"], tokens["refresh_token"], renewed["access_token"], renewed["refresh_token"], device]
    return typed + made
