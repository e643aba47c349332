"""Lists in pages, with Link headers."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from luminalib.api.hosts import address_of
from luminalib.domain.paging import MAX_PAGE_SIZE, PageRequest

MAX_PAGE = 1_000_000
T = TypeVar("T")


class PageOf(BaseModel, Generic[T]):
    """One page of a list; `pages` is how many there are."""

    items: list[T]
    total: int
    page: int
    size: int
    pages: int


async def page_request(
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Which page, counted from 1.")] = 1,
    size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="How many items a page has.")] = 20,
) -> PageRequest:
    """Which page is wanted."""
    return PageRequest(page, size)


PageDep = Annotated[PageRequest, Depends(page_request)]


def page_of(items: list[T], total: int, wanted: PageRequest, request: Request, response: Response) -> PageOf[T]:
    """The page as it is sent; sets the Link header (RFC 8288) to the next and the previous one."""
    pages = -(-total // wanted.size)
    neighbours = {"prev": wanted.page - 1, "next": wanted.page + 1}
    links = [
        f'<{address_of(request, request.url.include_query_params(page=number))}>; rel="{rel}"'
        for rel, number in neighbours.items()
        if 1 <= number <= pages
    ]
    if links:
        response.headers["Link"] = ", ".join(links)
    return PageOf(items=items, total=total, page=wanted.page, size=wanted.size, pages=pages)
