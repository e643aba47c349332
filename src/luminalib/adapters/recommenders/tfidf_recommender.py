"""Recommending by content.

What computes is imported with the first ranking, in its thread: a server that nobody asks needs none of it.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from luminalib.domain.recommendations import BookProfile
from luminalib.domain.tastes import TasteEvent
from luminalib.ports.recommender import Ranking, Recommender, TrainedModel, TrainingFailed


class TfidfRecommender(Recommender):
    """Content only: nothing is trained beyond the vectoriser."""

    name = "tfidf"
    learns = False

    def ranking(self, books: Sequence[BookProfile], before: Ranking | None = None) -> Ranking:
        """See Recommender."""
        from luminalib.adapters.recommenders.content import content_of  # noqa: PLC0415 -- see the module
        from luminalib.adapters.recommenders.tfidf import TfidfRanking  # noqa: PLC0415 -- see the module

        return TfidfRanking(books, content_of(books, before))

    def trained_ranking(self, books: Sequence[BookProfile], model: Path, version: int, before: Ranking | None = None) -> Ranking:
        """The ranking without a model: a model that another recommender has left is of no use here."""
        del model, version
        return self.ranking(books, before)

    async def train(self, books: Sequence[BookProfile], events: AsyncIterator[Sequence[TasteEvent]]) -> TrainedModel:
        """Raises TrainingFailed: there is nothing to learn."""
        del books, events
        raise TrainingFailed("The recommender tfidf learns nothing from events.")
