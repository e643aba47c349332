"""Searching the catalogue: by the full-text index of either database, ranked by one rule, with misspelt words corrected."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from luminalib.adapters.db.books import books
from luminalib.adapters.db.catalogue import book_texts, catalogue_starts, catalogue_terms, catalogue_words
from luminalib.adapters.db.listings import book_labels, book_listings
from luminalib.adapters.db.views.book_pages import matching_keys, matching_texts, texts_of
from luminalib.adapters.db.views.book_shapes import Shape, Within
from luminalib.adapters.db.views.lexicon import Lexicons
from luminalib.adapters.db.views.matches import is_spelt_out, longer_words, match_of
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Among, Row, Statement
from luminalib.domain.books import search_key
from luminalib.domain.catalogue import RANKED, BookWords, Facet, FacetKind, Suggestion, SuggestionKind, beginning_of, sort_key
from luminalib.domain.catalogue_questions import Typed, halves_of, is_prefix

FACET_VALUES, FACETED = 20, 5_000
"""So many values a facet has; of a filtered list so many books are counted at most."""
ENOUGH = 5
"""So many books that have the words as they were typed, and nobody asks whether others were meant."""
COMPLETED = 60
"""So many names are looked at for a few completions."""
_T, _L, _B = book_texts.c, book_listings.c, books.c
_LAST = "\U0010ffff"
_FOUND = (_T.book_id, _T.title, _T.series, _T.authors, _T.tags)
_BEGINS = tuple(sa.bindparam(name, type_=sa.String, required=True) for name in ("first", "last"))


@dataclass(frozen=True, slots=True)
class Found:
    """Books in the order of how well they fit, what the database was asked for them, and whether there are more."""

    match: str
    book_ids: Sequence[str]
    did_you_mean: str | None
    is_capped: bool
    is_enough: bool
    """Whether nobody would look for corrections: there are several, or one has just what was typed."""
    by_index: bool
    """Whether few books have the words, or words that the planner cannot judge: see Reader."""


class _Wanted(NamedTuple):
    """What goes with a question: whose books, by which other filters, and what the words that were begun may become."""

    tenant_id: str
    shape: Shape
    given: dict[str, Any]
    longer: Mapping[str, Sequence[str]]


@cache
def candidates(shape: Shape) -> Statement:
    """Books that match, with the words by which they are ranked; one more than are."""
    found = [texts_of(shape).c[column.name] for column in _FOUND]
    matching = matching_texts(shape, *found) if shape.is_only_words else matching_keys(shape, *found)
    return Statement(matching.limit(sa.literal_column(str(RANKED + 1))))


_BY_TITLE = Statement(
    sa.select(*_FOUND)
    .select_from(book_listings.join(book_texts, _T.book_id == _L.book_id))
    .where(_L.title_key >= _BEGINS[0], _L.title_key < _BEGINS[1])
    .order_by(_L.title_key)
    .limit(sa.literal_column("50"))
)
"""Books whose title begins with what was typed: the best of a question that too many fit."""


class CatalogueSearch:
    """What is typed, found in the catalogue of a tenant."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lexicons = Lexicons(reader)
        self.kind = "fts5" if reader.is_sqlite else "tsquery"

    async def find(self, tenant_id: str, typed: Typed, shape: Shape, given: dict[str, Any]) -> Found:
        """The books that fit best; when none fits as it is typed, those that fit with a few other letters, or all words but one."""
        wanted = _Wanted(tenant_id, shape, given, await self._longer(tenant_id, typed))
        found = await self._ranked([typed], wanted)
        if found.is_enough or not typed.groups:
            return found
        near = await self._lexicons.near(tenant_id, typed.words)
        halves = {half for word in typed.words if word not in near[word] for pair in halves_of(word) for half in pair}
        known = {row[0] for row in await self._reader.rows(_KNOWN, tenant_id, words=sorted(halves))} if halves else set()
        spelt = typed.corrections(near)
        corrections = [*spelt[:1], *typed.apart(known), *spelt[1:]]  # atigone is antigone rather than ati gone
        if not corrections and found.book_ids:
            return found
        better = await self._corrected(corrections, wanted) if corrections else found
        if found.book_ids:  # as it was typed, but for a beginning or a word of a description: others may be meant
            ids = list(dict.fromkeys([*found.book_ids, *better.book_ids]))
            return replace(found, match=self._either(found.match, better.match), book_ids=ids)
        if not better.book_ids and (fewer := [typed, *corrections][-1].without_one()):
            better = await self._ranked(fewer, wanted)
        return better

    async def _corrected(self, corrections: Sequence[Typed], wanted: _Wanted) -> Found:
        """What the most careful correction finds in what names a book; else all that the boldest finds.

        Few that the first one names are joined by books that have its words anywhere. Those that have the many words of a bolder
        one in a description are no better than chance, and slow to be looked for.
        """
        for typed in corrections:
            found = await self._ranked([typed], wanted, Within.NAMES)
            if found.book_ids:
                is_few = typed is corrections[0] and len(found.book_ids) < ENOUGH
                return await self._ranked([typed], wanted) if is_few else found
        return await self._ranked([typed], wanted)

    async def _ranked(self, questions: Sequence[Typed], wanted: _Wanted, within: Within = Within.ALL) -> Found:
        rows: dict[str, Row] = {}
        is_capped = False
        asked = [match_of(typed, self.kind, longer=wanted.longer) for typed in questions]
        for typed in questions:
            found, has_more = await self._candidates(typed, wanted, within)
            is_capped = is_capped or has_more
            rows |= {row[0]: row for row in found}
        ranked = await asyncio.to_thread(_ranking, questions, list(rows.values()))
        best = [BookWords(*row[1:]) for row in ranked[:ENOUGH]]
        spelt = next((better for book in best[:1] for one in questions if (better := one.best_spelling(book))), None)
        is_enough = len(best) == ENOUGH or any(questions[0].is_well_found(book) for book in best)
        by_index = not is_capped or any(typed.corrected for typed in questions)
        return Found(self._either(*asked), [row[0] for row in ranked[:RANKED]], spelt, is_capped, is_enough, by_index)

    def _either(self, *matches: str) -> str:
        return (" OR " if self.kind == "fts5" else " | ").join(f"({match})" for match in matches)

    async def _candidates(self, typed: Typed, wanted: _Wanted, within: Within) -> tuple[list[Row], bool]:
        """The books that may fit best, and whether there are more.

        Where enough titles have the words nobody would see the books that have them in a description, and where enough books have
        them as they were typed nobody would see those with words that begin so: both are slow to be looked for.
        """
        if typed.corrected:  # corrections are many and find little: their titles are asked for when they do not
            found = await self._matching(typed, wanted, within)
            is_capped = len(found) > RANKED
            return found + (await self._titles_with(typed, wanted) if is_capped else []), is_capped
        found = []
        has_beginnings = match_of(typed, self.kind, longer=wanted.longer) != match_of(typed, self.kind, only_whole=True)
        for only_whole in (True, False) if has_beginnings else (False,):
            titles = await self._titles_with(typed, wanted, only_whole=only_whole)
            if len(titles) > RANKED:
                return found + titles, True
            anywhere = await self._matching(typed, wanted, within, only_whole=only_whole)
            found += titles + anywhere
            if len(anywhere) > RANKED:
                return found, True
        return found, False

    async def _titles_with(self, typed: Typed, wanted: _Wanted, *, only_whole: bool = False) -> list[Row]:
        """Books with the words in their titles; of more than are ranked some, and those whose titles begin with them."""
        found = await self._matching(typed, wanted, Within.TITLE, only_whole=only_whole)
        if len(found) > RANKED and wanted.shape.is_only_words:
            key = sort_key(" ".join(typed.words), None)
            found = [*found, *await self._reader.rows(_BY_TITLE, wanted.tenant_id, first=key, last=key + _LAST)]
        return found

    async def _matching(self, typed: Typed, wanted: _Wanted, within: Within, *, only_whole: bool = False) -> list[Row]:
        """What whole words find was not enough, so that what begins like them is rare, too; so are corrections."""
        match = match_of(typed, self.kind, within=within, only_whole=only_whole, longer=wanted.longer)
        by_index = bool(typed.corrected) or (not only_whole and is_spelt_out(match))
        statement = candidates(wanted.shape._replace(within=within))
        return await self._reader.rows(statement, wanted.tenant_id, by_index=by_index, **wanted.given, match=match)

    async def _longer(self, tenant_id: str, typed: Typed) -> Mapping[str, Sequence[str]]:
        """What the words that were begun may become, where the database is asked for that: see match_of."""
        return {} if self._reader.is_sqlite else await longer_words(self._reader, tenant_id, typed)

    async def suggest(self, tenant_id: str, q: str, limit: int) -> list[Suggestion]:
        """Titles, authors, series and tags that go on from what was typed, in turn."""
        typed, key = Typed.of(q), beginning_of(q)
        if not key and not typed.groups:
            return []
        titles = await self._titles(tenant_id, typed, key, limit)
        label = search_key(q)
        terms = await self._reader.rows(_TERMS, tenant_id, first=label, last=label + _LAST)
        by_kind: dict[SuggestionKind, list[Suggestion]] = {SuggestionKind.TITLE: titles}
        for row in sorted(terms, key=lambda row: -row[2]):
            kind = _KINDS[row[0]]
            by_kind.setdefault(kind, []).append(Suggestion(kind, row[1], None))
        found = [*by_kind.values()]
        in_turn = [some[n] for n in range(limit) for some in found if n < len(some)]
        return list(dict.fromkeys(in_turn))[:limit]

    async def _titles(self, tenant_id: str, typed: Typed, key: str, limit: int) -> list[Suggestion]:
        rows = await self._reader.rows(_TITLES, tenant_id, few=True, first=key, last=key + _LAST) if key else []
        found = {row[0]: Suggestion(SuggestionKind.TITLE, row[1], row[0]) for row in rows[:limit]}
        if len(found) < limit and typed.groups and all(map(is_prefix, typed.words)):
            match = match_of(typed, self.kind, within=Within.TITLE, longer=await self._longer(tenant_id, typed))
            shape = Shape("relevance", words=self.kind, within=Within.TITLE)
            rows = await self._reader.rows(candidates(shape), tenant_id, match=match, by_index=is_spelt_out(match))
            ranked = await asyncio.to_thread(_ranking, [typed], rows)
            ids = [row[0] for row in ranked if row[0] not in found][:limit]
            titles = {row[0]: row[1] for row in await self._reader.rows(_TITLES_OF, tenant_id, ids=ids)} if ids else {}
            found |= {one: Suggestion(SuggestionKind.TITLE, titles[one], one) for one in ids if one in titles}
        return list(found.values())[:limit]

    async def facet(self, tenant_id: str, kind: FacetKind, shape: Shape, given: dict[str, Any]) -> Sequence[Facet]:
        """The most frequent values of a facet among the books of a list."""
        rows = await self._reader.rows(facet_statement(kind, shape), tenant_id, **given)
        return [Facet(value=int(row[0]) if kind is FacetKind.YEAR else row[0], count=row[1]) for row in rows]


