"""/problems/<slug>: what a type of problem is and what to do. Problems name these addresses as their `type`."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from luminalib.api.pages import page
from luminalib.api.problems import OF_HTTP, status_of
from luminalib.domain.errors import LuminaError, NotFound

router = APIRouter(include_in_schema=False)


class ProblemNotFound(NotFound):
    """There is no such type of problem."""

    slug = "problem-not-found"


def _kinds(of: type[LuminaError] = LuminaError) -> Iterator[type[LuminaError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


@cache
def catalogue() -> dict[str, tuple[HTTPStatus, str]]:
    """Every type of problem by its slug, with its status and what it is in words."""
    found = {kind.slug: (status_of(kind), " ".join((kind.__doc__ or "").split())) for kind in _kinds() if "slug" in vars(kind)}
    return dict(sorted((found | OF_HTTP).items()))


@router.get("/problems")
async def list_problems() -> HTMLResponse:
    """All of them."""
    return page("problems.html", problems=catalogue())


@router.get("/problems/{slug}")
async def show_problem(slug: str) -> HTMLResponse:
    """One of them."""
    if slug not in catalogue():
        raise ProblemNotFound
    status, words = catalogue()[slug]
    return page("problem.html", slug=slug, status=status, words=words)
