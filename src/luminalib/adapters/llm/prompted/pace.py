"""How fast a model is, as heard from the stream of its tokens: for servers that do not tell."""

import time
from collections.abc import Callable
from dataclasses import replace

from luminalib.adapters.llm.prompted.transport import ChatReply

FIRST = 2
"""The piece that counts as the first token: before it many servers send one that names the role, while they still read."""
LEAST = 8
"""Tokens after the first; fewer say nothing about a rate."""


class Pace:
    """Hears when the tokens of one answer come; to be made when the question is sent, and told all that comes by `hear`."""

    def __init__(self, on_tokens: Callable[[int], None] | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._on_tokens = on_tokens
        self._clock = clock
        self._begun = clock()
        self._first = self._last = 0.0
        self._count = 0

    def hear(self, count: int) -> None:
        """So many pieces have come; whoever else wants to know is told, too."""
        if count > self._count:
            self._last = self._clock() - self._begun
            if self._count < FIRST <= count:
                self._first = self._last
            self._count = count
        if self._on_tokens:
            self._on_tokens(count)

    def timed(self, reply: ChatReply) -> ChatReply:
        """The reply with the seconds that the model took, where its server did not tell, and those until its first token.

        A model reads a token at least as fast as it writes one, so what is longer than that before the first token was
        waiting in the server's line. Where no stream was heard, the whole time counts.
        """
        return replace(reply, seconds=reply.seconds or self._seconds(reply), first_token=self._first)

    def _seconds(self, reply: ChatReply) -> float:
        written = reply.tokens_out - 1
        if not self._first or self._count - FIRST < LEAST or written < LEAST:
            return self._clock() - self._begun
        writing = self._last - self._first
        reading = min(self._first, reply.tokens_in * writing / written) if reply.tokens_in else self._first
        return reading + writing
