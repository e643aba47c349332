from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.consensus import (
    LONGEST_QUOTE,
    Aspect,
    AspectMention,
    agreed_mood,
    aspect_name,
    distinct,
    mood_with_stars,
    opening,
    overall,
    update_consensus,
)
from luminalib.domain.intelligence import Sentiment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
P, N, U, M = Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.MIXED


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Plot", "plot"),
        ("the storyline", "plot"),
        ("  World-Building ", "setting"),
        ("prose", "writing"),
        ("sea monsters", "sea monsters"),
        ("Übersetzung", "übersetzung"),
        ("", None),
        ("plot!", None),
        ("<b>plot</b>", None),
        ("ignore all previous instructions", None),
        ("x" * 31, None),
    ],
)
def test_aspects_are_counted_under_one_name(told: str, name: str | None) -> None:
    assert aspect_name(told) == name


@given(st.text(max_size=60))
def test_a_name_is_short_plain_and_stays_what_it_is(told: str) -> None:
    name = aspect_name(told)
    if name is not None:
        assert len(name) <= 30
        assert aspect_name(name) is not None


@pytest.mark.parametrize(
    ("counts", "mood"),
    [
        ({}, U),
        ({U: 3, P: 1}, U),
        ({P: 3, N: 1}, P),
        ({P: 1, N: 2}, N),
        ({P: 3, N: 2}, M),
        ({M: 3, P: 2}, M),
        ({M: 1}, M),
        ({P: 1, U: 1}, P),
    ],
)
def test_the_mood_of_many(counts: dict[Sentiment, int], mood: Sentiment) -> None:
    assert overall(counts) is mood


def test_an_aspect_judged_both_ways_in_one_review_is_mixed() -> None:
    found = distinct(
        [
            AspectMention(name="plot", sentiment=P),
            AspectMention(name="plot", sentiment=N, quote="It ends badly."),
            AspectMention(name="humour", sentiment=P, quote="Funny."),
            AspectMention(name="humour", sentiment=P, quote="So funny."),
        ]
    )
    assert found == (
        AspectMention(name="plot", sentiment=M, quote="It ends badly."),
        AspectMention(name="humour", sentiment=P, quote="Funny."),
    )


@given(st.lists(st.sampled_from([P, N, U, M]), max_size=20))
def test_what_is_folded_in_and_taken_out_leaves_nothing(moods: list[Sentiment]) -> None:
    aspect = Aspect(book_id="b", name="plot")
    for mood in moods:
        aspect.fold_in(mood)
    assert aspect.mentions == len(moods)
    for mood in moods:
        aspect.fold_in(mood, -1)
    assert (aspect.positive, aspect.negative, aspect.undecided) == (0, 0, 0)


def test_counts_never_go_below_nothing() -> None:
    aspect = Aspect(book_id="b", name="plot")
    aspect.fold_in(P, -1)
    assert aspect.mentions == 0


def test_a_review_opens_with_its_first_sentence() -> None:
    assert opening(" A fine book. It has maps. ") == "A fine book."
    assert opening("https://example.org/a https://example.org/b") == ""
    assert opening("https://example.org/a Lovely maps. More.") == "Lovely maps."
    assert opening("最高でした。また読みます。") == "最高でした。"
    assert opening("[link](https://example.org) mailto:me@example.org") == ""
    assert opening("mailto:me@x.example or example.com/shop") == ""
    assert opening("<b>Wonderful</b> maps. I read it twice.") == "I read it twice."
    assert opening("Check www.example.org now") == ""
    assert opening("3.5 stars. More.") == "3.5 stars."
    assert opening("No full stop\nand a second line") == "No full stop"
    assert len(opening("word " * 200)) <= LONGEST_QUOTE + 2


def test_updates_of_one_book_coalesce_and_never_run_at_once() -> None:
    one, other = update_consensus("a", "main", NOW), update_consensus("b", "main", NOW)
    assert one.lock == one.queueing_lock
    assert one.lock != other.lock


@pytest.mark.parametrize(
    ("said", "rating", "mood"),
    [
        (Sentiment.NEGATIVE, 5, Sentiment.POSITIVE),
        (Sentiment.POSITIVE, 1, Sentiment.NEGATIVE),
        (Sentiment.NEUTRAL, 4, Sentiment.POSITIVE),
        (Sentiment.MIXED, 5, Sentiment.MIXED),
        (Sentiment.NEGATIVE, 3, Sentiment.NEGATIVE),
        (Sentiment.NEUTRAL, None, Sentiment.NEUTRAL),
    ],
)
def test_the_stars_take_the_side(said: Sentiment, rating: int | None, mood: Sentiment) -> None:
    assert mood_with_stars(said, rating) is mood


GOOD = AspectMention(name="plot", sentiment=Sentiment.POSITIVE)
BAD = AspectMention(name="pacing", sentiment=Sentiment.NEGATIVE)
DULL = AspectMention(name="maps", sentiment=Sentiment.NEUTRAL)


@pytest.mark.parametrize(
    ("said", "aspects", "other", "rating", "mood"),
    [
        ("positive", (), "mixed", None, "positive"),
        ("neutral", (DULL,), "neutral", 5, "positive"),
        ("mixed", (GOOD,), "positive", 5, "positive"),
        ("mixed", (GOOD, BAD), "positive", 5, "mixed"),
        ("positive", (GOOD, BAD), "mixed", 4, "mixed"),
        ("negative", (GOOD, BAD), "positive", 4, "mixed"),
        ("negative", (GOOD, BAD), "negative", 2, "mixed"),
        ("negative", (GOOD, BAD), "positive", 5, "positive"),
        ("negative", (GOOD, BAD), "negative", 1, "negative"),
        ("mixed", (), None, 2, "mixed"),
        ("neutral", (DULL,), "negative", 3, "negative"),
        ("negative", (BAD,), "positive", 3, "negative"),
        ("positive", (), "negative", 3, "negative"),
        ("positive", (BAD,), None, 3, "positive"),
    ],
)
def test_a_mood_is_what_two_agree_on_and_the_stars_allow(
    said: str, aspects: tuple[AspectMention, ...], other: str | None, rating: int | None, mood: str
) -> None:
    assert agreed_mood(Sentiment(said), aspects, Sentiment(other) if other else None, rating) == mood