def _ranking(questions: Sequence[Typed], rows: list[Row]) -> list[Row]:
    def place(row: Row) -> tuple[float, int, str]:
        words = BookWords(*row[1:])
        return -max(typed.fits(words) for typed in questions), len(words.title), row[0]

    return sorted(rows, key=place)


_KINDS = {"name": SuggestionKind.AUTHOR, "series": SuggestionKind.SERIES, "tag": SuggestionKind.TAG}
_TITLES = Statement(
    sa.select(_B.id, _B.title)
    .select_from(book_listings.join(books, _B.id == _L.book_id))
    .where(_L.title_key >= _BEGINS[0], _L.title_key < _BEGINS[1])
    .order_by(_L.title_key)
    .limit(sa.literal_column("20"))
)
_TITLES_OF = Statement(sa.select(_B.id, _B.title).where(Among(_B.id, "ids")))
_KNOWN = Statement(sa.select(catalogue_words.c.word).where(Among(catalogue_words.c.word, "words")))
_C, _S = catalogue_terms.c, catalogue_starts.c
_TERMS = Statement(
    sa.union(
        *(
            sa.select(_C.kind, _C.text, _C.books)
            .where(_C.kind == kind, _C.label >= _BEGINS[0], _C.label < _BEGINS[1], _C.books > 0)
            .order_by(_C.label)
            .limit(sa.literal_column(str(COMPLETED)))
            .subquery(f"first_{kind}")
            .select()
            for kind in _KINDS
        ),
        sa.select(_C.kind, _C.text, _C.books)
        .select_from(catalogue_starts.join(catalogue_terms, sa.and_(_C.kind == _S.kind, _C.label == _S.label)))
        .where(_S.start >= _BEGINS[0], _S.start < _BEGINS[1], _C.books > 0)
        .order_by(_S.start)
        .limit(sa.literal_column(str(COMPLETED)))
        .subquery("later")
        .select(),
    )
)


