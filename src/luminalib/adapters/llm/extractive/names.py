"""The proper names of a text: people and places that it keeps coming back to."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from luminalib.adapters.llm.extractive import lexicon_data as data
from luminalib.adapters.llm.extractive.reading import Reading
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """One person or place: how the text usually calls it, and where."""

    form: str
    words: frozenset[str]
    positions: tuple[float, ...]
    """Places in the text, 0.0 to 1.0, one per mention."""
    sentences: frozenset[int]
    """Indices of the sentences that mention it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Names side by side in one sentence: Sherlock Holmes, Mr. Bennet."""

    text: str
    words: tuple[str, ...]
    sentence: int


def names_in(reading: Reading) -> list[Name]:
    """The names that occur three times (twice in a short text), the most frequent first; none where all nouns are capitalised.

    The author's full name is left out: it comes from title pages and notes.
    """
    if reading.lexicon.nouns_are_capitalised:
        return []
    proper = _proper_words(reading)
    runs = [run for at, sentence in enumerate(reading.sentences) for run in _runs(sentence.text, at, proper)]
    groups = _by_head(runs)
    names = [_name(members, reading) for members in groups.values()]
    least = _MINIMUM if len(reading.sentences) > _FEW_SENTENCES else _MINIMUM - 1
    authors = [frozenset(map(bare, words_of(author))) for author in reading.authors]
    kept = [
        name for name in names if len(name.positions) >= least and not any(name.words >= author for author in authors if author)
    ]
    return sorted(kept, key=lambda name: (-len(name.positions), name.form))


def _proper_words(reading: Reading) -> frozenset[str]:
    """Words that stand capitalised inside sentences, and hardly ever small."""
    prose = [at for at, is_prose in enumerate(reading.prose) if is_prose]
    small = Counter(bare(word) for at in prose for word in reading.words[at] if word[0].islower())
    capitalised: Counter[str] = Counter()
    for at in prose:
        text = reading.sentences[at].text
        for found in _CAPITALISED.finditer(text):
            word = found.group()
            if word[0].isupper() and not (word.isupper() and len(word) > 1) and not _starts(text, found.start()):
                capitalised[bare(word)] += 1
    barred = reading.lexicon.function_words | _NEVER
    return frozenset(
        word
        for word, count in capitalised.items()
        if count > 1 and word not in barred and len(word) > 1 and count >= _CAPITALISED_SHARE * (count + small[word])
    )


def _starts(text: str, at: int) -> bool:
    before = text[:at].rstrip()[-1:]
    return not before or (before in _AFTER_A_START and text[max(0, at - 5) : at].lower().strip(" .").split(" ")[-1] not in _TITLES)


def _runs(text: str, sentence: int, proper: frozenset[str]) -> Iterator[_Run]:
    current: list[re.Match[str]] = []
    for found in _CAPITALISED.finditer(text):
        word = found.group()
        known = bare(word) in proper or normal(word) in _TITLES or (current != [] and normal(word) in _PLACES)
        named = word[0].isupper() and known
        if (current and not (named and _BETWEEN.fullmatch(text, current[-1].end(), found.start()))) or (
            current and normal(word) in _TITLES
        ):
            yield from _run(text, current, sentence)
            current = []
        if named:
            current.append(found)
    yield from _run(text, current, sentence)


def _run(text: str, matches: Sequence[re.Match[str]], sentence: int) -> Iterator[_Run]:
    words = tuple(word for match in matches if (word := bare(match.group())) not in _TITLES | _PLACES)
    if words:
        written = text[matches[0].start() : matches[-1].end()]
        yield _Run(re.sub(r"['’]s$", "", written), words, sentence)


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
    return Name(
        form=_form(runs),
        words=frozenset(word for run in runs for word in run.words),
        positions=tuple(reading.sentences[run.sentence].position for run in runs),
        sentences=sentences,
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
