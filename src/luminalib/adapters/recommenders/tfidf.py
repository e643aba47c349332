"""Recommendations from content alone: books whose terms are those of the reader's books."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import scipy.sparse as sp

from luminalib.adapters.recommenders.content import Content, Floats, Ints, best, lengths_of, positions, vector
from luminalib.adapters.recommenders.reasons import Share, reasons_of
from luminalib.domain.recommendations import BookProfile, Candidate, Reader
from luminalib.ports.recommender import Ranking


class TfidfRanking(Ranking):
    """Cosine between a book and the sum of the reader's books and stated tastes, each weighed; nothing is learnt from others."""

    name = "tfidf"
    version = None

    def __init__(self, books: Sequence[BookProfile], content: Content) -> None:
        self.books = {book.id: book for book in books}
        self.content = content
        self._ids = [book.id for book in books]
        self._rows = positions(books)
        # By their whole length, unlike in the hybrid: a book whose author has no other here is less likely the next one.
        self._lengths = content.lengths

    def rank(
        self, reader: Reader, limit: int, *, without: Collection[str] = (), among: Collection[str] | None = None
    ) -> list[Candidate]:
        """See Ranking."""
        if not self._ids:
            return []
        rows, opinions = vector(reader.opinions, self._rows)
        profile = self.content.of_books(rows, opinions) + self.content.taste(reader)
        profile /= lengths_of(profile)[0] or 1.0
        scores: Floats = (profile @ self.content.by_term).toarray().ravel() / np.maximum(self._lengths, 1e-9)
        allowed = None if among is None else self._known(among)
        found = best(scores, limit, [*rows, *self._known(without)], allowed)
        near = self.content.are_near(found, profile)
        return [Candidate(book_id=self._ids[row], score=float(scores[row])) for row, fits in zip(found, near, strict=True) if fits]

    def explain(self, reader: Reader, book_ids: Sequence[str]) -> dict[str, Candidate]:
        """See Ranking."""
        if not self._ids:
            return {}
        rows, opinions = vector(reader.opinions, self._rows)
        taste = self.content.taste(reader)
        length = lengths_of(self.content.of_books(rows, opinions) + taste)[0] or np.float32(1)
        known = {one: self._rows[one] for one in book_ids if one in self._rows}
        scales = {one: np.float32(length) * max(self._lengths[row], np.float32(1e-9)) for one, row in known.items()}
        return {one: self._explained(row, rows, opinions / scales[one], taste / scales[one]) for one, row in known.items()}

    def similar(self, book_id: str, limit: int) -> list[Candidate]:
        """See Ranking."""
        return self.rank(Reader(opinions={book_id: 1.0}), limit)

    def _explained(self, row: int, rows: Ints, opinions: Floats, taste: sp.csr_matrix) -> Candidate:
        shares = []
        own = self.content.terms(row)
        for of, opinion in zip(rows, opinions, strict=True):
            terms = {term: float(opinion) * amount for term, amount in self.content.shared(int(of), own).items()}
            shares.append(Share(self._ids[of], sum(terms.values()), 0.0, terms))
        stated = self.content.stated(taste, own)
        parts = {"content": sum(share.whole for share in shares), "taste": sum(stated.values())}
        book_id = self._ids[row]
        return Candidate(
            book_id=book_id,
            score=sum(parts.values()),
            parts=parts,
            reasons=reasons_of(self.books[book_id], [share for share in shares if share.whole > 0], stated),
        )

    def _known(self, book_ids: Iterable[str]) -> list[int]:
        return [self._rows[book_id] for book_id in book_ids if book_id in self._rows]
