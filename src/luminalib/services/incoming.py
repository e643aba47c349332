"""Webhooks in: verified, kept and answered in one short unit of work; a job does the rest."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import Principal, Role, require_admin
from luminalib.domain.crm_events import ContactEvent, contact_events
from luminalib.domain.errors import LuminaError
from luminalib.domain.grants import require_member
from luminalib.domain.incoming import (
    DEFAULT_HEADER,
    MAX_SOURCES,
    IncomingEvent,
    Scheme,
    Sent,
    Source,
    SourceIncomplete,
    SourceNotFound,
    SourceView,
    TooManySources,
    Unusable,
    inquiry_in,
    take_in,
    verify,
)
from luminalib.domain.inquiries import NewInquiry
from luminalib.domain.jobs import Job
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.webhooks import new_secret
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.sealing import Sealer
from luminalib.ports.security import TokenSigner
from luminalib.ports.views import SourceViews
from luminalib.steps.auditing import note_deed

TakeInquiry = Callable[[Principal, NewInquiry, str], Awaitable[None]]
"""Reads and keeps an inquiry; the text is what its steps are traced by."""


HearContacts = Callable[[str, Sequence[ContactEvent]], Awaitable[None]]
"""Takes note of what a tenant's CRM tells of contacts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSource:
    """A source with its address and its secret, for the only time that they can be shown."""

    source: SourceView
    path: str
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingTools:
    """What the service works with; `base_url` is the library's own address, without a slash at its end."""

    uow: UnitOfWorkFactory
    sources: SourceViews
    sealer: Sealer
    signer: TokenSigner
    take_inquiry: TakeInquiry
    hear_contacts: HearContacts
    clock: Clock
    base_url: str


class IncomingService:
    """The letter box for machines."""

    def __init__(self, tools: IncomingTools) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._clock = tools.clock

    async def add_source(self, by: Principal, name: str, scheme: Scheme, secret: str | None, header: str | None) -> NewSource:
        """A source; its secret is made where none is given. Raises NotAllowed, SourceIncomplete, SourceExists, TooManySources."""
        require_admin(by)
        require_member(by)
        if scheme is Scheme.HUBSPOT and not (secret and self._tools.base_url):
            raise SourceIncomplete
        secret = secret or (new_secret() if scheme is Scheme.STANDARD else self._tools.signer.new_secret())
        key = f"{by.tenant_id}.{secrets.token_urlsafe(24)}"  # the tenant stands in it, as nobody is logged in who comes with it
        source = Source(
            id=str(uuid4()),
            name=name,
            scheme=scheme,
            key=self._tools.signer.digest(key),
            secret=self._tools.sealer.seal(by.tenant_id, secret),
            header=(header or DEFAULT_HEADER).lower() if scheme is Scheme.HEADER else None,
            created_by=by.user_id,
            created_at=self._clock.now(),
        )
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("webhook-sources")
            if await uow.incoming.count_sources() >= MAX_SOURCES:
                raise TooManySources
            await uow.incoming.add_source(source)
            await note_deed(uow, by, AuditAction.SOURCE_ADDED, self._clock.now(), source.id, source.name)
        shown = SourceView(**{field: getattr(source, field) for field in SourceView.__dataclass_fields__})
        return NewSource(source=shown, path=f"/webhooks/in/{name}/{key}", secret=secret)

    async def sources(self, by: Principal, page: PageRequest) -> Page[SourceView]:
        """All, the oldest first. Raises NotAllowed."""
        require_admin(by)
        return await self._tools.sources.list(by.tenant_id, page)

    async def remove_source(self, by: Principal, source_id: str) -> None:
        """Takes no more from it, and deletes what came. Raises NotAllowed, SourceNotFound."""
        require_admin(by)
        async with self._uow(by.tenant_id) as uow:
            source = await uow.incoming.get_source(source_id)
            await uow.incoming.remove_source(source)
            await note_deed(uow, by, AuditAction.SOURCE_REMOVED, self._clock.now(), source.id, source.name)

    async def find(self, name: str, key: str) -> tuple[str, Source]:
        """The tenant and the source behind an address: asked before a byte of the message is read. Raises SourceNotFound."""
        tenant_id = key.rpartition(".")[0]
        async with self._uow.reading(tenant_id) as uow:
            source = await uow.incoming.find_source(name)
        if source is None or not secrets.compare_digest(source.key, self._tools.signer.digest(key)):
            raise SourceNotFound
        return tenant_id, source

    def uri_of(self, path: str) -> str:
        """The public address of a path; senders sign it."""
        return f"{self._tools.base_url}{path}"

    async def receive(self, tenant_id: str, source: Source, sent: Sent) -> bool:
        """Keeps a message; False when it has come before. Raises BadSignature, SealBroken, Unusable."""
        now = self._clock.now()
        external_id = verify(source, self._tools.sealer.open(tenant_id, source.secret), sent, now)
        try:
            body = sent.body.decode()
        except UnicodeDecodeError:
            raise Unusable("It is not text in UTF-8.") from None
        if "\0" in body:
            raise Unusable("It has NUL characters.")
        event = IncomingEvent(id=str(uuid4()), source_id=source.id, external_id=external_id, body=body, received_at=now)
        async with self._uow(tenant_id) as uow:
            is_new = await uow.incoming.add(event)
            if is_new:
                await uow.enqueue(take_in(event.id, tenant_id, now))
        return is_new

    async def take_in(self, job: Job) -> None:
        """The job: an inquiry is kept, events of a CRM are heard. What cannot be used keeps its reason. Raises Unavailable."""
        async with self._uow.reading(job.tenant_id) as uow:
            event = await uow.incoming.find(job.payload["event_id"])
            if event is None or event.done_at is not None:
                return
            source = await uow.incoming.get_source(event.source_id)
            is_in = await uow.inquiries.has(event.id)
        events = contact_events(event.body) if source.scheme is Scheme.HUBSPOT else None
        if events is not None:
            await self._tools.hear_contacts(job.tenant_id, events)
            await self._finish(job, None)
            return
        sender = Principal(tenant_id=job.tenant_id, user_id=None, role=Role.MEMBER)
        try:
            if not is_in:  # else the server died between this and the end
                await self._tools.take_inquiry(sender, replace(inquiry_in(event.body), id=event.id), event.id)
        except Unusable as reason:
            await self._finish(job, reason.detail)
            return
        await self._finish(job, None)

    async def give_up(self, job: Job, error: Exception) -> None:
        """Keeps why it was not taken in."""
        await self._finish(job, error.detail if isinstance(error, LuminaError) else type(error).__name__)

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to record: it is tried again."""

    async def _finish(self, job: Job, error: str | None) -> None:
        async with self._uow(job.tenant_id) as uow:
            event = await uow.incoming.find(job.payload["event_id"])
            if event is not None:
                event.done_at, event.error = self._clock.now(), error[:500] if error else None
