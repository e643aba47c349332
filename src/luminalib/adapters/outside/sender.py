"""Posting to webhooks."""

import time
from collections.abc import Mapping

from prometheus_client import Counter

from luminalib.adapters.outside.client import NoAnswer, OutsideClient
from luminalib.domain.webhooks import MAX_RESPONSE_BYTES, Reply
from luminalib.ports.webhooks import WebhookSender

ATTEMPTS = Counter("luminalib_webhook_attempts_total", "Attempts to deliver to webhooks, by how they ended.", ("outcome",))


class HttpSender(WebhookSender):
    """Webhooks over HTTP."""

    def __init__(self, client: OutsideClient) -> None:
        self._client = client

    def require_allowed(self, url: str) -> None:
        """See WebhookSender."""
        self._client.require_allowed(url)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See WebhookSender."""
        begun = time.perf_counter()
        try:
            answer = await self._client.request("POST", url, headers, body, MAX_RESPONSE_BYTES)
        except NoAnswer as none:
            ATTEMPTS.labels("error").inc()
            return Reply(status=None, ms=_ms_since(begun), error=str(none), text=_shown(none.begun))
        ATTEMPTS.labels(f"{answer.status // 100}xx").inc()
        return Reply(status=answer.status, ms=_ms_since(begun), text=_shown(answer.body), retry_after=answer.retry_after)


def _ms_since(begun: float) -> int:
    return round((time.perf_counter() - begun) * 1000)


def _shown(body: bytes) -> str:
    """As it is kept: databases take no NUL."""
    return body.decode(errors="replace").replace("\0", "\ufffd")
