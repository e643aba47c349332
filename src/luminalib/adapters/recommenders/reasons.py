"""Reasons out of the parts that a score is the sum of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from luminalib.domain.books import search_key
from luminalib.domain.recommendations import MAX_REASONS, BookProfile, Reason, ReasonKind

_TERMS = {"tag": ReasonKind.TAG, "author": ReasonKind.AUTHOR, "series": ReasonKind.SERIES}
_NOUNS_HAVE_CAPITALS = frozenset(["de", "lb"])
_LEAST = 0.05
"""A reason gives at least this share of what the strongest gives."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one of the reader's books gives to a score: in all, by what readers of it did, and by each term in common."""

    book_id: str
    whole: float
    community: float
    terms: Mapping[str, float]


def reasons_of(book: BookProfile, shares: Iterable[Share], stated: Mapping[str, float]) -> tuple[Reason, ...]:
    """The strongest reasons, at most MAX_REASONS and one of a kind; `stated` is what the reader's stated tastes give, by term."""
    shares = sorted(shares, key=lambda share: -share.whole)
    sums: dict[str, float] = dict(stated)
    for share in shares:
        for term, amount in share.terms.items():
            sums[term] = sums.get(term, 0.0) + amount
    found = [*_of_terms(book, sums, stated), *_of_books(shares)]
    strongest: dict[ReasonKind, Reason] = {}
    for reason in sorted(found, key=lambda one: -one.amount):
        if reason.amount > 0:
            strongest.setdefault(reason.kind, reason)
    kept = list(strongest.values())
    return tuple(one for one in kept if one.amount >= _LEAST * kept[0].amount)[:MAX_REASONS]


def _of_books(shares: list[Share]) -> list[Reason]:
    """The book that gives most, and the one whose readers give most; one that is both is named once, as what it is most."""
    if not shares:
        return []
    first = shares[0]
    crowd = max(shares, key=lambda share: share.community)
    liked = Reason(ReasonKind.BECAUSE_YOU_LIKED, first.whole, book_id=first.book_id)
    also = Reason(ReasonKind.READERS_ALSO, crowd.community, book_id=crowd.book_id)
    if crowd is first:
        return [also] if 2 * first.community > first.whole else [liked]
    return [liked, also]


def _of_terms(book: BookProfile, sums: Mapping[str, float], stated: Mapping[str, float]) -> list[Reason]:
    """Tags, authors, the series, and persons and places among the topics, by the names that the catalogue shows.

    Another word of a text is no reason: it makes books alike, and yet a reader would not say that they are about it.
    """
    series = [book.series] if book.series else []
    shown = {search_key(name): name for name in (*_proper_names(book), *book.tags, *book.authors, *series)}
    found = []
    for term, amount in sums.items():
        kind, _, name = term.partition(":")
        if kind in _TERMS and (name in shown or term in stated):
            found.append(Reason(_TERMS[kind], amount, name=shown.get(name, name)))
    return found


def _proper_names(book: BookProfile) -> list[str]:
    """Topics that are written as names are; German writes all nouns so."""
    is_told = (book.language or "")[:2].lower() not in _NOUNS_HAVE_CAPITALS
    return [topic for topic in book.topics if topic[:1].isupper() and not topic.isupper()] if is_told else []
