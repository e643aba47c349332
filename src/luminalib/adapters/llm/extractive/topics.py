"""Key phrases: names, and noun-like words and phrases that the text uses often and all over.

Candidates are runs between empty words as in RAKE (Rose et al. 2010); without a tagger a word counts as a noun by the company
it keeps, an article before it or a capital in German; frequency, length and spread order them as in YAKE (Campos et al. 2020).
"""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from luminalib.adapters.llm.extractive.names import Name
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.sentences import ABBREVIATIONS
from luminalib.adapters.llm.extractive.words import UNSPACED, bare, normal, stem

MOST = 10
_MOST_NAMES = 5
_PARTS = 5
_LEAST_NOUN = 0.35
_PHRASE_BONUS = 2.0
_SHORTEST = 3
_LONG_TEXT = 300
"""Sentences; in a longer text a topic must return in several parts."""
_ODD = re.compile(r"^[ivxlc]+$|[a-zß][A-Z]|^[A-Z]{3,}$")
"""Roman numerals, identifiers and acronyms in capitals are no words to browse by."""
_GRAMMAR = (
    "[的了是在和不我他她它们這这那有也都就与與而之其以于於个個上中下来來去说說着著把被从從到对對为為叫问"
    "問用看要会會能没沒给給让讓很还還再又呢吗嗎吧啊地得]"
)
_DENSE_RUNS = {
    "ja": re.compile("[\u4e00-\u9fff々]{2,6}|[\u30a1-\u30faー]{3,12}"),
    "zh": re.compile("[\u4e00-\u9fff]{2,}"),
    "th": re.compile("[\u0e00-\u0eff]{4,20}"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A word or phrase as the text writes it, and where it stands, 0.0 to 1.0 per mention."""

    form: str
    stems: frozenset[str]
    positions: tuple[float, ...]
    weight: float
    is_name: bool = False


def topics_in(reading: Reading, names: Sequence[Name]) -> list[Topic]:
    """All topics of a text, the heaviest first, none of which says the same as another."""
    named = [_of_name(name) for name in names]
    phrases = _dense_topics(reading) if _is_dense(reading) else _phrases(reading)
    ranked = sorted([*named, *phrases], key=lambda topic: (-topic.weight, topic.form))
    return list(_distinct(ranked))


def key_topics(topics: Sequence[Topic]) -> list[str]:
    """The five to ten (fewer in a short text) that lead the list, names and themes mixed."""
    names = [topic for topic in topics if topic.is_name]
    themes = [topic for topic in topics if not topic.is_name]
    led = names[: max(_MOST_NAMES, MOST - len(themes))]
    kept = [*led, *themes[: MOST - len(led)]]
    return [topic.form for topic in sorted(kept, key=lambda topic: (-topic.weight, topic.form))]


def _of_name(name: Name) -> Topic:
    return Topic(
        form=name.form,
        stems=frozenset(stem(word) for word in name.words),
        positions=name.positions,
        weight=float(len(name.positions)),
        is_name=True,
    )


def _distinct(ranked: Sequence[Topic]) -> Iterator[Topic]:
    taken: set[str] = set()
    for topic in ranked:
        if not topic.stems & taken:
            taken |= topic.stems
            yield topic


def _phrases(reading: Reading) -> list[Topic]:
    nouns = _noun_shares(reading)
    full = _full_words(reading, _empty_words(reading))
    heads = frozenset(word for word in full if nouns.get(stem(word), 0.0) >= _LEAST_NOUN)
    long = len(reading.sentences) >= _LONG_TEXT // 10
    found: dict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
    for sentence, words, is_prose in zip(reading.sentences, reading.words, reading.prose, strict=True):
        if long and not is_prose:
            continue
        for phrase in _candidates(words, sentence.text, full, heads):
            found[tuple(map(stem, phrase))].append((" ".join(phrase), sentence.position))
    least = 2 if len(reading.sentences) < _LONG_TEXT else 4
    topics = [_topic(stems, uses, nouns) for stems, uses in found.items() if len(uses) >= least and len(set(stems)) == len(stems)]
    return [topic for topic in topics if _is_spread(topic, reading)]


def _candidates(words: Sequence[str], text: str, full: frozenset[str], heads: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Single nouns, and pairs and triples that end in one, when they stand side by side in the text."""
    for at, word in enumerate(words):
        if word not in heads:
            continue
        yield (word,)
        for start in range(at - 1, max(-1, at - 3), -1):
            if words[start] not in full:
                break
            if " ".join(phrase := tuple(words[start : at + 1])) in text:
                yield phrase


def _empty_words(reading: Reading) -> frozenset[str]:
    """In a story also the stage business: a street or a fire is in every novel."""
    return reading.empty | reading.lexicon.scene if reading.is_story else reading.empty


def _full_words(reading: Reading, empty: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in {word for words in reading.words for word in words} if _is_full(word, empty))


def _is_full(word: str, empty: frozenset[str]) -> bool:
    meant = normal(word) not in empty and bare(word) not in empty
    return (
        meant
        and normal(word) not in ABBREVIATIONS
        and len(bare(word)) >= _SHORTEST
        and not UNSPACED.match(word)
        and not _ODD.search(word)
    )


def _noun_shares(reading: Reading) -> dict[str, float]:
    """How often each stem stands where a noun stands; 1.0 for all where nothing is known about the language."""
    total = Counter(stem(word) for words in reading.words for word in words)
    if reading.lexicon.nouns_are_capitalised:  # words of two letters with a capital are those of formulas
        placed: Iterator[str] = (word for words in reading.words for word in words[1:] if word[0].isupper() and len(word) > 2)  # noqa: PLR2004
    elif reading.lexicon.determiners:
        placed = _in_noun_places(reading)
    else:
        return dict.fromkeys(total, 1.0)
    noun = Counter(map(stem, placed))
    return {word: noun[word] / count for word, count in total.items()}


def _in_noun_places(reading: Reading) -> Iterator[str]:
    """The words behind an article, or an article and a describing word, and before an empty word or the end."""
    full = _full_words(reading, reading.empty)
    determiners = {word for words in reading.words for word in words if normal(word) in reading.lexicon.determiners}
    for words in reading.words:
        for farther, before, word, after in zip(["", "", *words], ["", *words], words, [*words[1:], ""], strict=False):
            described = farther in determiners and before not in determiners and before.islower()
            if (described or before in determiners) and after not in full:
                yield word


def _topic(stems: tuple[str, ...], uses: Sequence[tuple[str, float]], nouns: dict[str, float]) -> Topic:
    forms = Counter(form for form, _ in uses)
    form = min(forms, key=lambda form: (-forms[form], form))
    longer = _PHRASE_BONUS if len(stems) > 1 else 1.0
    return Topic(
        form=_cased(form, forms),
        stems=frozenset(stems),
        positions=tuple(position for _, position in uses),
        weight=len(uses) * longer * nouns.get(stems[-1], 1.0) * (0.8 + 0.03 * min(len(form), 12)),
    )


def _cased(form: str, forms: Counter[str]) -> str:
    """Small letters where the text ever writes it so: a capital may come from a sentence's start."""
    return form.lower() if forms[form.lower()] else re.sub(r"^[^\W\d_]{1,4}['’](?=\w)", "", form)


def _is_spread(topic: Topic, reading: Reading) -> bool:
    if len(reading.sentences) < _LONG_TEXT:
        return True
    return len({int(position * _PARTS) for position in topic.positions}) > 1


def _is_dense(reading: Reading) -> bool:
    return reading.language in _DENSE_RUNS


def _dense_topics(reading: Reading) -> list[Topic]:
    """For scripts without spaces: runs of Kanji or Katakana in Japanese, repeated groups of characters in Chinese and Thai."""
    between = None if reading.language == "ja" else _between(reading.empty)
    found: dict[str, list[float]] = defaultdict(list)
    for sentence in reading.sentences:
        for run in _DENSE_RUNS[reading.language or ""].findall(sentence.text):
            for group in _groups(run, between):
                found[group].append(sentence.position)
    repeated = {form: at for form, at in found.items() if len(at) > 1}
    return [
        Topic(form=form, stems=_bigrams(form), positions=tuple(at), weight=len(at) * (1 + 0.3 * len(form)))
        for form, at in repeated.items()
    ]


def _groups(run: str, between: re.Pattern[str] | None) -> Iterator[str]:
    """The run as it is, or the groups of characters of what stands between words of grammar."""
    if between is None:
        yield run
        return
    for part in between.split(run):
        for length in range(2, min(4, len(part)) + 1):
            yield from (part[at : at + length] for at in range(len(part) - length + 1))


@cache
def _between(empty: frozenset[str]) -> re.Pattern[str]:
    """Words of grammar, and what counts something (a numeral and its measure word)."""
    words = sorted((word for word in empty if len(word) > 1 and UNSPACED.match(word)), key=len, reverse=True)
    return re.compile(
        "|".join(
            [
                "[一二两兩三四五六七八九十几幾每某第]+[个個位艘条條只隻本家座张張件名群半年月日天次]*",
                *map(re.escape, words),
                _GRAMMAR,
            ]
        )
    )


def _bigrams(form: str) -> frozenset[str]:
    return frozenset(one + other for one, other in pairwise(form))
