"""How to speak to each kind of system."""

from collections.abc import Mapping

from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.crm.hubspot import HubSpotCrm
from luminalib.adapters.outside.crm.webhook import WebhookCrm
from luminalib.domain.crm import CrmKind
from luminalib.ports.crm import Crm, CrmDirectory


class HttpCrmDirectory(CrmDirectory):
    """All of them over one client."""

    def __init__(self, client: OutsideClient) -> None:
        self._client = client

    def open(self, kind: CrmKind, url: str | None, token: str | None, mapping: Mapping[str, str]) -> Crm:
        """See CrmDirectory."""
        if kind is CrmKind.HUBSPOT:
            return HubSpotCrm(self._client, url, token or "", mapping)
        if kind is CrmKind.CARDDAV:
            from luminalib.adapters.outside.crm.carddav import CardDavCrm  # noqa: PLC0415 -- lxml is 10 MB that few libraries need

            return CardDavCrm(self._client, url or "", token, mapping)
        return WebhookCrm(self._client, url or "", token)

    def require_allowed(self, url: str) -> None:
        """See CrmDirectory."""
        self._client.require_allowed(url)
