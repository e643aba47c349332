"""Tables of webhooks, the outbox, and the repository of both."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, id_column, locked, map_owned, metadata, tenant_column
from luminalib.domain.announcements import Announcement, EventType
from luminalib.domain.webhooks import (
    Attempt,
    DeliveryState,
    DisabledReason,
    Message,
    MessageNotFound,
    Webhook,
    WebhookFormat,
    WebhookNotFound,
    wants,
)
from luminalib.ports.persistence import Outbox, WebhookRepository

webhooks = sa.Table(
    "webhooks",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("types", sa.JSON, nullable=False),
    sa.Column("description", sa.String(200)),
    sa.Column("format", enum_column(WebhookFormat), nullable=False),
    sa.Column("secret", sa.String(400), nullable=False),
    sa.Column("old_secret", sa.String(400)),
    sa.Column("old_secret_until", UtcDateTime),
    sa.Column("is_enabled", sa.Boolean, nullable=False),
    sa.Column("disabled_reason", enum_column(DisabledReason)),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", UtcDateTime),
    sa.Column("open_until", UtcDateTime),
    sa.Column("created_by", sa.String(36)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # Which process sends to it, and until when: see `deliveries`.
    sa.Column("worker", sa.String(200)),
    sa.Column("lease_until", UtcDateTime),
    sa.Index("ix_webhooks_tenant_id", "tenant_id", "created_at", "id"),
)
map_owned(Webhook, webhooks, exclude_properties=["worker", "lease_until"])

webhook_sequences = sa.Table(
    "webhook_sequences",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)

webhook_messages = sa.Table(
    "webhook_messages",
    metadata,
    id_column(),
    tenant_column(),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("path", sa.String(500), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("tenant_id", "sequence"),
    sa.Index("ix_webhook_messages_at", "tenant_id", "at"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    sa.Column("webhook_id", sa.ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    sa.Column("message_id", sa.ForeignKey("webhook_messages.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("state", enum_column(DeliveryState), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", UtcDateTime),
    sa.UniqueConstraint("tenant_id", "webhook_id", "message_id"),
    sa.Index("ix_webhook_deliveries_new", "webhook_id", "state", "sequence"),
    sa.Index("ix_webhook_deliveries_due", "webhook_id", "state", "next_at"),
    sqlite_autoincrement=True,
)

webhook_attempts = sa.Table(
    "webhook_attempts",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    # No foreign keys: an attempt that ends when its webhook has gone must not keep others from being recorded.
    sa.Column("webhook_id", sa.String(36), nullable=False),
    sa.Column("message_id", sa.String(36), nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("ms", sa.Integer, nullable=False),
    sa.Column("error", sa.String(500)),
    sa.Column("response", sa.Text, nullable=False),
    sa.Index("ix_webhook_attempts_webhook_id", "tenant_id", "webhook_id", "id"),
    sa.Index("ix_webhook_attempts_at", "tenant_id", "at"),
    sqlite_autoincrement=True,
)

MESSAGE = [webhook_messages.c[name] for name in ("id", "sequence", "type", "data", "path", "text", "at")]
"""The columns that make a message."""


class Silence:
    """Remembers for a moment which tenants have no webhooks, so that their writers need not look each time.

    A new webhook ends it at once in this process, and in others when the moment is over.
    """

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._until: dict[str, float] = {}
        self._breaks: defaultdict[str, int] = defaultdict(int)

    def reigns(self, tenant_id: str) -> bool:
        """Whether there were none a moment ago."""
        return self._until.get(tenant_id, 0.0) > time.monotonic()

    def breaks(self, tenant_id: str) -> int:
        """How often it was broken: to be asked before looking."""
        return self._breaks[tenant_id]

    def begin(self, tenant_id: str, breaks: int) -> None:
        """There are none, unless it was broken since the look began."""
        if self._breaks[tenant_id] == breaks:
            self._until[tenant_id] = time.monotonic() + self._seconds

    def end(self, tenant_id: str) -> None:
        """There is one now."""
        self._breaks[tenant_id] += 1
        self._until.pop(tenant_id, None)


class SqlOutbox(Outbox):
    """Messages and deliveries, written by `write_pending` as the last thing before the commit."""

    def __init__(self, session: AsyncSession, tenant_id: str, silence: Silence) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._silence = silence
        self._pending: list[Announcement] = []
        self.has_deliveries = False

    def append(self, announcement: Announcement) -> None:
        """See Outbox."""
        self._pending.append(announcement)

    async def write_pending(self) -> None:
        """Numbers what was announced in the order of commits, and writes a delivery for each webhook that wants it."""
        if not self._pending or self._silence.reigns(self._tenant_id):
            return
        breaks = self._silence.breaks(self._tenant_id)
        c = webhooks.c
        known = sa.select(c.id, c.types, c.is_enabled).where(c.tenant_id == self._tenant_id).order_by(c.id)
        found = (await self._session.execute(known)).all()
        if not found:
            self._silence.begin(self._tenant_id, breaks)
            return
        wanted = [one for one in self._pending if any(wants(types, one.type) for _, types, _ in found)]
        if not wanted:
            return
        last = await self._reserve(len(wanted))
        numbered = [(str(uuid4()), last - len(wanted) + n + 1, one) for n, one in enumerate(wanted)]
        own = {"tenant_id": self._tenant_id}
        rows = [
            {**own, "id": message_id, "sequence": sequence, **asdict(one), "data": dict(one.data)}
            for message_id, sequence, one in numbered
        ]
        await self._session.execute(sa.insert(webhook_messages), rows)
        new = {**own, "state": DeliveryState.NEW, "attempts": 0, "next_at": None}
        deliveries = [
            {**new, "webhook_id": webhook_id, "message_id": message_id, "sequence": sequence}
            for message_id, sequence, one in numbered
            for webhook_id, types, is_enabled in found
            if is_enabled and wants(types, one.type)
        ]
        if deliveries:
            await self._session.execute(sa.insert(webhook_deliveries), deliveries)
            self.has_deliveries = True

    async def _reserve(self, count: int) -> int:
        """The last of so many new numbers; held until the commit, so that none is left out or seen too early."""
        s = webhook_sequences
        own = s.c.tenant_id == self._tenant_id
        taken = sa.update(s).where(own).values(last=s.c.last + count).returning(s.c.last)
        if (last := await self._session.scalar(taken)) is None:
            insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(s)
            await self._session.execute(insert.values(tenant_id=self._tenant_id, last=0).on_conflict_do_nothing())
            last = await self._session.scalar(taken)
        return int(last or 0)


class SqlWebhookRepository(WebhookRepository):
    """The table `webhooks`, and those of messages, deliveries and attempts."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self.has_new = False

    async def add(self, webhook: Webhook) -> None:
        """See WebhookRepository."""
        self._session.add(webhook)
        self.has_new = True

    async def count(self) -> int:
        """See WebhookRepository."""
        own = webhooks.c.tenant_id == self._tenant_id
        return await self._session.scalar(sa.select(sa.func.count()).select_from(webhooks).where(own)) or 0

    async def get(self, webhook_id: str) -> Webhook:
        """See WebhookRepository."""
        found = await self._session.scalar(locked(self._session, sa.select(Webhook).where(webhooks.c.id == webhook_id)))
        if found is None:
            raise WebhookNotFound
        return found

    async def remove(self, webhook: Webhook) -> None:
        """See WebhookRepository."""
        await self._session.delete(webhook)
        await self._session.execute(sa.delete(webhook_attempts).where(webhook_attempts.c.webhook_id == webhook.id))

    async def message(self, message_id: str) -> Message:
        """See WebhookRepository."""
        m = webhook_messages.c
        found = await self._session.execute(sa.select(*MESSAGE).where(m.tenant_id == self._tenant_id, m.id == message_id))
        if (row := found.mappings().one_or_none()) is None:
            raise MessageNotFound
        return Message(**row)

    async def requeue(self, webhook: Webhook, messages: Sequence[str], now: datetime) -> int:
        """See WebhookRepository."""
        m, d = webhook_messages.c, webhook_deliveries
        found = sa.select(m.id, m.sequence).where(m.tenant_id == self._tenant_id, m.id.in_(messages))
        rows = (await self._session.execute(found)).all()
        if not rows:
            return 0
        insert = (postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite).insert(d)
        again = {"state": DeliveryState.RETRYING, "attempts": 0, "next_at": now}
        same = {"tenant_id": self._tenant_id, "webhook_id": webhook.id}
        values = [{**same, **again, "message_id": message_id, "sequence": sequence} for message_id, sequence in rows]
        key = [d.c.tenant_id, d.c.webhook_id, d.c.message_id]
        await self._session.execute(insert.values(values).on_conflict_do_update(index_elements=key, set_=again))
        self.has_new = True
        return len(rows)

    async def missed(self, webhook: Webhook, since: datetime, now: datetime, limit: int) -> Sequence[str]:
        """See WebhookRepository."""
        m, d = webhook_messages.c, webhook_deliveries.c
        is_due = sa.and_(d.state == DeliveryState.RETRYING, d.next_at <= now)
        is_fine = sa.or_(d.state.in_((DeliveryState.NEW, DeliveryState.DELIVERED)), is_due)
        has_it = sa.exists().where(d.tenant_id == self._tenant_id, d.webhook_id == webhook.id, d.message_id == m.id, is_fine)
        types = webhook.types or [kind.value for kind in EventType]
        late = sa.select(m.id).where(m.tenant_id == self._tenant_id, m.at >= since, m.type.in_(types), ~has_it)
        return [*await self._session.scalars(late.order_by(m.sequence).limit(limit))]

    async def append_attempt(self, webhook: Webhook, attempt: Attempt) -> None:
        """See WebhookRepository."""
        await self._session.execute(sa.insert(webhook_attempts).values(attempt_row(self._tenant_id, webhook.id, attempt)))

    async def forget(self, before: datetime) -> None:
        """See WebhookRepository."""
        for table in (webhook_attempts, webhook_messages):
            await self._session.execute(sa.delete(table).where(table.c.at < before))


def attempt_row(tenant_id: str, webhook_id: str, attempt: Attempt) -> dict[str, object]:
    """The attempt as a row."""
    row = asdict(attempt) | {"tenant_id": tenant_id, "webhook_id": webhook_id}
    del row["id"]
    return row
