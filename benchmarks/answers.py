"""What the library answers over its own HTTP API, on questions with the pages that answer them.

A throw-away library reads the books, then each question is asked in a conversation with its history, as a member would. Right is a
citation of one of the pages (of one page of each group, where there are groups); questions that nothing answers must be refused,
with nothing cited. Each quotation is looked up in the text of the page that it names.

Questions of several files are asked of the books of all. With a model server (any that speaks OpenAI's protocol) the same library
is opened once more with it when the books are read: their summaries are not its work here. `--rows` keeps each answer as a line of
JSON, to be judged by a person.

Usage: python benchmarks/answers.py [--questions FILE ...] [--books FOLDER] [--embedder-dir DIR] [--kinds KIND,KIND]
                                    [--model-url http://127.0.0.1:8080/v1 --model NAME [--by auto|tools|schema]] [--rows FILE]
                                    [--library FOLDER, which is kept and read again]
"""

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from embedders import settings_for
from luminalib.container import open_container
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.settings import Settings
from luminalib.settings.groups import AnswerSettings, OpenAISettings

SHARED = Path(__file__).resolve().parents[2] / "shared"
ACCOUNT = {"email": "ada@library.test", "password": "a long walk by the sea"}
MUST_REFUSE = ("unanswerable", "off-topic")


async def main() -> None:
    given = arguments()
    configure_logging("warning", "console")
    if not all(path.exists() for path in given.questions):
        print("no questions here; name files with --questions")
        return
    questions = [json.loads(line) for path in given.questions for line in path.read_text("utf-8").splitlines() if line.strip()]
    wanted = [question for question in questions if not given.kinds or question["kind"] in given.kinds.split(",")]
    rows = []
    with tempfile.TemporaryDirectory() as passing:
        folder = given.library or Path(passing)
        async with AsyncExitStack() as stack:
            client = await library(stack, given, folder)
            documents = await shelve(client, given.books, sorted({question["file"] for question in questions}))
            rows = [] if given.model_url else [await asked(client, question, documents, given.rows) for question in wanted]
        if given.model_url:
            async with AsyncExitStack() as stack:
                client = await library(stack, given, folder, **by_model(given))
                rows = [await asked(client, question, documents, given.rows) for question in wanted]
    report(rows)


def by_model(given: argparse.Namespace) -> dict[str, Any]:
    """The settings of a library that asks the model; it may take its time here."""
    server = OpenAISettings(base_url=given.model_url, model=given.model)
    answers = AnswerSettings(by=given.by, seconds=900, passage_characters=given.characters)
    return {"llm": "openai", "openai": server, "answers": answers, "llm_seconds": 900}


async def asked(
    client: httpx.AsyncClient, question: dict[str, Any], documents: dict[str, str], rows: Path | None
) -> dict[str, Any]:
    """One question, with a line for it in the file of rows."""
    row = await ask(client, question, documents)
    if rows:
        with rows.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return row


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, nargs="+", default=[SHARED / "questions" / "dev.jsonl"])
    parser.add_argument("--books", type=Path, default=SHARED / "samples")
    parser.add_argument("--embedder-dir", type=Path)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--model-url")
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--by", default="auto")
    parser.add_argument("--characters", type=int, default=4200)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--library", type=Path)
    return parser.parse_args()


async def library(stack: AsyncExitStack, given: argparse.Namespace, folder: Path, **changes: Any) -> httpx.AsyncClient:
    """A client of the library in `folder`, open as long as the stack."""
    more = await stack.enter_async_context(settings_for(given.embedder_dir))
    settings = Settings(_env_file=None, data_dir=folder, rate_limits="off", **more, **changes)
    container = await stack.enter_async_context(open_container(settings))
    app = create_app(settings, container)
    app.state.services = container.services
    transport = httpx.ASGITransport(app)
    client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://library.test", timeout=3600))
    await client.post("/auth/signup", json=ACCOUNT)  # which a library that is opened again knows already
    tokens = (await client.post("/auth/login", json=ACCOUNT)).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return client


