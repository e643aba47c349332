"""What a plan allows: exact under parallel use, told before it is used up, refused with the facts, shown in GET /usage."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, email_of, opened, slug
from journeys import PASSWORD, STORY, add
from luminalib.adapters.db.tenants import SqlTenantRegister, plans, tenants
from luminalib.domain.llm import LLMCall, Outcome, Purpose
from luminalib.domain.quotas import KEPT_FOR, TokensUsedUp
from luminalib.domain.tenants import TenantView
from luminalib.settings import Settings
from tenanthouses import found, join, operator_of


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings, llm_prices="wise=1.5/6", llm_currency="EUR", rate_limits="on") as found:
        yield found


@pytest.fixture
async def operator(library: Library) -> httpx.AsyncClient:
    return await operator_of(library)


async def limited(library: Library, operator: httpx.AsyncClient, **limits: int) -> httpx.AsyncClient:
    """The admin of a library whose plan has these limits."""
    async with library.container.database.owner.begin() as connection:
        await connection.execute(sa.insert(plans).values(name="tight", limits=limits))
    return await found(operator, library, plan="tight")


def story(number: int) -> str:
    return f"The story of number {number}. {STORY}"


def facts(answer: httpx.Response) -> tuple[int, str, str, int, int]:
    told = answer.json()
    return answer.status_code, slug(answer), told["quota"], told["limit"], told["used"]


async def used(admin: httpx.AsyncClient) -> dict[str, int]:
    found: dict[str, int] = (await admin.get("/usage")).raise_for_status().json()["used"]
    return found


async def test_as_many_books_as_the_plan_says_however_many_come_at_once(library: Library, operator: httpx.AsyncClient) -> None:
    admin = await limited(library, operator, books=5)
    added = await asyncio.gather(*(add(admin, story(number)) for number in range(9)))
    assert sorted(answer.status_code for answer in added) == [201] * 5 + [429] * 4
    refused = next(answer for answer in added if answer.status_code == 429)
    assert facts(refused) == (429, "quota-exceeded", "books", 5, 5)
    assert refused.json()["resets_at"] is None
    assert (await used(admin))["books"] == 5
    notices = (await admin.get("/notices")).json()["items"]
    assert [(one["kind"], one["text"][:60]) for one in notices] == [
        ("quota_reached", "Of what this library's plan allows, 5 of 5 books are used. S"),
        ("quota_reached", "Of what this library's plan allows, 4 of 5 books are used. S"),
    ]
    made = next(answer.json() for answer in added if answer.status_code == 201)
    assert (await admin.delete(f"/books/{made['id']}")).status_code == 204
    assert (await add(admin, story(9))).status_code == 201, "what was removed makes room"
    assert (await add(operator, story(10))).status_code == 201, "others' plans are theirs"
    assert len((await admin.get("/notices")).json()["items"]) == 2, "what was told is not told again"


async def test_members(library: Library, operator: httpx.AsyncClient) -> None:
    admin = await limited(library, operator, members=3)
    accounts = [{"email": email_of(f"reader{number}"), "password": PASSWORD, "tenant": "seaside"} for number in range(5)]
    joined = await asyncio.gather(
        *(library.visitor(f"192.0.2.{n}").post("/auth/signup", json=a) for n, a in enumerate(accounts, 1))
    )
    assert sorted(answer.status_code for answer in joined) == [201, 201, 429, 429, 429]
    assert facts(next(answer for answer in joined if answer.status_code == 429)) == (429, "quota-exceeded", "members", 3, 3)
    reader = next(answer.json()["id"] for answer in joined if answer.status_code == 201)
    (await admin.patch(f"/users/{reader}", json={"is_active": False})).raise_for_status()
    await join(library, "late", "seaside")
    back = await admin.patch(f"/users/{reader}", json={"is_active": True})
    assert facts(back) == (429, "quota-exceeded", "members", 3, 3), "who comes back takes a place, too"
    assert (await admin.patch(f"/users/{reader}", json={"is_active": False})).status_code == 200


async def test_bytes_by_both_doors_and_documents_of_a_day(library: Library, operator: httpx.AsyncClient) -> None:
    size = len(story(1).encode())
    admin = await limited(library, operator, bytes=3 * size, documents_per_day=4)
    (await add(admin, story(1))).raise_for_status()
    described = {"Upload-Metadata": "filename " + b64encode(b"two.txt").decode(), "Tus-Resumable": "1.0.0"}

    def announce(length: int) -> Any:
        return admin.post("/uploads", headers=described | {"Upload-Length": str(length)})

    announced = await asyncio.gather(*(announce(size) for _ in range(4)))
    assert sorted(answer.status_code for answer in announced) == [201, 201, 429, 429], "an announcement has its place"
    assert facts(await add(admin, story(4))) == (429, "quota-exceeded", "bytes", 3 * size, 3 * size)
    place = next(answer.headers["Location"] for answer in announced if answer.status_code == 201)
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert (await admin.patch(place, headers=piece, content=story(2).encode())).status_code == 204
    assert (await used(admin)) == {
        "members": 1,
        "books": 1,
        "bytes": 3 * size,
        "documents_per_day": 2,
        "model_tokens_per_month": 0,
    }
    for listed in (await admin.get("/documents")).json()["items"]:
        await admin.delete(f"/books/{listed['book_id']}" if listed["book_id"] else f"/documents/{listed['id']}")
    answers = [await add(admin, story(number)[: size // 4]) for number in range(5, 8)]
    assert [answer.status_code for answer in answers] == [201, 201, 429], "what was removed was taken in all the same"
    assert facts(answers[-1]) == (429, "quota-exceeded", "documents_per_day", 4, 4)
    assert datetime.fromisoformat(answers[-1].json()["resets_at"]) > datetime.now(UTC)


async def test_a_file_in_the_place_of_another_counts_by_what_it_adds(library: Library, operator: httpx.AsyncClient) -> None:
    size = len(story(1).encode())
    admin = await limited(library, operator, bytes=2 * size + 500, documents_per_day=3)
    book = (await add(admin, story(1))).raise_for_status().json()["id"]

    async def replace_by(text: str) -> httpx.Response:
        return await admin.put(f"/books/{book}/content", files={"file": ("new.txt", text.encode())})

    assert (await replace_by(story(2))).status_code == 200, "as large as the one before"
    assert (await used(admin))["documents_per_day"] == 2
    assert (await replace_by(story(3) + "x" * (size + 501))).status_code == 429
    assert (await replace_by(story(4))).status_code == 200
    assert facts(await replace_by(story(5))) == (429, "quota-exceeded", "documents_per_day", 3, 3)
    assert (await used(admin))["bytes"] == size


async def test_requests_per_minute(library: Library, operator: httpx.AsyncClient) -> None:
    admin = await limited(library, operator, requests_per_minute=10)
    answers = [await admin.get("/auth/me") for _ in range(10)]
    refused = answers[-1]
    assert facts(refused) == (429, "quota-exceeded", "requests_per_minute", 10, 10)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert (await operator.get("/auth/me")).status_code == 200


async def test_the_plan_comes_with_the_log_in(
    library: Library, operator: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among a thousand libraries each request is the first of its library's for a while: it must not read the record of it, too."""
    asked: list[str] = []
    find = SqlTenantRegister.find

    async def noted(self: SqlTenantRegister, name: str) -> TenantView | None:
        asked.append(name)
        return await find(self, name)

    admin = await limited(library, operator, requests_per_minute=100)
    library.container.tenants.forget()
    monkeypatch.setattr(SqlTenantRegister, "find", noted)
    for path in ("/books", "/books?q=sea", "/auth/me", "/documents"):
        assert (await admin.get(path)).status_code == 200
    assert asked == []


