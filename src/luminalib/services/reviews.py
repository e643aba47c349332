"""Reviewing what one has read."""

from uuid import uuid4

from luminalib.domain.announcements import EventType, about_review
from luminalib.domain.auth import Principal, User
from luminalib.domain.books import Book
from luminalib.domain.consensus import update_consensus
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.reviews import AlreadyReviewed, NeverBorrowed, Review, ReviewNotFound, ReviewView
from luminalib.domain.tastes import TasteEvent, TasteKind, rated
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.views import ReviewViews
from luminalib.steps.members import lock_member


class ReviewService:
    """The book of opinions. Every unit that writes locks the member first and the book second, as the circulation desk does."""

    def __init__(self, uow: UnitOfWorkFactory, reviews: ReviewViews, clock: Clock) -> None:
        self._uow = uow
        self._reviews = reviews
        self._clock = clock

    async def add(self, by: Principal, book_id: str, rating: int, text: str) -> ReviewView:
        """The member's review of a book they have or had. Raises BookNotFound, NeverBorrowed, AlreadyReviewed."""
        now = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            user, book = await self._lock(uow, by, book_id)
            if await uow.reviews.find(user.id, book_id):
                raise AlreadyReviewed
            if not await uow.loans.has_borrowed(user.id, book_id):
                raise NeverBorrowed
            review = Review(
                id=str(uuid4()), book_id=book_id, user_id=user.id, rating=rating, text=text, created_at=now, updated_at=now
            )
            await uow.reviews.add(review)
            await uow.enqueue(update_consensus(book_id, by.tenant_id, now))
            await uow.tastes.append(rated(review, now))
            uow.outbox.append(about_review(EventType.REVIEW_CREATED, review, book.title, now))
        return ReviewView.of(review, user.display_name)

    async def change(self, by: Principal, book_id: str, rating: int, text: str) -> ReviewView:
        """Puts another opinion in the place of the member's. Raises BookNotFound, ReviewNotFound."""
        async with self._uow(by.tenant_id) as uow:
            user, book = await self._lock(uow, by, book_id)
            review = await self._own(uow, user, book_id)
            now = self._clock.now()
            review.change(rating, text, now)
            await uow.enqueue(update_consensus(book_id, by.tenant_id, now))
            await uow.tastes.append(rated(review, now))
            uow.outbox.append(about_review(EventType.REVIEW_UPDATED, review, book.title, now))
        return ReviewView.of(review, user.display_name)

    async def remove(self, by: Principal, book_id: str) -> None:
        """Takes the member's review back. Raises BookNotFound, ReviewNotFound."""
        async with self._uow(by.tenant_id) as uow:
            user, book = await self._lock(uow, by, book_id)
            review, now = await self._own(uow, user, book_id), self._clock.now()
            await uow.reviews.remove(review)
            await uow.enqueue(update_consensus(book_id, by.tenant_id, now))
            await uow.tastes.append(TasteEvent(user_id=user.id, book_id=book_id, kind=TasteKind.RATING_WITHDRAWN, at=now))
            uow.outbox.append(about_review(EventType.REVIEW_REMOVED, review, book.title, now))

    async def list(self, by: Principal, book_id: str, page: PageRequest) -> Page[ReviewView]:
        """A book's reviews, the newest first. Raises BookNotFound."""
        return await self._reviews.list(by.tenant_id, book_id, page)

    async def _lock(self, uow: UnitOfWork, by: Principal, book_id: str) -> tuple[User, Book]:
        user = await lock_member(uow, by.user_id)
        return user, await uow.books.get(book_id)

    async def _own(self, uow: UnitOfWork, user: User, book_id: str) -> Review:
        review = await uow.reviews.find(user.id, book_id)
        if review is None:
            raise ReviewNotFound
        return review