@cache
def facet_statement(kind: FacetKind, shape: Shape) -> Statement:
    """The most frequent values among the books of a shape, and how many have them."""
    count = sa.func.count()
    label = {FacetKind.AUTHOR: "name", FacetKind.SERIES: "series", FacetKind.TAG: "tag"}.get(kind)
    if shape.is_whole:
        known = sa.select(_C.text, _C.books).where(_C.kind == (label or kind.value), _C.books > 0)
        return Statement(known.order_by(_C.books.desc(), _C.label).limit(sa.literal_column(str(FACET_VALUES))))
    some = matching_keys(shape, _L.book_id).limit(sa.literal_column(str(FACETED))).subquery("some")
    if label:
        source = some.join(book_labels, book_labels.c.book_id == some.c.book_id).join(
            catalogue_terms, sa.and_(_C.kind == book_labels.c.kind, _C.label == book_labels.c.label)
        )
        value: sa.ColumnElement[Any] = _C.text
        # Of a sum there is no index: PostgreSQL would begin with a kind that seems rare, and find the books anew for each label.
        counted = sa.select(value, count).select_from(source).where(book_labels.c.kind + "" == label)
    else:
        value = _L.language if kind is FacetKind.LANGUAGE else _L.year_key
        source = some.join(book_listings, _L.book_id == some.c.book_id)
        counted = sa.select(value, count).select_from(source)
        counted = counted.where(
            _L.language.is_not(None) if kind is FacetKind.LANGUAGE else _L.year_key > sa.literal_column("-9999")
        )
    return Statement(counted.group_by(value).order_by(count.desc(), value).limit(sa.literal_column(str(FACET_VALUES))))
