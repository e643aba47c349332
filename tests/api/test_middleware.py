import asyncio
from typing import Any

import pytest

from accounts import opened, slug
from luminalib.adapters.storage.local import LocalStorage
from luminalib.api import middleware
from luminalib.api.middleware import StalledClients
from luminalib.ports.storage import StorageUnavailable
from luminalib.settings import Settings

TUS = {"Tus-Resumable": "1.0.0"}

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/documents/stream", "headers": [], "scheme": "http"}


async def endless(_scope: Any, _receive: Any, send: Any) -> None:
    """A stream that goes on for ever."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1024, "more_body": True})


async def receive() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


async def test_a_client_that_reads_no_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "STALLED_SECONDS", 0.05)
    taken: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        if len(taken) > 3:
            await asyncio.Event().wait()
        taken.append(message)

    async with asyncio.timeout(5):
        await StalledClients(endless)(SCOPE.copy(), receive, send)
    assert [message["type"] for message in taken] == ["http.response.start", *["http.response.body"] * 3]


async def test_a_slow_client_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "STALLED_SECONDS", 0.5)
    count = 0

    async def send(_message: Any) -> None:
        nonlocal count
        count += 1
        await asyncio.sleep(0.01)
        if count == 60:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await StalledClients(endless)(SCOPE.copy(), receive, send)


async def test_links_do_not_repeat_a_name_that_nobody_knows(settings: Settings) -> None:
    async with opened(settings) as library:
        ada = await library.join("ada")
        for n in range(3):
            await ada.post(
                "/uploads", headers={**TUS, "Upload-Length": "9", "Upload-Metadata": "filename YS50eHQ="}, params={"n": n}
            )

        async def link(host: str) -> str:
            answer = await ada.get("/uploads", params={"size": 1}, headers={"Host": host})
            return answer.raise_for_status().headers["Link"]

        for host in ("evil.example", "evil.example:80", "library.test", "localhost.evil.example", "127.0.0.1.evil.example"):
            assert await link(host) == '</uploads?size=1&page=2>; rel="next"'
        for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
            assert await link(host) == f'<http://{host}/uploads?size=1&page=2>; rel="next"'
        moved = await ada.get("/uploads/?size=1", headers={"Host": "evil.example"})
        assert (moved.status_code, moved.headers["Location"]) == (307, "/uploads?size=1")


async def test_with_a_list_of_names_the_library_answers_to_no_other(settings: Settings) -> None:
    async with opened(settings, allowed_hosts="library.test, *.example.org") as library:
        visitor = library.visitor()
        for host in ("library.test", "Library.Test:8000", "books.example.org"):
            assert (await visitor.get("/healthz", headers={"Host": host})).status_code == 200
        for host in ("evil.example", "library.test.evil.example", "example.org.evil", "", "[::1]", "xexample.org"):
            refused = await visitor.get("/healthz", headers={"Host": host})
            assert (refused.status_code, slug(refused)) == (400, "unknown-host")


async def test_strangers_neither_make_the_disk_work_nor_learn_addresses(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def broken(_storage: LocalStorage) -> None:
        nonlocal looks
        looks += 1
        raise StorageUnavailable("http://internal:9000 does not answer")

    monkeypatch.setattr(LocalStorage, "check", broken)
    async with opened(settings) as library:
        ada = await library.join("ada")
        answers = [await library.visitor().get("/readyz") for _ in range(20)]
        assert {answer.status_code for answer in answers} == {503}
        assert "internal" not in answers[0].text
        assert looks <= 2
        told = (await ada.get("/readyz")).json()["parts"]["storage"]
        assert (told["status"], told["detail"]) == ("down", "http://internal:9000 does not answer")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * 5000 + b"--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 1000, b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X-Filler: y\r\n" * 5000 + b"\r\n1\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nX-Filler: " + b"y" * 100_000 + b"\r\n\r\n1\r\n--b--\r\n"),
    ],
    ids=["parts", "boundary", "headers", "header"],
)
async def test_a_form_without_files_has_an_end(settings: Settings, content_type: str, body: bytes) -> None:
    async with opened(settings) as library:
        ada = await library.join("ada")
        for path in ("/documents/upload", "/books"):
            refused = await ada.post(path, content=body, headers={"Content-Type": content_type})
            assert (refused.status_code, slug(refused)) == (422, "malformed-upload")
