"""luminalib demo."""

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console

from luminalib.demo.rendering import filename, render
from luminalib.demo.shelf import load_shelf
from luminalib.domain.errors import Unavailable

START_SECONDS = 60
QUESTIONS = (
    "How does a Fresnel lens save glass?",
    "How many kilometres do bees fly for food?",
    "At what temperature does nitrogen boil?",
)
console = Console(highlight=False)


class DemoFailed(Unavailable):
    """The demo's server did not do what was expected of it."""

    slug = "demo-failed"


def demo(
    url: Annotated[str | None, typer.Option(help="A running library; by default one is started in a temporary folder.")] = None,
) -> None:
    """Walk the whole journey through the HTTP API, printing each call and what came back."""
    asyncio.run(_demo(url))


async def _demo(url: str | None) -> None:
    if url:
        await _walk(url)
        return
    async with _own_server() as own_url:
        await _walk(own_url)


@asynccontextmanager
async def _own_server() -> AsyncIterator[str]:
    """A library on embedded defaults and a free port, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="luminalib-demo-") as folder:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LUMINALIB_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from luminalib.cli import app; app()", "serve", "--port", "0"),
            cwd=folder,
            env=clean,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                yield await _announced_url(process)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _announced_url(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise DemoFailed
    async for line in process.stdout:
        found = re.search(rb"(http://\S+)/docs", line)
        if found:
            return found[1].decode()
    raise DemoFailed("The demo's server did not start; `luminalib serve` says why.")


async def _walk(url: str) -> None:
    console.rule(f"LuminaLib at {url}")
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await _log_in(client)
        watching = asyncio.create_task(_watch(client))
        await asyncio.sleep(0.2)  # the stream tells what happens from now on
        books = [await _upload(client, book) for book in load_shelf()[:6]]
        async with asyncio.timeout(START_SECONDS):
            await _until_done(client, [book["id"] for book in books])
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await _read(client, books)
        await _ask(client, books)
        await _review(client, books[1]["id"])
        await _mistakes(client, books)
    console.rule("That was the whole journey")


async def _log_in(client: httpx.AsyncClient) -> None:
    account = {"email": f"visitor-{uuid4().hex[:8]}@demo.example", "password": f"a walk by the sea {uuid4().hex[:4]}"}
    _show(await client.post("/auth/signup", json={**account, "display_name": "Visitor"}))
    tokens = await client.post("/auth/login", json=account)
    _show(tokens, hide=("access_token", "refresh_token"))
    client.headers["Authorization"] = f"Bearer {tokens.json()['access_token']}"
    _show(await client.get("/auth/me"))


async def _watch(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/documents/stream", timeout=None) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                note = f" ({event['detail']})" if event.get("detail") else ""
                console.print(f"   [cyan]event[/] {event['document_id'][:8]} {event['status']} {event['progress']}%{note}")


async def _upload(client: httpx.AsyncClient, book: Any) -> dict[str, Any]:
    files = {"file": (filename(book), render(book))}
    answer = await client.post("/books", files=files, data={"tags": ",".join(book.tags)})
    if answer.status_code == httpx.codes.CONFLICT:
        _show(answer)
        answer = await client.get(f"/books/{answer.json()['book_id']}")
    _show(answer, only=("id", "title", "authors", "media_type", "byte_size", "status"))
    found: dict[str, Any] = answer.json()
    return found


async def _until_done(client: httpx.AsyncClient, ids: list[str]) -> None:
    while ids:
        states = [(await client.get(f"/books/{book_id}/summary")).json()["status"] for book_id in ids]
        ids = [book_id for book_id, state in zip(ids, states, strict=True) if state not in ("completed", "failed")]
        await asyncio.sleep(0.3)


async def _read(client: httpx.AsyncClient, books: list[dict[str, Any]]) -> None:
    for book in books:
        _show(await client.get(f"/books/{book['id']}/summary"))
    first = books[0]["id"]
    _show(await client.get("/books", params={"sort": "title", "size": 3}), only=("total", "page", "pages"))
    _show(await client.get("/books", params={"q": books[1]["title"].split()[-1]}), only=("total",))
    _show(await client.patch(f"/books/{first}", json={"copies_total": 3}), only=("title", "copies_total", "copies_available"))
    part = await client.get(f"/books/{first}/content", headers={"Range": "bytes=0-15"})
    console.print(f"[green]{part.status_code}[/] GET /books/{{id}}/content (bytes 0-15) -> {part.content!r}")


async def _ask(client: httpx.AsyncClient, books: list[dict[str, Any]]) -> None:
    """Three questions, the last of which no book answers."""
    async with asyncio.timeout(START_SECONDS):
        for question, book in zip(QUESTIONS[:-1], (books[3], books[1]), strict=True):
            await _until_found(client, question, book["document_id"])
    for question in QUESTIONS:
        console.print(f"   [cyan]question[/] {question}")
        _show(await client.post("/ask", json={"question": question}), only=("answer", "answered", "confidence", "provider"))


async def _until_found(client: httpx.AsyncClient, question: str, document_id: str) -> None:
    while True:
        if (await client.get("/search", params={"q": question, "document_id": document_id})).json()["items"]:
            return
        await asyncio.sleep(0.2)


async def _until_read(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    while True:
        analysis = await client.get(f"/books/{book_id}/analysis")
        if analysis.json()["status"] != "pending":
            return analysis
        await asyncio.sleep(0.2)


async def _review(client: httpx.AsyncClient, book_id: str) -> None:
    """Borrows, reviews, and shows what all reviews say together."""
    _show(await client.post(f"/books/{book_id}/borrow"), only=("state", "due_at"))
    opinion = {"rating": 4, "text": "The writing is wonderful and the ideas are brilliant, but the beginning is slow."}
    _show(await client.post(f"/books/{book_id}/reviews", json=opinion), only=("rating", "text"))
    async with asyncio.timeout(START_SECONDS):
        _show(await _until_read(client, book_id))
    _show(await client.post(f"/books/{book_id}/return"), only=("state", "returned_at"))


async def _mistakes(client: httpx.AsyncClient, books: list[dict[str, Any]]) -> None:
    _show(await client.get(f"/books/{uuid4()}"))
    _show(await client.post("/books", files={"file": ("picture.pdf", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")}))
    _show(await client.delete(f"/books/{books[-1]['id']}"))
    _show(await client.post("/auth/signout"))
    _show(await client.get("/auth/me"))


def _show(answer: httpx.Response, *, only: tuple[str, ...] = (), hide: tuple[str, ...] = ()) -> None:
    colour = "green" if answer.is_success else "yellow"
    console.print(f"[{colour}]{answer.status_code}[/] {answer.request.method} {answer.request.url.path}")
    if answer.content:
        body = answer.json()
        shown = {key: "…" if key in hide else value for key, value in body.items() if not only or key in only}
        console.print_json(data=shown, indent=2)
