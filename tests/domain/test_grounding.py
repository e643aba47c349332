"""What stands in a source, and what does not."""

import pytest

from luminalib.domain.grounding import SUPPORTED, Claim, Ground, Grounded, Passages, adds_something, grounded, is_near

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
    assert SUPPORTED <= kept.support <= 1.0


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
        "The keeper didn't light the lamp.",
        "The ships knew his name.",
        "The jar was not empty.",
        "The jar was full.",
        "Ida planted the lighthouse lamp.",
    ],
)
def test_what_does_not_is_dropped(said: str) -> None:
    assert grounded([Claim(text=said, source=1)], GROUNDS, "Who?") == []


def test_what_only_the_question_says_is_not_made_true_by_a_name() -> None:
    claim = Claim(text="The miller of the mill would have lost his stepdaughter Ida.", source=2)
    assert grounded([claim], GROUNDS, "What would the miller of the mill have lost with his stepdaughter?") == []


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
        ("There were twelve.", "How many letters were there?", True),
    ],
)
def test_repeating_what_was_asked_is_no_answer(claim: str, question: str, adds: bool) -> None:  # noqa: FBT001 -- a table
    assert adds_something(claim, question, ["Why does the keeper write into a ledger?", "Is he alone?"]) is adds


TIDE = (
    "Mira counted 7 boats. The harbour slept. Gulls cried above the roofs. A bell rang twice in the fog. "
    "Old Jonas mended his nets and sang. In 1902 the pier was rebuilt. The storm broke it again."
)


def supported(said: str, text: str = TIDE, question: str = "Who?") -> str | None:
    """What of a text supports a sentence."""
    found = grounded([Claim(text=said)], {1: Ground(text=text)}, question)
    return text[found[0].start : found[0].stop] if found else None


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Jonas mended nets.", "Old Jonas mended his nets and sang."),
        ("Gulls cried while a bell rang.", "Gulls cried above the roofs. A bell rang twice in the fog."),
        (
            "The harbour slept, gulls cried and a bell rang.",
            "The harbour slept. Gulls cried above the roofs. A bell rang twice in the fog.",
        ),
        ("Gladly Jonas mended nets and sang.", "Old Jonas mended his nets and sang."),
        ("The pier was rebuilt in 1902.", "In 1902 the pier was rebuilt."),
        ("Mira counted while Jonas mended.", None),
        ("The harbour slept while a storm broke.", None),
        ("Jonas mended nets in 1902.", "Old Jonas mended his nets and sang. In 1902 the pier was rebuilt."),
        ("Mira counted the boats in 1902.", None),
        ("The storm broke it 7 times again.", None),
    ],
)
def test_the_shortest_stretch_of_at_most_three_sentences_supports_a_claim_with_its_numbers(said: str, stands: str | None) -> None:
    assert supported(said) == stands


def test_of_stretches_that_are_alike_the_first_is_shown() -> None:
    assert supported("Jonas mended nets.", "A dog slept. Jonas mended nets. Rain fell. Jonas mended nets.") == "Jonas mended nets."
    (first,) = grounded([Claim(text="Jonas mended nets.")], {1: Ground(text="Jonas mended nets. Jonas mended nets.")}, "Who?")
    assert first == Grounded(text="Jonas mended nets.", source=1, start=0, stop=18, support=1.0)


@pytest.mark.parametrize(("named", "source"), [(1, 1), (2, 2), (3, 3), (None, 1)])
def test_of_sources_that_are_as_good_the_one_that_is_named_counts(named: int | None, source: int) -> None:
    grounds = {number: Ground(text="Jonas mended his nets.") for number in (1, 2, 3)}
    (kept,) = grounded([Claim(text="Jonas mended nets.", source=named)], grounds, "Who?")
    assert kept.source == source


def test_a_source_that_supports_more_counts_whatever_is_named() -> None:
    grounds = {
        1: Ground(text="Jonas mended nets."),
        2: Ground(text="Jonas mended nets and sang loudly."),
        3: Ground(text="Jonas mended nets."),
    }
    (kept,) = grounded([Claim(text="Jonas mended nets and sang loudly.", source=1)], grounds, "Who?")
    assert (kept.source, kept.support) == (2, 1.0)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Jonas mended nets and painted.", True),
        ("Jonas mended boats and painted.", False),
    ],
)
def test_six_tenths_of_the_words_must_stand_there(said: str, stands: bool) -> None:  # noqa: FBT001 -- a table
    assert (supported(said) is not None) is stands


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Old Jonas mended nets and sang of boats.", True),
        ("Old Jonas mended nets with hope.", False),
        ("Old Jonas mended nets with hope, he sang.", True),
    ],
)
def test_half_of_what_the_question_did_not_say_must_stand_there(said: str, stands: bool) -> None:  # noqa: FBT001 -- a table
    assert (supported(said, question="Which old nets has Jonas mended?") is not None) is stands


@pytest.mark.parametrize(
    ("said", "text", "stands"),
    [
        ("The jar was not empty.", "The jar was empty, not heavy.", False),
        ("The jar was empty.", "The jar was empty, not heavy.", True),
        ("The lamp shone and never flickered.", "The lamp shone, the lamp never flickered.", True),
        ("The window wasn't locked.", "The window wasn't locked.", True),
        ("The window was locked.", "The window wasn't locked.", False),
    ],
)
def test_the_clause_that_holds_most_of_a_claim_denies_as_it_does(said: str, text: str, stands: bool) -> None:  # noqa: FBT001 -- as above
    assert (supported(said, text) is not None) is stands


@pytest.mark.parametrize(
    ("said", "is_found"),
    [
        ("Boats slept.", True),
        ("Boats flew.", False),
        ("Elephants.", True),
        ("Mira, boats, gulls, and nets.", True),
        ("Mira, boats, gulls, storm.", True),
        ("Mira, elephants, boats, gulls.", True),
        ("Mira, elephants, boats, tigers.", False),
    ],
)
def test_a_statement_is_near_a_passage_that_has_three_quarters_of_its_words(said: str, is_found: bool) -> None:  # noqa: FBT001 -- as above
    assert is_near(said, Passages(Ground(text=TIDE))) is is_found


def test_a_passage_is_eight_sentences_wide() -> None:
    apart = "Mira counted boats. " + "Rain fell. " * 6
    assert is_near("Mira mended nets with boats.", Passages(Ground(text=apart + "Jonas mended nets.")))
    assert not is_near("Mira mended nets with boats.", Passages(Ground(text=apart + "Rain fell. Jonas mended nets.")))
    assert not is_near("Mira mended.", Passages(Ground(text="")))
