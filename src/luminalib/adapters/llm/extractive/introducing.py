"""How a story begins and ends: the sentences that introduce its main persons and its place, and one that tells the outcome."""
# ruff: noqa: RUF001  (letters of many languages are meant)

import math
import re
from collections.abc import Collection, Sequence

from luminalib.adapters.llm.extractive.genders import genders_of
from luminalib.adapters.llm.extractive.leaning import leans, without_conclusion
from luminalib.adapters.llm.extractive.names import Name, main_persons
from luminalib.adapters.llm.extractive.quality import addresses, ending, presentable
from luminalib.adapters.llm.extractive.ranking import Floats
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.words import bare, normal, terms_of, words_of

EARLY, LATE = 0.25, 0.9
"""Who comes in later is hardly a main person; the outcome is told in the last tenth."""
_FIRST_MENTIONS = 8
_FADE_OF_MENTIONS, _FADE_OF_POSITIONS = 4.0, 0.05
_PRESENTED_BONUS, _PLACED_BONUS = 2.0, 1.25
_SUBJECT_BY = 6
"""Words; whom a sentence is about stands before that."""
_PASSING, _SUPPOSED = 0.4, 0.4
_FADE_OF_THE_END, _ANY_END = 0.015, 0.15
_LAST_SENTENCES = 6
_LEADS, _TAKES_PART = 2.0, 1.5
_PLAIN = 0.6
_ENOUGH_AT_THE_END = 12
"""Words; an end may be short."""
_NARRATOR_BY = 0.1
_HEADINGS = 4
_LONGEST_PRESENTATION = 250
_NARRATOR = re.compile(
    r"\b(?:call me|my (?:own )?(?:christian |first |full )?name (?:is|was)|i (?:am|was) (?:called|christened|named)|m['’]appelle|"
    r"mein name (?:ist|war)|ich (?:heiße|hieß)|me llamo|mi nombre es|mi chiamo|il mio nome è|me chamo|chamo-me|meu nome é|"
    r"ik heet|mijn naam is) (?-i:[A-ZÀ-Ý])",
    re.IGNORECASE,
)
"""How somebody who tells a story says who they are."""
_PRESENTED = re.compile(
    r"\b(?:was|were|is|had been|been) (?:an?|the|born|called|named|one of|once|so|very|among|known)\b|\b(?:named|called|whose)\b|"
    r"\b(?:lived|kept|worked|reigned)\b|, (?:an?|the|his|her|our|my) [^,]+,|\byears old\b|"
    r"\b(?:war|hieß|wohnte|lebte|namens)\b|\b(?:était|s['’]appelait|vivait|nommée?|habitait)\b|"
    r"\b(?:era|se llamaba|vivía|llamad[oa]|si chiamava|viveva|abitava|chamava-se|vivia|morava|heette|woonde|leefde)\b",
    re.IGNORECASE,
)
"""Words by which somebody is presented."""
_TALE = re.compile(
    r"^\W*(?:once (?:upon a time|there)|there (?:was|were|lived) once|long ago|es war einmal|es lebte einmal|il était une fois|"
    r"érase una vez|había una vez|c['’]era una volta|era uma vez|er was eens|жил[аи]?-был[аи]?|det var en gång)\b",
    re.IGNORECASE,
)
"""How tales begin."""
_DEFINED_BY = 0.1
_SAYS_WHAT = re.compile(
    r"^(?!(?:at|in|on|for|from|by|with|as|if|when|bei|für|mit|wenn|à|dans|pour|avec|si|con|para|per)\b)"
    r"(?P<of>(?:[\w'’-]+ ){1,8}?)(?:is|are|ist|sind|est|sont|es|son|è|sono|é|são) "
    r"(?P<what>(?:not )?(?:an?|made|the (?:art|science|name|study)|any|all|eine?|une?|l['’]art|una?|um|uma|gemacht|faite?s?)\b)?",
    re.IGNORECASE,
)
"""How a subject is named and said to be something; a whole sentence, of which a comma would begin another part."""
_SUPPOSES = re.compile(r"^\W*(?:if|unless|had (?!been)|suppose|perhaps|wenn|falls|si|se|als)\b", re.IGNORECASE)


def leaning_in(reading: Reading, names: Sequence[Name]) -> list[bool]:
    """For each sentence, whether it needs the one before it."""
    return [
        leans(sentence.text, words, reading.lexicon, named)
        for sentence, words, named in zip(reading.sentences, reading.words, _named_in(reading, names), strict=True)
    ]


