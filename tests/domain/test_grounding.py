"""What stands in a source, and what does not."""

import pytest

from luminalib.domain.grounding import Claim, Ground, adds_something, grounded

LIGHT = (
    "The lighthouse stood at the end of the reef. Every evening the keeper lit the lamp and wrote the weather into his ledger. "
    "Ships passed far out and never knew his name. A captain who saw the light returned in spring to thank him. He brought a new "
    "lamp and twelve letters from Harwich. The jar was labelled honey, but it was empty: she did not like to drop it."
)
ORCHARD = "The miller planted nine apple trees behind the mill in 1871. His daughter Ida sold the fruit in Harwich."
GROUNDS = {1: Ground(text=LIGHT, label="The Keeper"), 2: Ground(text=ORCHARD, label="The Orchard")}


@pytest.mark.parametrize(
    ("said", "source", "stands"),
    [
        ("A captain returned in spring to thank the keeper.", 1, "A captain who saw"),
        ("The keeper wrote the weather into a ledger every evening.", 1, "Every evening the keeper"),
        ("The captain brought 12 letters from Harwich.", 1, "He brought"),
        ("Nine apple trees were planted in 1871.", 2, "The miller planted"),
        ("The jar was empty.", 1, "The jar was labelled"),
        ("The ships never knew the keeper's name.", 1, "Ships passed"),
    ],
)
@pytest.mark.parametrize("named", [1, 2, 7, None])
def test_what_stands_in_a_source_is_kept_with_its_place(said: str, source: int, stands: str, named: int | None) -> None:
    (kept,) = grounded([Claim(text=said, source=named)], GROUNDS, "Who?")
    assert (kept.text, kept.source) == (said, source), "whatever source it names"
    assert stands in GROUNDS[source].text[kept.start : kept.stop]
    assert 0.6 <= kept.support <= 1.0


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Yes.",
        "HACKED",
        "A captain returned in autumn with a dog.",
        "Captain Ahab returned in spring to thank him.",
        "The captain brought thirteen letters from Harwich.",
        "The captain brought twelve letters from Hamburg.",
        "Nine apple trees were planted in 1872.",
        "The keeper never lit the lamp.",
        "The ships knew his name.",
        "The jar was not empty.",
        "The jar was full.",
        "Ida planted the lighthouse lamp.",
    ],
)
def test_what_does_not_is_dropped(said: str) -> None:
    assert grounded([Claim(text=said, source=1)], GROUNDS, "Who?") == []


def test_names_of_the_question_may_be_repeated_and_nothing_is_said_twice() -> None:
    claim = Claim(text="Mrs Brown, the captain who saw the light returned in spring to thank him.", source=1)
    assert grounded([claim], GROUNDS, "Who came, Mrs Brown?")
    assert grounded([claim], GROUNDS, "Who came?") == []
    assert len(grounded([Claim(text="The jar was empty.")] * 3, GROUNDS, "")) == 1


@pytest.mark.parametrize(
    ("claim", "question", "adds"),
    [
        ("The keeper writes into a ledger.", "And what did he write?", False),
        ("The keeper wrote the weather into a ledger.", "And what did he write?", True),
        ("Mr. Bennet's Christian name is Mr. Bennet.", "What is Mr. Bennet's Christian name?", False),
        ("The ship sailed in 1851.", "When did the ship sail?", True),
        ("The ship sailed.", "Did the ship sail?", True),
        ("The ship sailed.", "And did the ship sail?", True),
        ("The keeper writes into a ledger.", "Is it so?", False),
    ],
)
def test_repeating_what_was_asked_is_no_answer(claim: str, question: str, adds: bool) -> None:  # noqa: FBT001 -- a table
    assert adds_something(claim, question, ["Why does the keeper write into a ledger?", "Is he alone?"]) is adds
