"""Questions to the catalogue in the words of either full-text search."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from luminalib.adapters.db.catalogue import LEXEMES
from luminalib.adapters.db.views.book_shapes import Within
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.catalogue_questions import Typed

LONGER_MAX = 64
"""A word that this many others begin with is looked for by its beginning."""
_BEHIND = "\U0010ffff"
_COLUMNS = {Within.ALL: "", Within.NAMES: "{title series authors tags}: ", Within.TITLE: "title: "}
_W = LEXEMES.c


def match_of(
    typed: Typed,
    kind: str,
    *,
    within: Within = Within.ALL,
    only_whole: bool = False,
    longer: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The question in the words of FTS5 or of tsquery; `only_whole`: without words that only begin with what was typed.

    PostgreSQL reads all books of all words with a beginning, but of words that are named only the books that matter: it is asked
    for the words that were begun and the `longer` ones, where they are known. What it searches is another index, not other words.
    """

    def begins(word: str) -> bool:
        return not only_whole and typed.is_beginning(word)

    if kind == "fts5":
        groups = [" OR ".join(f'"{word}"{"*" * begins(word)}' for word in group) for group in typed.groups]
        return _COLUMNS[within] + "(" + " AND ".join(f"({group})" for group in groups) + ")"

    def lexemes(word: str) -> list[str]:
        if not begins(word):
            return [f"'{word}'"]
        return [f"'{word}':*"] if longer is None or word not in longer else [f"'{one}'" for one in (word, *longer[word])]

    groups = [" | ".join(dict.fromkeys(lexeme for word in group for lexeme in lexemes(word))) for group in typed.groups]
    return " & ".join(f"({group})" for group in groups)


def is_spelt_out(match: str) -> bool:
    """Whether PostgreSQL is asked for whole words alone."""
    return ":*" not in match


async def longer_words(reader: Reader, tenant_id: str, typed: Typed) -> dict[str, list[str]]:
    """Of the words that were begun, those that begin fewer than LONGER_MAX words of the catalogue, with these. PostgreSQL only."""
    begun = sorted({word for group in typed.groups for word in group if typed.is_beginning(word)})
    if not begun:
        return {}
    bounds: dict[str, Any] = {f"first{n}": word for n, word in enumerate(begun)}
    bounds |= {f"last{n}": word + _BEHIND for n, word in enumerate(begun)}
    found: dict[str, list[str]] = {word: [] for word in begun}
    for n, word in await reader.rows(beginnings(len(begun)), tenant_id, **bounds):
        found[begun[n]].append(word)
    return {word: longer for word, longer in found.items() if len(longer) < LONGER_MAX}


@cache
def beginnings(count: int) -> Statement:
    """For so many beginnings the first words of the catalogue that begin so, each with the number of its beginning."""
    parts = [
        sa.select(sa.literal_column(str(n)).label("number"), _W.word)
        .where(_W.word > sa.bindparam(f"first{n}", type_=sa.String), _W.word < sa.bindparam(f"last{n}", type_=sa.String))
        .order_by(_W.word)
        .limit(sa.literal_column(str(LONGER_MAX)))
        .subquery(f"begun{n}")
        .select()
        for n in range(count)
    ]
    return Statement(sa.union_all(*parts) if count > 1 else parts[0])
