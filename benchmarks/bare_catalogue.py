"""The peer of catalogue.py: FastAPI and the database's driver, two routes, a response model, and nothing else.

Usage: python benchmarks/bare_catalogue.py DATABASE_URL PORT
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiosqlite
import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

COLUMNS = """
    b.id, b.title, b.authors, b.isbn, b.language, b.published_year, b.description, b.tags, b.copies_total,
    (SELECT count(*) FROM loans l WHERE l.book_id = b.id AND l.returned_at IS NULL) AS copies_out,
    d.status, b.document_id, d.page_count, d.media_type, d.byte_size, d.sha256, b.created_by, b.created_at, b.updated_at
    FROM books b JOIN documents d ON d.id = b.document_id
"""
url, port = sys.argv[1], int(sys.argv[2])
is_sqlite = url.startswith("sqlite")


class Book(BaseModel):
    """A book."""

    id: str
    title: str
    authors: list[str]
    isbn: str | None
    language: str | None
    published_year: int | None
    description: str | None
    tags: list[str]
    copies_total: int
    copies_out: int
    status: str
    document_id: str
    page_count: int | None
    media_type: str
    byte_size: int
    sha256: str
    created_by: str | None
    created_at: datetime
    updated_at: datetime


class Books(BaseModel):
    """A page of books."""

    items: list[Book]
    total: int


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    if is_sqlite:
        async with aiosqlite.connect(url.removeprefix("sqlite+aiosqlite:///")) as connection:
            connection.row_factory = aiosqlite.Row
            app.state.connection = connection
            yield
    else:
        async with asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=1, max_size=10) as pool:
            app.state.pool = pool
            yield


app = FastAPI(lifespan=lifespan)


async def rows(sql: str, *arguments: Any) -> list[dict[str, Any]]:
    if is_sqlite:
        found: Any = await app.state.connection.execute_fetchall(sql, arguments)
    else:
        found = await app.state.pool.fetch(sql, *arguments)
    return [dict(row) for row in found]


def book(row: dict[str, Any]) -> Book:
    return Book(**row | {"authors": json.loads(row["authors"]), "tags": json.loads(row["tags"])})


@app.get("/books")
async def list_books(page: int = 1, size: int = 20) -> Books:
    places = ("?", "?") if is_sqlite else ("$1::int", "$2::int")
    found = await rows(
        f"SELECT {COLUMNS} WHERE b.tenant_id = 'main' ORDER BY b.created_at DESC LIMIT {places[0]} OFFSET {places[1]}",
        size,
        (page - 1) * size,
    )
    total = (await rows("SELECT count(*) AS n FROM books WHERE tenant_id = 'main'"))[0]["n"]
    return Books(items=[book(row) for row in found], total=total)


@app.get("/books/{book_id}")
async def get_book(book_id: str) -> Book:
    place = "?" if is_sqlite else "$1"
    return book((await rows(f"SELECT {COLUMNS} WHERE b.id = {place}", book_id))[0])


if __name__ == "__main__":
    uvicorn.run(app, port=port, access_log=False, log_level="warning", loop="uvloop", http="httptools")
