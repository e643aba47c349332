"""Delivering what waits: one webhook never holds up another, and each gets its messages in order at the first try."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.errors import Unavailable
from luminalib.domain.notices import webhook_disabled
from luminalib.domain.webhooks import (
    GONE,
    Delivery,
    DisabledReason,
    Reply,
    WebhookNotFound,
    attempted,
    body_of,
    headers_of,
)
from luminalib.ports.sealing import SealBroken
from luminalib.ports.webhooks import BATCH, DeliveryLedger, Lane, Outcome
from luminalib.services.webhooks.desk import WebhookTools, opened_secrets

POLL_SECONDS = 2.0
"""How often the ledger is looked at without a hint: retries that are due, messages of other processes."""
GATHER_SECONDS = 0.01
"""So long is waited for more of the same: one look finds, and one transaction records, what many webhooks do at the same time."""
DRAIN_SECONDS = 5.0
LANE_SECONDS = 25.0
"""After this time a webhook's turn is over: what is left is claimed anew, before the lease ends."""
SLOTS, SLOTS_FOR_FAILING = 64, 16
"""Requests at the same time, and those to webhooks whose last attempt failed: a hundred dead ones take no place of the living."""
log = structlog.get_logger(__name__)


class DeliveryService:
    """Claims webhooks for which something is due, and sends to each in a task of its own. What was sent is recorded in groups.

    A process that dies between sending and recording sends again, with the same id: receivers know it by that.
    """

    def __init__(self, tools: WebhookTools, ledger: DeliveryLedger, worker: str) -> None:
        """`worker` names this process among all that share the database."""
        self._tools = tools
        self._ledger = ledger
        self._worker = worker
        self._wake = asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._passed_by: set[str] = set()
        self._slots = asyncio.Semaphore(SLOTS)
        self._failing_slots = asyncio.Semaphore(SLOTS_FOR_FAILING)
        self._recorder = _Recorder(ledger)
        self._loop: asyncio.Task[None] | None = None
        self._is_stopping = False

    def wake(self) -> None:
        """Says that there may be something new; never waits."""
        self._wake.set()

    async def start(self, is_dead: Callable[[str], bool]) -> None:
        """Takes back what dead processes held, and begins. Raises Unavailable."""
        await self._ledger.release(is_dead)
        self._loop = asyncio.create_task(self._run(), name="webhooks")

    async def check(self) -> None:
        """Returns while it is at work. Raises Unavailable otherwise."""
        if self._loop is None or self._loop.done():
            raise Unavailable("The delivery of webhooks has stopped. Restart the server.")

    async def stop(self) -> None:
        """Lets requests end for a while, breaks off what takes longer (it is sent again), and gives all webhooks back."""
        self._is_stopping = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        if lanes := [*self._lanes.values()]:
            _, running = await asyncio.wait(lanes, timeout=DRAIN_SECONDS)
            for lane in running:
                lane.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        with suppress(Unavailable):
            await self._ledger.release(lambda worker: worker == self._worker)

    async def deliver_due(self) -> None:
        """Sends all that is due now, until nothing is."""
        while await self._look():
            await asyncio.gather(*self._lanes.values())

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._look()
            except Unavailable as reason:
                log.warning("webhooks.put_off", reason=reason.detail)
            except Exception:
                log.exception("webhooks.failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
                await asyncio.sleep(GATHER_SECONDS)

    async def _look(self) -> int:
        self._passed_by |= self._lanes.keys()
        found = await self._ledger.claim(self._worker, self._tools.clock.now(), [*self._lanes])
        for lane in found:
            task = asyncio.create_task(self._serve(lane), name=f"webhook-{lane.webhook.id}")
            self._lanes[lane.webhook.id] = task
            task.add_done_callback(partial(self._leave, lane.webhook.id))
        return len(found)

    def _leave(self, webhook_id: str, _done: asyncio.Task[None]) -> None:
        del self._lanes[webhook_id]
        if webhook_id in self._passed_by:  # more may be due for it
            self._passed_by.discard(webhook_id)
            self._wake.set()

    async def _serve(self, lane: Lane) -> None:
        turn = _Turn(lane, self._tools, self._recorder, (self._slots, self._failing_slots), lambda: self._is_stopping)
        try:
            await turn.take()
            if turn.has_more:
                self._passed_by.add(lane.webhook.id)
            if turn.over_because:
                await self._disable(lane, turn.over_because)
        except (Unavailable, WebhookNotFound) as reason:
            log.warning("webhooks.put_off", webhook=lane.webhook.id, reason=reason.detail)
            await asyncio.sleep(POLL_SECONDS)  # or the next look would find the same at once
        except Exception:
            log.exception("webhooks.failed", webhook=lane.webhook.id)
            await asyncio.sleep(POLL_SECONDS)

    async def _disable(self, lane: Lane, reason: DisabledReason) -> None:
        """Tells it no more, and its admin that."""
        now = self._tools.clock.now()
        async with self._tools.uow(lane.tenant_id) as uow:
            webhook = await uow.webhooks.get(lane.webhook.id)
            if not webhook.is_enabled:
                return
            webhook.disable(reason, now)
            if webhook.created_by:
                uow.notices.append(webhook_disabled(webhook, now))
            action = AuditAction.WEBHOOK_DISABLED
            await uow.audit.append(
                AuditEvent(action=action, at=now, actor_id=None, subject_id=webhook.id, address=None, detail=reason.value)
            )


class _Turn:
    """One webhook's turn: first attempts one after another, retries beside them."""

    def __init__(
        self,
        lane: Lane,
        tools: WebhookTools,
        recorder: "_Recorder",
        slots: tuple[asyncio.Semaphore, asyncio.Semaphore],
        is_stopping: Callable[[], bool],
    ) -> None:
        """`slots` are those of all turns: of webhooks that are fine, and of those whose last attempt failed."""
        self._lane = lane
        self._tools = tools
        self._recorder = recorder
        self._slots, self._failing_slots = slots
        self._is_stopping = is_stopping
        self._health = lane.health
        self._ends_at = asyncio.get_running_loop().time() + LANE_SECONDS
        self._sent = 0
        self.over_because: DisabledReason | None = None

    @property
    def has_more(self) -> bool:
        """Whether the next look may find more that is due: not all of it was read, or not all was sent."""
        read = len(self._lane.firsts) + len(self._lane.retries)
        return read >= BATCH or self._sent < read

    async def take(self) -> None:
        """Sends what is due. Raises Unavailable when it cannot be recorded."""
        if self._health.open_until is not None:  # the pause is over: one message finds out whether it is back
            due = [*self._lane.retries, *self._lane.firsts]
            await self._send_all(due[:1])
            if self._health.failures:
                return
            await asyncio.gather(
                self._send_all([one for one in self._lane.firsts if one is not due[0]]),
                self._send_all([one for one in self._lane.retries if one is not due[0]]),
            )
            return
        await asyncio.gather(self._send_all(self._lane.firsts), self._send_all(self._lane.retries))

    async def _send_all(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if self._is_over():
                return
            async with self._failing_slots if self._health.failures else self._slots:
                await self._send(delivery)
                self._sent += 1

    def _is_over(self) -> bool:
        is_late = asyncio.get_running_loop().time() >= self._ends_at
        return self._is_stopping() or is_late or self.over_because is not None or self._health.is_open(self._tools.clock.now())

    async def _send(self, delivery: Delivery) -> None:
        webhook, message, now = self._lane.webhook, delivery.message, self._tools.clock.now()
        body = body_of(message, webhook.format, self._tools.base_url)
        try:
            secrets = opened_secrets(self._tools.sealer, self._lane.tenant_id, webhook, now)
            headers = headers_of(message.id, secrets, int(now.timestamp()), body)
            reply = await self._tools.sender.post(webhook.url, headers, body)
        except SealBroken as reason:
            reply = Reply(status=None, ms=0, error=reason.detail)
        await self._note(delivery, reply)

    async def _note(self, delivery: Delivery, reply: Reply) -> None:
        now = self._tools.clock.now()
        before = self._health
        self._health = before.after(succeeded=reply.is_success, at=now)
        if reply.status == GONE:
            self.over_because = DisabledReason.GONE
        elif self._health.has_failed_for_good(now):
            self.over_because = DisabledReason.FAILING
        after = delivery.after(reply, now, random.random())  # noqa: S311 -- so that retries spread, not a secret
        await self._recorder.record(
            Outcome(
                tenant_id=self._lane.tenant_id,
                webhook_id=self._lane.webhook.id,
                attempt=attempted(delivery.message, after.attempts, reply, now),
                delivery=after,
                health=self._health if self._health != before else None,
            )
        )


@dataclass(slots=True)
class _Recorder:
    """Records what several turns have done in one transaction: whatever comes while one is written goes with the next."""

    ledger: DeliveryLedger
    waiting: list[tuple[Outcome, "asyncio.Future[None]"]] | None = None

    async def record(self, outcome: Outcome) -> None:
        """Returns once it is kept. Raises Unavailable."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.waiting is not None:
            self.waiting.append((outcome, done))
            await done
            return
        self.waiting = [(outcome, done)]
        await asyncio.shield(asyncio.create_task(self._write()))
        await done

    async def _write(self) -> None:
        while self.waiting:
            await asyncio.sleep(GATHER_SECONDS)
            group, self.waiting = self.waiting, []
            try:
                await self.ledger.record([outcome for outcome, _ in group])
            except Exception as error:  # noqa: BLE001 -- each of them is told, and decides
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in group:
                    if not done.done():
                        done.set_result(None)
        self.waiting = None
