"""The task that finds whom a story is about, and the sentence that introduces them."""

from collections.abc import Sequence
from typing import Any

from luminalib.adapters.llm.extractive.introducing import introduction, leaning_in, opening_pair
from luminalib.adapters.llm.extractive.names import main_persons, names_in
from luminalib.adapters.llm.extractive.quality import presentable
from luminalib.adapters.llm.extractive.reading import Reading, read
from luminalib.ports.children import Progress

_AS_MUCH = 0.7
"""Who is named at least so often as the most named person is as much a main one."""
_INTRODUCING = 2


def main_person(*, title: str, language: str | None, text: str, longest: int, progress: Progress) -> dict[str, Any] | None:
    """Of a story the most named person's name, the words by which they or who is as much a main person are named, and a sentence.

    The sentence is the text's own, on one line and of less than `longest` characters; it may be two that belong together, and is
    empty where none fits. None for what tells no story, and where nobody has a name.
    """
    reading = read(title, (), language, [text])
    names = names_in(reading)
    people = main_persons(names)
    progress(0.8)
    if not reading.is_story or not people:
        return None
    leading = [one for one in people if len(one.positions) >= _AS_MUCH * len(people[0].positions)]
    leaning = leaning_in(reading, names)
    pair = opening_pair(reading, names, leaning)
    first = [at for at in introduction(reading, names, leaning, _INTRODUCING) if at in people[0].sentences]
    others = [at for at in sorted(people[0].sentences) if not leaning[at] and presentable(reading, at)]
    told = [_line(reading, places) for places in (pair, first[:1], *([at] for at in others)) if places]
    return {
        "name": people[0].form,
        "words": sorted({word for one in leading for word in one.words}),
        "sentence": next((line for line in told if len(line) < longest), ""),
    }


def _line(reading: Reading, places: Sequence[int]) -> str:
    return " ".join(" ".join(reading.sentences[at].text.split()) for at in places)
