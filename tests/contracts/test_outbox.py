"""The outbox and the ledger of deliveries, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.deliveries import LEASE, SqlDeliveryLedger
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.webhooks import Silence, webhook_messages
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.domain.announcements import Announcement, EventType
from luminalib.domain.webhooks import DeliveryState, Health, Reply, Webhook, WebhookFormat, WebhookNotFound, attempted
from luminalib.ports.webhooks import Lane, Outcome

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ME, YOU = "host:1:me", "host:2:you"


def factory(database: SqlDatabase) -> SqlUnitOfWorkFactory:
    return SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())


def told(kind: EventType = EventType.BOOK_CREATED, text: str = "") -> Announcement:
    return Announcement(type=kind, data={"book_id": "b"}, path="/books/b", text=text, at=NOW)


async def add(uow: SqlUnitOfWorkFactory, *types: str, tenant: str = "main") -> Webhook:
    webhook = Webhook(
        id=str(uuid4()),
        url="https://a.test",
        types=[*types],
        description=None,
        format=WebhookFormat.STANDARD,
        secret="s",
        created_by=None,
        created_at=NOW,
        updated_at=NOW,
    )
    async with uow(tenant) as unit:
        await unit.webhooks.add(webhook)
    return webhook


async def announce(uow: SqlUnitOfWorkFactory, *announcements: Announcement, tenant: str = "main") -> None:
    async with uow(tenant) as unit:
        for one in announcements or (told(),):
            unit.outbox.append(one)


async def lanes_of(database: SqlDatabase, worker: str = ME, now: datetime = NOW, *besides: str) -> dict[str, Lane]:
    return {lane.webhook.id: lane for lane in await SqlDeliveryLedger(database).claim(worker, now, besides)}


def texts(lane: Lane) -> list[str]:
    return [delivery.message.text for delivery in lane.firsts]


async def record(database: SqlDatabase, lane: Lane, *replies: Reply, health: Health | None = None) -> None:
    outcomes = [
        Outcome(
            tenant_id=lane.tenant_id,
            webhook_id=lane.webhook.id,
            attempt=attempted(delivery.message, delivery.attempts + 1, reply, NOW),
            delivery=delivery.after(reply, NOW, 0.5),
            health=health,
        )
        for delivery, reply in zip([*lane.firsts, *lane.retries], replies, strict=False)
    ]
    await SqlDeliveryLedger(database).record(outcomes)


async def test_who_is_not_asked_pays_nothing(database: SqlDatabase) -> None:
    uow, sent = factory(database), []
    uow.silence = Silence(3600)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    await announce(uow)  # the first look
    sa.event.listen(database.writing.sync_engine, "before_cursor_execute", note)
    await announce(uow)
    assert [statement for statement in sent if "webhook" in statement] == []
    await add(uow, "loan.opened")
    await announce(uow)
    assert [statement for statement in sent if "INTO webhook_" in statement] == [], "nobody wants to know of books"


async def test_messages_are_numbered_without_gaps_in_the_order_of_commits(database: SqlDatabase) -> None:
    uow = factory(database)
    webhook = await add(uow)
    await asyncio.gather(*(announce(uow, told(text=f"{n} first"), told(text=f"{n} second")) for n in range(20)))
    (lane,) = (await lanes_of(database)).values()
    assert [one.message.sequence for one in lane.firsts] == list(range(1, 41))
    pairs = texts(lane)
    assert all(pairs[n].split()[0] == pairs[n + 1].split()[0] for n in range(0, 40, 2))
    with pytest.raises(WebhookNotFound):
        async with uow("main") as unit:
            unit.outbox.append(told())
            await unit.webhooks.get("made up")
    await announce(uow, told(text="last"))
    async with uow.reading("main") as unit:
        missed = await unit.webhooks.missed(webhook, NOW - timedelta(days=1), NOW, 100)
    assert missed == []
    async with database.owner.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.max(webhook_messages.c.sequence))) == 41


async def test_each_webhook_gets_what_it_asked_for_and_no_other_tenant_s(database: SqlDatabase) -> None:
    uow = factory(database)
    everything, loans, other = await add(uow), await add(uow, "loan.opened"), await add(uow, tenant="other")
    await announce(uow, told(text="book"), told(EventType.LOAN_OPENED, "loan"))
    await announce(uow, told(text="theirs"), tenant="other")
    lanes = await lanes_of(database)
    assert {webhook_id: texts(lane) for webhook_id, lane in lanes.items()} == {
        everything.id: ["book", "loan"],
        loans.id: ["loan"],
        other.id: ["theirs"],
    }
    assert lanes[other.id].tenant_id == "other"


async def test_a_webhook_belongs_to_one_process_at_a_time(database: SqlDatabase) -> None:
    uow = factory(database)
    webhook = await add(uow)
    await announce(uow)
    assert len(await lanes_of(database, ME)) == 1
    assert len(await lanes_of(database, ME)) == 1, "it is still mine"
    assert await lanes_of(database, ME, NOW, webhook.id) == {}, "but I am at it"
    assert await lanes_of(database, YOU) == {}
    assert len(await lanes_of(database, YOU, NOW + LEASE + timedelta(seconds=1))) == 1, "whoever holds it has died"
    assert await lanes_of(database, ME) == {}
    await SqlDeliveryLedger(database).release(lambda worker: worker == YOU)
    assert len(await lanes_of(database, ME)) == 1


async def test_what_was_recorded_moves_on(database: SqlDatabase) -> None:
    uow = factory(database)
    await add(uow)
    await announce(uow, *(told(text=str(n)) for n in range(3)))
    (lane,) = (await lanes_of(database)).values()
    failing = Health(failures=1, failing_since=NOW)
    await record(database, lane, Reply(status=204, ms=1), Reply(status=None, ms=1, error="cut"), health=failing)
    (later,) = (await lanes_of(database)).values()
    assert (texts(later), later.retries, later.health) == (["2"], [], failing)
    (due,) = (await lanes_of(database, ME, NOW + timedelta(seconds=6))).values()
    assert [(one.message.text, one.attempts) for one in due.retries] == [("1", 1)]
    await record(database, lane, Reply(status=500, ms=1), Reply(status=204, ms=1))  # of one who held it before
    (still,) = (await lanes_of(database, ME, NOW + timedelta(seconds=6))).values()
    assert [(one.message.text, one.attempts, one.state) for one in still.retries] == [("1", 1, DeliveryState.RETRYING)]


async def test_a_webhook_in_peace_or_disabled_is_left_alone(database: SqlDatabase) -> None:
    uow = factory(database)
    webhook = await add(uow)
    await announce(uow, told(text="1"), told(text="2"))
    (lane,) = (await lanes_of(database)).values()
    pause = Health(failures=5, failing_since=NOW, open_until=NOW + timedelta(minutes=1))
    await record(database, lane, Reply(status=500, ms=1), health=pause)
    assert await lanes_of(database, ME, NOW + timedelta(seconds=30)) == {}
    (probed,) = (await lanes_of(database, ME, NOW + timedelta(minutes=1))).values()
    assert (len(probed.retries), texts(probed)) == (1, ["2"])
    async with uow("main") as unit:
        (await unit.webhooks.get(webhook.id)).is_enabled = False
    assert await lanes_of(database, ME, NOW + timedelta(hours=1)) == {}


async def test_what_was_missed_is_found_and_sent_once(database: SqlDatabase) -> None:
    uow = factory(database)
    webhook = await add(uow, "book.created")
    await announce(uow, told(text="before"))
    async with uow("main") as unit:
        (await unit.webhooks.get(webhook.id)).is_enabled = False
    await announce(uow, told(text="meanwhile"), told(EventType.LOAN_OPENED, "no matter"))
    async with uow("main") as unit:
        found = await unit.webhooks.get(webhook.id)
        found.is_enabled = True
        missed = await unit.webhooks.missed(found, NOW, NOW, 10)
        assert await unit.webhooks.missed(found, NOW + timedelta(seconds=1), NOW, 10) == []
        assert await unit.webhooks.requeue(found, missed, NOW) == 1
        assert await unit.webhooks.requeue(found, ["made up"], NOW) == 0
        assert await unit.webhooks.missed(found, NOW, NOW, 10) == []
    (lane,) = (await lanes_of(database)).values()
    assert (texts(lane), [one.message.text for one in lane.retries]) == (["before"], ["meanwhile"])


async def test_a_deleted_webhook_takes_along_what_waits_and_the_rest_goes_with_time(database: SqlDatabase) -> None:
    uow = factory(database)
    webhook, other = await add(uow), await add(uow)
    await announce(uow)
    lanes = await lanes_of(database)
    await record(database, lanes[webhook.id], Reply(status=500, ms=1))
    async with uow("main") as unit:
        await unit.webhooks.remove(await unit.webhooks.get(webhook.id))
    await record(database, lanes[webhook.id], Reply(status=204, ms=1))  # it was under way
    await record(database, lanes[other.id], Reply(status=204, ms=1))
    assert await lanes_of(database) == {}
    async with uow("main") as unit:
        await unit.webhooks.forget(NOW + timedelta(seconds=1))
    async with database.owner.connect() as connection:
        for table in ("webhook_messages", "webhook_deliveries", "webhook_attempts"):
            assert await connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) == 0, table
