"""What may be looked up for an answer: by whoever drives, within what the member may see, in bounded pieces. Nothing is changed."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from luminalib.domain.books import BookFilter, BookNotFound, BookView
from luminalib.domain.conversations import ToolCall
from luminalib.domain.errors import NotFound
from luminalib.domain.paging import PageRequest
from luminalib.ports.conversing import Call, Tool
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import BookViews, ReviewViews
from luminalib.services.conversations.errand import Errand
from luminalib.services.conversations.events import Happening, ToolEnded, ToolStarted
from luminalib.services.conversations.finding import Finder

SEARCH = "search_library"
MOST_LISTED = 10
"""So many books or reviews one call shows."""
LONGEST_TEXT = 600
"""Characters of a description, a summary or a review."""
MOST_AROUND = 3
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
_ID = {"type": "string", "minLength": 1, "maxLength": 300, "description": "The book's id, or its title."}
_FEW = {"type": "integer", "minimum": 0, "maximum": MOST_AROUND}
TOOLS = (
    Tool(
        name=SEARCH,
        description="Finds passages of the library's books and papers that speak of what is asked.",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["query"],
            "properties": {
                "query": _TEXT | {"description": "A complete question."},
                "book_ids": {"type": "array", "maxItems": MOST_LISTED, "items": _ID, "description": "Only in these books."},
            },
        },
        main="query",
    ),
    Tool(
        name="read_passage",
        description="Reads more of the text around a passage that was found.",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["id"],
            "properties": {
                "id": {"type": ["string", "integer"], "description": "The number of the passage, as [1], or its id."},
                "before": _FEW | {"description": "How many passages before it."},
                "after": _FEW | {"description": "How many after it."},
            },
        },
        main="id",
    ),
    Tool(
        name="list_books",
        description="Which books the library has.",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "filter": _TEXT | {"description": "Words of title, author, series or subject."},
                "author": _TEXT,
                "tag": _TEXT,
                "available": {"type": "boolean", "description": "Only those that can be borrowed now."},
            },
        },
        main="filter",
    ),
    Tool(
        name="get_book",
        description="Facts about one book: authors, year, language, copies, rating, summary.",
        parameters={"type": "object", "additionalProperties": False, "required": ["id"], "properties": {"id": _ID}},
        main="id",
    ),
    Tool(
        name="book_reviews",
        description="What readers think of one book.",
        parameters={"type": "object", "additionalProperties": False, "required": ["id"], "properties": {"id": _ID}},
        main="id",
    ),
    Tool(
        name="my_loans",
        description="What the member has on loan, and when it is due.",
        parameters={"type": "object", "additionalProperties": False, "properties": {}},
    ),
)
Use = Callable[[Errand, Call], Awaitable[int]]


class ToolBox:
    """Uses the tools for an errand. What they find is the member's to see: rights are asked here, not told by who drives."""

    def __init__(self, uow: UnitOfWorkFactory, finder: Finder, books: BookViews, reviews: ReviewViews) -> None:
        self._uow = uow
        self._finder = finder
        self._books = books
        self._reviews = reviews
        self._uses: dict[str, Use] = {
            SEARCH: self._search,
            "read_passage": self._read,
            "list_books": self._list,
            "get_book": self._book,
            "book_reviews": self._review,
            "my_loans": self._loans,
        }

    async def use(self, errand: Errand, call: Call) -> AsyncIterator[Happening]:
        """Uses one tool and adds what it finds to the errand; what goes wrong is told to the model as what came of it."""
        yield ToolStarted(call.name, call.arguments)
        count, error = 0, call.fault
        if error is None:
            try:
                count = await self._uses[call.name](errand, call)
            except NotFound as reason:
                error = reason.detail
        errand.calls.append(ToolCall(name=call.name, arguments=call.arguments, result_count=count, error=error))
        told = f"not possible: {error}" if error else f"{count} found"
        errand.notes.append(f"{call.name} {json.dumps(dict(call.arguments), ensure_ascii=False)}: {told}")
        yield ToolEnded(call.name, count, error)

    async def _search(self, errand: Errand, call: Call) -> int:
        query, scope = str(call.arguments["query"]), errand.scope
        wanted = call.arguments.get("book_ids") or []
        if set(wanted) - set(errand.question.selection.book_ids):  # the selection itself is in the scope already
            books = [await self._within(errand, str(one)) for one in wanted]
            documents = {book.document_id for book in books}
            scope = replace(
                scope, document_ids=frozenset(documents if scope.document_ids is None else documents & scope.document_ids)
            )
        first = [] if errand.has_searched else errand.asked
        if query != errand.question.text:
            errand.queries.append(query)
        return errand.found(await self._finder.find(errand.by, scope, [*first, query]))

    async def _read(self, errand: Errand, call: Call) -> int:
        given = str(call.arguments["id"]).strip("[] ")
        known = errand.passages.get(int(given)) if given.isdecimal() and len(given) < MOST_LISTED else None
        before, after = int(call.arguments.get("before", 1)), int(call.arguments.get("after", 1))
        return errand.found(
            await self._finder.around(errand.by, errand.scope, known[0].passage.id if known else given, before, after)
        )

    async def _list(self, errand: Errand, call: Call) -> int:
        asked = call.arguments
        wanted = BookFilter(
            q=asked.get("filter"), author=asked.get("author"), tag=asked.get("tag"), available=asked.get("available"), sort="title"
        )
        found = await self._books.list(errand.by.tenant_id, wanted, PageRequest(size=MOST_LISTED))
        shown = [book for book in found.items if _is_selected(errand, book)]
        lines = [f"“{book.title}” by {', '.join(book.authors) or 'an unknown author'}" for book in shown]
        total = found.total if errand.scope.document_ids is None else len(shown)
        if lines:
            errand.learnt("The catalogue", f"The library has {total} of these books: {'; '.join(lines)}.")
        return len(shown)

    async def _book(self, errand: Errand, call: Call) -> int:
        book = await self._within(errand, str(call.arguments["id"]))
        errand.learnt(f"The catalogue: “{book.title}”", _facts(book, is_open=book.id not in errand.question.selection.up_to_page))
        return 1

    async def _review(self, errand: Errand, call: Call) -> int:
        book = await self._within(errand, str(call.arguments["id"]))
        if book.id in errand.question.selection.up_to_page:
            raise NotFound("reviews may tell how a book ends that is not read to its end")
        tenant_id = errand.by.tenant_id
        known = await self._reviews.consensus(tenant_id, book.id, 0)
        if known.words and known.words.text:
            errand.learnt(f"What readers of “{book.title}” think", known.words.text[: 2 * LONGEST_TEXT])
        page = await self._reviews.list(tenant_id, book.id, PageRequest(size=MOST_LISTED // 2))
        for review in page.items:
            label = f"A review of “{book.title}”, {review.rating} of 5 stars"
            errand.learnt(label, review.text[:LONGEST_TEXT] or f"{review.rating} stars.")
        return page.total

    async def _loans(self, errand: Errand, call: Call) -> int:
        del call
        by = errand.by
        async with self._uow.reading(by.tenant_id) as uow:
            loans = await uow.loans.open_of(by.user_id) if by.user_id else []
        views = await self._books.several(by.tenant_id, [loan.book_id for loan in loans])
        titles = [(views[loan.book_id].title, loan.due_at) for loan in loans if loan.book_id in views]
        errand.learnt("The member's loans", errand.rules.words.loans(titles))
        return len(loans)

    async def _within(self, errand: Errand, named: str) -> BookView:
        """The book of that id or title, if the question is about it. Raises BookNotFound."""
        tenant_id = errand.by.tenant_id
        if _is_id(named):
            book = await self._books.get(tenant_id, named)
        else:
            found = await self._books.list(tenant_id, BookFilter(q=named), PageRequest(size=1))
            if not found.items:
                raise BookNotFound
            book = found.items[0]
        if not _is_selected(errand, book):
            raise BookNotFound
        return book


def _is_selected(errand: Errand, book: BookView) -> bool:
    chosen = errand.scope.document_ids
    return chosen is None or book.document_id in chosen


def _is_id(named: str) -> bool:
    try:
        return str(UUID(named)) == named.lower()
    except ValueError:
        return False


def _facts(book: BookView, *, is_open: bool) -> str:
    """`is_open` is False for a book that is not read to its end: what is said of it as a whole stays away."""
    said = [
        f"“{book.title}” by {', '.join(book.authors) or 'an unknown author'}.",
        f"Published in {book.published_year}." if book.published_year else "",
        f"Language: {book.language}." if book.language else "",
        f"Series: {book.series}." if book.series else "",
        f"Subjects: {', '.join(book.tags)}." if book.tags else "",
        f"It has {book.page_count} pages." if book.page_count else "",
        f"{book.copies_available} of {book.copies_total} copies can be borrowed.",
        f"Readers gave {book.rating.mean:.1f} of 5 stars in {book.rating.count} reviews." if book.rating.mean else "",
        f"Description: {book.description[:LONGEST_TEXT]}" if is_open and book.description else "",
        f"Summary: {book.summary[:LONGEST_TEXT]}" if is_open and book.summary else "",
    ]
    return " ".join(filter(None, said))
