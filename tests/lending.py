"""Steps of borrowers and librarians that several tests take."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import httpx

from accounts import slug
from journeys import STORY, add


async def shelve(client: httpx.AsyncClient, title: str = "Title", copies: int = 1) -> str:
    """Adds a book of the client's."""
    made = await add(client, f"{title} {uuid4()} {STORY}", title=title, copies=str(copies))
    return str(made.raise_for_status().json()["id"])


async def borrow(client: httpx.AsyncClient, book_id: str, **params: Any) -> httpx.Response:
    return await client.post(f"/books/{book_id}/borrow", params=params)


async def give_back(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.post(f"/books/{book_id}/return")


async def renew(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.post(f"/books/{book_id}/renew")


async def loans(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/loans", params=params)).raise_for_status().json()["items"]
    return found


async def books_of(client: httpx.AsyncClient, **params: Any) -> list[str]:
    return [loan["book_id"] for loan in await loans(client, **params)]


async def available(client: httpx.AsyncClient, book_id: str) -> int:
    return int((await client.get(f"/books/{book_id}")).raise_for_status().json()["copies_available"])


def outcomes(answers: Iterable[httpx.Response]) -> Counter[str]:
    """How often each status came, for refusals with the problem."""
    return Counter(f"{one.status_code} {slug(one)}" if one.is_error else str(one.status_code) for one in answers)


async def review(client: httpx.AsyncClient, book_id: str, rating: int = 4, text: str = "Worth the slow start.") -> httpx.Response:
    return await client.post(f"/books/{book_id}/reviews", json={"rating": rating, "text": text})


async def rating_of(client: httpx.AsyncClient, book_id: str) -> tuple[float | None, int]:
    """Mean and count as the catalogue shows them."""
    rating = (await client.get(f"/books/{book_id}")).raise_for_status().json()["rating"]
    return rating["mean"], rating["count"]


async def place_hold(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.post(f"/books/{book_id}/hold")


async def cancel_hold(client: httpx.AsyncClient, book_id: str) -> httpx.Response:
    return await client.delete(f"/books/{book_id}/hold")


async def holds(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/holds", params=params)).raise_for_status().json()["items"]
    return found


async def hold_states(client: httpx.AsyncClient, book_id: str) -> list[str]:
    """The states of all holds of a book, the first in line first; for librarians."""
    return [hold["state"] for hold in (await holds(client, book_id=book_id, state="all"))[::-1]]


async def notices(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The member's notices, the oldest first."""
    found: list[dict[str, Any]] = (await client.get("/notices", params={"size": 100})).raise_for_status().json()["items"]
    return found[::-1]
