"""Agents over HTTP: drafts with citations, scores that show their sum, places in a text; all count once a person says so."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from accounts import Library, id_of, opened, slug
from answering import QUESTION, house
from fakes import FakeClock
from journeys import STORY, add, settled
from luminalib.container import Container
from luminalib.domain.agents import FACTS, question_in
from luminalib.domain.auth import MAIN_TENANT
from luminalib.settings import Settings
from waiting import indexed

PARTNER = "We would love to integrate our braille displays. Our budget is 2,500 EUR a year. Regards,\nAda Mori\nada@tactile.example"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def library(settings: Settings, clock: FakeClock) -> AsyncIterator[Library]:
    async with opened(settings, clock=clock) as library:
        yield library


async def send(client: httpx.AsyncClient, message: str) -> str:
    return str((await client.post("/inquiries", json={"message": message})).raise_for_status().json()["id"])


async def run(client: httpx.AsyncClient, agent: str, **what: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await client.post(f"/agents/{agent}/runs", json=what)).raise_for_status().json()
    return made


async def approve(client: httpx.AsyncClient, made: dict[str, Any], **words: str) -> httpx.Response:
    return await client.post(f"/agents/runs/{made['id']}/approve", json=words)


def test_the_weights_of_facts_add_up_to_a_hundred() -> None:
    assert sum(fact.weight for fact in FACTS) == 100


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hello. I am Ada. Who keeps the light? Thanks.\nAnd where?", "Who keeps the light? And where?"),
        ("Tell me\nabout the light", "Tell me about the light"),
        ("x" * 2000, "x" * 1000),
    ],
)
def test_what_is_asked_is_found_in_a_letter(message: str, question: str) -> None:
    assert question_in(message) == question


async def test_a_score_shows_its_sum_and_qualifies_when_it_is_approved(library: Library) -> None:
    admin = await library.join("admin")
    inquiry_id = await send(
        admin, "What does a licence cost? We want to buy it, our budget is 2,500 EUR a year. Regards,\nAda\na@b.example"
    )
    made = await run(admin, "qualify", inquiry_id=inquiry_id)
    assert made["output"]["score"] == sum(fact["weight"] for fact in made["evidence"] if fact["holds"])
    assert (made["output"]["score"], made["output"]["qualified"], made["state"]) == (95, True, "draft")
    assert (made["usage"], made["cost"]) == ({"tokens_in": 0, "tokens_out": 0}, 0.0)
    before = (await admin.get(f"/inquiries/{inquiry_id}")).json()
    assert (before["state"], before["score"]) == ("new", None), "a draft changes nothing"
    approved = (await approve(admin, made)).raise_for_status().json()
    assert (approved["state"], approved["approved_by"]) == ("approved", await id_of(admin))
    after = (await admin.get(f"/inquiries/{inquiry_id}")).json()
    assert (after["state"], after["score"]) == ("qualified", 95)
    assert [step["step"] for step in after["audit"]][3:] == ["drafted", "approved", "qualified"]
    assert slug(await approve(admin, made)) == "already-approved"
    assert (await admin.get(f"/agents/runs/{made['id']}")).json() == approved


async def test_a_reply_quotes_the_library_or_refuses(library: Library) -> None:
    admin = await library.join("admin")
    refused = await run(admin, "reply", input="Does your reader work with braille displays?")
    assert (refused["output"]["text"], refused["output"]["answered"]) == ("I cannot answer that from this library.", False)
    assert refused["citations"] == []
    inquiry_id = await send(admin, "Does your reader work with braille displays? Regards,\nAda Mori")
    made = await run(admin, "reply", inquiry_id=inquiry_id)
    assert slug(await approve(admin, made)) == "nothing-to-approve"
    assert (await admin.get(f"/inquiries/{inquiry_id}")).json()["state"] != "answered"
    words = "Dear Ada, it does. Shall we talk on Tuesday?"
    approved = (await approve(admin, made, text=words)).raise_for_status().json()
    assert (approved["edited"], approved["output"]["text"]) == (words, refused["output"]["text"]), "the draft stays beside them"
    assert (await admin.get(f"/inquiries/{inquiry_id}")).json()["state"] == "answered"
    closed = await send(admin, PARTNER)
    score = await run(admin, "qualify", inquiry_id=closed)
    (await admin.patch(f"/inquiries/{closed}", json={"state": "closed"})).raise_for_status()
    assert slug(await approve(admin, score)) == "inquiry-closed"
    assert (await admin.get(f"/agents/runs/{score['id']}")).json()["state"] == "draft"


async def test_mentions_stand_at_their_places_and_go_with_the_text(library: Library, clock: FakeClock) -> None:
    admin = await library.join("admin")
    made = await run(admin, "extract", input=PARTNER)
    mentions = made["output"]["mentions"]
    assert {(one["kind"], one["text"]) for one in mentions} >= {("person", "Ada Mori"), ("amount", "2,500 EUR")}
    assert all(PARTNER[one["start"] : one["stop"]] == one["text"] for one in mentions)
    inquiry_id = await send(admin, PARTNER)
    clock.advance(timedelta(days=91))
    await library.container.services.inquiries.empty_old(MAIN_TENANT)
    admin = await library.login("admin")
    assert (await admin.get(f"/agents/runs/{made['id']}")).json()["output"] == {"mentions": []}
    emptied = await admin.post("/agents/extract/runs", json={"inquiry_id": inquiry_id})
    assert slug(emptied) == "text-emptied"


async def test_agents_are_for_staff_and_want_one_thing_to_work_on(library: Library) -> None:
    admin, member = await library.join("admin"), await library.join("member")
    assert [agent["name"] for agent in (await admin.get("/agents")).json()["items"]] == ["reply", "qualify", "extract"]
    made = await run(admin, "qualify", input=PARTNER)
    for answer in (
        await member.get("/agents"),
        await member.post("/agents/qualify/runs", json={"input": PARTNER}),
        await member.get(f"/agents/runs/{made['id']}"),
        await approve(member, made),
    ):
        assert (answer.status_code, slug(answer)) == (403, "not-allowed")
    for body in ({}, {"input": "x", "inquiry_id": made["id"]}, {"input": ""}, {"input": "x" * 10_001}):
        assert slug(await admin.post("/agents/qualify/runs", json=body)) == "validation-error"
    assert slug(await admin.post("/agents/qualify/runs", json={"inquiry_id": made["id"]})) == "inquiry-not-found"
    assert slug(await admin.get(f"/agents/runs/{await id_of(admin)}")) == "agent-run-not-found"


async def test_the_journey_from_a_letter_to_an_answer_with_its_source(admin: httpx.AsyncClient, container: Container) -> None:
    book_id = (await add(admin, STORY, "light.txt")).raise_for_status().json()["id"]
    await settled(admin, book_id)
    await indexed(container)
    letter = f"We would love to become a partner and integrate our displays. {QUESTION} Regards,\nAda Mori, ada@tactile.example"
    inquiry_id = await send(admin, letter)
    (await approve(admin, await run(admin, "qualify", inquiry_id=inquiry_id))).raise_for_status()
    assert (await admin.get(f"/inquiries/{inquiry_id}")).json()["state"] == "qualified"
    draft = await run(admin, "reply", inquiry_id=inquiry_id)
    (citation, *_) = draft["citations"]
    assert (draft["output"]["answered"], citation["book_id"]) == (True, book_id)
    assert "A captain who saw the light returned in spring" in citation["quote"]
    assert draft["output"]["text"].startswith("Hello Ada Mori,\n\n")
    assert f"[{citation['marker']}]" in draft["output"]["text"]
    (await approve(admin, draft)).raise_for_status()
    answered = (await admin.get(f"/inquiries/{inquiry_id}")).json()
    assert (answered["state"], answered["score"]) == ("answered", 65)


@pytest.mark.parametrize("draft", ["taken", "dropped", "unusable"])
async def test_a_draft_of_a_model_says_what_its_tokens_cost(settings: Settings, draft: str) -> None:
    settings = settings.model_copy(update={"llm_prices": "tiny=2000/10000, other=1/1", "rate_limits": "off"})
    async with house(settings, "openai", by="schema") as opened:
        if draft == "dropped":
            opened.brain.draft = lambda _: {"answerable": True, "sentences": [{"text": "The house costs 12 EUR.", "source": 1}]}
        if draft == "unusable":
            opened.brain.draft = lambda _: {}
        made = await run(opened.admin, "reply", input=QUESTION)
        usage = made["usage"]
        assert usage["tokens_in"] > 0
        assert made["cost"] == pytest.approx((usage["tokens_in"] * 2000 + usage["tokens_out"] * 10_000) / 1_000_000)
        accounts = (await opened.admin.get("/admin/llm/usage")).raise_for_status().json()["items"]
        (answers,) = (one for one in accounts if one["purpose"] == "answer")
        told = (answers["tokens_in"], answers["tokens_out"], answers["cost"])
        assert told == (usage["tokens_in"], usage["tokens_out"], pytest.approx(made["cost"]))
        assert (await opened.admin.get(f"/agents/runs/{made['id']}")).json() == made


async def test_a_draft_knows_nothing_of_who_has_it_made(admin: httpx.AsyncClient) -> None:
    book_id = (await add(admin, STORY, "light.txt", title="The Light")).raise_for_status().json()["id"]
    (await admin.post(f"/books/{book_id}/borrow")).raise_for_status()
    assert "The Light" in (await admin.post("/ask", json={"question": "Which books do I have on loan?"})).json()["answer"]
    made = await run(admin, "reply", input="Which books do I have on loan?")
    assert "The Light" not in made["output"]["text"]
