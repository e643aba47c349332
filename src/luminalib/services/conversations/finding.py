"""Where answers may come from, and the passages that are found there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from luminalib.domain.auth import Principal
from luminalib.domain.books import BookNotFound
from luminalib.domain.confidence import Evidence
from luminalib.domain.conversations import Selection
from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.passages import Scope
from luminalib.domain.search import PassageView
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import PassagesSeen, PassageViews
from luminalib.steps.retrieving import Retriever

READ = 12
"""So many passages are read for the sentences that answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Passages with their scores, the best first; `readable` are the books among theirs that are open to the member in full.

    `rarity` says how rare the words of the questions are in the library, 0.0 to 1.0.
    """

    passages: Sequence[tuple[PassageView, float]]
    evidence: Evidence
    readable: frozenset[str]
    rarity: Mapping[str, float] = field(default_factory=dict)


class Finder:
    """Finds passages for one member, and nothing that this member may not see."""

    def __init__(self, uow: UnitOfWorkFactory, views: PassageViews, retriever: Retriever) -> None:
        self._uow = uow
        self._views = views
        self._retriever = retriever

    async def scope(self, by: Principal, selection: Selection) -> Scope:
        """Where answers may come from. Raises BookNotFound or DocumentNotFound for what is not there or not for this member."""
        wanted = [*selection.book_ids, *selection.up_to_page]
        if not wanted and not selection.document_ids:
            return Scope(tenant_id=by.tenant_id, user_id=by.user_id)
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

    async def find(self, by: Principal, scope: Scope, questions: Sequence[str]) -> Found:
        """The passages that fit the questions best. Raises PassageIndexUnavailable."""
        found = await self._retriever.retrieve(scope, questions)
        best = found.ranked[:READ]
        seen = await self._views.several([one.passage_id for one in best], scope)
        return Found(
            passages=[(seen.views[one.passage_id], one.score) for one in best if one.passage_id in seen.views],
            evidence=found.evidence,
            readable=_readable(by, seen),
            rarity={word.word: word.rarity for word in found.words},
        )

    async def around(self, by: Principal, scope: Scope, passage_id: str, before: int, after: int) -> Found:
        """A passage with its neighbours, in reading order. Raises PassageNotFound."""
        seen = await self._views.around(passage_id, before, after, scope)
        return Found(passages=[(view, 0.0) for view in seen.views.values()], evidence=Evidence(), readable=_readable(by, seen))

    async def documents_of(self, by: Principal, book_ids: Sequence[str]) -> dict[str, str]:
        """The documents of those of the books that there are, by book."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.passages.documents_of(book_ids)


def _readable(by: Principal, seen: PassagesSeen) -> frozenset[str]:
    return frozenset(view.book_id for view in seen.views.values() if view.book_id) if by.is_staff else seen.open_books
