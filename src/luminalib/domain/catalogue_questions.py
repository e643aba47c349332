"""Questions to the catalogue: what people type, how it may have been meant, and which books fit it best."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from luminalib.domain.books import InvalidIsbn, normalise_isbn
from luminalib.domain.catalogue import WORD_MAX, BookWords, searchable, with_initials
from luminalib.domain.function_words import telling_words
from luminalib.domain.spelling import UNSPACED

TYPED_MAX = 12
"""So many words of a question are looked for."""
_PREFIX_FROM = 3
"""A shorter word is found only as a whole: too much begins with it."""
_TITLE, _NAMES, _TAGS, _TEXT = 10.0, 7.0, 4.0, 1.0
_EXACT, _BEGINNING, _CORRECTED = 1.0, 0.8, 0.7  # the last one for each letter that is another
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True)
class Typed:
    """A question to the catalogue: groups of words, of each of which a book must have one, or a word that begins with it.

    The first word of a group is what was typed; behind it stand other ways to read it, or corrections.
    """

    groups: tuple[tuple[str, ...], ...]
    whole: tuple[str, ...] = ()
    """All words that were typed, those that tell nothing among them."""
    corrected: Mapping[str, int] = field(default_factory=dict)
    """In how many letters each correction is not what was typed."""

    @classmethod
    def of(cls, q: str) -> "Typed":
        """What is looked for: an ISBN in any form, else the telling words."""
        if isbn := _isbn_in(q):
            return cls(((isbn,),), (isbn,))
        words = [word[:WORD_MAX] for word in with_initials(q)]
        telling = telling_words(words) if words else []
        joined = _joined(words, telling)
        groups = dict.fromkeys((*_readings(word), *joined[word]) for word in telling)
        return cls(tuple(groups)[:TYPED_MAX], tuple(searchable(q).split()))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What was typed."""
        return tuple(group[0] for group in self.groups)

    def corrections(self, near: Mapping[str, Mapping[str, int]]) -> list["Typed"]:
        """The question with other words beside its own, the most careful reading first; none when there is nothing to correct.

        `near`: the catalogue's words that are spelt like a typed one, the nearest first, with how many letters differ. At first
        only words that stand nowhere are replaced, and by the nearest ones; then any word by what differs in one letter, or more.
        """
        alike = [near.get(word, {}) for word in self.words]
        nearest = [min(words.values(), default=0) for words in alike]
        farthest = max((most for words in alike for most in words.values()), default=0)
        limits = [nearest, *([max(one, most) for one in nearest] for most in range(1, farthest + 1))]
        found = [self._corrected_within(alike, limit) for limit in limits]
        return [one for n, one in enumerate(found) if one.corrected and one not in found[:n]]

    def _corrected_within(self, alike: Sequence[Mapping[str, int]], limits: Sequence[int]) -> "Typed":
        chosen = [
            {word: letters for word, letters in words.items() if 0 < letters <= limit}
            for words, limit in zip(alike, limits, strict=True)
        ]
        groups = tuple(tuple(dict.fromkeys((*group, *words))) for group, words in zip(self.groups, chosen, strict=True))
        return replace(self, groups=groups, corrected={word: letters for words in chosen for word, letters in words.items()})

    def apart(self, known: Container[str]) -> list["Typed"]:
        """The question with one word read as two of the catalogue's `known` ones, like spider man for spiderman."""
        found = []
        for n, group in enumerate(self.groups):
            for halves in halves_of(group[0]):
                if all(half in known for half in halves):
                    groups = (*self.groups[:n], *((*group, half) for half in halves), *self.groups[n + 1 :])
                    found.append(replace(self, groups=groups, corrected=dict.fromkeys(halves, 1)))
        return found

    def without_one(self) -> list["Typed"]:
        """The questions that leave one of the words out, if enough are left."""
        if len(self.groups) < 3:  # noqa: PLR2004 -- one word of two says too little
            return []
        return [replace(self, groups=self.groups[:n] + self.groups[n + 1 :]) for n in range(len(self.groups))]

    def is_beginning(self, word: str) -> bool:
        """Whether words that begin with one of this question are meant, too: not with what was only guessed."""
        return is_prefix(word) and word not in self.corrected

    def fits(self, book: BookWords) -> float:
        """How well a book that matches fits, above 0: where the words stand, whether whole, and how much of the title they are."""
        named = f"{book.title} {book.series} {book.authors} {book.tags}"
        if not any(word in named for word in self._any_words):
            return _TEXT * len(self.groups)  # most books that have frequent words have them in their descriptions
        title, series, authors, tags = (words.split() for words in (book.title, book.series, book.authors, book.tags))
        score, in_title = 0.0, 0
        for looked_for in self._looked_for:
            of_title = looked_for.likeness(title)
            in_title += of_title > 0
            names = max(looked_for.likeness(series), looked_for.likeness(authors))
            score += max(_TITLE * of_title, _NAMES * names, _TAGS * looked_for.likeness(tags), _TEXT)
        if in_title:
            typed = " ".join(self.words)
            score += 3.0 * self._share_of_title(title, in_title)
            score += 2.0 * (typed in book.title) + (6.0 * (" ".join(self.whole) == book.title) or 4.0 * (typed == book.title))
        return score

    @cached_property
    def _any_words(self) -> frozenset[str]:
        return frozenset(word for group in self.groups for word in group)

    @cached_property
    def _looked_for(self) -> list["_LookedFor"]:
        return [
            _LookedFor(
                worth={word: _CORRECTED ** self.corrected.get(word, 0) for word in group},
                beginnings=tuple(filter(self.is_beginning, group)),
            )
            for group in self.groups
        ]

    @cached_property
    def _untold(self) -> frozenset[str]:
        """What was typed and tells nothing."""
        return frozenset(self.whole).difference(*self.groups)

    def _share_of_title(self, title: Sequence[str], found: int) -> float:
        """How much a title and what was typed have in common (Jaccard), words that tell nothing included."""
        common = found + len(self._untold.intersection(title))
        return common / max(len(title) + len(self.groups) + len(self._untold) - common, common)

    def is_well_found(self, book: BookWords) -> bool:
        """Whether a book has all the words as they were typed, and not in its description alone."""
        words = {*book.title.split(), *book.series.split(), *book.authors.split(), *book.tags.split()}
        return all(not words.isdisjoint(group) for group in self.groups)

    def best_spelling(self, book: BookWords) -> str | None:
        """The question with the words of a book in place of those that were corrected; None when nothing was."""
        names = f"{book.title} {book.series} {book.authors} {book.tags}".split()
        spelt = []
        for group, looked_for in zip(self.groups, self._looked_for, strict=True):
            typed = looked_for.without(self.corrected)
            right = next((word for word in group[1:] if word in names), group[0])
            spelt.append(group[0] if typed.likeness(names) else right)
        return " ".join(spelt) if spelt != list(self.words) else None


