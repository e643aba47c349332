"""How well a sentence could stand in a summary by itself, whatever it says."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.sentences import Sentence
from luminalib.adapters.llm.extractive.words import bare, length_in_words, normal, stem, terms_of, words_of

_ENDED = re.compile(r"[.!?…؟。！？।۔][\"'”’»)\]]*$")
_SPOKEN = re.compile("[\"“”„«»「」『』‹›]|(?:^|\\s)['‘‹]\\w|^(?:--|—|–|-\\s)")
_SYMBOLS = re.compile(r"[=<>|{}^~\\#@§_*\[\]•+×±\u2190-\u23ff]|\d[\d.,:/]*|\b[^\W\d_]\.")
_SPEAKER = re.compile(r"^[A-ZÀ-ÖØ-Þ]{3,}(?: [A-ZÀ-ÖØ-Þ]{2,})*[.:] ?(?=\S)")
"""Who speaks in a play."""
_LABEL = re.compile(
    r"^(?:[^\W\d_]+ )?[^\W\d_]+\.? ?:\s|^(?:\S+ ){1,4}\d{1,3}[\d.]*:? [^\W\d_a-zäöü]|\s\d[\d.]* [A-ZÄÖÜ]\w+ [A-ZÄÖÜ]"
)
"""Proof: or Theorem 3.7, in front of what is no plain statement then."""
_SECOND_PERSON = frozenset(["you", "your", "yours", "thou", "thee", "thy", "vous", "votre", "vos"])
_POINTING = frozenset(["it", "they", "them", "he", "him", "she", "these", "those", "lui", "eux", "ihm", "ihnen"])
_DEFINING = re.compile(
    r"^(?:[\w'’.,-]+ ){1,6}(?:was|is|were|are|est|sont|était|ist|sind|war|es|son|era|è|sono|é|são) (?:an?|the|one|une?|eine?|"
    r"der|die|das|un|uma?) "
)
_LONE_LETTER = re.compile(r"(?<![\w'’.])(?![aioyeàôóéèAIOUÀÉ]\b)[^\W\d_\u0600-\u06ff\u3000-\u9fff](?![\w'’.])")
"""A formula's letter; not the words of one letter that languages have, nor an initial."""
_EDGE = 0.015
"""The share of a text in which it introduces its people and its purpose, or tells what became of them."""
_EDGE_BONUS = 0.7
_GESTURE = 0.8
_MOST_SIGNS = 4
_IDEAL = (18, 34)
_ALLOWED = (7, 45)
_PRESENTING = (4, 65)
_TO_READERS = re.compile(
    r"\b(?:(?:my|the|our|dear|gentle) readers?|this .{0,25}(?:book|tale|story|volume|edition))\b", re.IGNORECASE
)
"""Words of prefaces."""


def qualities(reading: Reading, subjects: Sequence[Collection[float]]) -> list[float]:
    """For each sentence 0.0 (unfit) to about 4.0; `subjects` are the positions of each main one."""
    title = frozenset(terms_of(words_of(reading.title), reading.empty))
    about = Counter(position for subject in subjects for position in subject)
    return [
        value and value * content(sentence, words, reading, title) * (1 + 0.6 * min(about[sentence.position], 3))
        for at, (sentence, words) in enumerate(zip(reading.sentences, reading.words, strict=True))
        for value in [form(reading, at) if words else 0.0]
    ]


def form(reading: Reading, at: int) -> float:
    """The outer form: whole, of readable length, no dialogue, no list, no formula; 0.0 is unfit."""
    sentence = reading.sentences[at]
    text = sentence.text
    value = shape(text) if reading.prose[at] else 0.0
    if sentence.inside_quotation:
        value *= 0.1
    elif _SPOKEN.search(text):
        value *= 0.2
    return value


def presentable(reading: Reading, at: int) -> float:
    """How well a sentence can introduce a story; a long one may, and one in which somebody speaks when it does not begin so."""
    sentence = reading.sentences[at]
    fewest, most = _PRESENTING
    length = length_in_words(sentence.text)
    if sentence.inside_quotation or not reading.prose[at] or not fewest <= length <= most or not _is_whole(sentence.text):
        return 0.0
    if not sentence.text[0].isalpha() or sentence.text[:3].isupper() or _TO_READERS.search(sentence.text):
        return 0.0
    return _plain_to_read(reading, at, _IDEAL[0]) * (0.5 if _SPOKEN.search(sentence.text) else 1.0)


