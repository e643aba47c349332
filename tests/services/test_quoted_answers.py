"""When the library answers by its own sentences, shows the nearest places instead, or refuses."""

import pytest

from errands import REFUSAL, TEXTS, errand
from luminalib.domain.confidence import Evidence
from luminalib.domain.conversations import Answer, RefusalReason, Turn
from luminalib.services.conversations.errand import Question
from luminalib.services.conversations.extractive import NEAREST, quoted_answer


def test_what_lies_near_in_meaning_is_shown_in_the_order_of_the_search() -> None:
    answer = quoted_answer(errand(3.5, 0.3))
    assert (answer.answered, answer.refusal_reason) == (False, RefusalReason.NOT_SURE)
    assert [one.page for one in answer.citations] == list(range(1, NEAREST + 1))
    assert all(one.quote in text for one, text in zip(answer.citations, TEXTS, strict=False))


@pytest.mark.parametrize(
    ("around", "coverage"),
    [(None, 0.3), (2.0, 0.3), (3.5, 0.8)],
    ids=["no embedder", "far in meaning", "in the book's own words, and no answer by them"],
)
def test_what_is_not_near_is_refused(around: float | None, coverage: float) -> None:
    answer = quoted_answer(errand(around, coverage))
    assert (answer.content, answer.refusal_reason, list(answer.citations)) == (REFUSAL, RefusalReason.NOTHING_FOUND, [])


def test_nothing_found_is_refused() -> None:
    assert quoted_answer(errand(3.5, 0.3, [])).content == REFUSAL


def test_what_only_the_turns_before_have_found_is_passed_over() -> None:
    before = [Turn(question="Who was the captain of the Halcyon Wren?", answer="Merrin.")]
    texts = ["The captain of the Halcyon Wren was Merrin.", "He sold l'anchor in spring. It rained.", "The captain slept."]
    asked = Question(text="And when did he sell the anchor?", turns=before)
    evidence = Evidence(lexical=0.9, rarity=0.9, words=3, coverage=1.0)
    made = errand(None, 1.0, texts, asked)
    made.evidence = evidence
    (citation,) = quoted_answer(made).citations
    assert citation.quote.startswith("He sold")
    nothing = errand(None, 1.0, [texts[0], texts[2]], asked)
    nothing.evidence = evidence
    assert quoted_answer(nothing).content == REFUSAL


SURELY = Evidence(lexical=0.9, rarity=0.9, words=3, coverage=1.0)


def sure(question: str, *texts: str, rarity: dict[str, float] | None = None) -> Answer:
    """The answer to a question of which the search was sure."""
    made = errand(None, 1.0, list(texts), Question(text=question))
    made.evidence, made.rarity = SURELY, rarity or {}
    return quoted_answer(made)


def test_the_answer_is_what_answers_best_and_further_places_are_named() -> None:
    found = "The captain of the Halcyon Wren was Aldous Merrin."
    answer = sure("Who was the captain of the Halcyon Wren?", found, "The Halcyon Wren had a captain, and he slept.")
    assert answer.answered
    assert answer.content == f"“{found}” [1]\nSee also [2]."
    assert [one.page for one in answer.citations] == [1, 2]


def test_what_is_nearly_as_good_is_quoted_too() -> None:
    texts = ("The captain of the Wren was Aldous Merrin.", "The captain of the Wren was Corin Ashe.")
    answer = sure("Who was the captain of the Wren?", *texts)
    assert answer.content == "\n".join(f"“{text}” [{at}]" for at, text in enumerate(texts, 1))


def test_the_same_words_of_two_editions_are_said_once_with_both_places() -> None:
    answer = sure("Who stole the tarts?", "The Knave stole the tarts, \u2019tis said.", "The Knave stole the tarts, 'tis said.")
    assert answer.content.endswith("said.” [1] [2]")
    assert [one.page for one in answer.citations] == [1, 2]


def test_who_is_not_said_to_have_done_it_is_no_sure_answer() -> None:
    told = ("The master of Tiny Tim sang with Martha.",)
    answer = sure("Who taught Tiny Tim?", *told, rarity={"taught": 0.6, "tiny": 0.6, "tim": 0.6})
    assert (answer.answered, answer.refusal_reason) == (False, RefusalReason.NOT_SURE)
    assert answer.citations
    refused = sure("Who taught Tiny Tim?", *told, rarity={"taught": 1.0, "tiny": 0.6, "tim": 0.6})
    assert (refused.content, refused.refusal_reason) == (REFUSAL, RefusalReason.NOTHING_FOUND)
    assert sure("Who taught Tiny Tim?", "His master taught Tiny Tim, and it was Martha.").answered
