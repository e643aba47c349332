"""Reviews as the extractive engine reads them: the labelled sets of the benchmark, and what must hold for each."""

import sys
from pathlib import Path

import pytest

from luminalib.adapters.llm.extractive.headline import headline
from luminalib.adapters.llm.extractive.reviews import read_reviews
from luminalib.adapters.llm.extractive.turns import with_answers
from luminalib.domain.consensus import KNOWN_ASPECTS, AspectEvidence
from luminalib.ports.llm import ConsensusRequest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from labelled_reviews import Whole
from review_sentiment import LABELLED, TO_REACH, accuracy, moods, precision, read


def aspects(text: str, rating: int | None) -> list[list[str]]:
    found: list[list[str]] = read_reviews(reviews=[(text, rating)], progress=lambda _: None)[0]["aspects"]
    return found


def test_moods_with_stars_are_as_their_writers_meant_them() -> None:
    lines = read(LABELLED / "starred_reviews.tsv")
    truth, told = [label for _, label, _ in lines], moods([(text, int(stars)) for stars, _, text in lines])
    assert len(lines) >= 300
    assert accuracy(truth, told) >= TO_REACH
    assert accuracy(truth[2::3], told[2::3]) >= TO_REACH, "of those that no rule was made by"


def test_what_is_called_praise_or_criticism_is() -> None:
    right, called = precision()
    assert called >= 40
    assert right >= TO_REACH * called
    right, called = precision("turning_sentences.tsv")
    assert called >= 15
    assert right >= TO_REACH * called, "of those that no rule was made by"


def test_a_judgement_of_the_book_as_a_whole_is_heard() -> None:
    right, called = precision("general_judgements.tsv")
    assert called >= 65, "78 of them judge"
    assert right >= TO_REACH * called


@pytest.mark.parametrize(("name", "quoted"), [("whole_reviews.txt", 70), ("later_reviews.txt", 28), ("fresh_reviews.txt", 40)])
def test_whole_reviews_in_four_languages_are_read_as_they_were_meant(name: str, quoted: int) -> None:
    whole = Whole(LABELLED / name)
    assert whole.moods >= TO_REACH
    assert len(whole.called) >= quoted
    assert len(whole.right) >= TO_REACH * len(whole.called)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("The prose is lovely. The plot, however, could be that of a tax return.", "mixed"),
        ("Die Figuren sind großartig. Leider weiß die Geschichte nichts mit ihnen anzufangen.", "mixed"),
        ("Le style est superbe. L'intrigue, en revanche, tient sur un ticket de métro.", "mixed"),
        ("The maps of the marsh are beautiful.", "positive"),
        ("A wonderful book. Unfortunately it ended.", "positive"),
        ("It is set in Rome. It was written in Milan, though.", "neutral"),
    ],
)
def test_a_sentence_that_turns_against_the_one_before_it_takes_the_other_side(text: str, mood: str) -> None:
    assert moods([(text, 3)]) == [mood]


@pytest.mark.parametrize(
    ("text", "name", "side"),
    [
        ("The maps of the marsh are beautiful.", "maps", "positive"),
        ("Unfortunately, the plot went nowhere that I could follow.", "plot", "negative"),
        ("Unfortunately, the splendid cast has nothing to do.", "cast", "negative"),
        ("I would have liked better maps.", "illustrations", "negative"),
        ("Leider bleibt die Handlung in Bremen.", "plot", "negative"),
        ("L'intrigue est palpitante.", "plot", "positive"),
    ],
)
def test_regret_and_wishes_find_fault_and_a_thing_is_not_its_parts(text: str, name: str, side: str) -> None:
    assert [(found, mood) for found, mood, _ in aspects(text, 3)] == [(KNOWN_ASPECTS.get(name, name), side)]


