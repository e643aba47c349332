"""Inquiries over HTTP: taken in, read by rules, shown to whom they may be, corrected, and emptied in time."""

import io
import logging
from collections.abc import AsyncIterator
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import structlog

from accounts import Library, id_of, opened, slug
from fakes import FakeClock
from journeys import PASSWORD
from luminalib.domain.auth import MAIN_TENANT
from luminalib.logs import configure_logging
from luminalib.settings import InquirySettings, Settings

PARTNER = "We make braille displays and would love to integrate them with your reader. Kind regards,\nAda Mori\nada@tactile.example"
BUYER = "What would a licence for three schools cost? Our budget is 2,500 EUR a year. Call 06 6982 1234, Leo Rossi"
VAGUE = "Hello there, a quick word with you."


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock, region="IT", inquiries=InquirySettings(public=True, per_day=6)) as library:
        yield library


@pytest.fixture
async def staff(library: Library) -> httpx.AsyncClient:
    return await library.join("admin")


async def send(client: httpx.AsyncClient, message: str = PARTNER, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await client.post("/inquiries", json={"message": message, **more})).raise_for_status().json()
    return made


async def test_an_inquiry_is_read_kept_and_told_step_by_step(staff: httpx.AsyncClient) -> None:
    answer = await staff.post("/inquiries", json={"message": PARTNER, "source": "contact form"}, headers={"X-Request-ID": "req-1"})
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/inquiries/{made['id']}")
    assert (made["intent"], made["method"], made["provider"]) == ("partnership", "rules", "extractive")
    assert made["fields"] == {"name": "Ada Mori", "email": "ada@tactile.example", "phone": None, "budget": None}
    assert all(words in PARTNER for words in made["evidence"])
    assert (made["request_id"], made["is_confirmed"], made["awaits_model"]) == ("req-1", False, False)
    assert made["low_confidence"] == (made["confidence"] < 0.7)
    detail = (await staff.get(f"/inquiries/{made['id']}")).json()
    assert {name: detail[name] for name in made} == made
    assert [step["step"] for step in detail["audit"]] == ["received", "classified", "extracted"]
    assert {step["request_id"] for step in detail["audit"]} == {"req-1"}
    assert detail["audit"][1]["confidence"] == made["confidence"]
    assert "Ada" not in str(detail["audit"])


async def test_fields_of_a_form_count_more_than_those_that_are_found(staff: httpx.AsyncClient) -> None:
    made = await send(staff, BUYER, name="Leonora", phone="06 6982 9999", email="Leo@School.example")
    budget = {"amount": 2500.0, "currency": "EUR", "period": "year"}
    assert made["fields"] == {"name": "Leonora", "email": "Leo@school.example", "phone": "+390669829999", "budget": budget}
    assert (await send(staff, BUYER))["fields"]["phone"] == "+390669821234", "read as of LUMINALIB_REGION"
    assert (await send(staff, BUYER, region="DE"))["fields"]["phone"] == "+49669821234"


async def test_what_is_no_inquiry_is_refused(staff: httpx.AsyncClient) -> None:
    for body in (
        {},
        {"message": ""},
        {"message": " \n\x00 "},
        {"message": 17},
        {"message": "x" * 10_001},
        {"message": "Hello", "region": "Italy"},
        {"message": "Hello", "intent": "sales"},
    ):
        assert slug(await staff.post("/inquiries", json=body)) == "validation-error", body
    assert (await send(staff, "?"))["state"] == "needs_review"
    for wrong in ({"email": "nobody"}, {"phone": "12"}):
        refused = await staff.post("/inquiries", json={"message": "Hello", **wrong})
        assert (refused.status_code, slug(refused), refused.json()["field"]) == (422, "invalid-contact", *wrong)
    assert (await staff.get("/inquiries")).json()["total"] == 1


async def test_lists_are_filtered(staff: httpx.AsyncClient, clock: FakeClock) -> None:
    made = []
    for message in (PARTNER, BUYER, VAGUE):
        made.append(await send(staff, message))
        clock.advance(timedelta(minutes=1))

    async def found(**params: Any) -> list[str]:
        items = (await staff.get("/inquiries", params=params)).raise_for_status().json()["items"]
        return [one["id"] for one in items]

    partner, buyer, vague = [one["id"] for one in made]
    assert await found() == [vague, buyer, partner]
    assert await found(intent="sales") == [buyer]
    assert await found(state="needs_review") == [one["id"] for one in reversed(made) if one["low_confidence"]]
    assert await found(q="TACTILE.example") == [partner]
    assert await found(q="%") == []
    assert await found(min_confidence=0.7) == [one["id"] for one in reversed(made) if one["confidence"] >= 0.7]
    assert await found(size=1, page=2) == [buyer]
    assert vague in await found(state="needs_review")


async def test_a_correction_counts_and_is_kept_as_a_label(staff: httpx.AsyncClient, library: Library) -> None:
    made = await send(staff, VAGUE)
    changes = {"intent": "sales", "budget": {"amount": 99, "currency": "EUR"}, "phone": "06 6982 1234", "name": None}
    corrected = (await staff.patch(f"/inquiries/{made['id']}", json=changes)).raise_for_status().json()
    assert (corrected["intent"], corrected["is_confirmed"], corrected["low_confidence"]) == ("sales", True, False)
    assert corrected["state"] == "new"
    assert corrected["fields"]["budget"] == {"amount": 99.0, "currency": "EUR", "period": None}
    assert corrected["fields"]["phone"] == "+390669821234"
    qualified = (await staff.patch(f"/inquiries/{made['id']}", json={"state": "qualified"})).json()
    detail = (await staff.get(f"/inquiries/{made['id']}")).json()
    assert (qualified["state"], detail["fields"]) == ("qualified", corrected["fields"])
    assert [step["step"] for step in detail["audit"]][3:] == ["corrected", "corrected", "qualified"]
    async with library.container.database.owner.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT intent, features FROM inquiry_labels")).all()
    assert [row[0] for row in rows] == ["sales"]
    assert slug(await staff.patch(f"/inquiries/{made['id']}", json={"phone": "12"})) == "invalid-contact"
    missing = await staff.patch("/inquiries/00000000-0000-4000-8000-000000000000", json={"intent": "sales"})
    assert slug(missing) == "inquiry-not-found"


