"""What people see in a browser: the front page, Swagger UI and Redoc, all from this package and without any other server."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from luminalib import __version__
from luminalib.api.deps import Services, ServicesDep
from luminalib.api.operations import STRANGERS_PATIENCE, state_of
from luminalib.domain.demo_accounts import DEMO_ACCOUNTS
from luminalib.domain.errors import Unavailable

router = APIRouter(include_in_schema=False)
_ASSETS = StaticFiles(directory=Path(__file__).parent / "assets")
_OWN = "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'"
_POLICY = f"{_OWN}; style-src 'self'; frame-ancestors 'none'"
# Redoc is made with styled-components, which write their rules into style elements of the page.
_STYLED_POLICY = f"{_OWN}; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415 -- a library whose users are programs shows no page

    return Environment(loader=PackageLoader("luminalib.api"), autoescape=True)


def page(name: str, policy: str = _POLICY, **facts: object) -> HTMLResponse:
    """A page made of its template; it may load nothing but this package's own files."""
    return HTMLResponse(_templates().get_template(name).render(facts), headers={"Content-Security-Policy": policy})


@router.get("/")
async def home(services: ServicesDep) -> HTMLResponse:
    """What this is, whether it is ready, and the way in."""
    parts = await services.health.report(STRANGERS_PATIENCE)
    return page(
        "home.html",
        state=state_of(parts),
        missing=[part.name.replace("_", " ") for part in parts if not part.is_up],
        demo_accounts=DEMO_ACCOUNTS if await _has_demo(services) else (),
        version=__version__,
    )


async def _has_demo(services: Services) -> bool:
    try:
        return await services.auth.exists(DEMO_ACCOUNTS[-1][0])
    except Unavailable:  # the page says so
        return False


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Swagger UI."""
    return page("docs.html")


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    """Redoc."""
    return page("redoc.html", _STYLED_POLICY)


@router.get("/reset-password")
async def reset_password() -> HTMLResponse:
    """Where an admin's link for a forgotten password leads."""
    names = {"call": "auth/password-reset", "token_field": "token", "password_field": "new_password"}
    return page("link.html", title="Set a new password", button="Set it", **names)


@router.get("/join")
async def join() -> HTMLResponse:
    """Where an invitation leads."""
    names = {"call": "auth/signup", "token_field": "invitation", "password_field": "password"}
    return page("link.html", title="Make your account", button="Sign up", asks_email=True, **names)


@router.get("/assets/{path:path}")
async def asset(path: str, request: Request) -> Response:
    """A file that a page loads. Browsers keep it and ask whether it is still the same."""
    response = await _ASSETS.get_response(path, request.scope)
    response.headers["Cache-Control"] = "no-cache"
    return response


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """For those who do not read the page's own link to it."""
    return await asset("favicon.svg", request)
