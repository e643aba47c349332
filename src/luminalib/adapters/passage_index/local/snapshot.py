"""What is the same for all searches between two changes of the local index: which documents there are, and where each lies."""

import sqlite3
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from luminalib.adapters.passage_index.bm25 import K1, B, Statistics
from luminalib.adapters.passage_index.local.postings import KeptLists
from luminalib.domain.passages import Scope

Array = Any
"""A numpy array; numpy is imported with the first search, which a library that nobody asks does without."""
_COLUMNS = "number, document_id, tenant_id, owner_id, language, passages, lengths, pages, model, slot"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A document: its passages are numbered on from `first`, its vectors lie from `slot` on in the file of `model`."""

    first: int
    number: int
    document_id: str
    tenant_id: str
    owner_id: str | None
    language: str
    passages: int
    lengths: bytes
    pages: bytes
    model: str | None
    slot: int | None

    def is_in(self, scope: Scope) -> bool:
        """Whether a search in the scope may look at it."""
        return (
            self.tenant_id == scope.tenant_id
            and self.owner_id in (None, scope.user_id)
            and (scope.document_ids is None or self.document_id in scope.document_ids)
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """A tenant's documents: only these count for how rare a word is."""

    statistics: Statistics
    languages: frozenset[str]
    starts: Mapping[int, int]
    """The first passage of each document, by the document's number."""
    stretches: Sequence[Stretch]
    by_id: Mapping[str, Stretch]
    has_owners: bool
    """Whether any of them is a member's own."""


class Snapshot:
    """All documents, in the order of their numbers."""

    def __init__(self, db: sqlite3.Connection, generation: int) -> None:
        self.generation = generation
        self.stretches: list[Stretch] = []
        self.passages = 0
        for row in db.execute(f"SELECT {_COLUMNS} FROM documents ORDER BY number"):  # noqa: S608 -- our own text
            self.stretches.append(Stretch(self.passages, *row))
            self.passages += self.stretches[-1].passages
        self._firsts = [one.first for one in self.stretches]
        self.lists = KeptLists()
        self._shelves: dict[str, Shelf] = {}
        self._norms: dict[str, Array] = {}

    @cached_property
    def lengths(self) -> Array:
        """How many terms each passage has."""
        return self._joined([one.lengths for one in self.stretches])

    @cached_property
    def pages(self) -> Array:
        """The page of each passage."""
        return self._joined([one.pages for one in self.stretches])

    def shelf(self, tenant_id: str) -> Shelf:
        """What is a tenant's."""
        if tenant_id not in self._shelves:
            theirs = [one for one in self.stretches if one.tenant_id == tenant_id]
            passages = sum(one.passages for one in theirs)
            terms = sum(int(self.lengths[one.first : one.first + one.passages].sum()) for one in theirs)
            self._shelves[tenant_id] = Shelf(
                statistics=Statistics(passages, terms / max(passages, 1)),
                languages=frozenset(one.language for one in theirs),
                starts={one.number: one.first for one in theirs},
                stretches=theirs,
                by_id={one.document_id: one for one in theirs},
                has_owners=any(one.owner_id is not None for one in theirs),
            )
        return self._shelves[tenant_id]

    def within(self, scope: Scope) -> Sequence[Stretch]:
        """The documents that lie in a scope, in the order of their numbers."""
        shelf = self.shelf(scope.tenant_id)
        if scope.document_ids is not None:
            chosen = sorted((shelf.by_id[one] for one in scope.document_ids if one in shelf.by_id), key=lambda one: one.number)
            return [one for one in chosen if one.is_in(scope)]
        return [one for one in shelf.stretches if one.is_in(scope)] if shelf.has_owners else shelf.stretches

    def norms(self, tenant_id: str) -> Array:
        """What BM25 adds to a word's count in each passage, by how long it is beside the tenant's others."""
        import numpy as np  # noqa: PLC0415 -- see Array

        if tenant_id not in self._norms:
            mean = max(self.shelf(tenant_id).statistics.mean_length, 1.0)
            self._norms[tenant_id] = (K1 * (1 - B + B * self.lengths / mean)).astype(np.float32)
        return self._norms[tenant_id]

    def shown(self, scope: Scope) -> Array | None:
        """For each passage whether it may be found among the tenant's; None where all of them may."""
        import numpy as np  # noqa: PLC0415 -- see Array

        within = self.within(scope)
        if not scope.until and len(within) == len(self.shelf(scope.tenant_id).stretches):
            return None
        shown = np.zeros(self.passages, bool)
        for one in within:
            stretch, last = slice(one.first, one.first + one.passages), scope.until.get(one.document_id)
            shown[stretch] = True if last is None else self.pages[stretch] <= last
        return shown

    def located(self, passage: int) -> tuple[int, int]:
        """The document's number and the place in it of a passage."""
        one = self.stretches[bisect_right(self._firsts, passage) - 1]
        return one.number, passage - one.first

    @staticmethod
    def _joined(columns: list[bytes]) -> Array:
        import numpy as np  # noqa: PLC0415 -- see Array

        return np.frombuffer(b"".join(columns), np.uint32)
