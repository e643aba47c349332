"""The reading ports: every statement is held to its tenant, and every list comes from an index."""

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from furniture import furnish
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.books import books as books_table
from luminalib.adapters.db.documents import documents as documents_table
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.postgres import DatabaseRole
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import (
    book_pages,
    catalogue,
    conversations,
    crm,
    documents,
    figures,
    holds,
    incoming,
    inquiries,
    lexicon,
    loans,
    matches,
    notices,
    one_time_links,
    passages,
    recommendations,
    reviews,
    users,
    webhooks,
)
from luminalib.adapters.db.views import books as book_statements
from luminalib.adapters.db.views.book_pages import page_statement
from luminalib.adapters.db.views.book_shapes import Shape, Within
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.conversations import SqlConversationViews
from luminalib.adapters.db.views.crm import SqlCrmViews
from luminalib.adapters.db.views.documents import SqlDocumentViews
from luminalib.adapters.db.views.figures import SqlFigureViews
from luminalib.adapters.db.views.grants import SqlGrantViews
from luminalib.adapters.db.views.holds import SqlHoldViews
from luminalib.adapters.db.views.incoming import SqlSourceViews
from luminalib.adapters.db.views.inquiries import SqlInquiryViews
from luminalib.adapters.db.views.listing import Listing
from luminalib.adapters.db.views.loans import SqlLoanViews
from luminalib.adapters.db.views.notices import SqlNoticeViews
from luminalib.adapters.db.views.one_time_links import SqlInvitationViews
from luminalib.adapters.db.views.passages import SqlPassageViews
from luminalib.adapters.db.views.reader import PostgresReader, Reader, reader_of
from luminalib.adapters.db.views.recommendations import SqlRecommendationViews
from luminalib.adapters.db.views.reviews import SqlReviewViews
from luminalib.adapters.db.views.statements import Among, Statement, of_one_tenant
from luminalib.adapters.db.views.users import SqlUserViews
from luminalib.adapters.db.views.webhooks import SqlWebhookViews
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.api.books import SORTS
from luminalib.domain.auth import AccountFilter
from luminalib.domain.books import BookFilter
from luminalib.domain.catalogue import FacetKind
from luminalib.domain.loans import LoanState
from luminalib.domain.paging import PageRequest

