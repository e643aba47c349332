"""The contract of LLMLedger, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.feedback import ReaderVerdict
from luminalib.domain.llm import Answer, LLMCall, Outcome, Price, Purpose, Usage, cost
from records import make_user

NOW = datetime(2026, 5, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def uow(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


def call(**changes: Any) -> LLMCall:
    facts: dict[str, Any] = {
        "purpose": Purpose.SUMMARY,
        "provider": "ollama",
        "model": "tiny",
        "prompt": "part-notes@1",
        "tokens_in": 100,
        "tokens_out": 10,
        "seconds": 0.5,
        "outcome": Outcome.OK,
        "at": NOW,
    }
    return LLMCall(**facts | changes)


def verdict(reader: str, subject: str, **changes: Any) -> ReaderVerdict:
    facts: dict[str, Any] = {"provider": "ollama", "model": "tiny", "prompt": "part-notes@1", "is_helpful": True, "at": NOW}
    return ReaderVerdict(user_id=reader, purpose=Purpose.SUMMARY, subject_id=subject, **facts | changes)


async def record(uow: SqlUnitOfWorkFactory, *calls: LLMCall, tenant: str = "main") -> None:
    async with uow(tenant) as unit:
        for one in calls:
            await unit.llm.record(one)


async def usage(uow: SqlUnitOfWorkFactory, since: date = date.min, until: date = date.max, tenant: str = "main") -> list[Usage]:
    async with uow.reading(tenant) as unit:
        return await unit.llm.usage(since, until)


async def test_calls_are_added_up_per_day_purpose_and_model(uow: SqlUnitOfWorkFactory) -> None:
    await record(
        uow,
        call(),
        call(outcome=Outcome.CACHED, tokens_in=0, tokens_out=0),
        call(outcome=Outcome.UNUSABLE),
        call(purpose=Purpose.REVIEW),
        call(at=NOW - timedelta(hours=1)),
    )
    found = await usage(uow)
    assert [(u.day.isoformat(), u.purpose.value, u.calls, u.cached, u.failed, u.tokens_in) for u in found] == [
        ("2026-05-01", "review", 1, 0, 0, 100),
        ("2026-05-01", "summary", 3, 1, 1, 200),
        ("2026-04-30", "summary", 1, 0, 0, 100),
    ]
    assert len(await usage(uow, date(2026, 5, 1), date(2026, 5, 1))) == 2
    assert await usage(uow, tenant="other") == []


async def test_versions_of_prompts_are_compared_with_what_readers_say(uow: SqlUnitOfWorkFactory) -> None:
    ada, ben = await make_user(uow), await make_user(uow)
    await record(uow, call(), call(outcome=Outcome.REPAIRED), call(prompt="part-notes@3", outcome=Outcome.UNUSABLE))
    await record(uow, call(at=NOW - timedelta(days=1)))
    async with uow("main") as unit:
        for reader, subject, is_helpful in (
            (ada, "one", False),
            (ada, "one", True),
            (ben, "one", False),
            (ada, "two", True),
        ):
            await unit.llm.judge(verdict(reader, subject, is_helpful=is_helpful))
        await unit.llm.judge(verdict(ben, "old", prompt="of-old@1", at=NOW - timedelta(hours=1)))
    async with uow.reading("main") as unit:
        found = await unit.llm.variants(NOW.date(), NOW.date())
    assert [(one.variant, one.calls, one.accepted, one.repaired, one.failed, one.helpful, one.unhelpful) for one in found] == [
        ("part-notes@1", 2, 1, 1, 0, 2, 1),
        ("part-notes@3", 1, 0, 0, 1, 0, 0),
    ]
    async with uow("main") as unit:
        await unit.llm.forget_reader(ada)
        assert [one.helpful for one in await unit.llm.variants(date.min, date.max)] == [1, 0, 0], "ben's of old, and none of ada's"
    async with uow.reading("other") as unit:
        assert await unit.llm.variants(date.min, date.max) == []


async def test_a_models_speed_is_that_of_its_last_answers(uow: SqlUnitOfWorkFactory) -> None:
    await record(uow, call(seconds=11.0), call(outcome=Outcome.UNAVAILABLE, seconds=600.0), call(model="large", seconds=110.0))
    await record(
        uow, call(outcome=Outcome.CACHED, tokens_in=0, tokens_out=0, seconds=0.1), call(outcome=Outcome.REPAIRED, seconds=11.0)
    )
    await record(uow, call(seconds=1.0), tenant="other")
    async with uow.reading("main") as unit:
        speeds = [await unit.llm.speed("ollama", model) for model in ("tiny", "large", "unheard")]
    assert speeds == [pytest.approx(10.0), pytest.approx(1.0), None]


async def test_an_answer_is_found_by_what_was_asked(uow: SqlUnitOfWorkFactory) -> None:
    for text in ("first", "second"):
        async with uow("main") as unit:
            await unit.llm.keep_answer(Answer(digest="d", prompt="p@1", model="tiny", text=text, at=NOW))
    async with uow.reading("main") as unit:
        kept = await unit.llm.find_answer("d")
        assert kept is not None
        assert (kept.text, kept.at) == ("second", NOW)
        assert await unit.llm.find_answer("e") is None
    async with uow.reading("other") as unit:
        assert await unit.llm.find_answer("d") is None


async def test_what_is_old_is_forgotten(uow: SqlUnitOfWorkFactory) -> None:
    await record(uow, call())
    async with uow("main") as unit:
        await unit.llm.keep_answer(Answer(digest="d", prompt="p@1", model="tiny", text="x", at=NOW))
    for tenant, calls, answers in (("other", NOW + timedelta(1), NOW + timedelta(1)), ("main", NOW, NOW)):
        async with uow(tenant) as unit:
            await unit.llm.forget(calls_before=calls, answers_before=answers)
    assert len(await usage(uow)) == 1
    async with uow("main") as unit:
        await unit.llm.forget(calls_before=NOW, answers_before=NOW + timedelta(1))
        assert await unit.llm.find_answer("d") is None
    assert len(await usage(uow)) == 1


def test_only_models_with_a_price_cost_something() -> None:
    spent = Usage(
        day=NOW.date(),
        purpose=Purpose.SUMMARY,
        provider="openai",
        model="m",
        calls=1,
        cached=0,
        repaired=0,
        failed=0,
        tokens_in=2_000_000,
        tokens_out=500_000,
        seconds=1,
    )
    assert cost(spent, {"m": Price(tokens_in=0.15, tokens_out=0.60)}) == pytest.approx(0.60)
    assert cost(spent, {}) is None
