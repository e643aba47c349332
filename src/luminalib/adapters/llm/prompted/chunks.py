"""A book in parts that a model can read: cut where its structure allows, and all of about the same size."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from luminalib.domain.texts import Section

Measure = Callable[[str], int]
"""The size of a text, in the unit of the limit."""

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n")  # noqa: RUF001 -- end marks of several scripts
_SEPARATOR = 2
_FULL = 0.85
"""Of the wanted size: from here on the end of a chapter is a good place to cut."""


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    opens_section: bool


def chunks_of(sections: Sequence[Section], limit: int, measure: Measure) -> list[str]:
    """The whole text in reading order, in parts of at most `limit`.

    There are as few parts as possible and they are about equally long, so that each weighs the same; they begin with a section
    where one begins near by, else with a paragraph, and inside of a sentence only when it does not fit into a part by itself.
    """
    blocks = [block for section in sections for block in _blocks(section, limit - _SEPARATOR, measure)]
    sizes = [measure(block.text) + _SEPARATOR for block in blocks]
    wanted = sum(sizes) / max(1, math.ceil(sum(sizes) / limit))
    parts: list[list[str]] = []
    filled = math.inf
    for block, size in zip(blocks, sizes, strict=True):
        if filled + size > limit or filled >= wanted or (block.opens_section and filled >= _FULL * wanted):
            parts.append([])
            filled = 0
        parts[-1].append(block.text)
        filled += size
    return ["\n\n".join(part) for part in parts]


def _blocks(section: Section, limit: int, measure: Measure) -> Iterator[_Block]:
    opens = True
    heading = section.title if section.title and not section.text.lstrip().startswith(section.title) else None
    for paragraph in filter(str.strip, [heading or "", *_PARAGRAPH.split(section.text)]):
        for piece in _pieces(paragraph.strip(), limit, measure):
            yield _Block(piece, opens)
            opens = False


def _pieces(paragraph: str, limit: int, measure: Measure) -> Iterator[str]:
    """The paragraph, or if it is too long its sentences put together as far as they fit."""
    if measure(paragraph) <= limit:
        yield paragraph
        return
    current = ""
    for sentence in filter(None, _SENTENCE.split(paragraph)):
        for fragment in _fragments(sentence, limit, measure):
            if current and measure(f"{current} {fragment}") > limit:
                yield current
                current = fragment
            else:
                current = f"{current} {fragment}".strip()
    if current:
        yield current


def _fragments(sentence: str, limit: int, measure: Measure) -> Iterator[str]:
    """The sentence, halved until each piece fits."""
    if measure(sentence) <= limit or len(sentence) <= 1:
        yield sentence
        return
    middle = len(sentence) // 2
    cut = sentence.rfind(" ", 1, middle + 1)
    cut = cut if cut > 0 else middle
    yield from _fragments(sentence[:cut].strip(), limit, measure)
    yield from _fragments(sentence[cut:].strip(), limit, measure)