PAGE = PageRequest()
FAR_OFF = datetime(2100, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
VIEWS = (
    SqlBookViews,
    SqlConversationViews,
    SqlCrmViews,
    SqlDocumentViews,
    SqlFigureViews,
    SqlGrantViews,
    SqlHoldViews,
    SqlInquiryViews,
    SqlInvitationViews,
    SqlLoanViews,
    SqlNoticeViews,
    SqlPassageViews,
    SqlRecommendationViews,
    SqlReviewViews,
    SqlSourceViews,
    SqlUserViews,
    SqlWebhookViews,
)
FILTERS: tuple[dict[str, Any], ...] = (
    {"available": True},
    {"available": False},
    {"has_status": True},
    {"has_language": True},
    {"has_year": True},
    {"has_tag": True},
    {"author_words": 2},
    {"has_tag": True, "author_words": 1, "rarest": "tag"},
    {"has_tag": True, "walks": True},
    {"available": False, "walks": True},
    {"words": "fts5"},
    {"words": "tsquery"},
    {"words": "fts5", "has_tag": True, "has_language": True, "author_words": 1, "has_status": True, "available": True},
)
SHAPES = [Shape(sort) for sort in get_args(SORTS) if sort != "relevance"] + [
    Shape(sort, **filters) for sort in ("-created_at", "title") for filters in FILTERS
]


SHAPE_OF_WORDS = Shape("-created_at", words="tsquery")


def statements() -> Iterator[tuple[str, Statement]]:
    """Every statement that any view executes."""
    for module in (
        book_pages,
        book_statements,
        catalogue,
        conversations,
        crm,
        lexicon,
        documents,
        figures,
        holds,
        incoming,
        inquiries,
        loans,
        notices,
        one_time_links,
        passages,
        recommendations,
        reviews,
        users,
        webhooks,
    ):
        for name, found in vars(module).items():
            if isinstance(found, Statement):
                yield f"{module.__name__}.{name}", found
            elif isinstance(found, Listing):
                yield from ((f"{name}.page", found.page), (f"{name}.total", found.total), (f"{name}.length", found.length))
    for flags in product((False, True), repeat=3):
        for listing in (
            documents._list(of_owner=flags[0], has_status=flags[1], words=int(flags[2])),
            holds._list(of_member=flags[0], of_book=flags[1], active=flags[2]),
            loans._list(of_member=flags[0], of_book=flags[1], state=LoanState.OPEN if flags[2] else None),
            users._accounts(has_q=flags[0], has_role=flags[1], is_active=flags[2]),
            users._events(has_action=flags[0], has_user=flags[1], has_since=flags[2], has_until=flags[2]),
            inquiries._list(has_intent=flags[0], has_state=flags[1], has_q=flags[2], has_least=flags[2]),
            holds._list(of_member=False, of_book=False, active=None, has_end=flags[0], words=int(flags[1]) * 2),
            loans._list(of_member=False, of_book=False, state=None, is_overdue=flags[0], has_due=flags[1], words=int(flags[2]) * 2),
        ):
            yield from ((f"{listing} page", listing.page), (f"{listing} total", listing.total), (f"{listing}", listing.length))
        yield "document", documents._one(of_owner=flags[0])
        yield "own document", documents._own(of_house=flags[0])
        yield "text", documents._text(of_owner=flags[0], of_page=flags[1])
        yield "beginnings of words='tsquery'", matches.beginnings(3)
        yield "ranked", recommendations.first_of(10, by_loans=flags[0])
        yield "lapsed", holds._lapsed(of_member=flags[0])
    for shape in SHAPES:
        yield f"{shape}", page_statement(shape, 20, is_first=False)
        yield f"{shape} from the end", page_statement(shape, 20, is_first=False, from_end=True, is_counted=False)
        yield f"total of {shape}", book_pages.total_statement(shape)
        yield f"estimate of {shape}", book_pages.estimate_statement(shape)
        if shape.sort == "-created_at":  # facets have no order of books
            yield from ((f"{kind} of {shape}", catalogue.facet_statement(kind, shape)) for kind in FacetKind)
        yield f"candidates of {shape}", catalogue.candidates(shape)


SOURCE = re.compile(r'(?:FROM|JOIN) \(?"?(\w+)"?(?: AS "?(\w+)"?)?')
DERIVED = {"page", "some", "found", "counted", "SELECT", "json_each", "anon_1", "anon_2"}
DERIVED |= {"part0", "part1", "later", "first_name", "first_series", "first_tag"}
DERIVED |= {f"begun{n}" for n in range(3)}
DERIVED |= {"own_book_texts"}  # the view of PostgreSQL that shows the texts of whom the connection acts for
DERIVED |= {"book_words"}  # the full-text index, whose rows are always those of `book_texts`


def test_every_statement_holds_every_table_to_the_tenant() -> None:
    seen = 0
    for name, statement in statements():
        for prepared in (statement.sqlite, statement.postgres):
            for table, alias in SOURCE.findall(prepared.sql):
                if table not in DERIVED:
                    assert f"{alias or table}.tenant_id = " in prepared.sql, f"{name} reads {table} of all tenants: {prepared.sql}"
                    seen += 1
    assert seen > len(SHAPES)


def test_a_statement_cannot_forget_its_tenant() -> None:
    """Joined, outer joined, aliased, in a subquery, in EXISTS, in a union: the helper finds each."""
    books, other = books_table, books_table.alias("other")
    documents_ = documents_table
    inner = sa.select(other.c.id).where(other.c.title == books.c.title).correlate(books)
    written = sa.union_all(
        sa.select(books.c.id, sa.exists(inner)).select_from(books.outerjoin(documents_, documents_.c.id == books.c.document_id)),
        sa.select(documents_.c.id, sa.false()).where(Among(documents_.c.id, "ids")),
    )
    sql = str(of_one_tenant(written))
    assert sql.count("tenant_id = :tenant_id") >= 4, sql
    join = sql[sql.index("LEFT OUTER JOIN") : sql.index("WHERE books.tenant_id")]
    assert "documents.tenant_id" in join, "an outer join must stay one"


def test_all_views_are_listed() -> None:
    import luminalib.ports.views as ports  # noqa: PLC0415 -- looked through, not used

    declared = {getattr(ports, name) for name in ports.__all__ if name.endswith("Views")}
    assert {base for view in VIEWS for base in view.__mro__ if base in declared} == declared
    assert all(not inspect.isabstract(view) for view in VIEWS)


async def test_every_shape_of_list_runs_and_comes_from_an_index(database: SqlDatabase, reader: Reader) -> None:
    """No list sorts or reads a whole table of books: what is looked at grows with the page, or with what matches."""
    given = book_statements._values(
        BookFilter(q="sea wind", author="Ines Calloway", tag="sea", language="en", year=1999, status="completed", available=True)
    )
    given |= {"now": SystemClock().now(), "offset": 0, "match": "sea"}
    other = "tsquery" if database.is_sqlite else "fts5"
    for shape in SHAPES:
        if shape.words == other:
            continue
        statement = page_statement(shape, 20, is_first=False)
        assert await reader.rows(statement, "main", **given) == []
        prepared = statement.sqlite if database.is_sqlite else statement.postgres
        arguments = prepared.arguments({"tenant_id": "main", **given})
        if database.is_sqlite and not shape.words:
            plan = await _sqlite_plan(database, prepared.sql, arguments)
            scans = [
                line
                for line in plan
                if line.startswith("SCAN")
                and not line.startswith(("SCAN page", "SCAN some", "SCAN part", "SCAN (", "SCAN SUBQUERY"))
            ]
            assert all("USING" in line and "INDEX" in line for line in scans), (shape, plan)
        elif not database.is_sqlite:
            plan = await _postgres_plan(database, prepared.sql, arguments)
            bad = (
                r"Seq Scan on (book_|books|catalogue)|(^|-> +)(Incremental )?Sort"
                if shape.is_whole
                else "Seq Scan on (book_|books|catal)"
            )
            assert not [line for line in plan if re.search(bad, line)], (shape, plan)


async def test_what_is_asked_for_by_name_is_looked_up(sqlite_url: str) -> None:
    """Books by their ids, aspects by their names: never by reading a whole table and comparing."""
    database = SqlDatabase(sqlite_url)
    by_name = {name: statement.sqlite for name, statement in statements() if "json_each(" in statement.sqlite.sql}
    assert len(by_name) >= 4
    for name, prepared in by_name.items():
        plan = await _sqlite_plan(database, prepared.sql, [None] * len(prepared.names))
        assert [line for line in plan if line.startswith("SCAN")] == ["SCAN json_each VIRTUAL TABLE INDEX 1:"], (name, plan)
        assert not [line for line in plan if line.endswith("(tenant_id=?)")], (name, plan)
    await database.close()


@pytest.mark.parametrize(
    ("shape", "index"),
    [
        (Shape("title", available=False, walks=True), "ix_book_listings_title_key"),
        (Shape("-created_at", available=False, has_status=True), "ix_book_listings_out"),
    ],
)
async def test_few_books_that_are_out_are_found_by_the_right_index(sqlite_url: str, shape: Shape, index: str) -> None:
    """By title they are come across; in a state that nearly all books are in, they are the fewer."""
    database = SqlDatabase(sqlite_url)
    prepared = page_statement(shape, 20, is_first=True, is_counted=False).sqlite
    plan = await _sqlite_plan(database, prepared.sql, [None] * len(prepared.names))
    await database.close()
    begun = next(line for line in plan if "book_listings" in line)
    assert index in begun, plan


async def _sqlite_plan(database: SqlDatabase, sql: str, arguments: list[Any]) -> list[str]:
    async with database.owner.connect() as connection:
        rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(arguments))).all()
    return [str(row.detail) for row in rows]


