"""Telling members what they should know, each thing at most once a day."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from luminalib.domain.announcements import EventType, about_loan
from luminalib.domain.auth import Principal
from luminalib.domain.jobs import Job
from luminalib.domain.loans import Loan, LoanPolicy
from luminalib.domain.notices import AGAIN_AFTER, Notice, NoticeKind, about_due, remind
from luminalib.domain.paging import Page, PageRequest
from luminalib.ports.clock import Clock
from luminalib.ports.events import EventBus
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.views import NoticeViews
from luminalib.steps.authority import Authority
from luminalib.steps.circulation import serve_books
from luminalib.steps.following import BATCH, FollowedLog, Followers, Rows
from luminalib.steps.loan_policies import LoanPolicies

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class _NoticeNews(FollowedLog[Notice]):
    """The log of notices; each is for its member alone."""

    kind = "notices"

    def __init__(self, uow: UnitOfWorkFactory) -> None:
        self._uow = uow

    async def latest_id(self, tenant_id: str) -> int:
        async with self._uow.reading(tenant_id) as uow:
            return await uow.notices.latest_id()

    async def newest_ids(self, tenant_id: str, after: int) -> Mapping[str | None, int]:
        async with self._uow.reading(tenant_id) as uow:
            return await uow.notices.newest_ids(after)

    async def read(self, tenant_id: str, owner_id: str | None, after: int) -> Rows[Notice]:
        async with self._uow.reading(tenant_id) as uow:
            return [(notice.id, notice) for notice in await uow.notices.after(after, owner_id or "", BATCH)]


def _told_of(policy: LoanPolicy, now: datetime) -> tuple[tuple[NoticeKind, tuple[datetime, datetime]], ...]:
    """Between which due dates members are told what of their loans."""
    return (NoticeKind.OVERDUE, (BEGINNING, now - policy.grace)), (NoticeKind.DUE_SOON, (now, now + policy.due_soon))


class NoticeService:
    """The notice board, and the job `remind` that fills it."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        notices: NoticeViews,
        bus: EventBus,
        policies: LoanPolicies,
        clock: Clock,
        authority: Authority,
    ) -> None:
        self._uow = uow
        self._notices = notices
        self._followers = Followers(bus, _NoticeNews(uow), authority)
        self._policies = policies
        self._clock = clock

    async def list(self, by: Principal, page: PageRequest) -> Page[Notice]:
        """The member's notices, the newest first."""
        return await self._notices.list(by.tenant_id, by.user_id or "", page)

    def follow(self, by: Principal, after: int | None) -> AsyncIterator[Notice | None]:
        """The member's notices after the id `after` (from now on when it is None), then each as it comes.

        Raises InvalidToken once they have signed out.
        """
        return self._followers.follow(by.tenant_id, by.user_id or "", after, by)

    async def request(self, tenant_id: str) -> None:
        """Has the round made in the background, where somebody is to be told or a hold has lapsed."""
        if await self._is_due(tenant_id):
            async with self._uow(tenant_id) as uow:
                await uow.enqueue(remind(tenant_id, self._clock.now()))

    async def _is_due(self, tenant_id: str) -> bool:
        policy, now = await self._policies.of(tenant_id), self._clock.now()
        async with self._uow.reading(tenant_id) as uow:
            if await uow.holds.lapsed_books(now):
                return True
            for kind, due in _told_of(policy, now):
                if await uow.notices.untold(kind, due, now - AGAIN_AFTER, 1):
                    return True
        return False

    async def remind(self, job: Job) -> None:
        """The round: ends holds that have lapsed, and tells who should return a book soon or should have."""
        policy = await self._policies.of(job.tenant_id)
        now = self._clock.now()
        async with self._uow.reading(job.tenant_id) as uow:
            lapsed = await uow.holds.lapsed_books(now)
        for book_id in lapsed:
            async with self._uow(job.tenant_id) as uow:
                await serve_books(uow, [book_id], policy, now)
        for kind, due in _told_of(policy, now):
            await self._tell(job, kind, due, now)

    async def _tell(self, job: Job, kind: NoticeKind, due: tuple[datetime, datetime], now: datetime) -> None:
        found = BATCH
        while found == BATCH:
            async with self._uow(job.tenant_id) as uow:
                untold = await uow.notices.untold(kind, due, now - AGAIN_AFTER, BATCH)
                if kind is NoticeKind.OVERDUE:
                    await self._announce_overdue(uow, untold, now)
                for loan, title in untold:
                    uow.notices.append(about_due(loan, title, kind, now))
                found = len(untold)

    async def _announce_overdue(self, uow: UnitOfWork, found: Sequence[tuple[Loan, str]], now: datetime) -> None:
        """Tells others once of each loan; its member is told again every day."""
        told = await uow.notices.told(NoticeKind.OVERDUE, [loan.id for loan, _ in found])
        for loan, title in found:
            if (loan.id, loan.due_at) not in told:
                uow.outbox.append(about_loan(EventType.LOAN_OVERDUE, loan, title, now))
