"""Which names the library answers to: what a client says in `Host` must not come back in a link that others follow."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from luminalib.api.problems import problem

_KNOWN = "luminalib.host_is_known"


class KnownHosts:
    """Refuses names that are not in the list; without a list it notes whether the name is this machine's or an address."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        """`allowed` are names without ports; `*.example.org` stands for all below it."""
        self._app = app
        self._allowed = [name.lower() for name in allowed]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = _host_of(scope)
        if self._allowed and not any(_matches(host, name) for name in self._allowed):
            refusal = problem(Request(scope), 400, "unknown-host", "The library does not answer to this name. Use its own address.")
            await refusal(scope, receive, send)
            return
        is_known = scope[_KNOWN] = bool(self._allowed) or _is_own(host)

        async def send_relative(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, _relative(value) if name == b"location" else value) for name, value in message["headers"]
                ]
            await send(message)

        await self._app(scope, receive, send if is_known else send_relative)


def address_of(request: Request, url: URL) -> str:
    """The URL for a link: absolute under a known name, else relative to the host (RFC 8288 lets links be so)."""
    return str(url) if request.scope.get(_KNOWN) else _without_host(str(url))


def _host_of(scope: Scope) -> str:
    named = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
    return named[1 : named.find("]")] if named.startswith("[") else named.partition(":")[0]


def _matches(host: str, allowed: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


@lru_cache(maxsize=256)
def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _relative(location: bytes) -> bytes:
    return _without_host(location.decode("latin-1")).encode("latin-1")


def _without_host(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="", netloc="").geturl() if parts.netloc else url
