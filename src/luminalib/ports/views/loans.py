"""Loans, as they are read."""

from abc import ABC, abstractmethod
from datetime import datetime

from luminalib.domain.loans import LoanFilter, LoanView
from luminalib.domain.paging import Page, PageRequest


class LoanViews(ABC):
    """Loans, open and closed."""

    @abstractmethod
    async def list(self, tenant_id: str, wanted: LoanFilter, page: PageRequest, overdue_before: datetime) -> Page[LoanView]:
        """Loans that match, the newest first; open ones that were due before `overdue_before` are overdue."""
