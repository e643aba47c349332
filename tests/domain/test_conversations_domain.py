from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.conversations import AnswerUnderWay, Conversation, Selection, Style, Turn, split_turns

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def turn(length: int, number: int) -> Turn:
    return Turn(question="q" * (length // 2), answer="a" * (length - length // 2), number=number)


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [
        ([], 0),
        ([40, 60], 2),  # all fit
        ([40, 61], 1),
        ([10, 20, 30, 41], 1),
        ([50, 20, 30, 20], 2),  # half as many characters as all may have
        ([30, 21, 25, 25], 2),
        ([500], 1),  # the last one stays, however long
        ([10, 500], 1),
    ],
)
def test_the_last_turns_stay_word_by_word_and_the_older_are_summarised(lengths: list[int], kept: int) -> None:
    turns = [turn(length, number) for number, length in enumerate(lengths)]
    assert [one.characters for one in turns] == lengths
    older, last = split_turns(turns, 100)
    assert [*older, *last] == turns
    assert len(last) == kept


def talk(title: str = "") -> Conversation:
    return Conversation(
        id="c",
        user_id="u",
        title=title,
        book_ids=["b"],
        document_ids=["d"],
        up_to_page={"b": 7},
        style=next(iter(Style)),
        created_at=NOW,
        updated_at=NOW,
    )


def test_one_question_is_answered_at_a_time() -> None:
    one, later = talk(), NOW + timedelta(minutes=1)
    one.begin("Who  is\nthe captain?", later, "host:1:x")
    assert (one.title, one.asked_at, one.updated_at, one.asked_of) == ("Who is the captain?", later, later, "host:1:x")
    with pytest.raises(AnswerUnderWay):
        one.begin("And then?", later)
    one.asked_at = None
    one.begin("And then?", later)
    assert one.title == "Who is the captain?", "the first question names it"


def test_a_long_question_is_a_short_title_and_a_given_one_stays() -> None:
    one, named = talk(), talk("Captains")
    one.begin("x" * 500, NOW)
    named.begin("x" * 500, NOW)
    assert (one.title, named.title) == ("x" * 80, "Captains")


def test_a_conversation_is_about_its_selection() -> None:
    assert talk().selection == Selection(book_ids=["b"], document_ids=["d"], up_to_page={"b": 7})
