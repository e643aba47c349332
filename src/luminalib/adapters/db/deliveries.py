"""The ledger of deliveries: who may send to which webhook, and what is due there."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.webhooks import MESSAGE, attempt_row, webhook_attempts, webhook_deliveries, webhook_messages, webhooks
from luminalib.domain.webhooks import Delivery, DeliveryState, Health, Message, Webhook
from luminalib.ports.webhooks import BATCH, DeliveryLedger, Lane, Outcome

LEASE = timedelta(seconds=60)
"""How long a webhook belongs to a process that does not say that it is alive; more than twice as long as that sends at a time."""
LANES = 200
"""How many webhooks are taken at once."""
_W, _D = webhooks.c, webhook_deliveries.c
_WEBHOOK = [field.name for field in fields(Webhook)]


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Whether anything may be sent to a webhook: it is no time of peace, and something is new or to be tried again."""
    theirs = sa.and_(_D.webhook_id == _W.id, _D.tenant_id == _W.tenant_id)
    fresh = sa.exists().where(theirs, _D.state == DeliveryState.NEW)
    again = sa.exists().where(theirs, _D.state == DeliveryState.RETRYING, _D.next_at <= now)
    return sa.and_(_W.is_enabled, sa.or_(_W.open_until.is_(None), _W.open_until <= now), sa.or_(fresh, again))


class SqlDeliveryLedger(DeliveryLedger):
    """The tables `webhooks` and `webhook_deliveries`; a lease on the webhook keeps its messages in order and processes apart."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    async def claim(self, worker: str, now: datetime, besides: Collection[str]) -> Sequence[Lane]:
        """See DeliveryLedger."""
        is_free = sa.or_(_W.lease_until.is_(None), _W.lease_until < now, _W.worker == worker)
        candidates = sa.select(_W.id).where(_is_due(now), is_free, _W.id.not_in(besides)).order_by(_W.id).limit(LANES)
        async with self._database.system_reading.connect() as connection:  # an idle library must not write every second
            ids = [*await connection.scalars(candidates)]
        if not ids:
            return []
        taken = (
            sa.update(webhooks)
            .where(_W.id.in_(ids), is_free)
            .values(worker=worker, lease_until=now + LEASE)
            .returning(_W.tenant_id, *(_W[name] for name in _WEBHOOK))
        )
        async with self._database.write_gate(), self._database.system_writing.begin() as connection:
            rows = (await connection.execute(taken)).mappings().all()
        async with self._database.system_reading.connect() as connection:
            firsts = await self._due(connection, rows, _D.state == DeliveryState.NEW, _D.sequence)
            retries = await self._due(connection, rows, sa.and_(_D.state == DeliveryState.RETRYING, _D.next_at <= now), _D.next_at)
        return [_lane(row, firsts[row["id"]], retries[row["id"]]) for row in rows]

    async def _due(
        self, connection: AsyncConnection, lanes: Sequence[Any], is_due: sa.ColumnElement[bool], order: sa.ColumnElement[Any]
    ) -> dict[str, list[Delivery]]:
        place = sa.func.row_number().over(partition_by=_D.webhook_id, order_by=order).label("place")
        ids, tenants = [row["id"] for row in lanes], {row["tenant_id"] for row in lanes}
        ranked = sa.select(webhook_deliveries, place).where(_D.webhook_id.in_(ids), _D.tenant_id.in_(tenants), is_due).subquery()
        message = [column.label(f"told_{column.name}") for column in MESSAGE]
        wanted = (
            sa.select(ranked, *message)
            .join(webhook_messages, webhook_messages.c.id == ranked.c.message_id)
            .where(ranked.c.place <= BATCH, webhook_messages.c.tenant_id == ranked.c.tenant_id)
            .order_by(ranked.c.place)
        )
        found: defaultdict[str, list[Delivery]] = defaultdict(list)
        for row in (await connection.execute(wanted)).mappings():
            found[row["webhook_id"]].append(_delivery(row))
        return found

    async def record(self, outcomes: Sequence[Outcome]) -> None:
        """See DeliveryLedger."""
        attempts = [attempt_row(one.tenant_id, one.webhook_id, one.attempt) for one in outcomes]
        moved = [_moved(one) for one in outcomes]
        health = {(one.tenant_id, one.webhook_id): one.health for one in outcomes if one.health is not None}
        async with self._database.write_gate(), self._database.system_writing.begin() as connection:
            await connection.execute(sa.insert(webhook_attempts), attempts)
            await connection.execute(_MOVE, moved)
            for (tenant_id, webhook_id), found in health.items():
                own = sa.and_(_W.tenant_id == tenant_id, _W.id == webhook_id)
                values = {name: getattr(found, name) for name in ("failures", "failing_since", "open_until")}
                await connection.execute(sa.update(webhooks).where(own).values(values))

    async def release(self, is_over: Callable[[str], bool]) -> None:
        """See DeliveryLedger."""
        async with self._database.system_reading.connect() as connection:
            holders = [*await connection.scalars(sa.select(_W.worker).where(_W.worker.is_not(None)).distinct())]
        if over := [worker for worker in holders if worker and is_over(worker)]:
            freed = sa.update(webhooks).where(_W.worker.in_(over)).values(worker=None, lease_until=None)
            async with self._database.write_gate(), self._database.system_writing.begin() as connection:
                await connection.execute(freed)


_MOVE = (
    sa.update(webhook_deliveries)
    .where(
        _D.id == sa.bindparam("delivery"),
        _D.tenant_id == sa.bindparam("tenant"),
        _D.attempts == sa.bindparam("before"),
    )
    .values(
        state=sa.bindparam("to_state", type_=_D.state.type),
        attempts=sa.bindparam("to_attempts"),
        next_at=sa.bindparam("to_next", type_=UtcDateTime),
    )
)


def _moved(outcome: Outcome) -> dict[str, Any]:
    after = outcome.delivery
    return {
        "delivery": after.id,
        "tenant": outcome.tenant_id,
        "before": after.attempts - 1,
        "to_state": after.state,
        "to_attempts": after.attempts,
        "to_next": after.next_at,
    }


def _lane(row: Any, firsts: Sequence[Delivery], retries: Sequence[Delivery]) -> Lane:
    webhook = Webhook(**{name: row[name] for name in _WEBHOOK})
    health = Health(failures=webhook.failures, failing_since=webhook.failing_since, open_until=webhook.open_until)
    return Lane(tenant_id=row["tenant_id"], webhook=webhook, health=health, firsts=firsts, retries=retries)


def _delivery(row: Any) -> Delivery:
    message = Message(**{column.name: row[f"told_{column.name}"] for column in MESSAGE})
    return Delivery(id=row["id"], message=message, attempts=row["attempts"], state=row["state"], next_at=row["next_at"])
