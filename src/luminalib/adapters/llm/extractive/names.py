"""The proper names of a text: people and places that it keeps coming back to."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from luminalib.adapters.llm.extractive import lexicon_data as data
from luminalib.adapters.llm.extractive.lexicons import Lexicon
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.sentences import ABBREVIATIONS
from luminalib.adapters.llm.extractive.words import WORD, bare, normal, words_of

_TITLES = frozenset(data.TITLES.split())
_PLACES = frozenset(data.PLACES.split())
_NEVER = frozenset(data.NEVER.split())
_CAPITALISED = re.compile(rf"\b(?=[^\Wa-z\d]){WORD.pattern}")
"""Also words of scripts without capitals; only a quick way past most of a text."""
_BETWEEN = re.compile(r"\.? ")
_AFTER_A_START = frozenset(".:!?\"“”„«‘'([—–*_")
_MINIMUM = 3
_FEW_SENTENCES = 100
_CAPITALISED_SHARE = 0.8
_FULL_FORM_SHARE = 0.12
_PERSONS_ACT = 0.08
_PLACED, _PLACED_BESIDE, _NEAR_SHARE, _HARDLY, _OF_A_KIND = 0.3, 0.08, 0.2, 0.05, 0.3
"""Shares of a name's mentions; measured on ten novels, where they tell persons, places and the rest apart."""
_NEAR = 30
_NAME_SHARE = 0.9
"""How often a name has no article."""
_MOST_PERSONS = 4
_MINOR = 0.12
"""Who is named less than this share of what the most named is, is no main person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """One person or place: how the text usually calls it, and where."""

    form: str
    words: frozenset[str]
    positions: tuple[float, ...]
    """Places in the text, 0.0 to 1.0, one per mention."""
    sentences: frozenset[int]
    """Indices of the sentences that mention it."""
    is_person: bool = False
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Names side by side in one sentence: Sherlock Holmes, Mr. Bennet."""

    text: str
    words: tuple[str, ...]
    sentence: int
    is_placed: bool
    """Stands behind a word that places stand behind, or has one in it."""
    is_near: bool
    """The same, or behind one that also persons stand behind."""
    is_acting: bool
    """Has a title, or beside it what only persons do."""
    is_of_a_kind: bool
    """Stands behind an article."""


def names_in(reading: Reading) -> list[Name]:
    """The names that occur three times (twice in a short text), the most frequent first.

    The author's full name is left out: it comes from title pages and notes.
    """
    proper = _proper_words(reading)
    runs = [run for at, sentence in enumerate(reading.sentences) for run in _runs(sentence.text, at, proper, reading.lexicon)]
    groups = _by_head(runs)
    names = [_name(members, reading) for members in groups.values()]
    least = _MINIMUM if len(reading.sentences) > _FEW_SENTENCES else _MINIMUM - 1
    authors = [frozenset(map(bare, words_of(author))) for author in reading.authors]
    kept = [
        name for name in names if len(name.positions) >= least and not any(name.words >= author for author in authors if author)
    ]
    return sorted(kept, key=lambda name: (-len(name.positions), name.form))


def main_persons(names: Sequence[Name]) -> list[Name]:
    """The few that a story is about, the most named first."""
    people = [name for name in names if name.is_person]
    return [one for one in people[:_MOST_PERSONS] if len(one.positions) >= max(2, _MINOR * len(people[0].positions))]


def _proper_words(reading: Reading) -> frozenset[str]:
    """Words that stand capitalised inside sentences, and hardly ever small."""
    prose = [at for at, is_prose in enumerate(reading.prose) if is_prose]
    small = Counter(bare(word) for at in prose for word in reading.words[at] if word[0].islower())
    capitalised: Counter[str] = Counter()
    starting: Counter[str] = Counter()
    for at in prose:
        text = reading.sentences[at].text
        for found in _CAPITALISED.finditer(text):
            word = found.group()
            if word[0].isupper() and not (word.isupper() and len(word) > 1):
                (starting if _starts(text, found.start()) else capitalised)[bare(word)] += 1
    barred = reading.lexicon.function_words | _NEVER | ABBREVIATIONS
    if reading.lexicon.nouns_are_capitalised:
        return _words_without_articles(reading, prose) - barred
    return frozenset(
        word
        for word, count in capitalised.items()
        if (count > 1 or (starting[word] > 1 and not small[word]))
        and word not in barred
        and len(word) > 1
        and count >= _CAPITALISED_SHARE * (count + small[word])
    )


def _words_without_articles(reading: Reading, prose: Sequence[int]) -> frozenset[str]:
    """Where all nouns have a capital, the names among them are those that act and that hardly ever have an article."""
    lexicon = reading.lexicon
    total: Counter[str] = Counter()
    acting: Counter[str] = Counter()
    described: Counter[str] = Counter()
    for at in prose:
        words = reading.words[at]
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            if word.istitle() and len(word) > 2:  # noqa: PLR2004 - shorter ones are letters of formulas
                total[bare(word)] += 1
                acting[bare(word)] += does(before, after, lexicon)
                described[bare(word)] += normal(before) in lexicon.determiners
    least = _MINIMUM if len(reading.sentences) > _FEW_SENTENCES else 1
    return frozenset(
        word
        for word, count in acting.items()
        if count >= least and total[word] >= _MINIMUM and described[word] <= (1 - _NAME_SHARE) * total[word]
    )


