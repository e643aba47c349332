"""Lists in pages, with Link headers."""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from luminalib.api.hosts import address_of
from luminalib.api.json import Json
from luminalib.domain.paging import MAX_PAGE_SIZE, Page, PageRequest

MAX_PAGE = 1_000_000
T = TypeVar("T")


class PageOf(BaseModel, Generic[T]):
    """One page of a list; `pages` is how many there are. `total` is exact unless it says that it is an estimate."""

    model_config = ConfigDict(json_schema_extra={"description": "One page of a list."})

    items: list[T]
    total: int
    total_is_estimate: bool = False
    page: int
    size: int
    pages: int

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """BookPage is a page of BookOut."""
        return f"{params[0].__name__.removesuffix('Out')}Page"


async def page_request(
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Which page, counted from 1.")] = 1,
    size: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="How many items a page has.")] = 20,
) -> PageRequest:
    """Which page is wanted."""
    return PageRequest(page, size)


PageDep = Annotated[PageRequest, Depends(page_request)]


def page_of(found: Page[Any], wanted: PageRequest, request: Request, **more: Any) -> Json:
    """The page as it is sent, with a Link header (RFC 8288) to the next and the previous one, and what else is told of the list."""
    pages = -(-found.total // wanted.size)
    neighbours = {"prev": wanted.page - 1, "next": wanted.page + 1}
    links = [
        f'<{address_of(request, request.url.include_query_params(page=number))}>; rel="{rel}"'
        for rel, number in neighbours.items()
        if 1 <= number <= pages
    ]
    content = {
        "items": found.items,
        "total": found.total,
        "total_is_estimate": found.is_estimate,
        "page": wanted.page,
        "size": wanted.size,
        "pages": pages,
        **more,
    }
    return Json(content, headers={"Link": ", ".join(links)} if links else None)