def ending(reading: Reading, at: int, low: int) -> float:
    """How well a sentence can end a story: as one that presents, but for speech; shorter than `low` words is less."""
    sentence = reading.sentences[at]
    fewest, most = _PRESENTING
    if not reading.prose[at] or not fewest <= length_in_words(sentence.text) <= most or not _is_whole(sentence.text):
        return 0.0
    said = 0.1 if sentence.inside_quotation or _SPOKEN.search(sentence.text) else 1.0
    return _plain_to_read(reading, at, low) * said * (1.0 if sentence.text[-1] in ".。।۔" else 0.4)


def _plain_to_read(reading: Reading, at: int, low: int) -> float:
    """Of good length, without much that points elsewhere."""
    text, words = reading.sentences[at].text, reading.words[at]
    length = length_in_words(text)
    fitting = length / low if length < low else 1.0 if length <= _ALLOWED[1] else 0.5
    return fitting * _calm(text) * gesture(words, reading) * 0.85 ** sum(normal(word) in _POINTING for word in words)


def shape(text: str) -> float:
    """What `form` asks, whoever speaks."""
    fitting = _length_factor(length_in_words(text))
    if not fitting or not _is_whole(text):
        return 0.0
    stated = 1.0 if text.rstrip("\"'”’»)]")[-1:] in ".。।۔" else 0.4
    return stated * fitting * _calm(text)


def _is_whole(text: str) -> bool:
    starts_well = not _SPEAKER.match(text) and not text[0].islower() and (text[0].isalpha() or text[0] in "\"“„«‘'¿¡「『")
    balanced = all(text.count(left) == text.count(right) for left, right in ("()", "“”", "«»", "[]", "「」")) or "„" in text
    return bool(_ENDED.search(text)) and starts_well and balanced and text.count('"') % 2 == 0


def _length_factor(length: int) -> float:
    shortest, longest = _ALLOWED
    low, high = _IDEAL
    if not shortest <= length <= longest:
        return 0.0
    if length < low:
        return 0.35 + 0.65 * (length - shortest) / (low - shortest)
    return 1.0 if length <= high else 1 - 0.5 * (length - high) / (longest - high)


def _calm(text: str) -> float:
    """Less for figures, signs, lone letters, dashes and semicolons, which are hard to read out of their place."""
    signs = len(_SYMBOLS.findall(text)) + len(_LONE_LETTER.findall(text))
    breaks = sum(text.count(mark) for mark in (";", "—", "--", ":", "(", ". ", "…", "! ", "? ", "etc"))
    labelled = 0.4 if _LABEL.search(text) else 1.0
    return 0.0 if signs > _MOST_SIGNS else labelled * 0.75**signs * 0.85**breaks


def content(sentence: Sentence, words: Sequence[str], reading: Reading, title: frozenset[str]) -> float:
    """How much it says about the work: by cue phrases, words of the title and its place (Edmundson 1969), and by itself."""
    value = independence(words, reading)
    if reading.lexicon.cues and re.search(reading.lexicon.cues, sentence.text, re.IGNORECASE):
        value = 2.0  # "This book" leans on nothing
    if title and title & {stem(word) for word in words}:
        value *= 1.25
    if _DEFINING.match(sentence.text):
        value *= 1.5
    if sentence.opens_paragraph:
        value *= 1.15
    events = len({bare(word) for word in words} & reading.lexicon.plot)
    return value * _place(sentence.position, reading) * (1 + 0.35 * min(events, 2)) * gesture(words, reading)


def _place(position: float, reading: Reading) -> float:
    """More for the opening, and in a story for the outcome; other books end with notes."""
    edge = min(position, 1 - position) if reading.is_story else position
    return 1 + _EDGE_BONUS * math.exp(-edge / _EDGE)


def gesture(words: Sequence[str], reading: Reading) -> float:
    """Less for each look, door and hand: what is done in a scene tells little about a book."""
    return _GESTURE ** sum(bare(word) in reading.lexicon.scene for word in words)


def independence(words: Sequence[str], reading: Reading) -> float:
    """Less for a sentence that leans on the one before, by a pronoun or a connective, or speaks to somebody."""
    lexicon = reading.lexicon
    value = 0.4 if normal(words[0]) in lexicon.dangling or bare(words[0]) in lexicon.dangling else 1.0
    plain = [normal(word) for word in words]
    value *= 0.85 ** sum(map(_POINTING.__contains__, plain[1:]))
    persons = sum(map(lexicon.personal.__contains__, plain)) / len(words)
    return value * (1 - min(0.6, 2.5 * persons)) * (0.6 if addresses(words) else 1.0)


def addresses(words: Sequence[str]) -> bool:
    """Whether a sentence speaks to somebody."""
    return not _SECOND_PERSON.isdisjoint(map(normal, words))