def _named_in(reading: Reading, names: Sequence[Name]) -> list[dict[str, str | None]]:
    """For each sentence, the words of the names in it, with the gender where it is known."""
    genders = genders_of(reading, names)
    found: list[dict[str, str | None]] = [{} for _ in reading.sentences]
    for name in names:
        told = {word: genders.get(word) for word in name.words}
        for at in name.sentences:
            found[at].update(told)
    return found


def introduction(reading: Reading, names: Sequence[Name], leaning: Sequence[bool], count: int) -> list[int]:
    """Up to `count` sentences, in reading order: who tells the story, and those that present most of its main persons."""
    chosen = (_narrator(reading) or _tale(reading, leaning) or opening_pair(reading, names, leaning))[:count]
    people = main_persons(names)
    while len(chosen) < count:
        new = [person for person in people if person.sentences.isdisjoint(chosen)]
        values = _presentations(reading, names, leaning, new)
        if not values:
            break
        chosen.append(max(values, key=lambda at: (values[at], -at)))
    return sorted(chosen)


def opening_pair(reading: Reading, names: Sequence[Name], leaning: Sequence[bool]) -> list[int]:
    """The first two sentences where the second one names the main person and leans on the first: “Behind this door …”."""
    at = min((at for person in main_persons(names)[:1] for at in person.sentences if reading.prose[at]), default=0)
    if at == 0 or _first(reading) != at - 1:
        return []
    is_pair = leaning[at] and not leaning[at - 1] and not any(reading.spoken[at - 1 : at + 1])
    return [at - 1, at] if is_pair else []


def _first(reading: Reading) -> int | None:
    """The first sentence behind the headings."""
    return next((at for at in range(min(_HEADINGS, len(reading.sentences))) if presentable(reading, at)), None)


def outcome(reading: Reading, names: Sequence[Name], leaning: Sequence[bool], rich: Floats) -> list[int]:
    """The sentence of the last tenth that tells best what became of the main persons, one that nobody speaks where there is any.

    Where all of those need their neighbours it is two of them, of which the first stands by itself, and else what somebody says;
    what only one sentence follows, which leans on it, is not torn from that.
    `rich` says of each sentence how much of the book it brings together.
    """
    people = main_persons(names)
    named = _named_in(reading, names)
    late = {
        at: value
        for at, sentence in enumerate(reading.sentences)
        if sentence.position >= LATE * reading.end and (value := _finality(reading, people, at) * (_PLAIN + float(rich[at])))
    }
    alone = {at for at in late if not _leans_at_the_end(reading, named[at], leaning, at)}
    plain = [at for at in late if at in alone and not reading.spoken[at]]
    if not plain and (pairs := [at for at in late if _completes(reading, named, leaning, at)]):
        last = max(pairs, key=lambda at: (late[at], -at))
        return [last - 1, last]
    told = plain or [at for at in alone if len(reading.words[at]) >= _ENOUGH_AT_THE_END] or list(late)
    best = [max(told, key=lambda at: (late[at], -at))] if told else []
    very_last = len(reading.sentences) - 1
    return [*best, very_last] if best == [very_last - 1] and _completes(reading, named, leaning, very_last) else best


def _completes(reading: Reading, named: Sequence[dict[str, str | None]], leaning: Sequence[bool], at: int) -> bool:
    """Whether a sentence is whole together with the one before it, of the same paragraph, which stands by itself."""
    before, sentence = reading.sentences[at - 1], reading.sentences[at]
    if at == 0 or not leaning[at] or sentence.opens_paragraph:
        return False
    is_prose = reading.prose[at - 1] or len(reading.words[at - 1]) <= _SUBJECT_BY  # of few words hardly any is a small one
    is_told = is_prose and not (reading.spoken[at - 1] or reading.spoken[at])
    is_near = len(before.text) + len(sentence.text) <= _LONGEST_PRESENTATION
    return is_told and is_near and not _leans_at_the_end(reading, named[at - 1], leaning, at - 1)


def _leans_at_the_end(reading: Reading, named: dict[str, str | None], leaning: Sequence[bool], at: int) -> bool:
    """Whether a sentence needs the one before it even without the word of conclusion in front."""
    text = reading.sentences[at].text
    rest = without_conclusion(text, reading.lexicon.code)
    return leaning[at] if rest == text else leans(rest[:1].upper() + rest[1:], words_of(rest), reading.lexicon, named)


