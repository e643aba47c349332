"""What events say about taste."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.loans import Loan
from luminalib.domain.tastes import (
    HALF_LIFE,
    TasteEvent,
    TasteKind,
    faded,
    implicit_taste,
    opinions,
    returned,
    standings,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
K = TasteKind


def happened(*kinds: TasteKind | int, at: datetime = NOW) -> list[TasteEvent]:
    """Events about one book; a number is a rating."""
    return [
        TasteEvent(user_id="ada", book_id="book", kind=K.RATED, rating=kind, at=at)
        if isinstance(kind, int)
        else TasteEvent(user_id="ada", book_id="book", kind=kind, at=at)
        for kind in kinds
    ]


def opinion(*kinds: TasteKind | int) -> float:
    return standings(happened(*kinds))["book"].opinion


def test_ratings_outweigh_loans() -> None:
    assert opinion(K.BORROWED, K.RENEWED, K.FINISHED, 1) < 0 < opinion(K.BORROWED, K.RETURNED_EARLY) < opinion(K.RETURNED_EARLY, 5)
    assert opinion(5, K.FINISHED) == opinion(K.FINISHED, 5)
    assert [opinion(rating) for rating in range(1, 6)] == sorted(opinion(rating) for rating in range(1, 6))


def test_what_was_finished_says_more_than_what_came_back_at_once() -> None:
    assert opinion(K.BORROWED, K.FINISHED) > opinion(K.BORROWED) > opinion(K.BORROWED, K.RETURNED_EARLY)


def test_a_withdrawn_rating_leaves_the_loan() -> None:
    assert opinion(K.BORROWED, K.FINISHED, 1, K.RATING_WITHDRAWN) == opinion(K.BORROWED, K.FINISHED)


def test_not_interested_counts_against_until_it_is_borrowed_after_all() -> None:
    assert opinion(K.NOT_INTERESTED) < 0
    assert opinion(K.NOT_INTERESTED, K.BORROWED) == opinion(K.BORROWED)
    assert standings(happened(K.HAVE_READ))["book"].is_settled
    assert not standings(happened(K.HAVE_READ, K.BORROWED))["book"].is_settled


def test_a_disappointment_was_still_a_choice() -> None:
    assert 0 < standings(happened(K.BORROWED, 1))["book"].choice < standings(happened(K.BORROWED, 5))["book"].choice
    assert standings(happened(K.NOT_INTERESTED))["book"].choice == 0


def test_taste_fades_by_half() -> None:
    assert faded(1.0, NOW - HALF_LIFE, NOW) == pytest.approx(0.5)
    assert faded(1.0, NOW + HALF_LIFE, NOW) == 1.0
    old, new = (opinions(standings(happened(5, at=at)), NOW)["book"] for at in (NOW - HALF_LIFE, NOW))
    assert old == pytest.approx(new / 2)


@given(st.lists(st.sampled_from([*K, 1, 2, 3, 4, 5]), min_size=1))
def test_any_history_gives_a_bounded_standing(kinds: list[TasteKind | int]) -> None:
    events = happened(*(4 if kind is K.RATED else kind for kind in kinds))
    standing = standings(events)["book"]
    assert -1 <= standing.opinion <= 1.2
    assert 0 <= standing.choice <= 1.1


@pytest.mark.parametrize(
    ("days", "renewals", "kind"), [(1, 0, K.RETURNED_EARLY), (1, 1, K.FINISHED), (2, 0, K.FINISHED), (20, 0, K.FINISHED)]
)
def test_what_a_return_says(days: int, renewals: int, kind: TasteKind) -> None:
    loan = Loan(
        id="loan",
        book_id="book",
        user_id=None,
        borrowed_at=NOW,
        due_at=NOW + timedelta(days=21),
        returned_at=NOW + timedelta(days=days),
        renewals=renewals,
    )
    event = returned(loan, "ada")
    assert (event.user_id, event.book_id, event.kind, event.at) == ("ada", "book", kind, loan.returned_at)


def test_the_profile_is_weighed_against_its_strongest_part() -> None:
    learnt = implicit_taste([(1.0, ["sea", "storms"], ["Ines"]), (1.0, ["sea"], ["Ada"]), (-0.5, ["bread"], ["Ines"])])
    assert [(taste.name, taste.weight) for taste in learnt.tags] == [("sea", 1.0), ("storms", 0.5)]
    assert [(taste.name, taste.weight) for taste in learnt.authors] == [("Ada", 1.0), ("Ines", 0.5)]
    assert implicit_taste([]).tags == []
