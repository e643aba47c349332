"""luminalib serve."""

import asyncio
import signal
import socket
from importlib import import_module
from typing import Annotated

import structlog
import typer
import uvloop

from luminalib.cli.memory import give_back_now_and_then, share_one_heap, spare_the_collector
from luminalib.container import Container, open_container
from luminalib.domain.errors import Unavailable
from luminalib.edge.server import BACKLOG, Server, configure, connection_limits
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.settings import Settings, load_settings, unknown_variables

log = structlog.get_logger(__name__)

SOON = (
    "anyio._backends._asyncio",
    "jinja2",
    "luminalib.adapters.llm.extractive.headline",
    "luminalib.adapters.outside.connections",
    "luminalib.adapters.security.leaked_passwords",
    "luminalib.adapters.triage.rules",
)
"""Imported where they are used, which should neither hold up the start nor the first request that comes upon them."""


class PortTaken(Unavailable):
    """Another program listens on this address."""

    slug = "port-taken"


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 picks a free one.")] = 8000,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Put the demo shelf and two demo accounts into the library, once.")] = False,
) -> None:
    """Serve the library. In development the database is brought to the newest schema first."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    for stranger in unknown_variables():
        log.warning("settings.unknown", detail=stranger)
    share_one_heap()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, _listen(host, port), demo=demo or settings.demo))


async def _serve(settings: Settings, listener: socket.socket, *, demo: bool) -> None:
    _let_shutdown_finish()
    async with open_container(settings) as container:
        server = Server(configure(create_app(settings, container), connection_limits(settings)), container.bus)
        spare_the_collector()
        beside = [
            asyncio.create_task(_welcome(server, settings, container, listener, demo=demo)),
            asyncio.create_task(give_back_now_and_then()),
            asyncio.create_task(_import_the_rest(server)),
        ]
        await server.serve(sockets=[listener])
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _started(server: Server) -> None:
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)


async def _import_the_rest(server: Server) -> None:
    await _started(server)
    for module in SOON:
        await asyncio.to_thread(import_module, module)


async def _welcome(server: Server, settings: Settings, container: Container, listener: socket.socket, *, demo: bool) -> None:
    await _started(server)
    host, port = listener.getsockname()[:2]
    where = f"http://{'localhost' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 -- only compared
    is_for_machines = settings.log_format == "json"
    if is_for_machines:
        log.info("server.ready", url=f"{where}/docs")
    else:
        typer.echo(f"\n  LuminaLib is ready: {where}/docs\n")
    logins = await _demo_logins(container, settings) if demo else []
    if is_for_machines:
        return  # no password goes into a log: the file in the data directory has them
    if logins:
        typer.echo(f"  Log in there with Authorize, or by POST {where}/auth/login:")
        for role, email, password in logins:
            typer.echo(f"    {role:<10} {email:<28} {password}")
    typer.echo(f"  Sign up by POST {where}/auth/signup; the first account becomes the admin.\n")


async def _demo_logins(container: Container, settings: Settings) -> list[tuple[str, str, str]]:
    """Role, address and password of each demo account, once the shelf is in."""
    from luminalib.demo.loading import LOGINS_FILE, load_demo  # noqa: PLC0415 -- what draws books is imported where there is a demo

    services = container.services
    logins = await load_demo(services.auth, services.intake, services.books, settings.data_dir)
    log.info("demo.loaded", logins=str(settings.data_dir / LOGINS_FILE))
    return [(login.role, login.email, login.password) for login in logins]


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"Cannot listen on {host}:{port} ({error.strerror}). Choose another with --host and --port.") from None
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _let_shutdown_finish() -> None:
    """Keeps uvicorn from raising a signal again after it has shut down: the container must still close."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: None)