async def test_words_are_looked_up_in_the_index_of_full_text(postgres_url: str) -> None:
    """Beside tables under policies, and before the tenant is looked at: the operator is not one that policies let pass."""
    database = SqlDatabase(postgres_url)
    others = dict.fromkeys(("enable_nestloop", "enable_indexscan", "enable_indexonlyscan"), "off")
    words = Shape("relevance", words="tsquery")
    for statement, index in (
        (catalogue.candidates(words), "ix_book_texts_words"),
        (catalogue.candidates(words._replace(within=Within.TITLE)), "ix_book_texts_title_words"),
        (catalogue.candidates(words._replace(within=Within.NAMES)), "ix_book_texts_name_words"),
        (page_statement(SHAPE_OF_WORDS, 20, is_first=True), "ix_book_texts_words"),
    ):
        prepared = statement.postgres
        arguments = prepared.arguments({"tenant_id": "main", "match": "'sea'", "now": SystemClock().now(), "offset": 0})
        plan = await _postgres_plan(database, prepared.sql, arguments, **others)
        assert any(f"Bitmap Index Scan on {index} " in line for line in plan), plan
    await database.close()


async def test_what_depends_on_words_is_planned_for_the_words_that_are_asked_for(postgres_url: str) -> None:
    """Of a frequent word the first books are soon come across; one plan for all words would gather every book that has it."""
    database = SqlDatabase(postgres_url)
    reader = reader_of(database)
    await reader.start()
    mode = sa.select(sa.func.current_setting(sa.literal_column("'plan_cache_mode'"), type_=sa.String))
    words = sa.func.to_tsquery(sa.literal_column("'simple'"), sa.bindparam("match", type_=sa.String, required=True))
    plain, worded = Statement(mode), Statement(mode.where(words.is_not(None)))
    asked = [await reader.row(one, "main", match="sea") for one in (plain, worded, worded, plain)]
    scans = Statement(sa.select(sa.func.current_setting(sa.literal_column("'enable_seqscan'"), type_=sa.String)))
    rare = [await reader.row(scans, "main", by_index=by_index) for by_index in (True, False)]
    await reader.close()
    await database.close()
    assert asked == [("auto",), ("force_custom_plan",), ("force_custom_plan",), ("auto",)]
    assert rare == [("off",), ("on",)]
    assert catalogue.candidates(Shape("relevance", words="tsquery")).postgres.depends_on_words


