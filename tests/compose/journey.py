"""The journey of an evaluator through a library that runs under Docker Compose: upload to summary, review to consensus.

Usage: journey.py smoke | after

`smoke` takes the model away from Ollama first, as it is while being fetched: the library must be usable, the book must wait and
say why, and be read once the model is there. `after` looks whether everything outlived a restart. The environment names the server
(BASE_URL) and for `smoke` the project (COMPOSE_PROJECT_NAME). Standard library only: it runs where nothing is installed.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from typing import Any

BASE = os.environ["BASE_URL"]
MODEL = os.environ.get("LUMINALIB_OLLAMA__MODEL", "llama3.2:1b")
ACCOUNT = {"email": "proof@library.test", "password": "a long walk by the sea"}
STORY = "\n\n".join(
    f"Chapter {number}. The keeper of the lighthouse writes into his ledger that ship {number} has passed, and waits for news."
    for number in range(1, 120)
)
PATIENCE = 180.0
Found = dict[str, Any]


class Client:
    """A client that is logged in."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.headers["Authorization"] = f"Bearer {self.call('POST', '/auth/login', ACCOUNT)['access_token']}"

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(BASE + path, raw, {**self.headers, "Content-Type": content_type}, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- our own server
            content = answer.read()
            return json.loads(content) if "json" in answer.headers["Content-Type"] else content


def smoke() -> None:
    """Walks the whole way."""
    sign_up()
    client = Client()
    book = with_a_model_to_come(client) if has_ollama() else upload(client)
    summary = until(lambda: client.call("GET", f"/books/{book['id']}/summary"), lambda found: found["status"] == "completed")
    print(f"  summary by {summary['provider']}, {summary['model']}, {summary['prompt']}")
    # The smallest model of a proof may write nothing that passes the checks.
    assert summary["provider"] in (("ollama", "extractive (fallback)") if has_ollama() else ("extractive",))
    client.call("POST", f"/books/{book['id']}/borrow", {})
    client.call("POST", f"/books/{book['id']}/reviews", {"rating": 4, "text": "The keeper is alive, but the middle drags."})
    analysis = until(lambda: client.call("GET", f"/books/{book['id']}/analysis"), lambda found: found["status"] == "completed")
    print(f"  consensus by {analysis['provider']}, {analysis['prompt']}, rating {analysis['rating']['mean']}")
    assert analysis["rating"]["histogram"]["4"] == 1
    assert client.call("POST", "/admin/llm/test")["is_ready"]
    usage = client.call("GET", "/admin/llm/usage")
    print(f"  {usage['calls']} calls, {usage['tokens_in']} tokens in, {usage['tokens_out']} out")
    assert not has_ollama() or {item["purpose"] for item in usage["items"]} >= {"summary", "review", "consensus"}


def with_a_model_to_come(client: Client) -> Found:
    """Adds a book while there is no model, sees it wait, and has the model fetched."""
    ollama("curl", "-sf", "-X", "DELETE", "http://127.0.0.1:11434/api/delete", "-d", json.dumps({"model": MODEL}))
    book = upload(client)
    waiting = until(
        lambda: client.call("GET", f"/documents/{book['document_id']}/status"), lambda found: "waiting" in str(found["detail"])
    )
    print(f"  {waiting['status']}, {waiting['detail']}")
    assert "ollama pull" in waiting["detail"], waiting
    assert client.call("GET", "/readyz")["status"] == "degraded"
    assert client.call("GET", "/books?q=ledger")["total"] == 1, "the library is usable meanwhile"
    ollama("ollama", "pull", MODEL)
    return book


def after() -> None:
    """Looks whether it is all still there."""
    client = Client()
    (book,) = client.call("GET", "/books")["items"]
    summary = client.call("GET", f"/books/{book['id']}/summary")
    assert summary["status"] == "completed"
    analysis = client.call("GET", f"/books/{book['id']}/analysis")
    assert (analysis["status"], analysis["review_count"]) == ("completed", 1), analysis
    history = client.call("GET", f"/documents/{book['document_id']}")["history"]
    is_prompted = summary["provider"] != "extractive"
    assert sum("waiting" in (step["detail"] or "") for step in history) == is_prompted, "it said once what it waited for"
    assert client.call("GET", f"/books/{book['id']}/content") == STORY.encode()
    assert client.call("GET", "/admin/llm/usage")["calls"] > 0 or not is_prompted
    print(f"  {book['title']}: file, summary, consensus, history and accounts are there")


def sign_up() -> None:
    request = urllib.request.Request(f"{BASE}/auth/signup", json.dumps(ACCOUNT).encode(), {"Content-Type": "application/json"})  # noqa: S310
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310 -- our own server


def upload(client: Client) -> Found:
    mark = "----proof"
    parts = f'--{mark}\r\nContent-Disposition: form-data; name="title"\r\n\r\nThe Ledger\r\n'
    parts += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="ledger.txt"\r\n\r\n{STORY}\r\n--{mark}--\r\n'
    made: Found = client.call("POST", "/books", parts.encode(), f"multipart/form-data; boundary={mark}")
    return made


@cache
def has_ollama() -> bool:
    """Whether it runs: compose.light.yml leaves it out."""
    project = os.environ["COMPOSE_PROJECT_NAME"]
    running = subprocess.run(["docker", "compose", "-p", project, "ps", "--services"], check=True, capture_output=True, text=True)  # noqa: S607
    return "ollama" in running.stdout.split()


def ollama(*command: str) -> None:
    project = os.environ["COMPOSE_PROJECT_NAME"]
    subprocess.run(["docker", "compose", "-p", project, "exec", "-T", "ollama", *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S607


def until(ask: Callable[[], Found], done: Callable[[Found], bool]) -> Found:
    end = time.monotonic() + PATIENCE
    found: Found = {}
    while time.monotonic() < end:
        try:
            found = ask()
        except urllib.error.URLError as error:
            found = {"status": str(error), "detail": None}
        if done(found):
            return found
        assert found.get("status") != "failed", found
        time.sleep(0.5)
    raise AssertionError(f"still {found} after {PATIENCE:.0f} seconds")


if __name__ == "__main__":
    {"smoke": smoke, "after": after}[sys.argv[1]]()
