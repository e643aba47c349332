from dataclasses import replace

import pytest

from luminalib.domain.passages import IndexedDocument, Scope

BOOK = IndexedDocument(document_id="d", tenant_id="seaside", owner_id=None, language="en", sha256="0" * 64)
MINE = replace(BOOK, owner_id="ada")
SCOPE = Scope(tenant_id="seaside", user_id="ada")


@pytest.mark.parametrize(
    ("scope", "document", "is_admitted"),
    [
        (SCOPE, BOOK, True),
        (SCOPE, MINE, True),
        (SCOPE, replace(BOOK, owner_id="ben"), False),
        (SCOPE, replace(BOOK, tenant_id="elsewhere"), False),
        (SCOPE, replace(MINE, tenant_id="elsewhere"), False),
        (replace(SCOPE, user_id=None), BOOK, True),
        (replace(SCOPE, user_id=None), MINE, False),
        (replace(SCOPE, document_ids=frozenset({"d", "e"})), BOOK, True),
        (replace(SCOPE, document_ids=frozenset({"e"})), MINE, False),
        (replace(SCOPE, document_ids=frozenset()), BOOK, False),
        (replace(SCOPE, document_ids=frozenset({"d"})), replace(BOOK, owner_id="ben"), False),
        (replace(SCOPE, until={"d": 7}), BOOK, True),
        (replace(SCOPE, until={"d": 6}), BOOK, False),
        (replace(SCOPE, until={"e": 1}), BOOK, True),
    ],
)
def test_a_member_is_shown_what_they_may_see_of_what_they_chose(
    scope: Scope, document: IndexedDocument, *, is_admitted: bool
) -> None:
    assert scope.admits(document, 7) is is_admitted


def test_a_document_is_indexed_anew_when_anything_changes_that_a_search_looks_at() -> None:
    marks = [BOOK.fingerprint, MINE.fingerprint]
    marks += [replace(BOOK, sha256="1" * 64).fingerprint, replace(BOOK, language="de").fingerprint]
    marks.append(replace(BOOK, language=None).fingerprint)
    assert len(set(marks)) == len(marks)
    assert {len(mark) for mark in marks} == {32}
    assert replace(BOOK, document_id="e").fingerprint == BOOK.fingerprint
