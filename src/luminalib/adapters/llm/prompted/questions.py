"""What a model is asked: for whom, by which prompt, with what, and what its answer has to stand."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from luminalib.adapters.llm.prompted.accepting import Examine
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.adapters.llm.prompted.transport import ChatReply
from luminalib.domain.content_checks.faults import Check
from luminalib.domain.llm import Purpose


@dataclass(slots=True)
class Tally:
    """What one question has taken so far."""

    started: float = field(default_factory=time.monotonic)
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    failed: set[Check] = field(default_factory=set)

    def add(self, reply: ChatReply) -> None:
        """Adds a reply and its tokens."""
        self.calls += 1
        self.tokens_in += reply.tokens_in
        self.tokens_out += reply.tokens_out
        self.seconds += reply.seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked for whom; the answer depends on `prompt` and `inputs` alone. One that must not be kept is asked each time.

    `user_id` is the member whom it is accounted to, where there is one; `tally` counts what it takes; `examine` checks the content
    of an answer that has the right form. Where somebody waits, `is_enough` says whether what is left of a first answer is taken as
    it is, without asking again. Of the fields that an answer `may_lack`, somebody else makes up for what has to be left out.
    `on_share` is told about how much of the answer has come, 0.0 to 1.0; `on_text` all that has come of the first answer.
    """

    tenant_id: str
    purpose: Purpose
    prompt: Prompt
    inputs: Mapping[str, Any]
    examine: Examine
    is_kept: bool = True
    user_id: str | None = None
    tally: Tally = field(default_factory=Tally)
    is_enough: Callable[[dict[str, Any]], bool] = lambda _: False
    on_share: Callable[[float], None] | None = None
    on_text: Callable[[str], None] | None = None
    may_lack: frozenset[str] = frozenset()
