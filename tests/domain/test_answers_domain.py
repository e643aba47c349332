from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.confidence import HOPELESS, SURE, confidence_in_quote, confidence_of
from luminalib.domain.intents import Intent, intent_of
from luminalib.domain.media import MediaType
from luminalib.domain.questions import Asked, asked_for, holds
from luminalib.domain.quoting import quotes_for
from luminalib.domain.search import PassageView
from luminalib.domain.sentences import LONGEST, sentences_in
from passages import make_passages

TEXT = (
    "Mr. Wilson kept a shop near the City. He was paid four pounds a week for copying. It was pure nonsense, he said. "
    "His assistant, a Mr. Spaulding, had come for half wages in 1889."
)


def view(text: str) -> PassageView:
    (passage,) = make_passages("d", text)
    return PassageView(
        passage=passage, title="t", book_id=None, owner_id=None, media_type=MediaType.TEXT, language="en", length=len(text)
    )


def test_titles_and_initials_end_no_sentence() -> None:
    text = "Mr. J. Wilson came. He left! “Did he?” Yes, e.g. by Dr. Watson's cab…\n\nA new paragraph"
    assert [text[start:stop] for start, stop in sentences_in(text)] == [
        "Mr. J. Wilson came.",
        "He left!",
        "“Did he?”",
        "Yes, e.g. by Dr. Watson's cab…",
        "A new paragraph",
    ]


@given(st.text(max_size=3000))
def test_sentences_are_the_text_without_the_space_between(text: str) -> None:
    pieces = sentences_in(text)
    assert "".join("".join(text[start:stop].split()) for start, stop in pieces) == "".join(text.split())
    assert all(0 < stop - start <= LONGEST for start, stop in pieces)
    assert all(before[1] <= after[0] for before, after in zip(pieces, pieces[1:], strict=False))  # noqa: RUF007 -- pairs


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("In which year was the firm founded?", Asked.YEAR),
        ("How many mattresses were piled up?", Asked.NUMBER),
        ("Wie alt war Louis?", Asked.NUMBER),
        ("Depuis combien de temps ?", Asked.NUMBER),
        ("What is Mr. Bennet's Christian name?", Asked.NAME),
        ("Why did she laugh?", Asked.ANYTHING),
    ],
)
def test_a_question_says_what_it_wants(question: str, asked: Asked) -> None:
    assert asked_for(question) is asked


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert not holds("The treaty of 1889 was signed.", Asked.YEAR, "In which year after 1889 was it broken?")
    assert holds("The treaty of 1889 was signed.", Asked.YEAR, "In which year was it signed?")
    assert not holds("There were many mattresses.", Asked.NUMBER, "How many mattresses?")
    assert holds("She piled twenty mattresses.", Asked.NUMBER, "How many mattresses?")


def test_the_sentence_that_answers_is_quoted_word_by_word() -> None:
    (quote,) = quotes_for("How much was Wilson paid for copying?", "How much was Wilson paid for copying?", [(view(TEXT), 1.0)])
    assert "He was paid four pounds a week for copying." in quote.text
    assert TEXT[quote.start : quote.stop] == quote.text
    assert quote.holds_it
    assert len(quote.text) < len(TEXT) / 2


def test_what_two_passages_share_is_quoted_once() -> None:
    whole = view(TEXT)
    passage = whole.passage
    tail = replace(
        whole, passage=replace(passage, ordinal=1, start=passage.start + 41, page_start=0, text=TEXT[41:], stop=passage.stop)
    )
    question = "How much was he paid for copying?"
    assert len(quotes_for(question, question, [(whole, 1.0), (tail, 0.9)])) == 1


def test_the_turns_before_say_who_is_meant() -> None:
    found = [(view(TEXT), 1.0), (view("The baker was paid nothing for copying. He was angry."), 1.0)]
    question = "What was he paid?"
    quotes = quotes_for(question, f"Who is Wilson who has a shop near the City? {question}", found)
    assert quotes[0].view is found[0][0]


def test_confidence_grows_with_every_kind_of_evidence() -> None:
    assert confidence_of(0.2, None) < confidence_of(0.6, None)
    assert confidence_of(0.4, 0.3) < confidence_of(0.4, 0.6)
    strong = confidence_in_quote(0.6, None, 0.9, holds_it=True)
    assert confidence_in_quote(0.1, None, 0.2, holds_it=True) < HOPELESS < SURE < strong
    assert confidence_in_quote(0.6, None, 0.9, holds_it=False) < HOPELESS
    assert 0.0 <= confidence_in_quote(0.0, -1.0, 0.0, holds_it=True) <= confidence_in_quote(9.0, 1.0, 1.0, holds_it=True) <= 1.0


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("Hello!", Intent.GREETING),
        ("Guten Tag", Intent.GREETING),
        ("thank you very much", Intent.THANKS),
        ("What do I have on loan?", Intent.LOANS),
        ("Which books have I borrowed?", Intent.LOANS),
        ("Hello, who is Alice?", Intent.BOOKS),
        ("What did the Duchess borrow?", Intent.BOOKS),
        ("Thanks to whom was the keeper saved?", Intent.BOOKS),
    ],
)
def test_only_what_leaves_no_doubt_is_no_question_about_books(said: str, intent: Intent) -> None:
    assert intent_of(said) is intent
