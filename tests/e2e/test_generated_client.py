"""A client that is generated from the OpenAPI document, as it comes out of the generator, goes through a first visit."""

import json
import subprocess
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from journeys import PASSWORD, STORY
from luminalib.container import Container
from waiting import indexed

CONFIG = Path(__file__).parents[1] / "openapi" / "python-client.yaml"
NAME = "generated_library"
EMAIL = "ada@library.test"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough: nothing here is about the database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'luminalib.db'}"


@pytest.fixture
def generated(app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(app.openapi()))
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"),
            *("--path", str(tmp_path / "openapi.json"), "--output-path", str(tmp_path / NAME), "--config", str(CONFIG)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))


def part(path: str) -> Any:
    return import_module(f"{NAME}.{path}")


async def test_a_first_visit_by_the_generated_client(generated: None, app: FastAPI, container: Container) -> None:
    app.state.services = container.services
    models, places = part("models"), {"base_url": "http://library.test", "httpx_args": {"transport": httpx.ASGITransport(app)}}

    async def call(name: str, *path: str, client: Any, **wanted: Any) -> Any:
        answer = await part(f"api.{name}").asyncio_detailed(*path, client=client, **wanted)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    stranger = part("client").Client(**places)
    await call("accounts.sign_up", client=stranger, body=models.SignupRequest(email=EMAIL, password=PASSWORD))
    tokens = await call("accounts.log_in", client=stranger, body=models.LoginRequest(email=EMAIL, password=PASSWORD))
    me = part("client").AuthenticatedClient(token=tokens.access_token, **places)

    file = part("types").File(payload=BytesIO(STORY.encode()), file_name="the-lamp.txt", mime_type="text/plain")
    form = models.AddBookBody(file=file, title="The Lamp", author=["Ines Calloway"], copies=5)
    book = await call("books.add_book", client=me, body=form)
    assert (book.title, book.authors, book.copies_total) == ("The Lamp", ["Ines Calloway"], 5)
    changed = await call("books.change_book", book.id, client=me, body=models.BookPatch(tags=["sea"]))
    assert (changed.tags, changed.copies_total) == (["sea"], 5)

    await indexed(container)
    assert (await call("books.get_summary", book.id, client=me)).summary
    assert [one.id for one in (await call("books.list_books", client=me, tag="sea")).items] == [book.id]
    loan = await call("circulation.borrow_book", book.id, client=me)
    assert [one.id for one in (await call("circulation.list_loans", client=me)).items] == [loan.id]
    await call("reviews.add_review", book.id, client=me, body=models.ReviewBody(rating=5, text="I read it in one night."))
    assert (await call("reviews.get_analysis", book.id, client=me)).rating.histogram["5"] == 1
    assert (await call("circulation.return_book", book.id, client=me)).state == models.LoanState.CLOSED
    answer = await call("conversations.ask", client=me, body=models.AskBody(question="Who returned in spring?"))
    assert isinstance(answer.answered, bool)
    refused = await part("api.circulation.return_book").asyncio_detailed(book.id, client=me)
    assert (refused.status_code, refused.parsed.type_) == (409, "/problems/not-on-loan")
