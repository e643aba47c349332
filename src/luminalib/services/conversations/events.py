"""What happens while a question is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from luminalib.domain.conversations import Answer


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """Something is looked up."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolEnded:
    """It has been, with so many results, or could not be."""

    name: str
    result_count: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer."""

    text: str


Happening = ToolStarted | ToolEnded | Token | Answer
"""The last of an answer's happenings is the Answer itself."""
