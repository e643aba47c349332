"""The hybrid as a recommender: rankings from model files, and training in a child process.

What computes is imported with the first ranking, in its thread: a server that nobody asks needs none of it.
"""

import asyncio
import base64
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from pathlib import Path

from luminalib.adapters.recommenders.tfidf_recommender import TfidfRecommender
from luminalib.adapters.recommenders.training_files import BOOKS, EVENTS, event_line
from luminalib.domain.recommendations import BookProfile
from luminalib.domain.tastes import TasteEvent
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses
from luminalib.ports.recommender import Ranking, TrainedModel, TrainingFailed

TASK = "luminalib.adapters.recommenders.training:train"
LIMITS = ChildLimits(wall_seconds=3600.0, cpu_seconds=1800.0, memory_bytes=3 * 1024**3)
"""Much more than 10,000 books take (some 6 s); the address space counts what the libraries reserve and never touch."""
_NOT_HANDED_OVER = {"added_at"}


class HybridRecommender(TfidfRecommender):
    """Content and community in one model; without a model it is tfidf, and says so."""

    name = "hybrid"
    learns = True

    def __init__(self, children: ChildProcesses, limits: ChildLimits = LIMITS) -> None:
        self._children = children
        self._limits = limits

    def trained_ranking(self, books: Sequence[BookProfile], model: Path, version: int, before: Ranking | None = None) -> Ranking:
        """See Recommender."""
        from luminalib.adapters.recommenders.content import content_of  # noqa: PLC0415 -- see the module
        from luminalib.adapters.recommenders.hybrid import HybridRanking  # noqa: PLC0415 -- see the module
        from luminalib.adapters.recommenders.model import open_model  # noqa: PLC0415 -- see the module

        return HybridRanking(books, open_model(model), version, content_of(books, before))

    async def train(self, books: Sequence[BookProfile], events: AsyncIterator[Sequence[TasteEvent]]) -> TrainedModel:
        """See Recommender."""
        with tempfile.TemporaryDirectory(prefix="luminalib-training-") as folder:
            await asyncio.to_thread(_write_books, Path(folder, BOOKS), books)
            await asyncio.to_thread(_append_events, Path(folder, EVENTS), [])
            async for batch in events:
                await asyncio.to_thread(_append_events, Path(folder, EVENTS), batch)
            try:
                told = await self._children.call(
                    TASK, {}, limits=self._limits, files={"books": Path(folder, BOOKS), "events": Path(folder, EVENTS)}
                )
            except ChildError as error:
                raise TrainingFailed(f"The training came to no end: {error}") from error
        content = await asyncio.to_thread(b"".join, map(base64.b64decode, told["model"]))
        return TrainedModel(content=content, books=told["books"], readers=told["readers"], events=told["events"])


def _write_books(path: Path, books: Sequence[BookProfile]) -> None:
    names = [field.name for field in fields(BookProfile) if field.name not in _NOT_HANDED_OVER]
    lines = (json.dumps({name: getattr(book, name) for name in names}) + "\n" for book in books)
    path.write_text("".join(lines), encoding="utf-8")


def _append_events(path: Path, events: Sequence[TasteEvent]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(event_line(event) for event in events)
