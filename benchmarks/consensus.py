"""What one more review costs when a book has 10, 100 and 1,000 already: tokens and milliseconds per update of its consensus.

The prompted engine runs with a stand-in for the model that answers at once and counts four bytes as a token, so that the tokens are
those of our questions and the milliseconds are our own. The extractive engine runs in its child process. Database: SQLite.

Usage: python benchmarks/consensus.py
"""

import asyncio
import json
import random
import re
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.auth import users
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.reviews import reviews
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.reader import reader_of
from luminalib.adapters.db.views.reviews import SqlReviewViews
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.provider import PromptedLLM
from luminalib.adapters.llm.prompted.transport import ChatReply, ChatRequest, ChatTransport, ModelFacts
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.consensus import update_consensus
from luminalib.domain.documents import Document, StagedFile
from luminalib.domain.media import MediaType
from luminalib.ports.llm import LLMProvider
from luminalib.services.consensus import ConsensusService

SIZES = (10, 100, 1000)
UPDATES = 15
ASPECTS = ("plot", "characters", "writing", "pacing", "ending", "setting", "humour", "ideas", "dialogue", "length")
GOOD, BAD = ("wonderful", "gripping", "beautiful", "brilliant"), ("dull", "terrible", "boring", "clumsy")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


_VERDICT = re.compile(r"<<<DATA-\w+\n([^\n]*)\nDATA-\w+>>>\nis (praised|criticised|judged differently)")


class AtOnce(ChatTransport):
    """A model that says at once what its schema asks for."""

    name, model, context_length = "benchmark", "at-once", None

    async def facts(self) -> ModelFacts:
        return ModelFacts(context_length=8192)

    async def chat(self, request: ChatRequest) -> ChatReply:
        said = "\n".join(message.content for message in request.messages)
        text = json.dumps(self._answer(said, request.schema or {}))
        return ChatReply(text=text, tokens_in=len(said.encode()) // 4, tokens_out=len(text) // 4, is_whole=True)

    def _answer(self, said: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "aspects" not in schema.get("properties", {}):
            sides: dict[str, list[str]] = {}
            for name, verdict in _VERDICT.findall(said):
                sides.setdefault(verdict, []).append(name)
            return {"consensus": [f"{', '.join(names).capitalize()} are {verdict}." for verdict, names in sides.items()]}
        review = said.rsplit("<<<", 1)[1]
        found = [
            {"name": name, "sentiment": mood_of(review, name), "quote": f"The {name} is"} for name in ASPECTS if name in review
        ]
        return {"sentiment": "mixed", "aspects": found}

    async def can_call_tools(self) -> bool | None:
        return None

    async def close(self) -> None:
        """Nothing to close."""


def mood_of(review: str, name: str) -> str:
    return "positive" if any(f"{name} is {word}" in review for word in GOOD) else "negative"


async def main() -> None:
    print(f"{'':24}{'reviews':>9}{'tokens/update':>16}{'ms/update':>12}")
    async with SubprocessPool(1) as children:
        for kind in ("prompted", "extractive"):
            costs = [await measured(kind, size, children) for size in SIZES]
            for size, (tokens, ms) in zip(SIZES, costs, strict=True):
                print(f"  {kind:22}{size:9,}{tokens:16,.0f}{ms:12.1f}")
            tokens, ms = (costs[-1][at] / costs[0][at] if costs[0][at] else 1.0 for at in range(2))
            print(f"  {kind:22}{'x100':>9}{tokens:15.2f}x{ms:11.2f}x")
            assert tokens < 1.3, "the tokens of an update grow with the number of reviews"
            assert ms < 5, "the time of an update grows with the number of reviews"


async def measured(kind: str, size: int, children: SubprocessPool) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        database = SqlDatabase(f"sqlite+aiosqlite:///{Path(folder) / 'reviews.db'}")
        await upgrade(database)
        uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
        llm: LLMProvider = ExtractiveLLM(children, RuleFieldReader())
        if kind == "prompted":
            own = ExtractiveLLM(children, RuleFieldReader())
            llm = PromptedLLM(AtOnce(), FilePrompts(), uow, children, RuleFieldReader(), SystemClock(), own=own, at_once=2)
        service = ConsensusService(uow, SqlReviewViews(reader_of(database)), llm, SystemClock())
        book = await shelve(uow)
        await add_reviews(database, book, size)
        await service.update(update_consensus(book, "main", NOW))
        before, times = await tokens_used(uow), []
        for number in range(UPDATES):
            await add_reviews(database, book, 1, size + number)
            start = time.perf_counter()
            await service.update(update_consensus(book, "main", NOW))
            times.append(time.perf_counter() - start)
        after = await tokens_used(uow)
        await database.close()
    return (after - before) / UPDATES, 1000 * median(times)


async def shelve(uow: SqlUnitOfWorkFactory) -> str:
    staged = StagedFile(key="x", filename="a.txt", media_type=MediaType.TEXT, byte_size=1, sha256="0" * 64)
    document = Document.from_staged(str(uuid4()), staged, None, NOW)
    book = Book.from_details(str(uuid4()), document.id, BookDetails(title="A book"), None, NOW)
    async with uow("main") as unit:
        await unit.documents.add(document)
        await unit.books.add(book)
    return book.id


async def add_reviews(database: SqlDatabase, book: str, count: int, first: int = 0) -> None:
    people, written = [], []
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311 - the same reviews each time
        text = " ".join(f"The {name} is {chance.choice(GOOD + BAD)}." for name in chance.sample(ASPECTS, 3)) + f" Reader {number}."
        account = {"display_name": "x", "password_hash": "x", "role": "member", "is_active": True, "created_at": NOW}
        people.append(account | {"id": f"user-{number}", "tenant_id": "main", "email": f"{number}@x.test"})
        opinion = {"book_id": book, "user_id": f"user-{number}", "rating": chance.randint(1, 5), "text": text, "sentiment": None}
        written.append(opinion | {"id": f"review-{number}", "tenant_id": "main", "created_at": NOW, "updated_at": NOW})
    async with database.owner.begin() as connection:
        await connection.execute(sa.insert(users), people)
        await connection.execute(sa.insert(reviews), written)


async def tokens_used(uow: SqlUnitOfWorkFactory) -> int:
    async with uow.reading("main") as unit:
        return sum(usage.tokens_in + usage.tokens_out for usage in await unit.llm.usage(date.min, date.max))


if __name__ == "__main__":
    asyncio.run(main())