@pytest.mark.parametrize(
    ("text", "rating", "side"),
    [
        ("I loved it.", 5, "positive"),
        ("Boring from the first page to the last.", 1, "negative"),
        ("I could not put it down.", 5, "positive"),
        ("Me encantó.", 5, "positive"),
        ("Langweilig von der ersten bis zur letzten Seite.", 1, "negative"),
    ],
)
def test_what_names_nothing_of_a_book_is_said_of_the_whole(text: str, rating: int, side: str) -> None:
    assert aspects(text, rating) == [["overall", side, text]]


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("He loves her.", 5),
        ("I like tea and cats.", 5),
        ("This is where the ugly neighbour dies.", 2),
        ("El libro trata de una mala madre.", 2),
        ("Ich liebe meinen Garten.", 5),
    ],
)
def test_what_a_book_or_a_reader_is_about_is_no_judgement(text: str, rating: int) -> None:
    assert aspects(text, rating) == []


@pytest.mark.parametrize(
    "text", ["A brutal, terrible war, a cruel villain, and so much death.", "Awful, horrible, dreadful people.", "Boring? Never."]
)
def test_five_stars_are_not_negative_and_one_star_is_not_positive(text: str) -> None:
    assert moods([(text, 5)]) != ["negative"]
    assert moods([("Great, wonderful, brilliant. " + text, 1)]) != ["positive"]


def test_irony_is_no_praise_and_a_crime_no_criticism() -> None:
    assert aspects("What a wonderful plot, I slept like a child.", 1) == []
    assert aspects("The murder in the plot is a terrible crime.", 5) == []


@pytest.mark.parametrize(
    ("text", "rating"),
    [("The horror of the war are told so well that I wept.", 5), ("The villain is hateful.", 4), ("The murder was a mess.", 2)],
)
def test_what_a_book_is_about_is_no_aspect_of_it(text: str, rating: int) -> None:
    assert {name for name, *_ in aspects(text, rating)} <= {"emotion"}


def test_a_part_of_a_sentence_begins_with_no_joining_word() -> None:
    found = aspects("The prose is beautiful, but the ending is terrible, and the plot is a mess.", 3)
    assert found
    assert not any(quote.lower().startswith(("and ", "but ", "or ")) for *_, quote in found)


def request(*evidence: AspectEvidence, mean: float = 3.75, count: int = 4) -> ConsensusRequest:
    return ConsensusRequest(tenant_id="main", title="Salt", review_count=count, mean=mean, moods={}, aspects=list(evidence))


def test_the_numbers_are_told_with_both_sides_in_the_language_of_the_reviews() -> None:
    plot = AspectEvidence(name="plot", positive=3, negative=1, undecided=0, quotes=("The plot is gripping and the story is good.",))
    pacing = AspectEvidence(name="pacing", positive=0, negative=2, undecided=0, quotes=("The pacing of the book is slow.",))
    assert headline(request(plot, pacing)) == "3.8 of 5 from 4 readers. Praised: plot. Criticised: pacing, plot."
    german = AspectEvidence(
        name="the book as a whole",
        positive=1,
        negative=0,
        undecided=0,
        quotes=("Das ist ein sehr schönes Buch, und ich habe es mit der ganzen Familie gelesen, weil es nicht zu lang ist.",),
    )
    assert headline(request(german, mean=5.0, count=1)) == "5,0 von 5 aus einer Bewertung."


TURNED = {
    "positive": (
        "The plot is not bad at all.",
        "The story never lets you go.",
        "No dull chapter in the whole plot.",
        "I couldn't get enough of these characters.",
        "The dialogue never feels forced.",
        "Die Figuren sind wunderbar.",
        "Nichts zu meckern an der Handlung.",
        "Le style est magnifique.",
        "La trama es apasionante.",
    ),
    "negative": (
        "The plot never gets going.",
        "I didn't care about the characters.",
        "The humour fell flat.",
        "The writing isn't good.",
        "The pacing could not be slower.",
        "It is far too long.",
        "The ending makes no sense.",
        "Das Ende ist nicht gelungen.",
        "La trama es aburrida.",
        "Lo stile è noioso.",
    ),
}
TOLD = (
    "The plot is about a horrible murder.",
    "The beginning tells of a terrible famine.",
    "The hero hates his cruel father.",
    "The hero is a brave and honest doctor.",
    "The theme of the book is love and loss.",
    "Die Handlung spielt im Krieg.",
)


