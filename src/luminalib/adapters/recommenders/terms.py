"""What a book is about, as weighted terms: `author:…`, `series:…`, `tag:…`, `word:…`, `year:…`, `language:…`."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable

from luminalib.domain.books import search_key
from luminalib.domain.function_words import empty_words
from luminalib.domain.recommendations import BookProfile

_WORD = re.compile(r"[^\W_]+")
_AUTHOR, _SECOND_AUTHOR, _OTHER_AUTHOR = 1.9, 0.85, 0.6
"""Editors and illustrators come later in the list and say less about the book."""
_SERIES = 2.5
_TAG = 1.0
_TITLE_WORD = 0.75
_TOPIC = 0.7
_PROSE_WORD = 0.35
_PROSE_WORDS = 40
_YEAR = 0.95
"""In each of two overlapping spans: books of neighbouring years share one or both."""
_MODERN, _MODERN_SPAN, _OLD_SPAN = 1990, 2, 10
_SHORTEST_PROSE_WORD = 4


def terms_of(book: BookProfile) -> dict[str, float]:
    """The book's terms with their weights, before any inverse document frequency."""
    found = {tag_term(tag): _TAG for tag in book.tags}
    for place, author in enumerate(book.authors):
        found[author_term(author)] = (_AUTHOR, _SECOND_AUTHOR)[place] if place < 2 else _OTHER_AUTHOR  # noqa: PLR2004
    if book.series:
        found[f"series:{search_key(book.series)}"] = _SERIES
    for topic in book.topics:
        found.setdefault(tag_term(topic), _TOPIC)
    found.update((f"word:{word}", _TITLE_WORD) for word in _words(book.title))
    for word, weight in _prose(book.text, empty_words(book.language)):
        found.setdefault(f"word:{word}", weight)
    if book.language:
        found[f"language:{book.language[:2].lower()}"] = 1.0
    if book.year is not None:
        span = _MODERN_SPAN if book.year >= _MODERN else _OLD_SPAN
        found.update((f"year:{(book.year // span + after) * span}", _YEAR) for after in (0, 1))
    return found


def author_term(name: str) -> str:
    """The term of an author."""
    return f"author:{search_key(name)}"


def tag_term(name: str) -> str:
    """The term of a tag; key topics share it, so that a taste for a tag finds books whose text is about it."""
    return f"tag:{search_key(name)}"


def _words(text: str) -> list[str]:
    return _WORD.findall(search_key(text))


def _prose(text: str, empty: Collection[str]) -> Iterable[tuple[str, float]]:
    """The words that stand out most often, damped: the tenth mention says less than the first."""
    counts = Counter(word for word in _words(text) if len(word) >= _SHORTEST_PROSE_WORD and word not in empty)
    return [(word, _PROSE_WORD * (1 + math.log(count))) for word, count in counts.most_common(_PROSE_WORDS)]