def does(before: str, after: str, lexicon: Lexicon) -> bool:
    """Whether a verb of persons stands beside a name, or behind it any in the form of a tale."""
    return not lexicon.acting.isdisjoint((normal(before), normal(after))) or after.endswith(lexicon.past)


def _starts(text: str, at: int) -> bool:
    before = text[:at].rstrip()[-1:]
    return not before or (before in _AFTER_A_START and text[max(0, at - 5) : at].lower().strip(" .").split(" ")[-1] not in _TITLES)


def _runs(text: str, sentence: int, proper: frozenset[str], lexicon: Lexicon) -> Iterator[_Run]:
    current: list[re.Match[str]] = []
    for found in _CAPITALISED.finditer(text):
        word = found.group()
        known = bare(word) in proper or normal(word) in _TITLES or (current != [] and normal(word) in _PLACES)
        named = word[0].isupper() and known
        if (current and not (named and _BETWEEN.fullmatch(text, current[-1].end(), found.start()))) or (
            current and normal(word) in _TITLES
        ):
            yield from _run(text, current, sentence, lexicon)
            current = []
        if named:
            current.append(found)
    yield from _run(text, current, sentence, lexicon)


def _run(text: str, matches: Sequence[re.Match[str]], sentence: int, lexicon: Lexicon) -> Iterator[_Run]:
    words = tuple(word for match in matches if (word := bare(match.group())) not in _TITLES | _PLACES)
    if words:
        written = text[matches[0].start() : matches[-1].end()]
        before = next(iter(words_of(text[max(0, matches[0].start() - _NEAR) : matches[0].start()])[-1:]), "")
        after = next(iter(words_of(text[matches[-1].end() : matches[-1].end() + _NEAR])), "")
        parts = {normal(match.group()) for match in matches}
        is_placed = normal(before) in lexicon.locative or not parts.isdisjoint(_PLACES)
        yield _Run(
            text=re.sub(r"['’]s$", "", written),
            words=words,
            sentence=sentence,
            is_placed=is_placed,
            is_near=is_placed or normal(before) in lexicon.near,
            is_acting=not parts.isdisjoint(_TITLES) or does(before, after, lexicon),
            is_of_a_kind=normal(before) in lexicon.articles,
        )


def _by_head(runs: Sequence[_Run]) -> Mapping[str, list[_Run]]:
    """Groups the forms of one name: Holmes and Sherlock under the word that most of their forms share."""
    counts = Counter(word for run in runs for word in set(run.words))
    groups: dict[str, list[_Run]] = defaultdict(list)
    heads = _heads(runs, counts)
    for run in runs:
        groups[heads[max(run.words, key=lambda word: (counts[word], word))]].append(run)
    return groups


def _heads(runs: Sequence[_Run], counts: Counter[str]) -> dict[str, str]:
    """For each word, the more frequent word that it mostly stands beside: sherlock -> holmes."""
    pairs = Counter((one, other) for run in runs for one in run.words for other in run.words if counts[other] > counts[one])
    heads = {word: word for word in counts}
    for (one, other), together in sorted(pairs.items(), key=lambda item: item[1]):
        if together > counts[one] / 2:
            heads[one] = other
    return {word: heads[heads[word]] for word in heads}


def _name(runs: Sequence[_Run], reading: Reading) -> Name:
    sentences = frozenset(run.sentence for run in runs)
    count = len(runs)
    placed, near = sum(run.is_placed for run in runs) / count, sum(run.is_near for run in runs) / count
    acting, of_a_kind = sum(run.is_acting for run in runs) / count, sum(run.is_of_a_kind for run in runs) / count
    is_person = acting >= _PERSONS_ACT
    return Name(
        form=_form(runs),
        words=frozenset(word for run in runs for word in run.words),
        positions=tuple(reading.sentences[run.sentence].position for run in runs),
        sentences=sentences,
        is_person=is_person,
        is_place=not is_person
        and of_a_kind < _OF_A_KIND
        and (placed >= _PLACED or (acting <= _HARDLY and placed >= _PLACED_BESIDE and near >= _NEAR_SHARE)),
    )


def _form(runs: Sequence[_Run]) -> str:
    """The full form where it is not rare, else the usual one."""
    forms = Counter(run.text for run in runs)
    full = Counter(
        {
            form: count
            for form, count in forms.items()
            if len(form.split()) > 1 and form.split()[0].lower().strip(".") not in _TITLES
        }
    )
    usual, often = min(forms.items(), key=lambda item: (-item[1], item[0]))
    if full:
        form, count = min(full.items(), key=lambda item: (-item[1], item[0]))
        if count >= max(_MINIMUM, _FULL_FORM_SHARE * often):
            return form
    return usual
