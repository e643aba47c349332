"""What comes in: read at once by rules, kept with every step, corrected by people."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from luminalib.domain.announcements import Announcement, EventType, about_inquiry
from luminalib.domain.auth import Principal, Role, require_staff
from luminalib.domain.inquiries import (
    Inquiry,
    InquiryFilter,
    InquiryNotFound,
    InquiryRecord,
    InquiryState,
    InquiryStep,
    InvalidContact,
    NewInquiry,
    TooManyInquiries,
    triage_inquiry,
)
from luminalib.domain.inquiry_features import features_of
from luminalib.domain.inquiry_views import InquiryDetail, InquiryView
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.triage import TriagePolicy
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.triage import FieldReader, IntentClassifier
from luminalib.ports.views import InquiryViews
from luminalib.services.inquiries.learning import IntentLearning
from luminalib.services.inquiries.reading import read_at_once
from luminalib.steps.qualifying import note_qualified
from luminalib.steps.triage_policies import TriagePolicies

log = structlog.get_logger(__name__)
LOOK_EVERY_SECONDS = 0.1
"""While somebody waits for a model's answer."""
A_DAY = timedelta(days=1)
EMPTIED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryTools:
    """What inquiries are worked on with."""

    uow: UnitOfWorkFactory
    inquiries: InquiryViews
    reader: FieldReader
    policies: TriagePolicies
    learning: IntentLearning
    limiter: RateLimiter
    clock: Clock