async def test_members_send_and_see_their_own_alone(staff: httpx.AsyncClient, library: Library) -> None:
    member, stranger = await library.join("member"), await library.join("stranger")
    made = await send(member)
    assert made["created_by"] == await id_of(member)
    path = f"/inquiries/{made['id']}"
    assert (await member.get(path)).json()["id"] == made["id"]
    assert slug(await stranger.get(path)) == "inquiry-not-found"
    for client in (member, stranger):
        assert slug(await client.get("/inquiries")) == "not-allowed"
        assert slug(await client.patch(path, json={"intent": "sales"})) == "not-allowed"
    (await member.request("DELETE", "/auth/me", json={"password": PASSWORD})).raise_for_status()
    assert (await staff.get(path)).status_code == 404


async def test_a_batch_is_kept_all_or_not_at_all(staff: httpx.AsyncClient) -> None:
    taken = await staff.post("/inquiries/batch", json={"inquiries": [{"message": PARTNER}, {"message": BUYER}]})
    assert (taken.status_code, taken.json()) == (202, {"accepted": 2})
    bad = await staff.post("/inquiries/batch", json={"inquiries": [{"message": PARTNER}, {"message": BUYER, "email": "nobody"}]})
    assert slug(bad) == "invalid-contact"
    many = await staff.post("/inquiries/batch", json={"inquiries": [{"message": "Hello"}] * 501})
    assert slug(many) == "validation-error"
    too_many = await staff.post("/inquiries/batch", json={"inquiries": [{"message": "Hello"}] * 5})
    assert (too_many.status_code, slug(too_many)) == (429, "too-many-inquiries")
    assert (await staff.get("/inquiries")).json()["total"] == 2
    assert (await staff.post("/inquiries/batch", json={"inquiries": [{"message": "Hello"}] * 4})).status_code == 202


async def test_strangers_send_where_they_may(staff: httpx.AsyncClient, library: Library, settings: Settings) -> None:
    visitor = library.visitor()
    taken = await visitor.post("/tenants/main/inquiries", json={"message": PARTNER})
    assert (taken.status_code, taken.json()) == (202, {"accepted": 1})
    robot = await visitor.post("/tenants/main/inquiries", json={"message": PARTNER, "website": "https://spam.example"})
    assert (robot.status_code, robot.json()) == (202, {"accepted": 1})
    listed = (await staff.get("/inquiries")).json()["items"]
    assert [(one["intent"], one["created_by"]) for one in listed] == [("partnership", None)]
    assert slug(await visitor.post("/tenants/other/inquiries", json={"message": PARTNER})) == "inquiries-closed"
    async with opened(settings) as closed:
        refused = await closed.visitor().post("/tenants/main/inquiries", json={"message": PARTNER})
        assert (refused.status_code, slug(refused)) == (404, "inquiries-closed")
    answers = [await library.visitor("198.51.100.7").post("/tenants/main/inquiries", json={"message": "Hi"}) for _ in range(21)]
    assert answers[-1].status_code == 429


async def test_texts_are_emptied_when_their_time_is_over(staff: httpx.AsyncClient, library: Library, clock: FakeClock) -> None:
    old = await send(staff)
    clock.advance(timedelta(days=89))
    staff = await library.login("admin")
    young = await send(staff, BUYER)
    clock.advance(timedelta(days=2))
    staff = await library.login("admin")
    await library.container.services.inquiries.empty_old(MAIN_TENANT)
    emptied = (await staff.get(f"/inquiries/{old['id']}")).json()
    assert (emptied["message"], emptied["evidence"], emptied["intent"]) == (None, [], "partnership")
    assert emptied["audit"][-1]["step"] == "emptied"
    assert (await staff.get(f"/inquiries/{young['id']}")).json()["message"] == BUYER
    assert (await staff.patch(f"/inquiries/{old['id']}", json={"intent": "sales"})).json()["intent"] == "sales"


async def test_no_log_line_says_who_wrote_or_what(library: Library, staff: httpx.AsyncClient) -> None:
    lines, root = io.StringIO(), logging.getLogger()
    before, configured = (root.handlers, root.level), structlog.get_config()
    with redirect_stderr(lines):
        configure_logging("debug", "json")
        structlog.configure(cache_logger_on_first_use=False)  # the next test wants its own lines
        try:
            made = await send(staff, f"{PARTNER} +39 06 6982 1234", name="Ada Mori")
            await staff.patch(f"/inquiries/{made['id']}", json={"name": "Grace Holm", "email": "grace@b.example"})
            await library.visitor().post("/tenants/main/inquiries", json={"message": PARTNER})
            structlog.get_logger("test").info("some.fault", reason="no mailbox for ada@tactile.example, call +39 06 6982 1234")
            try:
                raise ValueError("grace@b.example is wrong")  # noqa: TRY301 -- what a fault's trace would say
            except ValueError:
                structlog.get_logger("test").exception("some.exception")
        finally:
            structlog.configure(**configured)
            root.handlers, root.level = before
    told = lines.getvalue()
    assert "inquiry.received" in told
    assert "inquiry.corrected" in told
    assert "some.exception" in told
    for secret in ("Ada", "Grace", "ada@", "grace@", "6982", "braille"):
        assert secret not in told
