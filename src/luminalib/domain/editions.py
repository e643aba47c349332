"""Which books of a catalogue are editions of one work."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from luminalib.domain.recommendations import BookProfile
from luminalib.domain.spelling import all_words, fold

_SUBTITLE = re.compile(r"\s*[:;/(\[\u2013\u2014]|\s-\s|,?\s+or,\s")
_EDITION = re.compile(
    r"\s*[(\[,:;-]\s*(?:[\w.]+ ){0,3}(?:edition|ed\.|ausgabe|auflage|édition|edición|edizione|edição|uitgave|unabridged|abridged|"
    r"annotated|illustrated)\b[^)\]]*[)\]]?\s*$",
    re.IGNORECASE,
)
_ARTICLES = frozenset("the a an der die das ein eine le la les l un une el los las il lo gli i o os as um uma de het een".split())  # noqa: SIM905
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")  # noqa: RUF001 -- full stops of other scripts
_LONG_SENTENCE = 60
_SHARED = 2
_TOPICS = 6
_LONG_TITLE = 3
"""Words; two books with the same shorter title and no author to compare may be anything."""


def works_of(books: Sequence[BookProfile]) -> dict[str, str]:
    """For each book's id the id of the first edition of the same work, its own where there is no other.

    One work are books of the same author and title in people's spelling, whatever the subtitle of one of them, and books of almost
    the same text: their summaries share sentences, or their key topics are the same. Volumes of a series are works of their own.
    """
    works = _Groups(book.id for book in books)
    volumes = {book.id: book.volume for book in books}
    for ids in (*_of_titles(books), *(ids for ids in _of_texts(books) if len({volumes[one] for one in ids} - {None}) <= 1)):
        works.join(ids)
    return {book.id: works.first(book.id) for book in books}


class _Groups:
    """Sets that grow together (union-find); the first of a set stands for it."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._order = {one: place for place, one in enumerate(ids)}
        self._above = {one: one for one in self._order}

    def first(self, one: str) -> str:
        while self._above[one] != one:
            self._above[one] = one = self._above[self._above[one]]
        return one

    def join(self, ids: Sequence[str]) -> None:
        firsts = sorted({self.first(one) for one in ids}, key=self._order.__getitem__)
        for other in firsts[1:]:
            self._above[other] = firsts[0]


def _of_titles(books: Sequence[BookProfile]) -> Iterator[list[str]]:
    """Books of one title and author; one without a subtitle goes with those that have the same one."""
    found: dict[Hashable, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for book in books:
        head, rest = _title(book.title)
        authors = {person_key(author) for author in book.authors}
        if not authors and len(head) + len(rest) < _LONG_TITLE:
            continue
        for author in authors or {()}:
            found[head, author, book.volume][rest].append(book.id)
    for subtitles in found.values():
        plain = subtitles.pop((), [])
        if len(subtitles) <= 1:
            yield plain + [one for ids in subtitles.values() for one in ids]
        else:
            yield from (plain, *subtitles.values())


def _title(title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a title and those of its subtitle, without what names an edition and without articles in front."""
    plain = _EDITION.sub("", title)
    mark = _SUBTITLE.search(plain, 1)
    head, rest = (plain[: mark.start()], plain[mark.end() :]) if mark else (plain, "")
    words = all_words(head)
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return tuple(words), tuple(all_words(rest))


def person_key(name: str) -> tuple[str, ...]:
    """A person's family name and first initial, in whichever order and however short the others stand."""
    last, _, first = name.partition(",")
    given, family = (all_words(first), all_words(last)) if first else ([], [])
    if not first:
        *given, last = all_words(name) or [fold(name)]
        family = [last]
    return (family[-1] if family else "", given[0][:1] if given else "")


def _of_texts(books: Sequence[BookProfile]) -> Iterator[list[str]]:
    """Books whose summaries share at least two long sentences, or whose key topics are all the same."""
    by_sentence: dict[str, list[str]] = defaultdict(list)
    by_topics: dict[Hashable, list[str]] = defaultdict(list)
    for book in books:
        for sentence in {fold(part) for part in _SENTENCE.split(book.text) if len(part) >= _LONG_SENTENCE}:
            by_sentence[sentence].append(book.id)
        if len(book.topics) >= _TOPICS:
            by_topics[frozenset(map(fold, book.topics))].append(book.id)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for ids in by_sentence.values():
        for other in ids[1:]:
            shared[ids[0], other] += 1
    yield from (list(pair) for pair, count in shared.items() if count >= _SHARED)
    yield from by_topics.values()
