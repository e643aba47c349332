"""Log lines: structured, for people or for machines, never with secrets."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from luminalib.domain.masking import masked

_OURS = frozenset({"timestamp", "level", "event", "request_id", "path"})
"""What no stranger writes into."""


def _without_people(_logger: object, _method: str, message: EventDict) -> EventDict:
    """Masks e-mail addresses and telephone numbers, whatever fault or reason they stand in."""
    for key, value in message.items():
        if key not in _OURS and isinstance(value, str):
            message[key] = masked(value)
    return message


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logging(level: str, log_format: str) -> None:
    """Sends everything to stderr, one line per message, in the wanted form; the libraries' own messages too.

    Our own messages go there directly: the way through the standard library's handlers costs ten times as much, on every request.
    """
    renderer: Processor = structlog.processors.JSONRenderer() if log_format == "json" else _console_line
    faults: list[Processor] = [structlog.processors.format_exc_info, _without_people]
    structlog.configure(
        processors=[*_SHARED, *faults, renderer],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    chain: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *faults, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=chain))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "urllib3", "aiosqlite", "uvicorn.access", "uvicorn.error", "alembic", "pypdf", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _console_line(_logger: object, _method: str, message: EventDict) -> str:
    """`time level event key=value …`; the traceback of a fault follows on lines of its own."""
    fault = message.pop("exception", None)
    head = f"{message.pop('timestamp')} {message.pop('level'):<7} {message.pop('event')}"
    line = " ".join([head, *(f"{key}={_shown(value)}" for key, value in message.items())])
    return f"{line}\n{fault}" if fault else line


def _shown(value: object) -> str:
    """Text that is one word stands as it is; what could forge a line or steer a terminal is escaped."""
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)
