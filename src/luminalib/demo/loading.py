"""Putting the demo shelf and its accounts into a library, once."""

import asyncio
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from luminalib.demo.rendering import filename, render
from luminalib.demo.shelf import ShelfBook, load_shelf
from luminalib.domain.auth import EmailTaken, Role, the_house
from luminalib.domain.books import BookDetails
from luminalib.domain.demo_accounts import DEMO_ACCOUNTS
from luminalib.domain.documents import DuplicateContent
from luminalib.services.auth import AuthService
from luminalib.services.books import BookService
from luminalib.services.intake import IntakeService

LOGINS_FILE = "demo-logins.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoLogin:
    """An account to try the library with; its password is made up anew for each installation."""

    email: str
    password: str
    role: str


async def load_demo(auth: AuthService, intake: IntakeService, books: BookService, data_dir: Path) -> list[DemoLogin]:
    """Loads what is not there yet and returns the log-ins. The accounts come last: once they exist, the shelf was complete.

    So a book of the shelf that somebody deletes stays away, and a start that was cut short is made good by the next.
    """
    logins = demo_logins(data_dir)
    if not await auth.exists(logins[-1].email):
        for book in load_shelf():
            with suppress(DuplicateContent):
                await _add(intake, books, book)
        for login in logins:
            with suppress(EmailTaken):
                await auth.signup(login.email, login.password, f"Demo {login.role}", role=Role(login.role))
    return logins


def demo_logins(data_dir: Path) -> list[DemoLogin]:
    """The demo accounts with the passwords that are kept, for the owner only, in the data directory."""
    path = data_dir / LOGINS_FILE
    if not path.exists():
        logins = [DemoLogin(email=email, password=secrets.token_urlsafe(9), role=role) for email, role in DEMO_ACCOUNTS]
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump([asdict(login) for login in logins], file, indent=2)
    return [DemoLogin(**login) for login in json.loads(path.read_text())]


async def _add(intake: IntakeService, books: BookService, book: ShelfBook) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield await asyncio.to_thread(render, book)

    house = the_house()
    staged = await intake.receive(house, filename(book), content())
    try:
        await books.add(house, staged, _details(book))
    except BaseException:
        await intake.discard(house, staged)
        raise


def _details(book: ShelfBook) -> BookDetails:
    return BookDetails(
        title=book.title,
        authors=book.authors,
        language=book.language,
        published_year=book.year,
        description=book.description,
        tags=book.tags,
        series=book.series.name if book.series else None,
        series_index=book.series.position if book.series else None,
    )
