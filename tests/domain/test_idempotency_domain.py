from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from luminalib.domain.errors import LuminaError
from luminalib.domain.holds import HoldState, HoldView
from luminalib.domain.idempotency import KeyReused, Receipt, Request, facts_of, refusal_of, revive
from luminalib.domain.loans import LoanLimitReached, NoCopyAvailable

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
VIEW = HoldView(
    id="h",
    book_id="b",
    user_id="u",
    state=HoldState.READY,
    queue_position=None,
    placed_at=NOW,
    ready_at=NOW + timedelta(days=1),
    ready_until=None,
    ended_at=None,
)


@dataclass(frozen=True)
class Inner:
    at: datetime
    count: int


@dataclass(frozen=True)
class Outer:
    inner: Inner
    perhaps: Inner | None
    first: datetime | None


def receipt(refusal: str | None = None, answer: dict[str, Any] | None = None) -> Receipt:
    return Receipt(id="r", user_id="u", key="k", action="borrow", book_id="b", refusal=refusal, answer=answer or {}, at=NOW)


def test_a_key_stands_for_one_action_on_one_book() -> None:
    receipt().check(Request(key="k", action="borrow", book_id="b"))
    for action, book_id in (("return", "b"), ("borrow", "another")):
        with pytest.raises(KeyReused) as reused:
            receipt().check(Request(key="k", action=action, book_id=book_id))
        assert reused.value.facts == {"action": "borrow", "book_id": "b"}


@pytest.mark.parametrize("made", [VIEW, Outer(Inner(NOW, 1), Inner(NOW, 2), NOW), Outer(Inner(NOW, 1), None, None)])
def test_what_was_made_comes_back_as_it_was(made: Any) -> None:
    again = revive(type(made), facts_of(made))
    assert again == made
    if isinstance(again, HoldView):
        assert isinstance(again.state, HoldState)


def test_facts_are_what_json_has() -> None:
    assert facts_of(Outer(Inner(NOW, 1), None, NOW)) == {
        "inner": {"at": NOW.isoformat(), "count": 1},
        "perhaps": None,
        "first": NOW.isoformat(),
    }


def test_a_refusal_comes_back_with_its_kind_its_words_and_its_facts() -> None:
    for kind in (NoCopyAvailable, LoanLimitReached):
        refusal = refusal_of(receipt(kind.slug, {"detail": "As then.", "facts": {"max_loans": 3}}))
        assert (type(refusal), refusal.detail, refusal.facts) == (kind, "As then.", {"max_loans": 3})
    unknown = refusal_of(receipt("of-another-version", {"detail": "As then.", "facts": {}}))
    assert (type(unknown), unknown.detail) == (LuminaError, "As then.")
