"""What members were told."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from luminalib.domain.loans import Loan
from luminalib.domain.notices import Notice, NoticeKind


class NoticeLog(ABC):
    """The append-only log of notices."""

    @abstractmethod
    def append(self, notice: Notice) -> None:
        """Adds a row at the commit, with an id greater than that of every row committed before."""

    @abstractmethod
    async def untold(
        self, kind: NoticeKind, due: tuple[datetime, datetime], since: datetime, limit: int
    ) -> Sequence[tuple[Loan, str]]:
        """Open loans due from the first and before the second instant of `due` about which there was no such notice since then.

        With their books' titles, the first due first.
        """

    @abstractmethod
    async def told(self, kind: NoticeKind, subject_ids: Sequence[str]) -> Collection[tuple[str, datetime]]:
        """What was said of that kind about these loans or holds: each with the `until` that was named."""

    @abstractmethod
    async def after(self, notice_id: int, user_id: str, limit: int) -> Sequence[Notice]:
        """A member's next notices, oldest first."""

    @abstractmethod
    async def latest_id(self) -> int:
        """The id of the newest notice of all, 0 when there is none."""

    @abstractmethod
    async def newest_ids(self, after: int) -> Mapping[str | None, int]:
        """The id of each member's newest notice among those after the id `after`."""

    @abstractmethod
    async def withdraw(self, kind: NoticeKind, subject_ids: Sequence[str]) -> None:
        """Deletes what was said of that kind about these loans or holds, because it is no longer true."""

    @abstractmethod
    async def forget(self, *, before: datetime | None = None, user_id: str | None = None) -> None:
        """Deletes the rows from before then, or all of a member."""
