"""Rows that several tests put into a database past the API."""

from datetime import UTC, datetime
from uuid import uuid4

from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.domain.auth import Role, User
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.documents import Document, StagedFile
from luminalib.domain.media import MediaType

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


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
    digest = uuid4().hex * 2
    staged = StagedFile(key=f"staging/{digest}", filename="a.txt", media_type=MediaType.TEXT, byte_size=3, sha256=digest)
    document = Document.from_staged(str(uuid4()), staged, None, NOW)
    book = Book.from_details(str(uuid4()), document.id, BookDetails(title="Title", copies_total=copies), None, NOW)
    async with uow(tenant) as unit:
        await unit.documents.add(document)
        await unit.books.add(book)
    return book.id
