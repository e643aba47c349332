"""What admins do with webhooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import Principal, require_admin
from luminalib.domain.grants import require_member
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.webhooks import (
    KEPT_FOR,
    MAX_WEBHOOKS,
    TEST_TYPE,
    Attempt,
    DisabledReason,
    Message,
    TooManyWebhooks,
    Webhook,
    WebhookFormat,
    WebhookView,
    attempted,
    body_of,
    headers_of,
    new_secret,
)
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.sealing import Sealer
from luminalib.ports.views import WebhookViews
from luminalib.ports.webhooks import WebhookSender
from luminalib.steps.auditing import note_deed

RECOVERED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWebhook:
    """A webhook with its secret, for the only time that it can be shown."""

    webhook: WebhookView
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookTools:
    """What the services work with; `base_url` is the library's own address, without a slash at its end."""

    uow: UnitOfWorkFactory
    views: WebhookViews
    sender: WebhookSender
    sealer: Sealer
    clock: Clock
    base_url: str


class WebhookService:
    """The admins' desk."""

    def __init__(self, tools: WebhookTools) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._views = tools.views
        self._clock = tools.clock

    async def add(self, by: Principal, url: str, types: Sequence[str], description: str | None, form: WebhookFormat) -> NewWebhook:
        """A webhook that is told from now on. Raises NotAllowed, AddressRefused, TooManyWebhooks."""
        require_admin(by)
        require_member(by)
        self._tools.sender.require_allowed(url)
        secret, now = new_secret(), self._clock.now()
        webhook = Webhook(
            id=str(uuid4()),
            url=url,
            types=[*types],
            description=description,
            format=form,
            secret=self._tools.sealer.seal(by.tenant_id, secret),
            created_by=by.user_id,
            created_at=now,
            updated_at=now,
        )
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("webhooks")
            if await uow.webhooks.count() >= MAX_WEBHOOKS:
                raise TooManyWebhooks
            await uow.webhooks.add(webhook)
            await note_deed(uow, by, AuditAction.WEBHOOK_ADDED, self._clock.now(), webhook.id, webhook.title)
        return NewWebhook(webhook=await self._views.get(by.tenant_id, webhook.id), secret=secret)

    async def list(self, by: Principal, page: PageRequest) -> Page[WebhookView]:
        """All, the oldest first. Raises NotAllowed."""
        require_admin(by)
        return await self._views.list(by.tenant_id, page)

    async def get(self, by: Principal, webhook_id: str) -> WebhookView:
        """One. Raises NotAllowed, WebhookNotFound."""
        require_admin(by)
        return await self._views.get(by.tenant_id, webhook_id)

    async def change(self, by: Principal, webhook_id: str, changes: Mapping[str, Any]) -> WebhookView:
        """Changes url, types, description, or whether it is enabled. Raises NotAllowed, WebhookNotFound, AddressRefused."""
        require_admin(by)
        require_member(by)
        if "url" in changes:
            self._tools.sender.require_allowed(changes["url"])
        async with self._uow(by.tenant_id) as uow:
            webhook = await uow.webhooks.get(webhook_id)
            for name in ("url", "types", "description"):
                if name in changes:
                    setattr(webhook, name, changes[name])
            if changes.get("is_enabled") and not webhook.is_enabled:
                webhook.enable(self._clock.now())
            elif changes.get("is_enabled") is False and webhook.is_enabled:
                webhook.disable(DisabledReason.BY_HAND, self._clock.now())
            webhook.updated_at = self._clock.now()
            await note_deed(uow, by, AuditAction.WEBHOOK_CHANGED, self._clock.now(), webhook.id, webhook.title)
        return await self._views.get(by.tenant_id, webhook_id)

    async def remove(self, by: Principal, webhook_id: str) -> None:
        """Deletes it with all that waits for it. Raises NotAllowed, WebhookNotFound."""
        require_admin(by)
        async with self._uow(by.tenant_id) as uow:
            webhook = await uow.webhooks.get(webhook_id)
            await uow.webhooks.remove(webhook)
            await note_deed(uow, by, AuditAction.WEBHOOK_REMOVED, self._clock.now(), webhook.id, webhook.title)

    async def rotate(self, by: Principal, webhook_id: str) -> NewWebhook:
        """A new secret; for 24 hours the one before signs beside it. Raises NotAllowed, WebhookNotFound."""
        require_admin(by)
        require_member(by)
        secret = new_secret()
        async with self._uow(by.tenant_id) as uow:
            webhook = await uow.webhooks.get(webhook_id)
            webhook.rotate(self._tools.sealer.seal(by.tenant_id, secret), self._clock.now())
            await note_deed(uow, by, AuditAction.WEBHOOK_CHANGED, self._clock.now(), webhook.id, "a new secret")
        return NewWebhook(webhook=await self._views.get(by.tenant_id, webhook_id), secret=secret)

    async def test(self, by: Principal, webhook_id: str) -> Attempt:
        """Sends a message of type `webhook.test` and says what came back. Raises NotAllowed, WebhookNotFound, SealBroken."""
        require_admin(by)
        async with self._uow.reading(by.tenant_id) as uow:
            webhook = await uow.webhooks.get(webhook_id)
        now = self._clock.now()
        text = "A test of the library's webhook."
        message = Message(id=str(uuid4()), sequence=0, type=TEST_TYPE, data={}, path=f"/webhooks/{webhook_id}", text=text, at=now)
        body = body_of(message, webhook.format, self._tools.base_url)
        secrets = opened_secrets(self._tools.sealer, by.tenant_id, webhook, now)
        reply = await self._tools.sender.post(webhook.url, headers_of(message.id, secrets, int(now.timestamp()), body), body)
        attempt = attempted(message, 1, reply, now)
        async with self._uow(by.tenant_id) as uow:
            await uow.webhooks.append_attempt(await uow.webhooks.get(webhook_id), attempt)
        return attempt

    async def attempts(self, by: Principal, webhook_id: str, page: PageRequest) -> Page[Attempt]:
        """What was sent, the newest first. Raises NotAllowed, WebhookNotFound."""
        require_admin(by)
        await self._views.get(by.tenant_id, webhook_id)
        return await self._views.attempts(by.tenant_id, webhook_id, page)

    async def redeliver(self, by: Principal, webhook_id: str, message_id: str) -> None:
        """Has a message sent once more, with its own id. Raises NotAllowed, WebhookNotFound, MessageNotFound."""
        require_admin(by)
        async with self._uow(by.tenant_id) as uow:
            webhook = await uow.webhooks.get(webhook_id)
            message = await uow.webhooks.message(message_id)
            await uow.webhooks.requeue(webhook, [message.id], self._clock.now())

    async def recover(self, by: Principal, webhook_id: str, since: datetime) -> int:
        """Has all sent that it has missed since then, also while it was disabled; how many. Raises NotAllowed, WebhookNotFound."""
        require_admin(by)
        now, count = self._clock.now(), 0
        since = max(since, now - KEPT_FOR)
        while True:
            async with self._uow(by.tenant_id) as uow:
                webhook = await uow.webhooks.get(webhook_id)
                missed = await uow.webhooks.missed(webhook, since, now, RECOVERED_AT_ONCE)
                count += await uow.webhooks.requeue(webhook, missed, now)
            if len(missed) < RECOVERED_AT_ONCE:
                return count


def opened_secrets(sealer: Sealer, tenant_id: str, webhook: Webhook, now: datetime) -> list[str]:
    """The secrets that sign now, the present one first. Raises SealBroken."""
    sealed = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until and now < webhook.old_secret_until:
        sealed.append(webhook.old_secret)
    return [sealer.open(tenant_id, one) for one in sealed]
