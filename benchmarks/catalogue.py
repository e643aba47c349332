"""The catalogue beside bare FastAPI over the same rows: requests per second, and what each sort and filter takes as it grows.

Usage: python benchmarks/catalogue.py [--books 10000] [--database sqlite|postgresql] [--seconds 2] [--rounds 5] [--folder F]

Both servers run on uvicorn with uvloop and httptools, one process each, asked in turns over sixteen connections that stay open (by
wrk where it is installed); medians. The bare one joins book and document, counts open loans, counts the list, and answers through
a response model; it knows no authentication. With `--folder` the library is filled once and stays there for the next time.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

sys.path.insert(0, os.fspath(Path(__file__).parent))
import uvloop

from auth import ACCOUNT, luminalib_with, post, rate
from library import library_of

CONNECTIONS = 16
ASKED = 15
SLOWEST_MS = 100
PEER = Path(__file__).with_name("bare_catalogue.py")
LISTS = {
    "page 1": "",
    "page 2": "page=2",
    "middle page": "page={middle}",
    "last page": "page={last}",
    "size=100": "size=100",
    **{
        f"sort={sort}": f"sort={sort}" for sort in ("title", "-title", "author", "year", "-year", "-rating", "-loans", "created_at")
    },
    **{f"sort={sort}, last page": f"sort={sort}&page={{last}}" for sort in ("title", "-rating", "-loans", "author")},
    "available=true": "available=true",
    "available=false": "available=false",
    "status=completed": "status=completed",
    "status=failed": "status=failed",
    "language=en": "language=en",
    "language=eo": "language=eo",
    "year=1999": "year=1999",
    "tag, in one of 7": "tag=genre 3",
    "tag, in one of 1,000": "tag=shelf 321",
    "author": "author=Author 77",
    "author, sort=title": "author=Author 77&sort=title",
    "language=en, sort=-rating": "language=en&sort=-rating",
    "tag, in one of 7, sort=title": "tag=genre 3&sort=title",
    "available=true, sort=-loans": "available=true&sort=-loans",
}


@contextmanager
def bare(database: str, port: int = 8192) -> Iterator[str]:
    """The framework over the same rows."""
    with subprocess.Popen([sys.executable, os.fspath(PEER), database, str(port)]) as server:
        time.sleep(3)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def requests_per_second(url: str, path: str, token: str, seconds: float) -> float:
    """Answers per second over sixteen connections."""
    if shutil.which("wrk") is None:
        return uvloop.run(rate(url, seconds, token, path=path, connections=CONNECTIONS))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "-H", f"Authorization: Bearer {token}", f"{url}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]  # wrk says it each time


class Client:
    """One connection that asks one thing after another."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> tuple[Any, float]:
        """The answer and its milliseconds."""
        started = time.perf_counter()
        self._connection.request("GET", path.replace(" ", "%20"), headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        assert answer.status == 200, body
        return json.loads(body), took

    def median(self, path: str) -> tuple[Any, float, float]:
        """The answer, the median of its milliseconds, and those of the first time."""
        found, first = self.get(path)
        return found, statistics.median(self.get(path)[1] for _ in range(ASKED)), first


def resident_mib(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def compare(url: str, peer: str, token: str, book_id: str, arguments: argparse.Namespace) -> None:
    """Ratios of the two servers, round by round."""
    middle = max(1, arguments.books // 40)
    for name, path in (
        ("GET /books?size=20", "/books?size=20"),
        (f"the same, page {middle}", f"/books?size=20&page={middle}"),
        ("GET /books/{id}", f"/books/{book_id}"),
    ):
        rounds = [
            (requests_per_second(peer, path, "", arguments.seconds), requests_per_second(url, path, token, arguments.seconds))
            for _ in range(arguments.rounds)
        ]
        theirs, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = f"{ours / theirs:.2f}" if theirs else "-"
        print(f"{name:26} {ours:8.0f}/s   bare {theirs:8.0f}/s   ratio {ratio}")
    print(f"{'GET /auth/me':26} {requests_per_second(url, '/auth/me', token, arguments.seconds):8.0f}/s")


def lists(client: Client, books: int) -> None:
    """Each list by itself: the median and the first time, and how many there are."""
    places = {"last": -(-books // 20), "middle": max(1, books // 40)}
    default = None
    for name, query in LISTS.items():
        found, took, first = client.median(f"/books?{query.format(**places)}")
        default = default or took
        mark = "about " if found["total_is_estimate"] else ""
        slow = "   SLOW" if max(took, first) > SLOWEST_MS else ""
        print(f"{name:30} {took:7.1f} ms   first {first:7.1f} ms   x{took / default:5.1f}   {mark}{found['total']:,} books{slow}")


def measure(arguments: argparse.Namespace) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(library_of(arguments.database, arguments.books, arguments.folder))
        url, pid = stack.enter_context(luminalib_with({"LUMINALIB_DATABASE_URL": database}))
        print(f"resident after the start: {resident_mib(pid):.0f} MiB")
        reader = ACCOUNT | {"email": f"{uuid4().hex}@readers.test"}
        post(f"{url}/auth/signup", reader)
        token = post(f"{url}/auth/login", reader)["access_token"]
        client = Client(url, token)
        some, _ = client.get("/books?page=3")
        lists(client, arguments.books)
        if arguments.rounds:
            compare(url, stack.enter_context(bare(database)), token, some["items"][7]["id"], arguments)
        print(f"resident after all that: {resident_mib(pid):.0f} MiB")
        if arguments.recommend:
            client = Client(url, token)  # the server has closed a connection that was idle meanwhile
            _, first = client.get("/recommendations")
            _, took, _ = client.median("/recommendations")
            print(f"GET /recommendations: first {first:.0f} ms, then {took:.1f} ms; resident {resident_mib(pid):.0f} MiB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the library is kept for the next time")
    parser.add_argument("--recommend", action="store_true", help="ask for recommendations, too")
    measure(parser.parse_args())