class InquiryService:
    """The letter box. Members put letters in and read their own; librarians and admins read, correct and answer all."""

    def __init__(self, tools: InquiryTools) -> None:
        self._tools = tools

    async def receive(self, by: Principal, new: Sequence[NewInquiry], request_id: str | None = None) -> list[InquiryView]:
        """Reads and keeps what somebody sends, all or nothing. Raises InvalidContact, TooManyInquiries."""
        policy = await self._tools.policies.of(by.tenant_id)
        now = self._tools.clock.now()
        classifier = await self._tools.learning.classifier(by.tenant_id)
        made = await asyncio.to_thread(lambda: [self._read(by, one, policy, classifier, request_id) for one in new])
        async with self._tools.uow(by.tenant_id) as uow:
            await uow.lock(f"inquiries:{by.user_id}")
            if await uow.inquiries.count_since(by.user_id, now - A_DAY) + len(made) > policy.per_day:
                raise TooManyInquiries(retry_after=round(A_DAY.total_seconds()), limit=policy.per_day)
            await uow.inquiries.add([inquiry for inquiry, _ in made])
            await uow.inquiries.record([step for _, steps in made for step in steps])
            for inquiry, _ in made:
                uow.outbox.append(_announced(EventType.INQUIRY_CREATED, inquiry, now))
                if policy.has_model:
                    await uow.enqueue(triage_inquiry(inquiry.id, by.tenant_id, now))
        for inquiry, _ in made:
            log.info("inquiry.received", **_told(inquiry))
        return [InquiryView.of(inquiry) for inquiry, _ in made]

    async def settled(self, by: Principal, made: InquiryView, seconds: float) -> InquiryView:
        """The inquiry once a model has looked at it, or as it is when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while made.awaits_model:
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                    made = (await self.get(by, made.id)).inquiry
        return made

    async def receive_from_stranger(self, slug: str, new: NewInquiry, address: str | None, request_id: str | None) -> None:
        """What somebody sends whom nobody knows. Raises InquiriesClosed, InvalidContact, TooManyRequests."""
        tenant_id = await self._tools.policies.open_to_strangers(slug)
        await self._tools.limiter.hit(Rule.INQUIRY_PER_ADDRESS, address)
        stranger = Principal(tenant_id=tenant_id, user_id=None, role=Role.MEMBER, address=address)
        await self.receive(stranger, [new], request_id)

    async def list(self, by: Principal, wanted: InquiryFilter, page: PageRequest) -> Page[InquiryView]:
        """Inquiries that match, the newest first. Raises NotAllowed for members."""
        require_staff(by)
        return await self._tools.inquiries.list(by.tenant_id, wanted, page)

    async def get(self, by: Principal, inquiry_id: str) -> InquiryDetail:
        """One with its steps. Raises InquiryNotFound, also where a member asks for somebody else's."""
        found = await self._tools.inquiries.get(by.tenant_id, inquiry_id)
        if not by.is_staff and (by.user_id is None or found.inquiry.created_by != by.user_id):
            raise InquiryNotFound
        return found

    async def correct(self, by: Principal, inquiry_id: str, changes: Mapping[str, Any], request_id: str | None) -> InquiryView:
        """Takes over what a person says; an intent is kept as a label to learn from.

        Raises NotAllowed, InquiryNotFound, InvalidContact.
        """
        require_staff(by)
        policy = await self._tools.policies.of(by.tenant_id)
        changes = {**changes, **self._checked(changes, policy.region)}
        now = self._tools.clock.now()
        async with self._tools.uow(by.tenant_id) as uow:
            inquiry = await uow.inquiries.get(inquiry_id)
            was_qualified = inquiry.state is InquiryState.QUALIFIED
            inquiry.correct(changes, now)
            if "intent" in changes and inquiry.message is not None:
                await uow.inquiries.label(inquiry.id, inquiry.intent, features_of(inquiry.message), now)
            detail = f"By a person: {', '.join(sorted(changes))}."
            await uow.inquiries.record(
                [InquiryRecord.of(inquiry, InquiryStep.CORRECTED, now, detail=detail, request_id=request_id)]
            )
            if inquiry.state is InquiryState.QUALIFIED and not was_qualified:
                await note_qualified(uow, by.tenant_id, inquiry, now, request_id)
        log.info("inquiry.corrected", **_told(inquiry), changed=sorted(changes))
        return InquiryView.of(inquiry)

    async def empty_old(self, tenant_id: str) -> None:
        """Empties the texts whose time is over, some hundred in each short unit of work."""
        policy = await self._tools.policies.of(tenant_id)
        while True:
            now = self._tools.clock.now()
            async with self._tools.uow(tenant_id) as uow:
                emptied = await uow.inquiries.empty(now - policy.kept_for, now, EMPTIED_AT_ONCE)
                await uow.agents.empty(now - policy.kept_for)
            if emptied:
                log.info("inquiry.emptied", count=emptied)
            if emptied < EMPTIED_AT_ONCE:
                return

    def _read(
        self, by: Principal, new: NewInquiry, policy: TriagePolicy, classifier: IntentClassifier | None, request_id: str | None
    ) -> tuple[Inquiry, Sequence[InquiryRecord]]:
        now = self._tools.clock.now()
        region = new.region or policy.region
        given = {name: value for name in ("name", "email", "phone") if (value := getattr(new, name))}
        inquiry = Inquiry(
            id=new.id or str(uuid4()),
            message=new.message,
            stated={**given, **self._checked(given, region)},
            region=region,
            source=new.source,
            created_by=by.user_id,
            request_id=request_id,
            created_at=now,
            updated_at=now,
            awaits_model=policy.has_model,
        )
        return inquiry, read_at_once(inquiry, self._tools.reader, classifier, policy, now)

    def _checked(self, given: Mapping[str, Any], region: str | None) -> dict[str, str]:
        """Contacts that a person states, in their normal form. Raises InvalidContact."""
        checked: dict[str, str] = {}
        for name, check in (("email", self._tools.reader.email), ("phone", lambda text: self._tools.reader.phone(text, region))):
            if given.get(name):
                normal = check(given[name])
                if normal is None:
                    raise InvalidContact(f"{name}: {InvalidContact.__doc__}", field=name)
                checked[name] = normal
        return checked


def _told(inquiry: Inquiry) -> dict[str, Any]:
    """What a log line says of an inquiry: nothing of what somebody wrote."""
    return {
        "inquiry_id": inquiry.id,
        "intent": inquiry.intent.value,
        "method": inquiry.method.value,
        "confidence": inquiry.confidence,
        "state": inquiry.state.value,
    }


def _announced(kind: EventType, inquiry: Inquiry, at: datetime) -> Announcement:
    return about_inquiry(kind, inquiry.id, inquiry.intent.value, inquiry.state.value, inquiry.score, at)
