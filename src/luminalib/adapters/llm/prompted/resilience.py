"""One connection for all who ask: so many calls at a time, a time-out, two more tries where that may help, a circuit breaker."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from luminalib.adapters.llm.prompted.pace import Pace
from luminalib.adapters.llm.prompted.transport import (
    ChatReply,
    ChatRequest,
    ChatTransport,
    ModelFacts,
    RateLimited,
    ServerFault,
    TimedOut,
    TransportFailure,
    Unreachable,
)
from luminalib.ports.clock import Clock

TRIES = 3
OUTAGES = (Unreachable, TimedOut, ServerFault, RateLimited)
"""What speaks against the server rather than against the question."""
FAILURES_TO_OPEN = 4
OPEN_FOR = timedelta(seconds=30)
LONGEST_PAUSE = 20.0
"""Seconds; who is asked to wait longer gives its place to others."""
_PAUSE = 1.0
_FACT_SECONDS = 10.0

Pause = Callable[[float], Awaitable[None]]


class CircuitBreaker:
    """Opens after some outages in a row and lets nobody through for a while; then one may try, and closes it if that goes well."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._last: TransportFailure | None = None
        self._opened_at: datetime | None = None

    def enter(self) -> None:
        """Raises the last outage again while it is open."""
        if self._opened_at is None or self._last is None:
            return
        left = (self._opened_at + OPEN_FOR - self._clock.now()).total_seconds()
        if left > 0:
            raise type(self._last)(str(self._last), retry_after=left)
        self._opened_at = self._clock.now()  # this one tries; the others wait for what comes of it

    def succeeded(self) -> None:
        """Closes it."""
        self._failures, self._opened_at = 0, None

    def failed(self, outage: TransportFailure) -> None:
        """Counts an outage."""
        self._last = outage
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._opened_at = self._clock.now()


class ResilientTransport(ChatTransport):
    """Another transport, used with care. `seconds` is the longest that one try may take, `at_once` how many calls there may be."""

    def __init__(self, inner: ChatTransport, clock: Clock, *, seconds: float, at_once: int, pause: Pause = asyncio.sleep) -> None:
        self.name = inner.name
        self.model = inner.model
        self.context_length = inner.context_length
        self._inner = inner
        self._seconds = seconds
        self._slots = asyncio.Semaphore(at_once)
        self._breaker = CircuitBreaker(clock)
        self._pause = pause
        self._tells_time = True

    async def facts(self) -> ModelFacts:
        """See ChatTransport; always asks, whatever the breaker has seen."""
        try:
            async with asyncio.timeout(min(_FACT_SECONDS, self._seconds)):
                return await self._inner.facts()
        except TimeoutError:
            raise TimedOut(f"The model server said nothing for {_FACT_SECONDS:.0f} seconds. Is it overloaded?") from None

    async def chat(self, request: ChatRequest) -> ChatReply:
        """See ChatTransport."""
        async with self._slots:
            tries = AsyncRetrying(
                stop=stop_after_attempt(TRIES),
                retry=retry_if_exception(_may_pass_soon),
                wait=_pause_after,
                sleep=self._pause,
                reraise=True,
            )
            return await tries(self._try, request)

    async def _try(self, request: ChatRequest) -> ChatReply:
        self._breaker.enter()
        try:
            async with asyncio.timeout(self._seconds):
                pace = Pace(request.on_tokens)
                # With a server that tells no time, streams do; those of tools are no plain text.
                is_streamed = request.is_heard or not (self._tells_time or request.tools)
                reply = await self._inner.chat(replace(request, on_tokens=pace.hear) if is_streamed else request)
        except TimeoutError:
            took = f"The model took longer than {self._seconds:g} seconds for one answer."
            outage = TimedOut(f"{took} Raise LUMINALIB_LLM_SECONDS, or take a faster model.")
            self._breaker.failed(outage)
            raise outage from None
        except OUTAGES as outage:
            self._breaker.failed(outage)
            raise
        self._breaker.succeeded()
        self._tells_time = reply.seconds > 0
        return pace.timed(reply)

    async def can_call_tools(self) -> bool | None:
        """See ChatTransport."""
        return await self._inner.can_call_tools()

    async def close(self) -> None:
        """See ChatTransport."""
        await self._inner.close()


def _may_pass_soon(error: BaseException) -> bool:
    return isinstance(error, TransportFailure) and error.may_pass and (error.retry_after or 0) <= LONGEST_PAUSE


def _pause_after(state: RetryCallState) -> float:
    """What the server asks for, else twice as long each time, with jitter."""
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, TransportFailure) and failure.retry_after is not None:
        return failure.retry_after
    return _PAUSE * float(2 ** (state.attempt_number - 1)) * random.uniform(0.5, 1.5)  # noqa: S311 -- jitter
