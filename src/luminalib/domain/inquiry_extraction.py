"""What a message names: people, organisations, dates and amounts, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class MentionKind(StrEnum):
    """What is named."""

    PERSON = "person"
    ORGANISATION = "organisation"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A stretch of a message, from the character `start` to before `stop`; `text` is what stands there."""

    kind: MentionKind
    text: str
    start: int
    stop: int

    @classmethod
    def at(cls, kind: MentionKind, message: str, start: int, stop: int) -> "Mention":
        """What stands at a place of the message."""
        return cls(kind=kind, text=message[start:stop], start=start, stop=stop)


def apart(mentions: Iterable[Mention]) -> list[Mention]:
    """In the order of the message, without overlaps: of two that share characters the longer one stays."""
    kept: list[Mention] = []
    for one in sorted(mentions, key=lambda mention: (mention.start - mention.stop, mention.start, mention.kind)):
        if all(one.stop <= other.start or other.stop <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda mention: mention.start)
