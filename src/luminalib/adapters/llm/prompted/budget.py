"""How much fits into a model's context, counted before each call.

Tokenisers differ and most servers do not lend theirs out, so tokens are estimated from bytes of UTF-8, by a rate that is measured
once per model with a text of known length; each overflow that a server reports nevertheless makes the plans smaller.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.domain.intelligence import ContextTooSmall

SAMPLE = (
    "The keeper of the lighthouse wrote down every ship that passed, its name, its course and the colour of its sails. In winter, "
    "when no ship came for weeks, he wrote that none had come, and signed his name under it. After forty years the books filled a "
    "room, and nobody but a girl from the village had ever asked to read them; she began with the storms, because they were short."
)
"""What the rate is measured with."""
_MARGIN = 1.1
_PER_MESSAGE = 12
_RATE_OF_OTHER_SCRIPTS = 0.5
"""Tokens per byte of letters beyond ASCII: most tokenisers do better, few worse."""
_OUTPUT_RATE = 0.4
_OUTPUT_EXTRA = 64
_DEFAULT_RATE = 0.3
_LEAST_ROOM = 100
_LEAST_SHARE = 16
_FRAME, _NUMBER = 12, 20
"""Characters around a value, white space included, and of a number."""
_SENTENCE = 320
"""Characters; a schema that cuts shorter stops a model in the middle of its sentences."""


class NoRoom(Exception):
    """A question leaves no room for its answer."""


class Budget:
    """The rate of one model, in tokens per byte, and what follows from it."""

    def __init__(self, context: int, rate: float = _DEFAULT_RATE) -> None:
        self.window = context
        """What to ask the server for."""
        self.context = context
        """What to plan with."""
        self._rate = rate

    @classmethod
    def measured(cls, context: int, tokens: int) -> "Budget":
        """The budget of a model that counted `tokens` for the sample as a user's message."""
        rate = max(0, tokens - _PER_MESSAGE) / len(SAMPLE.encode())
        return cls(context, max(rate, 0.15) if tokens else _DEFAULT_RATE)

    def overflowed(self, real: int | None = None) -> None:
        """Learns from a server that has less room than it said: `real` tokens, where that came out."""
        self.context = real if real is not None and real < self.context else self.context * 2 // 3

    def tokens_of(self, text: str) -> int:
        """What a text takes, rather too much than too little."""
        plain = len(text.encode("ascii", "ignore"))
        other = len(text.encode()) - plain
        return math.ceil(_MARGIN * (plain * self._rate + other * max(self._rate, _RATE_OF_OTHER_SCRIPTS)))

    def tokens_of_messages(self, messages: Sequence[Message]) -> int:
        """What a question takes."""
        return sum(_PER_MESSAGE + self.tokens_of(message.content) for message in messages)

    def answer(
        self, question: Sequence[Message], own_words: str, characters: int, schema: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, Any]]:
        """The tokens to allow for an answer of so many characters, and the schema; both smaller where there is little room.

        `own_words` are those of the question itself, without what it is about. Raises NoRoom when hardly anything is left.
        """
        needed = self._output(characters)
        quarter = (self.context - self.tokens_of(own_words)) // 4
        allowed = min(needed, quarter, self.context - self.tokens_of_messages(question))
        if allowed < min(needed, self.context // _LEAST_SHARE):
            raise NoRoom(f"The question does not fit into {self.context} tokens.")
        return allowed, schema if allowed == needed else _shrunk(schema, (allowed - _OUTPUT_EXTRA) / (needed - _OUTPUT_EXTRA))

    def room_for_text(self, scaffold: Sequence[Message], characters: int) -> int:
        """How many tokens of text fit beside the question's own words and the answer, which gets a quarter at most.

        Raises ContextTooSmall when hardly any do.
        """
        left = self.context - self.tokens_of_messages(scaffold)
        room = left - min(self._output(characters), left // 4)
        if room < _LEAST_ROOM:
            raise ContextTooSmall(f"{ContextTooSmall.__doc__} It has room for {self.context} tokens.")
        return room

    def _output(self, characters: int) -> int:
        """Constrained answers may hold white space, too."""
        return math.ceil(characters * max(self._rate * _MARGIN, _OUTPUT_RATE)) + _OUTPUT_EXTRA


def longest_of(schema: Any) -> float:
    """The characters of the longest answer that a schema allows; infinite where it sets no limit."""
    if "enum" in schema:
        return max(len(str(value)) for value in schema["enum"]) + len('""')
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return sum(len(name) + _FRAME + longest_of(rule) for name, rule in properties.items()) if properties else math.inf
        case "array":
            return (
                float(schema.get("maxItems", math.inf) * (_FRAME + longest_of(schema["items"])))
                if schema.get("maxItems") != 0
                else 0
            )
        case "string":
            return float(schema.get("maxLength", math.inf))
        case _:
            return _NUMBER


def _shrunk(schema: Any, factor: float) -> Any:
    """The schema with shorter strings and lists; room for a sentence stays."""
    if isinstance(schema, Mapping):
        shrunk = {name: _shrunk(value, factor) for name, value in schema.items()}
        for name, least in (
            ("maxLength", max(_SENTENCE, schema.get("minLength", 0))),
            ("maxItems", max(1, schema.get("minItems", 0))),
        ):
            if name in shrunk:
                shrunk[name] = min(shrunk[name], max(least, int(shrunk[name] * factor)))
        return shrunk
    return [_shrunk(item, factor) for item in schema] if isinstance(schema, list) else schema
