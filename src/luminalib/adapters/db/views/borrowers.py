"""Words by which librarians look for loans and holds: of the book's title, or of the member's name or address."""

from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.auth import users
from luminalib.adapters.db.books import books
from luminalib.domain.auth import normalise_email
from luminalib.domain.books import search_key

MOST_WORDS = 8


def words_in(text: str | None) -> dict[str, str]:
    """The words as parameters, twice: as the catalogue folds its titles, and as addresses are."""
    given = (text or "").split()[:MOST_WORDS]
    titles = {f"word{number}": _escaped(search_key(word)) for number, word in enumerate(given)}
    return titles | {f"name{number}": _escaped(normalise_email(word)) for number, word in enumerate(given)}


def of_words(
    wanted: sa.Select[*tuple[Any, ...]], book_id: sa.ColumnElement[Any], user_id: sa.ColumnElement[Any], words: int
) -> sa.Select[*tuple[Any, ...]]:
    """The select, held to rows whose book or member has each of the words."""
    for number in range(words):
        word = sa.bindparam(f"word{number}", type_=sa.String, required=True)
        name = sa.bindparam(f"name{number}", type_=sa.String, required=True)
        named = sa.func.lower(users.c.display_name).contains(name, escape="/") | users.c.email.contains(name, escape="/")
        titled = books.c.title_key.contains(word, escape="/") | sa.func.lower(books.c.title).contains(name, escape="/")
        by_book = book_id.in_(sa.select(books.c.id).where(titled))
        by_member = user_id.in_(sa.select(users.c.id).where(named))
        wanted = wanted.where(by_book | by_member)
    return wanted


def _escaped(word: str) -> str:
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")
