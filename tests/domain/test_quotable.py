"""Which stretches of a passage can be quoted."""

import pytest

from luminalib.domain.answer_signs import ReadPassage
from luminalib.domain.asked_words import AskedWords
from luminalib.domain.passages import QUOTED
from luminalib.domain.quotable import is_listing, whole_sentences_in
from luminalib.domain.sentences import LONGEST, is_inside
from luminalib.domain.speakers import is_speaker
from luminalib.domain.spelling import all_words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("“Who are you?” said the Duck. She sat down.", ["“Who are you?” said the Duck.", "She sat down."]),
        ("«Viens ici!» dit-il. Paul vint.", ["«Viens ici!» dit-il.", "Paul vint."]),
        ("A friend\n\nfrom the 96th met a bullet. He fell.", ["A friend\n\nfrom the 96th met a bullet.", "He fell."]),
        ("It is closed.\n\na) The first case. It is open.", ["It is closed.", "a) The first case.", "It is open."]),
        ("“Who?” He went.", ["“Who?”", "He went."]),
        ("said Tom. He went.", ["said Tom.", "He went."]),
    ],
)
def test_what_goes_on_in_lower_case_belongs_to_what_stands_before_it(text: str, sentences: list[str]) -> None:
    assert [text[start:stop] for start, stop in whole_sentences_in(text)] == sentences


def test_no_sentence_grows_too_long_by_what_goes_on() -> None:
    text = "“Who?” " + "said he, and again: “who?” " * 60
    assert all(stop - start <= LONGEST for start, stop in whole_sentences_in(text))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Torus, 91\nTransformation, 80\nTriangle, 12, 19\u201321", True),
        ("Klein bottle, 7\nbounded, 3 closed, 4\nKnot\nopen, 20", True),
        ("The Doctor leaves                12\n      VII. John goes to the kitchen                12\n     VIII.", True),
        ("I. The lamp ........ 3\nII. The stairs ....... 17", True),
        ("She was born in 1889.\nHe came in 1891.", False),
        ("Flour: 200 g\nSugar: 100 g\nEggs: 3", False),
        ("On June 14, 1863\nthe guns were planted in the rear of the division", False),
        ("", False),
    ],
)
def test_lines_of_an_index_are_told_from_sentences(text: str, is_one: bool) -> None:  # noqa: FBT001 -- a table
    assert is_listing(text) is is_one


def quotable(text: str, question: str, *words: str) -> list[str]:
    """What can be quoted of a text for a question, with its telling words."""
    read = ReadPassage(text, AskedWords(question, dict.fromkeys(words, 1.0)))
    return [text[read.sentences[first][0] : read.sentences[last][1]] for first, last in read.stretches(QUOTED)]


def test_what_says_nothing_is_quoted_with_nothing() -> None:
    text = "[Picture]\n\nThe duck sat on the box. Well! She laid an egg."
    assert set(quotable(text, "Had the duck an egg?", "duck", "egg")) == {"The duck sat on the box.", "She laid an egg."}
    assert quotable("Duck, 3\nDrake, 4\nGoose, 12", "Had the duck an egg?", "duck", "egg") == []


def test_a_word_that_is_the_answer_is_quoted_however_short() -> None:
    text = "The duck came to the hall. In June. She sat on the box."
    assert any("June" in one for one in quotable(text, "When did the duck come?", "duck", "come"))


@pytest.mark.parametrize(
    ("text", "word", "is_it"),
    [
        ("We went with Tom.", "Tom", True),
        ("He called it “Carlo”.", "Carlo", True),
        ("--Oh yes, he said.", "Oh", False),
        ("He said, “Listen to me.”", "Listen", False),
        ("It rained. “Tom came”, he said.", "Tom", False),
        ("It rained.” Tom came.", "Tom", False),
        ("Tom came.", "Tom", False),
    ],
)
def test_a_word_stands_inside_a_sentence_or_begins_what_is_said(text: str, word: str, is_it: bool) -> None:  # noqa: FBT001 -- a table
    assert is_inside(text, text.index(word)) is is_it


@pytest.mark.parametrize(
    ("text", "word", "is_one"),
    [
        ("“Yes,” said Tom.", "tom", True),
        ("“Yes,” said Mr. Wilson.", "wilson", True),
        ("--Oui, dit Jean.", "jean", True),
        ("Tom said so.", "tom", False),
        ("He was called Tom.", "tom", False),
    ],
)
def test_who_is_named_behind_a_verb_of_saying_speaks(text: str, word: str, is_one: bool) -> None:  # noqa: FBT001 -- a table
    words = all_words(text)
    assert is_speaker(words, words.index(word)) is is_one
