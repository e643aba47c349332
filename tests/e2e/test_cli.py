import asyncio
import json
from pathlib import Path

import httpx
import pytest

from accounts import bearer
from bookfiles import make_epub, make_pdf
from commands import start
from journeys import STORY, logged_in, server
from luminalib import __version__


async def run(folder: Path, *arguments: str, said: str = "", **environment: str) -> tuple[int, str]:
    """Exit code and all output of a command in a folder of its own."""
    wide = {"COLUMNS": "160", **environment}
    process = await start(*arguments, cwd=folder, environment=wide, said=said.encode(), with_errors=True)
    output = await process.stdout.read()
    return await process.wait(), output.decode()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    (folder / "more").mkdir(parents=True)
    (folder / "story.txt").write_text(STORY)
    (folder / "again.txt").write_text(STORY)
    (folder / "[red]odd.pdf").write_bytes(make_pdf(["About bees. " + STORY]))
    (folder / "more" / "novel.epub").write_bytes(make_epub([("One", "A windmill. " + STORY)]))
    (folder / "locked.pdf").write_bytes(make_pdf(["secret"], password="open sesame"))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.pdf").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    return folder


async def test_ingest_says_for_each_file_what_happened(tmp_path: Path, shelf: Path, database_url: str) -> None:
    for _ in range(2):  # the second time everything is known
        code, output = await run(tmp_path, "ingest", str(shelf), LUMINALIB_DATABASE_URL=database_url)
        assert code == 1, output  # three files are not in
        assert "7 files: 4 completed, 1 failed, 2 rejected." in output
        lines = {name: line for line in output.splitlines() for name in ("locked", "empty", "picture", "[red]odd") if name in line}
        assert "encrypted" in lines["locked"]
        assert "The file is empty" in lines["empty"]
        assert "OCR" in lines["picture"]
        assert "completed" in lines["[red]odd"]


async def test_an_admin_made_on_the_command_line_can_log_in(tmp_path: Path) -> None:
    made = ("create-admin", "boss@library.test", "--password-stdin")
    code, output = await run(tmp_path, *made, said="a walk in the dark woods\n")
    assert (code, output) == (0, "boss@library.test is an admin.\n")
    code, output = await run(tmp_path, *made, said="a walk in the dark woods\n")
    assert (code, output.count("\n")) == (1, 1)
    code, output = await run(tmp_path, "set-password", "boss@library.test", "--password-stdin", said="a walk in the light\n")
    assert (code, output.count("\n")) == (0, 1)
    code, output = await run(tmp_path, "set-password", "nobody@library.test", "--password-stdin", said="a walk in the light\n")
    assert (code, output) == (1, "luminalib: There is no account with the address nobody@library.test.\n")
    nowhere = ("create-admin", "boss@library.test", "--password-stdin", "--tenant", "nowhere")
    code, output = await run(tmp_path, *nowhere, said="a walk in the dark woods\n")
    assert (code, output) == (1, "luminalib: There is no such library in this installation.\n")
    runs = ("create-operator", "ops@library.test", "--password-stdin")
    code, output = await run(tmp_path, *runs, said="a walk in the light\n")
    assert (code, output) == (0, "ops@library.test is an operator.\n")
    async with server(tmp_path, "") as (url, _), logged_in(url) as client:
        assert (await client.get("/auth/me")).json()["role"] == "member"
        ops = {"email": "ops@library.test", "password": "a walk in the light"}
        tokens = (await client.post("/auth/login", json=ops)).raise_for_status().json()
        assert (await client.get("/tenants", headers=bearer(tokens))).json()["total"] == 1
        boss = {"email": "boss@library.test", "password": "a walk in the light"}
        assert (await client.post("/auth/login", json=boss)).status_code == 200


async def test_production_wants_its_migrations_run_first(tmp_path: Path) -> None:
    production = {"LUMINALIB_ENV": "production", "LUMINALIB_SECRET_KEY": "x" * 32, "LUMINALIB_SEALING_KEY": "y" * 32}
    code, output = await run(tmp_path, "serve", "--port", "0", **production)
    assert (code, output) == (1, "luminalib: The database does not have the newest schema. Run `luminalib migrate` first.\n")
    assert (await run(tmp_path, "migrate", **production))[0] == 0


async def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    code, output = await run(tmp_path, "migrate", LUMINALIB_DATABASE_URL=f"postgresql://u@/x?host={tmp_path}")
    assert code == 1
    assert output.startswith("luminalib: The database does not answer")
    assert output.count("\n") == 1


async def test_the_version_is_said(tmp_path: Path) -> None:
    assert await run(tmp_path, "--version") == (0, f"luminalib {__version__}\n")


async def test_the_openapi_document_is_printed(tmp_path: Path) -> None:
    code, output = await run(tmp_path, "openapi")
    assert code == 0
    assert "/books" in json.loads(output)["paths"]
    assert list(tmp_path.iterdir()) == []


async def test_the_demo_walks_the_whole_journey(tmp_path: Path) -> None:
    code, output = await run(tmp_path, "demo")
    assert code == 0, output
    for step in (
        "201 POST /auth/signup",
        "201 POST /books",
        "analyzing",
        '"provider": "extractive"',
        "Bees fly three kilometres for food",
        "I cannot answer that from this library.",
        "415 POST /books",
        "204 DELETE",
    ):
        assert step in " ".join(output.split()), step
    assert list(tmp_path.iterdir()) == []


async def test_the_demo_shelf_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMINALIB_RATE_LIMITS", "off")  # the librarian is asked for until the shelf is complete

    async def loaded() -> int:
        """Deletes a book as the demo librarian, whose account says that the shelf is complete; how many there were before."""
        async with server(tmp_path, "", "--demo") as (url, _), httpx.AsyncClient(base_url=url, timeout=60) as client:
            async with asyncio.timeout(180):
                while not (token := await librarian_token(client, tmp_path)):
                    await asyncio.sleep(0.1)
            client.headers["Authorization"] = f"Bearer {token}"
            books = (await client.get("/books", params={"size": 100})).json()
            (await client.delete(f"/books/{books['items'][0]['id']}")).raise_for_status()
            return int(books["total"])

    first = await loaded()
    assert first >= 12
    assert await loaded() == first - 1, "what was deleted stays away"


async def librarian_token(client: httpx.AsyncClient, folder: Path) -> str | None:
    file = folder / "data" / "demo-logins.json"
    if not file.exists():
        return None
    login = next(login for login in json.loads(file.read_text()) if login["role"] == "librarian")
    answer = await client.post("/auth/login", json={"email": login["email"], "password": login["password"]})
    return answer.json().get("access_token") if answer.is_success else None
