"""Any system that takes a signed message for each contact; it tells the library nothing back."""

import hashlib
import json
import time
from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from luminalib.adapters.outside.client import NoAnswer, OutsideClient
from luminalib.adapters.outside.crm.calls import MOST_BYTES, check
from luminalib.domain.crm import Changes, CrmUnavailable, RemoteContact
from luminalib.domain.webhooks import headers_of
from luminalib.ports.crm import Crm


class WebhookCrm(Crm):
    """Posts `{type: contact.put, data: {…}}`, signed by Standard Webhooks where there is a secret."""

    def __init__(self, client: OutsideClient, url: str, secret: str | None) -> None:
        self._client = client
        self._url = url
        self._secret = secret

    async def find_contact(self, email: str) -> RemoteContact | None:  # noqa: ARG002 -- it cannot be asked
        """See Crm."""
        return None

    async def put_contact(self, email: str, fields: Mapping[str, str], known: RemoteContact | None) -> RemoteContact:
        """See Crm."""
        del known
        body = json.dumps({"type": "contact.put", "data": dict(fields)}, sort_keys=True).encode()
        version = hashlib.sha256(body).hexdigest()
        message_id = str(uuid5(NAMESPACE_URL, f"{email} {version}"))  # the same contact again is the same message
        headers = headers_of(message_id, [self._secret] if self._secret else [], int(time.time()), body)
        try:
            check(await self._client.request("POST", self._url, headers, body, MOST_BYTES))
        except NoAnswer as none:
            raise CrmUnavailable(f"The other system does not answer: {none}") from none
        return RemoteContact(id=email, email=email, fields=dict(fields), version=version)

    async def list_changes(self, cursor: str | None, limit: int) -> Changes:  # noqa: ARG002 -- it tells nothing
        """See Crm."""
        return Changes(upserts=(), deletions=(), cursor=cursor, has_more=False)
