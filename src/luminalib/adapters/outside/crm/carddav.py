"""Address books by CardDAV (RFC 6352), as Nextcloud and Radicale have them: versions are ETags, changes come by sync-collection."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urljoin, urlsplit
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from lxml import etree

from luminalib.adapters.outside.client import Answer, NoAnswer, OutsideClient
from luminalib.adapters.outside.crm import vcards
from luminalib.adapters.outside.crm.calls import MOST_BYTES, check
from luminalib.domain.crm import Changes, CrmUnavailable, RemoteContact, VersionConflict
from luminalib.ports.crm import Crm

_SPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
_NAMES = {"D": "DAV:", "C": "urn:ietf:params:xml:ns:carddav"}
_PROPERTIES = "<D:prop><D:getetag/><C:address-data/></D:prop>"
_AT_ONCE = 100
_NOT_FOUND, _CHANGED = 404, 412
_TOKEN_TOO_OLD = (403, 409, 412, 507)


class CardDavCrm(Crm):
    """One address book, at its own address; the pass is `user:password`."""

    def __init__(self, client: OutsideClient, url: str, token: str | None, mapping: Mapping[str, str]) -> None:
        self._client = client
        self._url = url if url.endswith("/") else f"{url}/"
        self._headers = {"authorization": f"Basic {b64encode(token.encode()).decode()}"} if token else {}
        self._names = sorted({"EMAIL", *(name.upper() for name in mapping.values())})

    async def find_contact(self, email: str) -> RemoteContact | None:
        """See Crm."""
        match = f'<C:text-match collation="i;unicode-casemap" match-type="equals">{escape(email)}</C:text-match>'
        wanted = f'<C:filter><C:prop-filter name="EMAIL">{match}</C:prop-filter></C:filter>'
        answer = await self._report(f"<C:addressbook-query {_SPACES}>{_PROPERTIES}{wanted}</C:addressbook-query>")
        found = self._contacts(answer)
        return next((contact for contact in found if contact.email == email.lower()), None)

    async def put_contact(self, email: str, fields: Mapping[str, str], known: RemoteContact | None) -> RemoteContact:
        """See Crm. Conditional by ETag, so nobody is ever overwritten."""
        told = {name.upper(): value for name, value in fields.items()}
        if known is None:
            if await self.find_contact(email) is not None:
                raise VersionConflict
            uid = str(uuid5(NAMESPACE_URL, f"{self._url} {email}"))
            href, card, condition = f"{urlsplit(self._url).path}{uid}.vcf", vcards.new(uid, email, told), {"if-none-match": "*"}
        else:
            now = await self._ask("GET", urljoin(self._url, known.id), fine=(_NOT_FOUND,))
            if now.status == _NOT_FOUND or now.headers.get("etag") != known.version:
                raise VersionConflict
            href, card = known.id, vcards.write(now.body.decode(), told)
            condition = {"if-match": known.version}
        headers = {"content-type": "text/vcard; charset=utf-8", **condition}
        answer = await self._ask("PUT", urljoin(self._url, href), card, headers, fine=(_CHANGED,))
        if answer.status == _CHANGED:
            raise VersionConflict
        version = answer.headers.get("etag") or (await self._ask("GET", urljoin(self._url, href))).headers.get("etag", "")
        return RemoteContact(id=href, email=email, fields=vcards.read(card), version=version)

    async def list_changes(self, cursor: str | None, limit: int) -> Changes:
        """See Crm. All that has changed since the token comes at once; a token that the server has forgotten begins anew."""
        del limit
        prop = "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop>"
        asked = f"<D:sync-collection {_SPACES}><D:sync-token>{escape(cursor or '')}</D:sync-token>{prop}</D:sync-collection>"
        answer = await self._report(asked, fine=_TOKEN_TOO_OLD if cursor else ())
        if answer.status in _TOKEN_TOO_OLD:
            return await self.list_changes(None, 0)
        changed, deleted, tree = [], [], _parsed(answer)
        for response in tree.iterfind("D:response", _NAMES):
            href = response.findtext("D:href", "", _NAMES)
            if f" {_NOT_FOUND}" in response.findtext("D:status", "", _NAMES):
                deleted.append(href)
            elif response.findtext(".//D:getetag", "", _NAMES):
                changed.append(href)
        upserts = [contact for part in _in_parts(changed) for contact in await self._read(part)]
        return Changes(
            upserts=upserts, deletions=deleted, cursor=tree.findtext("D:sync-token", None, _NAMES) or cursor, has_more=False
        )

    async def _read(self, hrefs: Sequence[str]) -> list[RemoteContact]:
        listed = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
        return self._contacts(
            await self._report(f"<C:addressbook-multiget {_SPACES}>{_PROPERTIES}{listed}</C:addressbook-multiget>")
        )

    def _contacts(self, answer: Answer) -> list[RemoteContact]:
        found = []
        for response in _parsed(answer).iterfind("D:response", _NAMES):
            card = response.findtext(".//C:address-data", "", _NAMES)
            version = response.findtext(".//D:getetag", "", _NAMES)
            if card and version:
                fields = {name: value for name, value in vcards.read(card).items() if name in self._names}
                email = fields.get("EMAIL", "").lower() or None
                href = response.findtext("D:href", "", _NAMES)
                found.append(RemoteContact(id=href, email=email, fields=fields, version=version))
        return found

    async def _report(self, body: str, fine: tuple[int, ...] = ()) -> Answer:
        return await self._ask("REPORT", self._url, body, {"content-type": "application/xml; charset=utf-8", "depth": "1"}, fine)

    async def _ask(
        self, method: str, url: str, body: str = "", headers: Mapping[str, str] | None = None, fine: tuple[int, ...] = ()
    ) -> Answer:
        try:
            answer = await self._client.request(method, url, {**self._headers, **(headers or {})}, body.encode(), MOST_BYTES)
        except NoAnswer as none:
            raise CrmUnavailable(f"The address book does not answer: {none}") from none
        check(answer, fine)
        return answer


def _parsed(answer: Answer) -> etree._Element:
    """The document; what others send may name no entities and load nothing."""
    try:
        return etree.fromstring(answer.body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise CrmUnavailable("The address book answers with something that is not XML.") from error


def _in_parts(hrefs: Sequence[str]) -> Iterator[Sequence[str]]:
    return (hrefs[at : at + _AT_ONCE] for at in range(0, len(hrefs), _AT_ONCE))
