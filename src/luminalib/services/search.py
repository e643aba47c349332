"""Searching inside the books."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.auth import Principal
from luminalib.domain.function_words import telling_words
from luminalib.domain.passages import Scope
from luminalib.domain.ranking import Ranked
from luminalib.domain.search import (
    QUOTES_PER_BOOK,
    NothingToSearch,
    PassageView,
    SearchMode,
    Snippet,
    has_phrase,
    phrases_of,
    snippet_of,
)
from luminalib.domain.spelling import words_in
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import PassageViews
from luminalib.steps.retrieving import Retrieved, Retriever


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchRequest:
    """What is looked for, and where: in all that a member may see, or in the books and documents that are named."""

    q: str
    limit: int = 10
    mode: SearchMode = SearchMode.AUTO
    book_ids: Sequence[str] = ()
    document_ids: Sequence[str] = ()
    group_by_book: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPassage:
    """A passage with its place in the ranking; `text` is the whole of it for those who may read the book."""

    view: PassageView
    snippet: Snippet
    text: str | None
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchAnswer:
    """Passages, the best first, and how they were found."""

    items: Sequence[FoundPassage]
    retrieved: Retrieved


class SearchService:
    """Passages of catalogue books for everybody, as bounded quotations; of other documents for their owner alone."""

    def __init__(self, uow: UnitOfWorkFactory, views: PassageViews, retriever: Retriever) -> None:
        self._uow = uow
        self._views = views
        self._retriever = retriever

    async def search(self, by: Principal, wanted: SearchRequest) -> SearchAnswer:
        """The passages that fit best. Raises NothingToSearch, NoMeanings, EmbedderUnavailable, PassageIndexUnavailable.

        Books and documents that are not there, or not for this member, count as empty.
        """
        words = telling_words([word for _, _, word in words_in(wanted.q)])
        if not words:
            raise NothingToSearch
        scope = await self._scope(by, wanted)
        phrases = phrases_of(wanted.q)
        found = await self._retriever.retrieve(scope, [wanted.q], mode=wanted.mode, phrases=phrases)
        seen = await self._views.several([one.passage_id for one in found.ranked], scope)
        views = seen.views
        readable = frozenset(view.book_id for view in views.values() if view.book_id) if by.is_staff else seen.open_books
        ranked = [
            (one, views[one.passage_id])
            for one in found.ranked
            if one.passage_id in views and all(has_phrase(views[one.passage_id].passage.text, phrase) for phrase in phrases)
        ]
        shown = _bounded(ranked, readable, wanted)
        items = await asyncio.to_thread(lambda: [_found(one, view, words, readable) for one, view in shown])
        return SearchAnswer(items=items, retrieved=found)

    async def _scope(self, by: Principal, wanted: SearchRequest) -> Scope:
        chosen: frozenset[str] | None = None
        if wanted.book_ids or wanted.document_ids:
            async with self._uow.reading(by.tenant_id) as uow:
                of_books = await uow.passages.documents_of(wanted.book_ids) if wanted.book_ids else {}
            chosen = frozenset([*of_books.values(), *wanted.document_ids])
        return Scope(tenant_id=by.tenant_id, user_id=by.user_id, document_ids=chosen)


def _bounded(
    ranked: Sequence[tuple[Ranked, PassageView]], readable: frozenset[str], wanted: SearchRequest
) -> list[tuple[Ranked, PassageView]]:
    """The best, one of each document where that is wanted, and not too many of a book that is not open to the member."""
    taken: Counter[str] = Counter()
    shown: list[tuple[Ranked, PassageView]] = []
    for one, view in ranked:
        document_id = view.passage.document_id
        is_closed = view.book_id is not None and view.book_id not in readable
        most = 1 if wanted.group_by_book else QUOTES_PER_BOOK if is_closed else wanted.limit
        if taken[document_id] < most:
            taken[document_id] += 1
            shown.append((one, view))
    return shown[: wanted.limit]


def _found(one: Ranked, view: PassageView, words: Sequence[str], readable: frozenset[str]) -> FoundPassage:
    is_open = view.book_id is None or view.book_id in readable
    return FoundPassage(
        view=view,
        snippet=snippet_of(view.passage.text, words),
        text=view.passage.text if is_open else None,
        score=one.score,
        why=one.why,
    )