async def test_a_plan_that_another_server_has_changed_counts_at_once(library: Library, operator: httpx.AsyncClient) -> None:
    admin = await limited(library, operator, requests_per_minute=1)
    async with library.container.database.owner.begin() as connection:
        await connection.execute(sa.update(tenants).where(tenants.c.tenant_id == "seaside").values(plan="unlimited"))
    assert [(await admin.get("/auth/me")).status_code for _ in range(3)] == [200] * 3
    async with library.container.database.owner.begin() as connection:
        await connection.execute(sa.update(tenants).where(tenants.c.tenant_id == "seaside").values(plan="tight"))
    assert {(await admin.get("/auth/me")).status_code for _ in range(2)} >= {429}


async def test_what_a_library_uses_and_what_that_costs(library: Library, operator: httpx.AsyncClient) -> None:
    admin = await limited(library, operator, model_tokens_per_month=1000)
    now = datetime.now(UTC)
    asked = LLMCall(
        purpose=Purpose.SUMMARY,
        provider="openai",
        model="wise",
        prompt="summary@1",
        tokens_in=700,
        tokens_out=200,
        seconds=1.0,
        outcome=Outcome.OK,
        at=now,
    )
    tools = library.container.services.auth._tools
    async with tools.uow("seaside") as uow:
        await uow.llm.record(asked)
    await tools.quotas.require_tokens("seaside")
    assert [one["text"] for one in (await admin.get("/notices")).json()["items"]] == [
        "Of what this library's plan allows, 900 of 1000 model tokens per month are used. See GET /usage."
    ]
    (await add(admin, story(1))).raise_for_status()
    report = (await admin.get("/usage")).raise_for_status().json()
    assert (report["tenant"], report["plan"], report["limits"]) == ("seaside", "tight", {"model_tokens_per_month": 1000})
    assert report["used"]["model_tokens_per_month"] == 900
    price = (700 * 1.5 + 200 * 6) / 1_000_000
    assert report["cost"] == {"currency": "EUR", "amount": pytest.approx(price), "by_purpose": {"summary": pytest.approx(price)}}
    today = {"day": f"{now:%Y-%m-%d}", "documents": 1, "model_tokens": 900, "cost": pytest.approx(price)}
    assert (report["daily"][-1], len(report["daily"])) == (today, now.day)
    assert (await operator.get("/usage", params={"tenant": "seaside"})).json() == report
    own = (await operator.get("/usage")).json()
    assert (own["tenant"], own["limits"], own["used"]["model_tokens_per_month"]) == ("main", {}, 0)
    unknown = await operator.get("/usage", params={"tenant": "nowhere"})
    assert (unknown.status_code, slug(unknown)) == (404, "tenant-not-found")
    member = await join(library, "ada", "seaside")
    for refused in (await member.get("/usage"), await admin.get("/usage", params={"tenant": "main"})):
        assert (refused.status_code, slug(refused)) == (403, "not-allowed")
    async with tools.uow("seaside") as uow:
        await uow.llm.record(replace(asked, tokens_in=60, tokens_out=40))
    with pytest.raises(TokensUsedUp, match="allows 1000 model tokens per month, of which 1000 are used"):
        await tools.quotas.require_tokens("seaside")
    await tools.quotas.require_tokens("main")
    async with tools.uow("seaside") as uow:
        await uow.quotas.forget((now + KEPT_FOR).date())
    assert (await used(admin))["documents_per_day"] == 0