async def shelve(client: httpx.AsyncClient, folder: Path, names: list[str]) -> dict[str, str]:
    """Puts the books into the library and waits until all of them are found; their documents by name."""
    documents = {}
    for name in names:
        with (folder / name).open("rb") as file:
            book = (await client.post("/books", files={"file": (name, file)})).json()
        if "book_id" in book:  # a library that is kept has it already
            book = (await client.get(f"/books/{book['book_id']}")).raise_for_status().json()
        documents[name] = book["document_id"]
    for document_id in documents.values():
        await is_read(client, document_id)
    return documents


async def is_read(client: httpx.AsyncClient, document_id: str) -> None:
    """Waits until a document is completed and its passages are in the index."""
    for _ in range(7200):
        status = (await client.get(f"/documents/{document_id}/status")).json()["status"]
        found = await client.get("/search", params={"q": "the la die", "document_id": document_id})
        if status == "completed" and found.json()["items"]:
            return
        assert status != "failed", document_id
        await asyncio.sleep(0.5)


async def ask(client: httpx.AsyncClient, question: dict[str, Any], documents: dict[str, str]) -> dict[str, Any]:
    """One question after its history; what came of it."""
    conversation = (await client.post("/conversations", json={})).raise_for_status().json()["id"]
    for before in question.get("history", []):
        (await client.post(f"/conversations/{conversation}/messages", json={"content": before})).raise_for_status()
    begun = time.perf_counter()
    sent = await client.post(f"/conversations/{conversation}/messages", json={"content": question["question"]})
    seconds = time.perf_counter() - begun
    message = sent.raise_for_status().json()
    (await client.delete(f"/conversations/{conversation}")).raise_for_status()  # a library that is kept has room for so many
    cited = {(one["document_id"], one["page"]) for one in message["citations"]}
    ours = documents[question["file"]]
    groups = question.get("groups") or [question["pages"]]
    said = plain(message["content"] + " " + " ".join(one["quote"] for one in message["citations"]))
    return {
        "question": question,
        "message": message,
        "seconds": seconds,
        "is_place": bool(question["pages"]) and all(any((ours, page) in cited for page in group) for group in groups),
        "has_answer": any(plain(answer) in said for answer in question["answer"]),
        "is_refused": not message["answered"] and not message["citations"],
        "verbatim": [await stands(client, one) for one in message["citations"]],
    }


async def stands(client: httpx.AsyncClient, citation: dict[str, Any]) -> bool:
    """Whether a quotation stands on its page, at its offsets."""
    shown = (await client.get(f"/documents/{citation['document_id']}/text", params={"page": citation["page"]})).json()["pages"][0]
    start = citation["start"] - shown["start"]
    return bool(shown["text"][start : citation["stop"] - shown["start"]] == citation["quote"])


def report(rows: list[dict[str, Any]]) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        message = row["message"]
        counts[row["question"]["kind"]] += Counter(
            {
                "asked": 1,
                "place": row["is_place"],
                "answer": row["has_answer"],
                "answered": message["answered"],
                "not sure": bool(not message["answered"] and message["citations"]),
                "refused": row["is_refused"],
            }
        )
        mark = "ok" if row["is_place"] or (row["is_refused"] and row["question"]["kind"] in MUST_REFUSE) else "--"
        print(f"{mark} {row['question']['id']:14} {message['confidence']:.2f} {plain(message['content'])[:110]}")
    columns = ("asked", "place", "answer", "answered", "not sure", "refused")
    print("\n" + f"{'':16}" + "".join(f"{column:>10}" for column in columns))
    for kind, count in counts.items():
        print(f"{kind:16}" + "".join(f"{count[column]:10}" for column in columns))
    verbatim = [stood for row in rows for stood in row["verbatim"]]
    print(f"\nquotations verbatim at their place: {sum(verbatim)} of {len(verbatim)}")
    print(f"an answer: median {median(row['seconds'] for row in rows) * 1000:.0f} ms")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")).casefold()


if __name__ == "__main__":
    asyncio.run(main())
