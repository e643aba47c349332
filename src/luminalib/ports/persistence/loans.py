"""Loans."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.loans import Loan


class LoanRepository(ABC):
    """Loans, open and closed."""

    @abstractmethod
    async def add(self, loan: Loan) -> None:
        """Keeps a new loan. Leaving the unit of work raises AlreadyOnLoan when the member has the book."""

    @abstractmethod
    async def find_open(self, user_id: str, book_id: str) -> Loan | None:
        """The member's open loan of a book, if any."""

    @abstractmethod
    async def has_borrowed(self, user_id: str, book_id: str) -> bool:
        """Whether the member has or had the book."""

    @abstractmethod
    async def count_open(self, *, user_id: str | None = None, book_id: str | None = None) -> int:
        """How many loans of a member, of a book, or of both are open."""

    @abstractmethod
    async def open_of(self, user_id: str) -> Sequence[Loan]:
        """Everything that a member has."""

    @abstractmethod
    async def anonymise(self, user_id: str) -> int:
        """Takes the member out of their closed loans; returns how many there were."""
