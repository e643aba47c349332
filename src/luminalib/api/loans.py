"""/loans and the circulation routes below /books."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from luminalib.api.deps import PrincipalDep, ReaderDep, Services, ServicesDep
from luminalib.api.fields import BORROWER_WORDS, SCOPE, KeyDep, Moment, PlainText, Scope
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed, Principal
from luminalib.domain.books import BookNotFound
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.idempotency import KeyReused
from luminalib.domain.loans import (
    AlreadyOnLoan,
    BookUnreadable,
    HeldForAnother,
    Loan,
    LoanFilter,
    LoanLimitReached,
    LoanState,
    NoCopyAvailable,
    NotOnLoan,
    RenewalLimitReached,
    SomeoneIsWaiting,
)

router = APIRouter(tags=["circulation"])


class LoanOut(BaseModel):
    """A copy of a book with a member."""

    id: str
    book_id: str
    user_id: str | None = Field(description="Null once the member has anonymised their history.")
    state: LoanState
    borrowed_at: datetime
    due_at: datetime
    returned_at: datetime | None
    renewals: int
    is_overdue: bool

    @classmethod
    async def of(cls, by: Principal, loan: Loan, services: Services) -> "LoanOut":
        """The loan as it is sent."""
        facts = {name: getattr(loan, name) for name in cls.model_fields if name != "is_overdue"}
        return cls(**facts, is_overdue=await services.loans.is_overdue(by, loan))


_TROUBLE = (Unauthenticated, BookNotFound)


@router.post(
    "/books/{book_id}/borrow",
    status_code=201,
    responses={
        **documented(*_TROUBLE, AlreadyOnLoan, NoCopyAvailable, HeldForAnother, LoanLimitReached, BookUnreadable, KeyReused),
        200: {"model": LoanOut, "description": "A dry run."},
    },
)
async def borrow_book(
    book_id: UUID,
    response: Response,
    by: PrincipalDep,
    services: ServicesDep,
    *,
    dry_run: Annotated[bool, Query(description="Only say what would happen.")] = False,
    key: KeyDep = None,
) -> LoanOut:
    """Borrows a copy. When it cannot be, the problem's `errors` name everything that speaks against it.

    A dry run answers 200 with the loan that there would be.
    """
    response.status_code = 200 if dry_run else 201
    return await LoanOut.of(by, await services.loans.borrow(by, str(book_id), dry_run=dry_run, key=key), services)


@router.post("/books/{book_id}/return", responses=documented(*_TROUBLE, NotAllowed, NotOnLoan, KeyReused))
async def return_book(
    book_id: UUID,
    by: PrincipalDep,
    services: ServicesDep,
    user_id: Annotated[UUID | None, Query(description="For librarians: the member whose copy has come back.")] = None,
    key: KeyDep = None,
) -> LoanOut:
    """Gives your copy back."""
    borrower_id = str(user_id) if user_id else None
    return await LoanOut.of(by, await services.loans.give_back(by, str(book_id), borrower_id, key=key), services)


@router.post("/books/{book_id}/renew", responses=documented(*_TROUBLE, NotOnLoan, RenewalLimitReached, SomeoneIsWaiting, KeyReused))
async def renew_book(book_id: UUID, by: PrincipalDep, services: ServicesDep, key: KeyDep = None) -> LoanOut:
    """Keeps your copy for another period."""
    return await LoanOut.of(by, await services.loans.renew(by, str(book_id), key=key), services)


@router.get("/loans", response_model=PageOf[LoanOut], responses=documented(Unauthenticated, NotAllowed))
async def list_loans(
    request: Request,
    by: ReaderDep,
    services: ServicesDep,
    page: PageDep,
    state: Annotated[Literal["open", "closed", "all"], Query(description="Which loans.")] = "open",
    user_id: Annotated[UUID | None, Query(description="For librarians: this member's.")] = None,
    book_id: Annotated[UUID | None, Query(description="Only this book's; for librarians everybody's.")] = None,
    scope: Annotated[Scope, Query(description=SCOPE)] = "mine",
    overdue: Annotated[bool | None, Query(description="Only those that should have been back, or only the others.")] = None,
    due_before: Annotated[Moment | None, Query(description="Only those that are due before then.")] = None,
    q: Annotated[PlainText | None, Query(max_length=200, description=BORROWER_WORDS)] = None,
) -> Json:
    """Your loans, the newest first; librarians may ask for a member's, a book's, or the whole library's."""
    wanted = LoanFilter(
        user_id=str(user_id) if user_id else None,
        book_id=str(book_id) if book_id else None,
        state=None if state == "all" else LoanState(state),
        is_overdue=overdue,
        due_before=due_before,
        q=q,
    )
    found = await services.loans.list(by, wanted, page, whole_library=scope == "library")
    return page_of(found, page, request)