@dataclass(frozen=True, slots=True)
class _LookedFor:
    """The words of a group with what each is worth, and those of them that others may begin with."""

    worth: Mapping[str, float]
    beginnings: tuple[str, ...]

    def likeness(self, there: Sequence[str]) -> float:
        """How much the best of some words is what was looked for, from 0 to 1."""
        best = max((self.worth[word] for word in there if word in self.worth), default=0.0)
        for word in self.beginnings if best < _EXACT else ():
            if longer := [len(one) for one in there if one.startswith(word)]:
                best = max(best, _BEGINNING * (0.5 + 0.5 * len(word) / min(longer)))
        return best

    def without(self, some: Container[str]) -> "_LookedFor":
        """The same without some of its words, none of which is a beginning."""
        return _LookedFor({word: worth for word, worth in self.worth.items() if word not in some}, self.beginnings)


def is_prefix(word: str) -> bool:
    """Whether words that begin with it are meant, too."""
    return len(word) >= _PREFIX_FROM or bool(_UNSPACED.search(word))


def errors_allowed(word: str) -> int:
    """How many letters of a word may be wrong: none of a short one or a number, two of a long one."""
    if len(word) <= 2 or word.isdigit():  # noqa: PLR2004
        return 0
    return 1 if len(word) <= 5 else 2  # noqa: PLR2004


def halves_of(word: str) -> list[tuple[str, str]]:
    """The ways to read a word as two, each of which could begin others, the most even one first."""
    if _UNSPACED.search(word):
        return []
    places = sorted(range(_PREFIX_FROM, len(word) - _PREFIX_FROM + 1), key=lambda at: abs(2 * at - len(word)))
    return [(word[:at], word[at:]) for at in places]


def _joined(words: Sequence[str], telling: Sequence[str]) -> dict[str, list[str]]:
    """For each telling word those that it is with a neighbour: who types spider man may mean Spiderman."""
    found: dict[str, list[str]] = {word: [] for word in telling}
    for pair in pairwise(words):
        one = "".join(pair).replace("'", "")
        if not one.isdigit() and len(one) <= WORD_MAX and not _UNSPACED.search(one):
            for word in found.keys() & pair:
                found[word].append(one)
    return found


def _readings(word: str) -> tuple[str, ...]:
    """A word as one, and where an apostrophe divides it, its longer part."""
    whole = word.replace("'", "")
    return (whole,) if whole == word else tuple(dict.fromkeys((whole, max(word.split("'"), key=len))))


def _isbn_in(q: str) -> str | None:
    try:
        return normalise_isbn(q)
    except InvalidIsbn:
        return None