def definition(reading: Reading, leaning: Sequence[bool], subjects: Collection[str]) -> list[int]:
    """The sentence of the first tenth in which a text that tells no story says what its subject is, if there is one.

    What it says that of is named by the title or among the `subjects`, as stems; of several the first that defines, else the first.
    """
    titled = {*terms_of(words_of(reading.title), reading.empty), *subjects}
    said = []
    for at, sentence in enumerate(reading.sentences):
        if sentence.position > _DEFINED_BY:
            break
        told = _SAYS_WHAT.match(sentence.text)
        if (
            told
            and not leaning[at]
            and presentable(reading, at)
            and titled.intersection(terms_of(words_of(told["of"]), reading.empty))
        ):
            said.append((told["what"] is None, at))
    return [min(said)[1]] if said else []


def says_what(reading: Reading, at: int) -> bool:
    """Whether a sentence says what something is."""
    return _SAYS_WHAT.match(reading.sentences[at].text) is not None


def first_of_all(reading: Reading, leaning: Sequence[bool]) -> list[int]:
    """The first sentence of a story in which nobody has a name, where it can be read by itself and speaks to nobody."""
    first = _first(reading)
    return [] if first is None or leaning[first] or reading.spoken[first] or addresses(reading.words[first]) else [first]


def _finality(reading: Reading, people: Sequence[Name], at: int) -> float:
    """How well a sentence may end a summary: late, and about those whom the story is about."""
    sentence, words = reading.sentences[at], reading.words[at]
    told = [person for person in people if at in person.sentences]
    fade = max(_FADE_OF_THE_END, _LAST_SENTENCES / len(reading.sentences))
    value = ending(reading, at, _ENOUGH_AT_THE_END) * (_ANY_END + math.exp(min(0.0, sentence.position - reading.end) / fade))
    value *= _LEADS if people[:1] == told[:1] and told else _TAKES_PART if told else 1.0
    events = len({bare(word) for word in words} & reading.lexicon.plot)
    return value * (1 + 0.25 * min(events, 2))


def _narrator(reading: Reading) -> list[int]:
    """The sentence by which somebody who tells the story says who they are."""
    for at, sentence in enumerate(reading.sentences):
        if sentence.position > _NARRATOR_BY:
            break
        if not reading.spoken[at] and len(sentence.text) <= _LONGEST_PRESENTATION and _NARRATOR.search(sentence.text):
            return [at]
    return []


def _tale(reading: Reading, leaning: Sequence[bool]) -> list[int]:
    """The sentence by which a tale says that it is one."""
    early = (at for at, sentence in enumerate(reading.sentences) if sentence.position <= _NARRATOR_BY and not leaning[at])
    return [at for at in early if _TALE.match(reading.sentences[at].text) and presentable(reading, at)][:1]


def _presentations(reading: Reading, names: Sequence[Name], leaning: Sequence[bool], new: Sequence[Name]) -> dict[int, float]:
    """The value of each early sentence that mentions one of the `new` persons for the first few times."""
    values: dict[int, float] = {}
    heaviest = len(new[0].positions) if new else 1
    for person in new:
        for mention, at in enumerate(sorted(person.sentences)[:_FIRST_MENTIONS]):
            sentence = reading.sentences[at]
            if sentence.position <= EARLY and not leaning[at] and (fitness := _fitness(reading, names, at)):
                value = math.sqrt(len(person.positions) / heaviest) * math.exp(-mention / _FADE_OF_MENTIONS)
                values[at] = values.get(at, 0.0) + value * fitness * _prominence(person, reading.words[at])
    return values


def _prominence(person: Name, words: Sequence[str]) -> float:
    """Less for somebody who is named in passing: late in the sentence, or as the owner of something."""
    at, word = next(((at, word) for at, word in enumerate(words) if bare(word) in person.words), (len(words), ""))
    return _PASSING if at >= _SUBJECT_BY or normal(word).endswith("'s") else 1.0


def _fitness(reading: Reading, names: Sequence[Name], at: int) -> float:
    """Early, and with words that present somebody or a place."""
    sentence = reading.sentences[at]
    value = presentable(reading, at) * math.exp(-sentence.position / _FADE_OF_POSITIONS)
    if _SUPPOSES.match(sentence.text):
        value *= _SUPPOSED
    if _PRESENTED.search(sentence.text):
        value *= _PRESENTED_BONUS
    return value * _PLACED_BONUS if any(name.is_place and at in name.sentences for name in names) else value
