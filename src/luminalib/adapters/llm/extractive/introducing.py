"""How a story begins and ends: the sentences that introduce its main persons and its place, and one that tells the outcome."""
# ruff: noqa: RUF001  (letters of many languages are meant)

import math
import re
from collections.abc import Mapping, Sequence

from luminalib.adapters.llm.extractive.leaning import leans
from luminalib.adapters.llm.extractive.names import Name, main_persons
from luminalib.adapters.llm.extractive.quality import presentable
from luminalib.adapters.llm.extractive.reading import Reading

EARLY, LATE = 0.25, 0.9
"""Who comes in later is hardly a main person; the outcome is told in the last tenth."""
_FIRST_MENTIONS = 8
_FADE_OF_MENTIONS, _FADE_OF_POSITIONS = 4.0, 0.05
_PRESENTED_BONUS, _PLACED_BONUS = 2.0, 1.25
_FADE_OF_THE_END = 0.03
_NARRATOR_BY = 0.1
_LONGEST_PRESENTATION = 250
_NARRATOR = re.compile(
    r"\b(?:call me|my (?:own )?(?:christian |first |full )?name (?:is|was)|i (?:am|was) (?:called|christened|named)|m['’]appelle|"
    r"mein name (?:ist|war)|ich (?:heiße|hieß)|me llamo|mi nombre es|mi chiamo|il mio nome è|me chamo|chamo-me|meu nome é|"
    r"ik heet|mijn naam is) (?-i:[A-ZÀ-Ý])",
    re.IGNORECASE,
)
"""How somebody who tells a story says who they are."""
_PRESENTED = re.compile(
    r"\b(?:was|were|is|had been|been) (?:an?|the|born|called|named|one of|once)\b|\b(?:named|called|whose)\b|"
    r"\b(?:lived|kept|worked|reigned)\b|, (?:an?|the|his|her|our|my) [^,]+,|\byears old\b|"
    r"\b(?:war|hieß|wohnte|lebte|namens)\b|\b(?:était|s['’]appelait|vivait|nommée?|habitait)\b|"
    r"\b(?:era|se llamaba|vivía|llamad[oa]|si chiamava|viveva|abitava|chamava-se|vivia|morava|heette|woonde|leefde)\b",
    re.IGNORECASE,
)
"""Words by which somebody is presented."""


def introduction(reading: Reading, names: Sequence[Name], count: int) -> list[int]:
    """Up to `count` sentences, in reading order: who tells the story, and those that present most of its main persons."""
    chosen = _narrator(reading)[:count]
    people = main_persons(names)
    while len(chosen) < count:
        new = [person for person in people if person.sentences.isdisjoint(chosen)]
        values = _presentations(reading, names, new)
        if not values:
            break
        chosen.append(max(values, key=lambda at: (values[at], -at)))
    return sorted(chosen)


def outcome(reading: Reading, scores: Mapping[int, float]) -> int | None:
    """The best sentence of the last tenth, one that nobody speaks where there is any; `scores` of those that may be chosen."""
    late = {
        at: score * (1 + math.exp((reading.sentences[at].position - 1) / _FADE_OF_THE_END))
        for at, score in scores.items()
        if score > 0 and reading.sentences[at].position >= LATE
    }
    return max(late, key=lambda at: (not reading.spoken[at], late[at], -at)) if late else None


def _narrator(reading: Reading) -> list[int]:
    """The sentence by which somebody who tells the story says who they are."""
    for at, sentence in enumerate(reading.sentences):
        if sentence.position > _NARRATOR_BY:
            break
        if not reading.spoken[at] and len(sentence.text) <= _LONGEST_PRESENTATION and _NARRATOR.search(sentence.text):
            return [at]
    return []


def leans_in(reading: Reading, names: Sequence[Name], at: int) -> bool:
    """Whether a sentence needs the one before it."""
    named = {word for name in names if at in name.sentences for word in name.words}
    return leans(reading.sentences[at].text, reading.words[at], reading.lexicon, named)


def _presentations(reading: Reading, names: Sequence[Name], new: Sequence[Name]) -> dict[int, float]:
    """The value of each early sentence that mentions one of the `new` persons for the first few times."""
    values: dict[int, float] = {}
    heaviest = len(new[0].positions) if new else 1
    for person in new:
        for mention, at in enumerate(sorted(person.sentences)[:_FIRST_MENTIONS]):
            sentence = reading.sentences[at]
            if sentence.position <= EARLY and (fitness := _fitness(reading, names, at)):
                value = math.sqrt(len(person.positions) / heaviest) * math.exp(-mention / _FADE_OF_MENTIONS)
                values[at] = values.get(at, 0.0) + value * fitness
    return values


def _fitness(reading: Reading, names: Sequence[Name], at: int) -> float:
    """Independent, early, and with words that present somebody or a place."""
    sentence = reading.sentences[at]
    value = presentable(reading, at) * math.exp(-sentence.position / _FADE_OF_POSITIONS)
    if not value or leans_in(reading, names, at):
        return 0.0
    if _PRESENTED.search(sentence.text):
        value *= _PRESENTED_BONUS
    return value * _PLACED_BONUS if any(name.is_place and at in name.sentences for name in names) else value
