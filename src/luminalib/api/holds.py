"""/holds and the lines for books."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from luminalib.api.deps import PrincipalDep, ReaderDep, ServicesDep
from luminalib.api.fields import BORROWER_WORDS, SCOPE, KeyDep, Moment, PlainText, Scope
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import NotAllowed
from luminalib.domain.books import BookNotFound
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.holds import (
    AlreadyWaiting,
    CopyAvailable,
    HoldFilter,
    HoldLimitReached,
    HoldNotFound,
    HoldState,
    HoldView,
    NotWaiting,
)
from luminalib.domain.idempotency import KeyReused
from luminalib.domain.loans import AlreadyOnLoan, BookUnreadable

router = APIRouter(tags=["circulation"])


class HoldOut(BaseModel):
    """A place in the line for a book; once a copy is ready it is kept until `ready_until`."""

    id: str
    book_id: str
    user_id: str
    state: HoldState
    queue_position: int | None = Field(description="1 is next; null when it does not wait any more.", examples=[1])
    placed_at: datetime
    ready_at: datetime | None
    ready_until: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, view: HoldView) -> "HoldOut":
        """The hold as it is sent."""
        return cls.model_validate(view, from_attributes=True)


_REFUSALS = (AlreadyOnLoan, AlreadyWaiting, CopyAvailable, HoldLimitReached, BookUnreadable, KeyReused)


@router.post("/books/{book_id}/hold", status_code=201, responses=documented(Unauthenticated, BookNotFound, *_REFUSALS))
async def place_hold(book_id: UUID, by: PrincipalDep, services: ServicesDep, key: KeyDep = None) -> HoldOut:
    """Joins the line for a book of which no copy is in. Who comes first is served first."""
    return HoldOut.of(await services.holds.place(by, str(book_id), key=key))


@router.delete("/books/{book_id}/hold", status_code=204, responses=documented(Unauthenticated, BookNotFound, NotWaiting))
async def cancel_hold(book_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Leaves the line. A copy that was ready for you goes to the next."""
    await services.holds.cancel(by, str(book_id))


@router.delete("/holds/{hold_id}", status_code=204, responses=documented(Unauthenticated, HoldNotFound, NotWaiting))
async def end_hold(hold_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Ends a hold of yours or, for librarians, anybody's. A copy that was ready goes to the next."""
    await services.holds.end(by, str(hold_id))


@router.get("/holds", response_model=PageOf[HoldOut], responses=documented(Unauthenticated, NotAllowed))
async def list_holds(
    request: Request,
    by: ReaderDep,
    services: ServicesDep,
    page: PageDep,
    state: Annotated[Literal["open", "closed", "all"], Query(description="Open: waiting or ready.")] = "open",
    user_id: Annotated[UUID | None, Query(description="For librarians: this member's.")] = None,
    book_id: Annotated[UUID | None, Query(description="Only this book's; for librarians everybody's.")] = None,
    scope: Annotated[Scope, Query(description=SCOPE)] = "mine",
    ready_before: Annotated[Moment | None, Query(description="Only copies that are kept until before then.")] = None,
    q: Annotated[PlainText | None, Query(max_length=200, description=BORROWER_WORDS)] = None,
) -> Json:
    """Your holds, the newest first; librarians may ask for a member's, a book's, or the whole library's."""
    wanted = HoldFilter(
        user_id=str(user_id) if user_id else None,
        book_id=str(book_id) if book_id else None,
        active={"open": True, "closed": False}.get(state),
        ready_before=ready_before,
        q=q,
    )
    found = await services.holds.list(by, wanted, page, whole_library=scope == "library")
    return page_of(found, page, request)
