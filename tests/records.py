"""Rows that several tests put into a database past the API."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.domain.auth import Role, User
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.documents import Document, StagedFile
from luminalib.domain.intelligence import Sentiment, Summary
from luminalib.domain.media import MediaType

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def make_summary(document_id: str, text: str) -> Summary:
    return Summary(
        document_id=document_id,
        summary=text,
        key_topics=["sea"],
        sentiment=Sentiment.NEUTRAL,
        insights=[],
        action_items=[],
        provider="p",
        model="m",
        prompt="p@1",
        generated_at=NOW,
    )


async def make_user(uow: SqlUnitOfWorkFactory, tenant: str = "main") -> str:
    user = User(
        id=str(uuid4()),
        email=f"{uuid4()}@library.test",
        password_hash="x",
        display_name="Ada",
        role=Role.MEMBER,
        is_active=True,
        created_at=NOW,
    )
    async with uow(tenant) as unit:
        await unit.users.add(user)
    return user.id


async def make_book(uow: SqlUnitOfWorkFactory, tenant: str = "main", copies: int = 1) -> str:
    return (await make_books(uow, BookDetails(title="Title", copies_total=copies), tenant=tenant))[0]


async def make_books(uow: SqlUnitOfWorkFactory, *each: BookDetails, tenant: str = "main") -> list[str]:
    """Books whose files wait to be read, each a minute newer than the one before."""
    made = []
    async with uow(tenant) as unit:
        for number, details in enumerate(each):
            digest, at = uuid4().hex * 2, NOW + timedelta(minutes=number)
            staged = StagedFile(key=f"staging/{digest}", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=digest)
            document = Document.from_staged(str(uuid4()), staged, None, at)
            await unit.documents.add(document)
            made.append(Book.from_details(str(uuid4()), document.id, details, None, at))
            await unit.books.add(made[-1])
    return [book.id for book in made]
