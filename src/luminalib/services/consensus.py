"""The rolling consensus: what all reviews of a book say together, kept up to date review by review."""

from collections.abc import Sequence

from luminalib.domain.announcements import consensus_updated
from luminalib.domain.auth import Principal
from luminalib.domain.books import BookNotFound
from luminalib.domain.consensus import (
    MOST_ASPECTS,
    MOST_QUOTES,
    QUOTES_PER_ASPECT,
    REBUILD_EVERY,
    Aspect,
    AspectEvidence,
    AspectMention,
    Consensus,
    ReviewReading,
    opening,
)
from luminalib.domain.consensus_views import ConsensusView
from luminalib.domain.errors import LuminaError
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.jobs import Job
from luminalib.domain.reviews import Review
from luminalib.ports.clock import Clock
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.views import ReviewViews

BATCH = 20
"""Reviews that are read between two short units of work."""


class ConsensusService:
    """Does the job `update_consensus` and tells members what came of it."""

    def __init__(self, uow: UnitOfWorkFactory, reviews: ReviewViews, llm: LLMProvider, clock: Clock) -> None:
        self._uow = uow
        self._reviews = reviews
        self._llm = llm
        self._clock = clock

    async def analysis(self, by: Principal, book_id: str) -> ConsensusView:
        """The consensus with exact numbers; empty while nobody has reviewed the book. Raises BookNotFound."""
        return await self._reviews.consensus(by.tenant_id, book_id, MOST_ASPECTS)

    async def update(self, job: Job) -> None:
        """Reads what is new, takes out what is gone, and has the prose worded from the table.

        Raises LanguageEngineUnavailable, after which it goes on where it was.
        """
        book_id = job.payload["book_id"]
        while await self._fold_batch(job.tenant_id, book_id):
            pass
        await self._word(job.tenant_id, book_id)

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to record: the job is tried again."""

    async def give_up(self, job: Job, error: Exception) -> None:
        """Records that the reviews could not be read, and why; the numbers stay exact."""
        reason = error.detail if isinstance(error, LuminaError) else f"The reviews could not be read ({type(error).__name__})."
        async with self._uow(job.tenant_id) as uow:
            consensus = await self._consensus(uow, job.payload["book_id"])
            if consensus is not None:
                consensus.error = reason
                await uow.consensus.save(consensus)

    async def _fold_batch(self, tenant_id: str, book_id: str) -> bool:
        """Whether there was anything to do."""
        async with self._uow.reading(tenant_id) as uow:
            unread = await uow.consensus.unread(book_id, BATCH)
            orphans = await uow.consensus.orphans(book_id, BATCH)
        if not unread and not orphans:
            return False
        texts = [ReviewText(text=review.text, rating=review.rating) for review in unread]
        readings = await self._llm.read_reviews(tenant_id, texts) if texts else []
        async with self._uow(tenant_id) as uow:
            consensus = await self._consensus(uow, book_id)
            if consensus is None:
                return False
            for review_id in orphans:
                await self._count(uow, book_id, await uow.consensus.mentions(review_id), -1)
                await uow.consensus.remove_reading(review_id)
            for review, reading in zip(unread, readings, strict=True):
                await self._fold_in(uow, review, reading)
            await self._keep_exact(uow, consensus, len(orphans) + len(unread))
        return True

    async def _fold_in(self, uow: UnitOfWork, read: Review, reading: ReviewReading) -> None:
        """Puts a reading in the place of an earlier one, unless the review has changed while it was read."""
        review = await uow.consensus.find_review(read.id)
        if review is None or review.text != read.text:
            return
        await self._count(uow, review.book_id, await uow.consensus.mentions(review.id), -1)
        await self._count(uow, review.book_id, reading.aspects, 1)
        await uow.consensus.save_reading(review.book_id, review.id, reading, self._clock.now())
        review.sentiment = reading.sentiment

    async def _count(self, uow: UnitOfWork, book_id: str, mentions: Sequence[AspectMention], times: int) -> None:
        aspects = await uow.consensus.aspects_named(book_id, [mention.name for mention in mentions])
        for mention in mentions:
            aspects[mention.name].fold_in(mention.sentiment, times)

    async def _keep_exact(self, uow: UnitOfWork, consensus: Consensus, changes: int) -> None:
        consensus.changes += changes
        is_due = consensus.changes >= REBUILD_EVERY
        consensus.changes = 0 if is_due else consensus.changes
        await uow.consensus.save(consensus)
        await uow.consensus.sweep(consensus.book_id)
        if is_due:
            await uow.consensus.rebuild(consensus.book_id)

    async def _consensus(self, uow: UnitOfWork, book_id: str) -> Consensus | None:
        """None when the book is gone."""
        try:
            await uow.books.get(book_id)
        except BookNotFound:
            return None
        return await uow.consensus.find(book_id) or Consensus(book_id=book_id)

    async def _word(self, tenant_id: str, book_id: str) -> None:
        as_of = self._clock.now()
        async with self._uow.reading(tenant_id) as uow:
            if await self._consensus(uow, book_id) is None:
                return
            request = await _request(uow, tenant_id, book_id)
            praise = await _said(uow, book_id, Sentiment.POSITIVE)
            criticism = await _said(uow, book_id, Sentiment.NEGATIVE)
        result = await self._llm.synthesise_consensus(request) if request.review_count else None
        async with self._uow(tenant_id) as uow:
            consensus = await self._consensus(uow, book_id)
            if consensus is None:
                return
            if result is None:
                consensus.clear(as_of)
            else:
                consensus.word(result, request.review_count, as_of)
                consensus.praise, consensus.criticism = praise, criticism
            await uow.consensus.save(consensus)
            uow.outbox.append(consensus_updated(consensus, request.review_count, request.title, self._clock.now()))


async def _request(uow: UnitOfWork, tenant_id: str, book_id: str) -> ConsensusRequest:
    book = await uow.books.get(book_id)
    ratings = await uow.reviews.ratings(book_id)
    moods = await uow.consensus.moods(book_id)
    aspects = [await _evidence(uow, aspect) for aspect in await uow.consensus.top_aspects(book_id, MOST_ASPECTS)]
    if not aspects:
        aspects = [await _impression(uow, book_id, moods)]
    return ConsensusRequest(
        tenant_id=tenant_id,
        title=book.title,
        subject=book_id,
        review_count=ratings.count,
        mean=ratings.mean,
        moods=moods,
        aspects=aspects,
    )


async def _evidence(uow: UnitOfWork, aspect: Aspect) -> AspectEvidence:
    """The latest quotations of the larger side first, and of the other where there is one."""
    sides = (
        [Sentiment.POSITIVE, Sentiment.NEGATIVE] if aspect.positive >= aspect.negative else [Sentiment.NEGATIVE, Sentiment.POSITIVE]
    )
    quotes = [
        quote
        for side, limit in ((sides[0], QUOTES_PER_ASPECT), (sides[1], 1), (Sentiment.MIXED, 1))
        for quote in await uow.consensus.quotes(aspect.book_id, aspect.name, side, limit)
    ]
    return AspectEvidence(
        name=aspect.name,
        positive=aspect.positive,
        negative=aspect.negative,
        undecided=aspect.undecided,
        quotes=tuple(dict.fromkeys(quotes)),
    )


async def _impression(uow: UnitOfWork, book_id: str, moods: dict[Sentiment, int]) -> AspectEvidence:
    """What there is to say when no review judges anything in particular."""
    texts = await uow.consensus.openings(book_id, QUOTES_PER_ASPECT + 1)
    bright, dark = moods.get(Sentiment.POSITIVE, 0), moods.get(Sentiment.NEGATIVE, 0)
    return AspectEvidence(
        name="the book as a whole",
        positive=bright,
        negative=dark,
        undecided=sum(moods.values()) - bright - dark,
        quotes=tuple(filter(None, map(opening, texts))),
    )


async def _said(uow: UnitOfWork, book_id: str, side: Sentiment) -> list[str]:
    """Sentences of reviews on one side, about the aspects that most are on that side about."""
    aspects = await uow.consensus.top_aspects(book_id, MOST_ASPECTS)
    count = {Sentiment.POSITIVE: "positive", Sentiment.NEGATIVE: "negative"}[side]
    led = sorted(aspects, key=lambda aspect: -getattr(aspect, count))
    found = [quote for aspect in led for quote in await uow.consensus.quotes(book_id, aspect.name, side, QUOTES_PER_ASPECT)]
    return list(dict.fromkeys(found))[:MOST_QUOTES]
