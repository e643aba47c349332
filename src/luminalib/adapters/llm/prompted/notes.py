"""Notes on the parts of a book: what is known of them, how much room they take, and who is merged with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from luminalib.adapters.llm.prompted.budget import Budget
from luminalib.domain.content_checks.wording import ended

_FRAME = 85
"""Characters around each note in a prompt: its label and its markers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What is known of the parts `first` to `last`, and sentences from them."""

    first: int
    last: int
    text: str
    evidence: tuple[str, ...]

    def as_input(self, parts: int) -> dict[str, str]:
        """The note for a prompt."""
        label = f"{self.first} of {parts}" if self.first == self.last else f"{self.first}-{self.last} of {parts}"
        quoted = "".join(f"\nQuoted: {sentence}" for sentence in self.evidence)
        return {"label": label, "text": self.text + quoted}


def written(told: Mapping[str, Any]) -> str:
    """What a model answered to a prompt for notes, as text."""
    points = "".join(f"\n- {point}" for point in told["points"])
    return f"{' '.join(map(ended, told['gist']))}{points}\nNames: {', '.join(told['names'])}"


def size_of(notes: Sequence[Note], budget: Budget, parts: int) -> int:
    """What they take in a prompt, in tokens."""
    return sum(budget.tokens_of(note.as_input(parts)["text"] + _FRAME * "-") for note in notes)


def groups_of(notes: Sequence[Note], most: int) -> list[Sequence[Note]]:
    """Neighbours, at most so many in a group, in groups of about the same size."""
    count = -(-len(notes) // most)
    edges = [round(at * len(notes) / count) for at in range(count + 1)]
    return [notes[start:end] for start, end in pairwise(edges)]


def sample_of(group: Sequence[Note]) -> tuple[str, ...]:
    """Sentences from the first and the last half, so that evidence does not grow from level to level."""
    middle = len(group) // 2
    halves = (group[:middle], group[middle:])
    return tuple(next((note.evidence[0] for note in half if note.evidence), "") for half in halves)
