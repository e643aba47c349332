"""Setting a few words in a box: the largest size at which they fit, and where the lines break."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

Measure = Callable[[str, int], float]
"""How wide a text is at a size, in pixels."""


LEADING = 1.2
"""From one line to the next, in sizes."""


class Block(NamedTuple):
    """Lines at a size."""

    size: int
    lines: Sequence[str]


def fit(text: str, box: tuple[float, float], sizes: Sequence[int], measure: Measure) -> Block:
    """The text at the first of the sizes (from large to small) that it fits the box at; at the last one what is too long is cut."""
    width, height = box
    for size in sizes:
        most_lines = int(height // (size * LEADING))
        lines = _wrapped(text, width, size, measure, breaks_words=size == sizes[-1])
        if len(lines) <= most_lines and all(measure(line, size) <= width for line in lines):
            return Block(size, lines)
    last = lines[most_lines - 1]
    while last and measure(f"{last}…", sizes[-1]) > width:
        last = last[:-1]
    return Block(sizes[-1], [*lines[: most_lines - 1], f"{last.rstrip()}…"])


def is_wide(character: str) -> bool:
    """Whether it is one of those, Chinese ones above all, that are as wide as high and stand without spaces between words."""
    return unicodedata.east_asian_width(character) in "WF"


def _wrapped(text: str, width: float, size: int, measure: Measure, *, breaks_words: bool) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if measure(longer, size) <= width:
            lines[-1] = longer
            continue
        pieces = _pieces(word, width, size, measure) if breaks_words or is_wide(word[0]) else [word]
        lines = [line for line in lines if line] + pieces
    return lines


def _pieces(word: str, width: float, size: int, measure: Measure) -> list[str]:
    """A word that is wider than a line in parts that are not."""
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
