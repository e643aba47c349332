"""Which passages have a term, how often and where: the lists that a search by words adds up.

They are arrays of this machine's own byte order: the index never leaves it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luminalib.adapters.passage_index.local.schema import COUNT_BITS, MOST_COUNTED
from luminalib.adapters.passage_index.terms import Variants

Array = Any
"""A numpy array."""
_LONG = 100
"""Postings of a list that takes longer to read than to keep: a conversation's words come again with its next question."""
_MOST_KEPT = 4_000_000
"""Postings of all lists that are kept, of twelve bytes each; a list by itself takes as much as `_LONG` of them."""
_PLACES = 2**16
_PLACE_BITS = 20
"""More than a place has, so that a step back from the first word of a passage leads to no place of the one before."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Of a term in a document: `found` has a number per passage (see COUNT_BITS), `places` all its places in them, in order."""

    term: str
    found: bytes
    places: bytes


def postings_of(passages: Sequence[Sequence[str]]) -> list[Posting]:
    """The postings of all terms of a document's passages, by term."""
    import numpy as np  # noqa: PLC0415 -- a library that nobody searches does without

    read = [terms[:_PLACES] for terms in passages]
    vocabulary = sorted(set().union(*read))
    numbers = {term: number for number, term in enumerate(vocabulary)}
    terms = np.fromiter((numbers[term] for some in read for term in some), np.int64)
    ordinals = np.repeat(np.arange(len(read)), [len(some) for some in read])
    places = np.concatenate([np.arange(len(some)) for some in read] or [terms])
    order = np.argsort(terms, kind="stable")
    terms, ordinals, places = terms[order], ordinals[order], places[order]
    _, firsts, counts = np.unique(terms * len(read) + ordinals, return_index=True, return_counts=True)
    kept = np.arange(len(terms)) - np.repeat(firsts, counts) < MOST_COUNTED
    found = (ordinals[firsts] << COUNT_BITS | np.minimum(counts, MOST_COUNTED)).astype(np.uint32)
    bounds = np.arange(len(vocabulary) + 1)
    found_bounds = np.searchsorted(terms[firsts], bounds).tolist()
    place_bounds = np.searchsorted(terms[kept], bounds).tolist()
    placed = places[kept].astype(np.uint16)
    return [
        Posting(term, found[start:stop].tobytes(), placed[first:last].tobytes())
        for term, start, stop, first, last in zip(
            vocabulary, found_bounds, found_bounds[1:], place_bounds, place_bounds[1:], strict=False
        )
    ]


def unpacked(rows: Iterable[tuple[int, bytes]], starts: Mapping[int, int]) -> tuple[Array, Array]:
    """The passages of the documents in `starts` with how often the term occurs in each; `starts` are their first numbers."""
    import numpy as np  # noqa: PLC0415 -- see above

    shown = [(starts[document], found) for document, found in rows if document in starts]
    packed = np.frombuffer(b"".join(found for _, found in shown), np.uint32)
    lengths = [len(found) // packed.itemsize for _, found in shown]
    firsts = np.repeat(np.array([first for first, _ in shown], np.int64), lengths)
    return firsts + (packed >> COUNT_BITS), packed & MOST_COUNTED


@dataclass(frozen=True, slots=True, eq=False)
class WeighedList:
    """The passages with a word, in ascending order, and for each what the word is worth there: BM25 without how rare it is."""

    passages: Array
    parts: Array


def weighed(lists: Sequence[tuple[Array, Array]], norms: Array) -> WeighedList:
    """One list out of those of a word's terms, which count as one; `norms` are what BM25 adds to a count in each passage."""
    import numpy as np  # noqa: PLC0415 -- see above

    if not lists:
        return WeighedList(np.array([], np.int64), np.array([], np.float32))
    passages, counts = lists[0]
    if len(lists) > 1:
        passages, places = np.unique(np.concatenate([passages for passages, _ in lists]), return_inverse=True)
        counts = np.bincount(places, np.concatenate([counts for _, counts in lists]))
    parts = counts.astype(np.float32)
    return WeighedList(passages, parts / (parts + norms[passages]))


class KeptLists:
    """The long lists that were asked for last, as a language has few frequent words and they come again."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple[str, Variants], WeighedList] = OrderedDict()
        self._lock = threading.Lock()
        self._postings = 0

    def get(self, tenant_id: str, variants: Variants) -> WeighedList | None:
        """That of a tenant's word; None when it is not kept."""
        with self._lock:
            found = self._lists.get((tenant_id, variants))
            if found is not None:
                self._lists.move_to_end((tenant_id, variants))
            return found

    def kept(self, tenant_id: str, variants: Variants, found: WeighedList) -> WeighedList:
        """The list, which is kept if it is long."""
        with self._lock:
            if len(found.passages) >= _LONG and (tenant_id, variants) not in self._lists:
                self._lists[tenant_id, variants] = found
                self._postings += _LONG + len(found.passages)
            while self._postings > _MOST_KEPT:
                _, gone = self._lists.popitem(last=False)
                self._postings -= _LONG + len(gone.passages)
        return found


def spots_of(rows: Iterable[tuple[int, bytes, bytes]], starts: Mapping[int, int]) -> Array:
    """Every occurrence of a term as one number of passage and place, in ascending order."""
    import numpy as np  # noqa: PLC0415 -- see above

    shown = [row for row in rows if row[0] in starts]
    passages, counts = unpacked(((document, found) for document, found, _ in shown), starts)
    places = np.frombuffer(b"".join(places for _, _, places in shown), np.uint16)
    return np.sort((np.repeat(passages, counts) << _PLACE_BITS) + places)


def passages_of(spots: Array) -> Array:
    """The passages in which spots lie."""
    return spots >> _PLACE_BITS
