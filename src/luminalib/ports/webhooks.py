"""Sending messages to webhooks, and the ledger of those that wait."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from luminalib.domain.webhooks import Attempt, Delivery, Health, Reply, Webhook

BATCH = 50
"""How many deliveries of a kind to a webhook are read at once."""


class WebhookSender(ABC):
    """Posts to addresses that people have entered: never to one inside of the own network, unless it is allowed."""

    @abstractmethod
    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What came back, within seconds whatever the other side does. Redirects are not followed. Never raises for its faults."""

    @abstractmethod
    def require_allowed(self, url: str) -> None:
        """Raises AddressRefused for an address that can be seen to be inside; names are judged when they are connected to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A webhook that this process may send to for a while, with what is due: first attempts in order, then the others."""

    tenant_id: str
    webhook: Webhook
    health: Health
    firsts: Sequence[Delivery]
    retries: Sequence[Delivery]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """An attempt with what becomes of its delivery, and the webhook's health where that has changed."""

    tenant_id: str
    webhook_id: str
    attempt: Attempt
    delivery: Delivery
    health: Health | None


class DeliveryLedger(ABC):
    """The deliveries of all tenants that wait. New ones enter it with the commit that announces them."""

    @abstractmethod
    async def claim(self, worker: str, now: datetime, besides: Collection[str]) -> Sequence[Lane]:
        """Takes the webhooks for which something is due and that no other process holds, with the next deliveries of each.

        `besides` are the ids of those that the worker is at already. Nothing is written when there is nothing to do.
        """

    @abstractmethod
    async def record(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps all of them at once; a delivery that another has moved on meanwhile stays as it is."""

    @abstractmethod
    async def release(self, is_over: Callable[[str], bool]) -> None:
        """Gives back the webhooks held by workers for which `is_over` holds."""
