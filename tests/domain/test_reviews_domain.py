from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.intelligence import Sentiment
from luminalib.domain.reviews import RATINGS, Ratings, Review, clean_text

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  A fine book.\n", "A fine book."),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\n\n \n\n\ntwo", "one\n\ntwo"),
        ("a\x00b\x07c\x1bd\x85e", "abcde"),
        ("tab\tstays", "tab\tstays"),
        ("evil\u202etxt.exe\ufeff", "eviltxt.exe"),
        ("lone \ud83d surrogate", "lone  surrogate"),
        ("cafe\u0301", "café"),
        ("family 👨\u200d👩\u200d👧 stays together", "family 👨\u200d👩\u200d👧 stays together"),
    ],
)
def test_texts_are_cleaned(raw: str, kept: str) -> None:
    assert clean_text(raw) == kept


@given(st.text(st.characters()))
def test_clean_texts_can_be_stored_and_stay_as_they_are(raw: str) -> None:
    text = clean_text(raw)
    assert clean_text(text) == text
    assert "\x00" not in text.encode().decode()


@given(st.lists(st.sampled_from(RATINGS)))
def test_the_mean_is_that_of_the_list(given_ratings: list[int]) -> None:
    ratings = Ratings(histogram={rating: given_ratings.count(rating) for rating in RATINGS})
    assert ratings.count == len(given_ratings)
    expected = sum(given_ratings) / len(given_ratings) if given_ratings else None
    assert ratings.mean == expected


def test_a_changed_text_has_no_sentiment_yet_but_a_changed_rating_keeps_it() -> None:
    review = Review(id="r", book_id="b", user_id="u", rating=2, text="Not for me.", created_at=NOW, updated_at=NOW)
    review.sentiment = Sentiment.NEGATIVE
    review.change(3, "Not for me.", NOW + timedelta(days=1))
    assert review.sentiment is Sentiment.NEGATIVE
    assert (review.rating, review.updated_at) == (3, NOW + timedelta(days=1))
    review.change(5, "It grew on me.", NOW + timedelta(days=2))
    assert review.sentiment is None
    assert (review.text, review.created_at) == ("It grew on me.", NOW)