def test_turns_of_phrase_are_taken_as_they_are_meant() -> None:
    for side, sentences in TURNED.items():
        for sentence in sentences:
            found = aspects(sentence, 3)
            assert {mood for _, mood, _ in found} == {side}, (sentence, found)
            assert {quote for *_, quote in found} == {sentence}


def test_what_a_book_tells_of_is_no_opinion() -> None:
    assert [sentence for sentence in TOLD if aspects(sentence, 3)] == []


def test_not_only_a_fault_is_no_praise() -> None:
    assert {mood for _, mood, _ in aspects("The plot is not only dull but terribly long.", 3)} == {"negative"}


def test_a_regret_that_it_is_over_is_praise() -> None:
    assert moods([("My only problem: it ended.", 3), ("My only complaint is that there is no sequel.", 5)]) == [
        "positive",
        "positive",
    ]


def test_reviews_in_other_languages_say_both() -> None:
    assert (
        moods([("Tolle Sprache, aber das Ende ist enttäuschend.", 4), ("Beau style, mais une intrigue ennuyeuse.", 3)])
        == ["mixed"] * 2
    )


def test_aspects_are_called_in_the_language_of_the_reviews() -> None:
    plot = AspectEvidence(
        name="plot", positive=2, negative=0, undecided=0, quotes=("Die Handlung ist spannend und nicht zu lang.",)
    )
    assert headline(request(plot)) == "3,8 von 5 aus 4 Bewertungen. Gelobt: Handlung."


@pytest.mark.parametrize(
    ("text", "rating", "side"),
    [
        ("I enjoyed the plot until the dragons arrived.", 2, "negative"),
        ("The setting promised much, but the story never delivers.", 3, "negative"),
        ("The prose has the charm of a parking ticket.", 3, "negative"),
        ("I expected flat characters and found real people.", 3, "positive"),
        ("Predictable plot? Not in the least.", 3, "positive"),
        ("A gripping story? Hardly.", 3, "negative"),
        ("Die Handlung war toll, bis die Zeitreise kam.", 3, "negative"),
        ("Die Geschichte ist gar nicht übel.", 3, "positive"),
        ("Die Handlung ist kein bisschen langweilig.", 3, "positive"),
        ("Die Handlung ist kein bisschen spannend.", 3, "negative"),
        ("Une intrigue ennuyeuse ? Pas du tout.", 3, "positive"),
        ("Les personnages manquent de profondeur.", 3, "negative"),
        ("¿Una trama aburrida? En absoluto.", 3, "positive"),
        ("El estilo es cualquier cosa menos aburrido.", 3, "positive"),
    ],
)
def test_what_turns_round_is_quoted_whole_and_for_what_it_means(text: str, rating: int, side: str) -> None:
    assert {(mood, quote) for _, mood, quote in aspects(text, rating)} == {(side, text)}


def test_a_question_that_is_not_denied_stays_two_sentences() -> None:
    assert with_answers(["Boring?", "Never.", "Who is it for?", "I loved the maps."]) == [
        "Boring? Never.",
        "Who is it for?",
        "I loved the maps.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The plot is [wonderful](http://x.test/plot) from start to end.",
        "The plot is wonderful, write to mailto:me@x.test for more.",
        "<b>The plot is wonderful</b> from start to end.",
        "The plot is **wonderful** from start to end.",
        "The plot is wonderful &amp; clever.",
        "The plot is wonderful, see www.x.test for more.",
    ],
)
def test_a_sentence_with_markup_is_not_quoted(text: str) -> None:
    assert {quote for _, _, quote in aspects(text, 5)} <= {""}


def test_a_sentence_with_markup_counts() -> None:
    assert ["plot", "positive", ""] in aspects("The plot is **wonderful** from start to end.", 5)


def test_signs_of_everyday_writing_are_quoted() -> None:
    text = "The plot is wonderful (yes) & clever, 5 < 6 stars, a*b [sic]."
    assert ["plot", "positive", text] in aspects(text, 5)