async def _postgres_plan(database: SqlDatabase, sql: str, arguments: list[Any], **settings: Any) -> list[str]:
    """How it is done when no table may be read from end to end unless there is no other way: small ones are, otherwise."""
    pool = database.access.pool(DatabaseRole.APP, size=1, seconds=10, enable_seqscan="off", **settings)
    await pool.start()
    try:
        return [row[0] for row in await pool.fetch(f"EXPLAIN {sql}", arguments, "main")]
    finally:
        await pool.close()


async def test_nothing_of_a_tenant_is_shown_to_another(database: SqlDatabase, reader: Reader) -> None:
    """One of everything in tenant A; tenant B asks every statement with A's very ids."""
    ids = await furnish(database, "a")
    given: dict[str, Any] = {
        "now": SystemClock().now(), "overdue_before": SystemClock().now(), "since": LONG_AGO, "after": "",
        "due_before": FAR_OFF, "ready_before": FAR_OFF, "until": FAR_OFF, "q": "a", "role": "admin", "action": "signed-up",
        "limit": 100, "offset": 0, "most": 9,
        "ids": list(ids.values()), "names": ["plot"], "ordinal": 0, "status": "completed",
        "owner": ids["user"], "user": ids["user"], "book": ids["book"], "tag": "sea", "language": "en", "year": 1999,
        **{f"author{n}": "calloway" for n in range(3)}, **{f"{name}{n}": "a" for name in ("word", "name") for n in range(3)},
        "document": ids["document"], "conversation": ids["conversation"], "after_number": 0, "least_ordinal": 0, "most_ordinal": 9,
        "inquiry": ids["inquiry"], "inquiry_state": "new", "intent": "sales", "least": 0.0,
        "claim": "0" * 64, "sha256": "0" * 64, "match": "a", "first": "", "last": "z",
        **{f"first{n}": "" for n in range(3)}, **{f"last{n}": "z" for n in range(3)},
        "words": ["plot", "calloway", "sea", "a"],
    }  # fmt: skip
    other = "tsquery" if reader.is_sqlite else "fts5"
    shown_to_a = 0
    for name, statement in statements():
        if f"words='{other}'" in name:
            continue
        asked = given | {"after": 0} if "_NEWER" in name else given
        asked = asked | {"id": ids[_subject_of(name)]}
        shown_to_a += any(any(row) for row in await reader.rows(statement, "a", **asked))
        assert not any(any(row) for row in await reader.rows(statement, "b", **asked)), f"{name} shows tenant B something of A"
        if isinstance(reader, PostgresReader):  # the helper is told the wrong tenant: the database knows better
            prepared = statement.postgres
            found = await reader._pool.fetch(prepared.sql, prepared.arguments({**asked, "tenant_id": "a"}), "b")
            assert not any(any(row) for row in found), f"{name} leaves all to its condition"
    assert shown_to_a > 50, "the furniture is seen by its owner, or this test would prove nothing"


def _subject_of(name: str) -> str:
    """What the parameter `id` of a statement stands for."""
    if "webhooks" in name or "crm" in name or name.startswith(("_ATTEMPTS", "_SYNCS", "_CONTACTS")):
        return "webhook"
    return "document" if "documents" in name or name in ("document", "text") else "book"


async def test_a_reader_sees_what_was_committed_before(database: SqlDatabase, reader: Reader) -> None:
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    views = SqlUserViews(reader)
    assert (await views.list("a", AccountFilter(), PAGE)).total == 0
    await furnish(database, "a")
    assert (await views.list("a", AccountFilter(), PAGE)).total == 1
    async with uow("a") as unit:
        assert await unit.users.has_admin()
