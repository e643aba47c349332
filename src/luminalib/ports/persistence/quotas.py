"""Counting what a tenant uses."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date

from luminalib.domain.quotas import Count, Quota


class QuotaCounters(ABC):
    """A counter for each quota and period, raised in the transaction of the deed that uses it up."""

    @abstractmethod
    async def use(self, quota: Quota, period: str, amount: int) -> Count:
        """Counts `amount` more and says how much that makes; others who count the same wait until the transaction ends.

        What stands (members, books, bytes) is measured anew each time, so that no removal needs to be counted.
        """

    @abstractmethod
    async def note_told(self, quota: Quota, period: str, percent: int) -> None:
        """Keeps what admins were told of."""

    @abstractmethod
    async def used(self, quota: Quota, period: str) -> int:
        """How much is used, without counting any."""

    @abstractmethod
    async def by_period(self, quota: Quota, since: str) -> Mapping[str, int]:
        """How much was used in each period from `since` on, the earliest first; those without use are left out."""

    @abstractmethod
    async def forget(self, before: date) -> None:
        """Deletes the counters of days and months that began before then."""
