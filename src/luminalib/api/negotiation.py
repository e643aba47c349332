"""What a route answers besides what it is written for: HEAD beside GET, and 406 where the client accepts no form of the answer."""

from collections.abc import Container, Iterable, Mapping

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from luminalib.api.problems import problem

JSON = "application/json"


def answer_head(routes: Iterable[BaseRoute], streams: Container[str]) -> None:
    """Has HEAD answered as GET is (RFC 9110, 9.3.2), the server leaves the body out; not by streams, whose body has no end."""
    for route in routes:
        if isinstance(route, APIRoute) and route.name not in streams and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")


class Acceptable:
    """Looks at the `Accept` of those few that take neither anything nor JSON: most requests cost one look at a header."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], streams: Mapping[str, object]) -> None:
        """`streams` are the names of routes that also answer as a stream of events."""
        self._app = app
        self._routes = [route for route in routes if isinstance(route, APIRoute)]
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        accept = Headers(scope=scope).get("accept") if scope["type"] == "http" else None
        if not accept or "*/*" in accept or "json" in accept:
            await self._app(scope, receive, send)
            return
        makes = self._makes(scope)
        if makes is None or any(_matches(wanted, one) for wanted in _wanted(accept) for one in makes):
            await self._app(scope, receive, send)
            return
        detail = f"This is answered as {' or '.join(sorted(makes))}. Accept that, or send no Accept."
        await problem(Request(scope), 406, "not-acceptable", detail)(scope, receive, send)

    def _makes(self, scope: Scope) -> set[str] | None:
        """The media types of the route's good answers; None where there is no route or no body."""
        route = next((route for route in self._routes if route.matches(scope)[0] is Match.FULL), None)
        if route is None or not route.include_in_schema or route.status_code == 204:  # noqa: PLR2004 -- No Content
            return None
        declared = {kind for status, one in route.responses.items() if str(status)[0] == "2" for kind in one.get("content", ())}
        own = getattr(route.response_class, "media_type", None) or ("" if declared else JSON)
        return (declared | {own, "text/event-stream" if route.name in self._streams else ""}) - {""} or None


def _wanted(accept: str) -> list[str]:
    """The media ranges that are not refused by q=0."""
    ranges = [one.split(";") for one in accept.lower().split(",")]
    return [kind.strip() for kind, *more in ranges if not any(m.replace(" ", "").rstrip("0").rstrip(".") == "q=" for m in more)]


def _matches(wanted: str, made: str) -> bool:
    return wanted == made or (wanted.endswith("/*") and made.startswith(wanted[:-1]))
