"""What a book will take before it is read, and which of its parts are read when all of them would take too long."""

import math
from collections.abc import Sequence

from luminalib.adapters.llm.prompted.budget import Budget
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.domain.llm import Estimate

LEAST_PARTS = 3
"""Beginning, end, and one between them."""
TOKENS_OF_A_WORD = 1.5
"""English has fewer, German has more."""
_ANSWER = 350
"""Tokens of a note or a summary, as models write them."""
_OWN = 400
"""Tokens of a question without its text."""
_EACH = _ANSWER + _OWN


def estimated(words: int, budget: Budget, prompt: Prompt, speed: float | None, minutes: int) -> Estimate:
    """The questions and tokens of a text of so many words, within `minutes` (0 for no limit) at `speed` tokens a second."""
    text = math.ceil(words * TOKENS_OF_A_WORD)
    room = max(1, budget.context - _OWN - min(prompt.answer_characters // 3, budget.context // 4))
    parts = max(1, math.ceil(text / room))
    read = affordable(parts, text // parts, speed, minutes)
    notes = read * _ANSWER if parts > 1 else 0
    closing = max(1, math.ceil(notes / room)) if parts > 1 else 0
    calls = read + closing
    tokens = text * read // parts + notes + calls * _EACH
    return Estimate(calls=calls, tokens=tokens, minutes=round(tokens / speed / 60, 1) if speed else None)


def affordable(parts: int, tokens_of_part: int, speed: float | None, minutes: int) -> int:
    """How many of a text's parts can be read in so many minutes; all where there is no limit or no speed is known."""
    if not minutes or not speed:
        return parts
    left = minutes * 60 * speed - _EACH
    each = tokens_of_part + _EACH + _ANSWER  # each note is read once more
    return min(parts, max(LEAST_PARTS, int(left // each)))


def chosen(count: int, centrality: Sequence[float]) -> list[int]:
    """So many positions in their order: the first, the last, and the most central of the others, the earlier before the later."""
    last = len(centrality) - 1
    between = sorted(range(1, last), key=lambda at: (-centrality[at], at))
    return sorted({0, last, *between[: max(0, count - 2)]})
