"""Answering one question: plan, search, quote, judge, refuse."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from luminalib.domain.auth import Principal
from luminalib.domain.books import BookNotFound
from luminalib.domain.confidence import HOPELESS, SURE, confidence_in_quote
from luminalib.domain.conversations import (
    Answer,
    Citation,
    RefusalReason,
    Selection,
    Style,
    ToolCall,
    question_with_turns,
    worded,
)
from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.function_words import telling_words
from luminalib.domain.intents import GREETING, THANKS, Intent, intent_of
from luminalib.domain.passages import QUOTED, Scope
from luminalib.domain.quoting import Quote, is_about, quotes_for
from luminalib.domain.search import PassageView, snippet_of
from luminalib.domain.spelling import words_in
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import BookViews
from luminalib.services.conversations.events import Happening, Token, ToolEnded, ToolStarted
from luminalib.steps.retrieving import Retrieved, Retriever

READ = 12
"""So many passages are read for the sentences that answer."""
CITED = 3
"""So many places an answer quotes at most."""
NEARLY_AS_GOOD = 0.8
"""A further place is quoted when it is worth that much of the best."""
_NO_LOANS = "You have nothing on loan."


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a member asks, after the questions `before`, the oldest first."""

    text: str
    before: Sequence[str] = ()
    selection: Selection = field(default_factory=Selection)
    style: Style = Style.PLAIN


class Answerer:
    """Answers by the library's own sentences. A search is always made before anything is said about a book."""

    def __init__(self, uow: UnitOfWorkFactory, books: BookViews, retriever: Retriever, refusal: str) -> None:
        self._uow = uow
        self._books = books
        self._retriever = retriever
        self._refusal = refusal

    async def scope(self, by: Principal, selection: Selection) -> Scope:
        """Where answers may come from. Raises BookNotFound or DocumentNotFound for what is not there or not for this member."""
        wanted = [*selection.book_ids, *selection.up_to_page]
        async with self._uow.reading(by.tenant_id) as uow:
            documents = await uow.passages.documents_of(wanted)
            if not set(wanted) <= documents.keys():
                raise BookNotFound
            for document_id in selection.document_ids:
                document = await uow.documents.get(document_id)
                book = await uow.books.find_by_document(document_id)
                if book is None and document.knowledge_path is None and document.uploaded_by != by.user_id:
                    raise DocumentNotFound
        chosen = None
        if selection.book_ids or selection.document_ids:
            chosen = frozenset([*(documents[book_id] for book_id in selection.book_ids), *selection.document_ids])
        until = {documents[book_id]: page for book_id, page in selection.up_to_page.items()}
        return Scope(tenant_id=by.tenant_id, user_id=by.user_id, document_ids=chosen, until=until)

    async def answer(self, by: Principal, question: Question) -> AsyncIterator[Happening]:
        """What happens on the way to the answer, and at last the Answer. Raises like `scope`, and PassageIndexUnavailable."""
        intent = intent_of(question.text)
        if intent is Intent.LOANS:
            async for happening in self._loans(by):
                yield happening
        elif intent in (Intent.GREETING, Intent.THANKS):
            content = GREETING if intent is Intent.GREETING else THANKS
            yield Token(content)
            yield Answer(content=content, answered=True, confidence=1.0)
        else:
            async for happening in self._search(by, question):
                yield happening

    async def _loans(self, by: Principal) -> AsyncIterator[Happening]:
        yield ToolStarted("my_loans", {})
        async with self._uow.reading(by.tenant_id) as uow:
            loans = await uow.loans.open_of(by.user_id) if by.user_id else []
        views = await self._books.several(by.tenant_id, [loan.book_id for loan in loans])
        yield ToolEnded("my_loans", len(loans))
        lines = [f"“{views[loan.book_id].title}”, due on {loan.due_at:%d %B %Y}" for loan in loans if loan.book_id in views]
        content = f"You have on loan: {'; '.join(lines)}." if lines else _NO_LOANS
        yield Token(content)
        call = ToolCall(name="my_loans", arguments={}, result_count=len(loans))
        yield Answer(content=content, answered=True, confidence=1.0, tool_calls=[call])

    async def _search(self, by: Principal, question: Question) -> AsyncIterator[Happening]:
        scope = await self.scope(by, question.selection)
        asked = question_with_turns(question.text, question.before)
        arguments = {"query": question.text, "book_ids": list(question.selection.book_ids)}
        yield ToolStarted("search_library", arguments)
        found = await self._retriever.retrieve(scope, asked)
        passages, readable = await self._read(by, scope, found)
        yield ToolEnded("search_library", len(passages))
        call = ToolCall(name="search_library", arguments=arguments, result_count=len(passages))
        quotes = quotes_for(question.text, asked[-1], passages)
        answer = self._judge(question, quotes, found, readable, call)
        yield Token(answer.content)
        yield answer

    async def _read(self, by: Principal, scope: Scope, found: Retrieved) -> tuple[list[tuple[PassageView, float]], frozenset[str]]:
        best = found.ranked[:READ]
        async with self._uow.reading(by.tenant_id) as uow:
            views = await uow.passages.views([one.passage_id for one in best], scope)
            books = sorted({view.book_id for view in views.values() if view.book_id})
            readable = frozenset(books) if by.is_staff else await uow.passages.readable(by.user_id, books)
        return [(views[one.passage_id], one.score) for one in best if one.passage_id in views], readable

    def _judge(
        self, question: Question, quotes: Sequence[Quote], found: Retrieved, readable: frozenset[str], call: ToolCall
    ) -> Answer:
        if not quotes:
            return self._refused(0.0, call)
        best, evidence = quotes[0], found.evidence
        confidence = round(confidence_in_quote(evidence.lexical, evidence.meaning, best.support, holds_it=best.holds_it), 4)
        is_by_history = question.before and evidence.meaning is None and not is_about(question.text, best.view)
        if confidence < HOPELESS or is_by_history:  # what was asked before finds passages, but is no reason to quote them
            return self._refused(confidence, call)
        shown = [quote for quote in quotes[:CITED] if quote.score >= NEARLY_AS_GOOD * best.score]
        citations = [_citation(marker, quote, question.text, readable) for marker, quote in enumerate(shown, 1)]
        is_sure = confidence >= SURE
        return Answer(
            content=worded(citations, question.style, is_sure=is_sure),
            answered=is_sure,
            confidence=confidence,
            citations=citations,
            refusal_reason=None if is_sure else RefusalReason.NOT_SURE,
            tool_calls=[call],
        )

    def _refused(self, confidence: float, call: ToolCall) -> Answer:
        return Answer(
            content=self._refusal,
            answered=False,
            confidence=confidence,
            refusal_reason=RefusalReason.NOTHING_FOUND,
            tool_calls=[call],
        )


def _citation(marker: int, quote: Quote, question: str, readable: frozenset[str]) -> Citation:
    """The quotation, cut to what somebody may see who has not borrowed the book."""
    start, stop = quote.start, quote.stop
    is_open = quote.view.book_id is None or quote.view.book_id in readable
    if stop - start > QUOTED and not is_open:
        words = telling_words([word for _, _, word in words_in(question)])
        cut = snippet_of(quote.text, words)
        start, stop = start + cut.start, start + cut.stop
    return Citation.of(marker, quote.view, start, stop, quote.score)
