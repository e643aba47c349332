from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.answer_signs import NO_SIGNS, Signs
from luminalib.domain.confidence import (
    HOPELESS,
    SURE,
    Evidence,
    confidence_in_answer,
    confidence_in_quote,
    is_hopeless,
    is_near_in_meaning,
    worth_of,
)
from luminalib.domain.intents import Intent, intent_of
from luminalib.domain.media import MediaType
from luminalib.domain.questions import Asked, asked_for, deed_of, holds
from luminalib.domain.quoting import is_about, quotes_for, weights_of
from luminalib.domain.search import PassageView
from luminalib.domain.sentences import LONGEST, sentences_in
from passages import make_passages

TEXT = (
    "Mr. Wilson kept a shop near the City. He was paid four pounds a week for copying. It was pure nonsense, he said. "
    "His assistant, a Mr. Spaulding, had come for half wages in 1889."
)

ALL_SIGNS = Signs(own=1.0, beside=1.0, together=1.0, lacks=0.0, misses=0.0, near=1.0, fits=1.0, explains=0.0, asks=0.0)


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
        ("Why did she laugh?", Asked.REASON),
        ("Pourquoi sortait-elle sans manteau ?", Asked.REASON),
        ("Who is the captain of the Pequod?", Asked.PERSON),
        ("Wer las den Brief vor?", Asked.PERSON),
        ("¿Quién mató al rey?", Asked.PERSON),
        ("And when did he die?", Asked.TIME),
        ("Wann kam der Brief?", Asked.TIME),
        ("Wann heißt ein Raum kompakt?", Asked.CONDITION),
        ("When is a space compact?", Asked.CONDITION),
        ("Dove abita la sorella?", Asked.PLACE),
        ("Where had Mina run from?", Asked.PLACE),
        ("What is late blight?", Asked.MEANING),
        ("Was ist ein Torus?", Asked.MEANING),
        ("What did she see when he came?", Asked.ANYTHING),
        ("Vad heter hunden?", Asked.ANYTHING),
    ],
)
def test_a_question_says_what_it_wants(question: str, asked: Asked) -> None:
    assert asked_for(question) is asked


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert not holds("The treaty of 1889 was signed.", Asked.YEAR, "In which year after 1889 was it broken?")
    assert holds("The treaty of 1889 was signed.", Asked.YEAR, "In which year was it signed?")
    assert not holds("There were many mattresses.", Asked.NUMBER, "How many mattresses?")
    assert holds("She piled twenty mattresses.", Asked.NUMBER, "How many mattresses?")


WORDS = "word " * 90


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"{WORDS}rests; {WORDS}ends.", f"{WORDS}rests;"),
        (f"{WORDS}rests, {WORDS}ends.", f"{WORDS}rests,"),
        (f"{WORDS}rests; and, {WORDS}ends.", f"{WORDS}rests;"),
        (f"rests; {WORDS}{WORDS}ends.", ("rests; " + "word " * 118).strip()),
        ("x" * (LONGEST + 5), "x" * LONGEST),
    ],
)
def test_a_sentence_that_is_too_long_is_cut_where_it_rests_and_between_words(text: str, first: str) -> None:
    found = [text[start:stop] for start, stop in sentences_in(text)]
    assert found[0] == first
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


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
    weak, strong = Evidence(lexical=0.1, rarity=0.5, words=4), Evidence(lexical=0.8, rarity=0.5, words=4)
    assert weak.confidence < strong.confidence
    assert replace(weak, meaning=1.0).confidence < replace(weak, meaning=6.0).confidence
    poor, good = (*NO_SIGNS._replace(beside=0.3, lacks=1.0), 0.1, 0.0, 0.0), (*ALL_SIGNS, 1.0, 0.0, 0.0)
    assert confidence_in_quote(weak, poor, holds_it=True) < HOPELESS < SURE < confidence_in_quote(strong, good, holds_it=True)
    assert confidence_in_quote(strong, good, holds_it=False) < HOPELESS
    assert 0.0 <= confidence_in_quote(Evidence(), (), holds_it=True) < confidence_in_quote(strong, good, holds_it=True) <= 1.0
    without = (*ALL_SIGNS._replace(lacks=1.0), *good[-3:])
    assert confidence_in_quote(strong, without, holds_it=True) < confidence_in_quote(strong, good, holds_it=True)


def test_a_sentence_that_stands_in_a_passage_is_worth_more_the_more_of_it_does() -> None:
    found = Evidence(lexical=0.4, rarity=0.5, words=4)
    features = (*ALL_SIGNS._replace(own=0.5), 0.5, 0.0, 0.0)
    quoted = confidence_in_quote(found, features, holds_it=True)
    answers = [confidence_in_answer(found, features, grounded, holds_it=True) for grounded in (0.0, 0.5, 1.0)]
    assert answers[0] == quoted
    assert answers == sorted(set(answers))
    assert confidence_in_answer(found, features, 1.0, holds_it=False) == pytest.approx(answers[-1] * HOPELESS)


def test_what_is_far_in_words_and_in_meaning_is_read_by_nobody() -> None:
    assert is_hopeless(None, 0.01)
    assert not is_hopeless(None, 0.02)
    assert is_hopeless(2.59, 0.01)
    assert not is_hopeless(2.6, 0.01)
    assert not is_hopeless(2.59, 0.02)


def test_what_is_near_in_meaning_is_shown_where_it_shares_no_words() -> None:
    near = Evidence(meaning=3.5, around=2.8, coverage=0.54)
    assert is_near_in_meaning(near)
    assert not is_near_in_meaning(replace(near, around=2.79))
    assert not is_near_in_meaning(replace(near, coverage=0.55))
    assert not is_near_in_meaning(Evidence())


def test_what_two_searches_say_is_joined() -> None:
    first = Evidence(lexical=0.2, rarity=0.5, words=4, coverage=0.4)
    second = Evidence(lexical=0.6, rarity=0.9, words=9, meaning=3.0, around=2.0, coverage=0.1)
    assert first.joined(second) == Evidence(lexical=0.6, rarity=0.5, words=4, meaning=3.0, around=2.0, coverage=0.4)
    assert replace(second, meaning=1.0, around=4.0).joined(second).around == 4.0
    assert Evidence().joined(second) == second


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("How old is Mrs Crabbe?", "Mrs Crabbe was sixty-four.", "Mrs Crabbe had ninety-two votes."),
        ("How much was Wilson paid?", "Wilson was paid four pounds.", "Wilson was paid by four men."),
        ("How many eggs had the duck?", "The duck had nine eggs.", "The duck had eggs, and nine friends came to see her."),
        ("Wie alt ist Anna?", "Anna ist zwölf Jahre alt.", "Anna hat zwölf Hühner."),
        ("Who was the captain of the Wren?", "The captain of the Wren was Aldous Merrin.", "The captain of the Wren went ashore."),
        (
            "Who was the captain of the Wren?",
            "Captain Aldous Merrin of the Wren went ashore.",
            "The captain of another ship, of whom much was told in all the ports, in Skell and elsewhere, had once seen the Wren.",
        ),
        (
            "Who is the captain of the Wren?",
            "It was said that Aldous is captain of the Wren.",
            "It belongs to me and Captain Bildad to see the Wren fitted out.",
        ),
        ("What is Stroud's first name?", "He was Lucan Stroud to his friends.", "I saw Mr Stroud, and there was Bray with Stroud."),
        ("What is the name of the mule?", "The mule has the name Contessa.", "The mule was loaded, and so was Carlo."),
        ("When did the goat die?", "The goat did die in October.", "The goat did die of hunger."),
        ("What is gluten?", "Gluten is a stretchy net.", "It forms a net with gluten."),
        ("What is gluten?", "A stretchy net called gluten forms.", "Nobody sees gluten in it."),
        ("Why did she leave?", "She did leave because it rained.", "She did leave the house."),
        ("Which acid is used in December?", "In December oxalic acid is used.", "In December it is used on acid."),
        ("What colour is the grit?", "The grit is coarse and red.", "The grit is of a colour."),
        ("De quelle couleur est le fil ?", "Le fil est bleu.", "Le fil a une couleur."),
        (
            "What is the name of Stroud's mother?",
            "The mother of Stroud was Ida.",
            "It was Stroud the elder, and not Ida his mother, who came.",
        ),
        (
            "How old was Mercator when he published the map?",
            "Mercator was fifty years old when the map came.",
            "Mercator published the map in 1569.",
        ),
        ("How many balls lie in a bed?", "Of the balls seven of them lie in a bed.", "The balls lie in a bed, and two men too."),
        (
            "What was Wilson paid for copying?",
            "Wilson was paid four pounds for copying.",
            "Wilson was paid for copying by four men.",
        ),
        ("What did Alice find in the jar?", "Alice did find nothing in the jar.", "What did Alice find in the jar?"),
        (
            "Wann heißt ein Raum kompakt?",
            "Ein Raum heißt kompakt, wenn jede Überdeckung eine endliche hat.",
            "Seien zwei kompakte Räume gegeben, so ist der Raum kompakt.",
        ),
        ("Depuis combien de temps la mère est-elle malade ?", "Depuis un an la mère est malade.", "La mère de huit est malade."),
        (
            "How many eggs had the old duck?",
            "“Had you many eggs, old duck?”\n\n“More than nine.”",
            "The old duck had eggs. More than nine friends came.",
        ),
        ("How long are the guns?", "The guns are twelve feet long.", "The long guns fired at 10 A. M. today."),
    ],
)
def test_a_sentence_that_answers_is_worth_more_than_one_with_the_same_words(question: str, better: str, worse: str) -> None:
    found = [(view(text), 1.0) for text in (worse, better)]
    assert quotes_for(question, question, found)[0].text == better


@pytest.mark.parametrize(
    ("question", "text", "is_held"),
    [
        ("How old is Mrs Hart?", "Mrs Hart was sixty-two years old.", True),
        ("How old is Mrs Hart?", "Mrs Hart was sixty when she came.", False),
        ("How old is Mrs Hart?", "Mrs Hart, a woman of sixty, came in.", True),
        ("How old is Mrs Hart?", "Mrs Hart is thirty years of age.", True),
        ("How old is Mrs Hart?", "Mrs Hart had taught for thirty years.", False),
        ("Quel âge a Solange ?", "Solange avait douze ans.", True),
        ("Quel âge a Solange ?", "Solange vint avec une fille de douze ans.", True),
        ("Quel âge a Solange ?", "Solange réparait des livres depuis trente-quatre ans.", False),
        ("Wie alt ist Jule?", "Jule ist zwölf Jahre alt.", True),
        ("Wie alt ist Jule?", "Jule wohnt seit zwölf Jahren hier.", False),
        ("How much did the Company offer for the bridge?", "The Company did offer nine hundred guineas.", True),
        ("How much did the Company offer for the bridge?", "The Company made two men offer the bridge to him.", False),
        ("How much did they pay for the salt?", "They did pay \u00a34 for it.", True),
        ("How many men were lost to better wages?", "He had lost two men to better wages.", True),
        ("Depuis combien de temps est-elle malade ?", "Elle est malade depuis deux ans.", True),
        ("Depuis combien de temps est-elle malade ?", "Elle est malade depuis un an.", True),
        ("Depuis combien de temps est-elle malade ?", "Elle est malade depuis un accident.", False),
        ("What was the name of the soldier's captain?", "It was called The Hardy Tin Soldier by Hans.", False),
        ("What was the name of the soldier's captain?", "The soldier had a captain. He was called Peter.", True),
        ("What was the name of the soldier's captain?", "The soldier and his captain, Peter, came.", True),
        ("What was the name of Mr. Watson's father?", "I said, \u201cMy name is Holmes, and this is Mr. Watson.\u201d", False),
        ("What was the name of Mr. Watson's father?", "His father, said Miss Watson, was away.", False),
        ("Wie heißt die Lehrerin von Jule?", "Die Lehrerin von Jule heißt Petersen.", True),
        ("Wie heißt die Lehrerin von Jule?", "Sie las von Jule den Brief, und es kam die Post von Momme.", False),
        ("Comment s'appelle le docteur ?", "Le docteur, qui s'appelle Lebrun, vint.", True),
        ("Comment s'appelle le docteur ?", "Je vis venir Paul et Marie.", False),
        ("Comment s'appelle le docteur ?", "--Nous jouons au docteur, dit Jean.", False),
        ("Comment s'appelle le docteur ?", "Le docteur est bon.\n\n--Oh oui, docteur, merci!", False),
    ],
)
def test_what_is_quoted_holds_the_age_the_price_or_the_name_that_is_asked_for(question: str, text: str, is_held: bool) -> None:  # noqa: FBT001 -- a case
    assert [quote.holds_it for quote in quotes_for(question, question, [(view(text), 1.0)])] == [is_held]


@pytest.mark.parametrize(
    ("question", "deed"),
    [
        ("Who stole the tarts?", "stole"),
        ("And who first sighted the whale?", ""),
        ("Who first sighted the whale?", "sighted"),
        ("Wer hat das Band entdeckt?", "entdeckt"),
        ("Wer entdeckte das Band?", "entdeckte"),
        ("Qui a cassé le bras de Paul ?", "casse"),
        ("Who is the captain?", ""),
        ("Who is Mr. Rucastle?", ""),
        ("Qui est Ninette ?", ""),
        ("What did he steal?", ""),
        ("Who?", ""),
        ("", ""),
    ],
)
def test_a_question_for_who_did_something_names_the_deed(question: str, deed: str) -> None:
    assert deed_of(question) == deed


def test_a_quotation_tells_the_deed_itself_or_beside() -> None:
    found = [(view("The Queen made tarts. Somebody stole all of them. They were Kate's and Tom's tarts."), 1.0)]
    assert [quote.tells_deed for quote in quotes_for("Who stole the tarts?", "", found)] == [True]
    assert [quote.tells_deed for quote in quotes_for("Who burned the tarts?", "", found)] == [False]


def test_a_second_sentence_that_adds_nothing_is_not_quoted() -> None:
    text = "The rebels obey very well. It took ten yoke of oxen to haul one of the guns."
    (quote,) = quotes_for("How many yoke of oxen did it take to haul a gun?", "", [(view(text), 1.0)])
    assert quote.text == "It took ten yoke of oxen to haul one of the guns."


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("The rebels obey well. The guns stand in the rear of the camp.", "The guns stand in the rear of the camp."),
        ("The rebels obey well. They set the guns in the rear of the camp.", None),
        ("The guns in the rear are of\n\nA kind for any camp. It rained.", "The guns in the rear are of\n\nA kind for any camp."),
    ],
    ids=["what stands before adds nothing", "what stands before says who", "what breaks off goes on"],
)
def test_a_quotation_has_what_it_needs_and_no_more(text: str, quoted: str | None) -> None:
    (quote,) = quotes_for("What are the guns in the rear of the camp?", "", [(view(text), 1.0)])
    assert quote.text == (quoted or text)


def test_a_second_sentence_stands_with_the_first_where_it_says_who() -> None:
    text = "Mr. Wilson kept a shop near the City. He was paid four pounds a week."
    (quote,) = quotes_for("How much was Wilson with the shop paid a week?", "", [(view(text), 1.0)])
    assert quote.text == text


def test_a_rare_word_of_the_question_counts_more_than_a_frequent_one() -> None:
    found = [(view("The garden was green."), 0.5), (view("The astrolabe was brass."), 0.5)]
    question = "Where are the garden and the astrolabe?"
    for rare, other in (("astrolabe", "garden"), ("garden", "astrolabe")):
        assert rare in quotes_for(question, "", found, {rare: 1.0, other: 0.1})[0].text


def test_passages_of_two_books_never_lie_upon_each_other() -> None:
    (other,) = make_passages("other", TEXT)
    question = "How much was he paid for copying?"
    assert len(quotes_for(question, question, [(view(TEXT), 1.0), (replace(view(TEXT), passage=other), 1.0)])) == 2


def test_neighbours_that_only_touch_are_both_quoted() -> None:
    text = "Wilson was paid four pounds. Wilson was paid five pounds."
    first, second = text[:28], text[28:]
    whole = view(text)
    parts = [
        replace(whole, passage=replace(whole.passage, ordinal=at, start=start, stop=start + len(part), text=part))
        for at, start, part in ((0, 0, first), (1, 28, second))
    ]
    assert len(quotes_for("How much was Wilson paid?", "", [(one, 1.0) for one in parts])) == 2


@pytest.mark.parametrize(
    ("question", "text", "is_one"),
    [
        ("Who lit the lamp?", "The lamps were lit.", True),
        ("Who lit the lamp?", "The harbour slept.", False),
        ("And why?", "The harbour slept.", True),
        ("Whose lantern?", "The lanterns and their keepers", True),
    ],
)
def test_a_passage_is_about_a_question_when_it_has_a_word_of_it(question: str, text: str, is_one: bool) -> None:  # noqa: FBT001 -- a table
    assert is_about(question, view(text)) is is_one


def test_words_of_the_turns_before_count_half_and_those_of_the_question_once() -> None:
    weights = weights_of("Who lit the lamp?", "Which keeper of Tern? Who lit the lamp?", {"tern": 0.8, "lamp": 0.6})
    assert weights == {"lamp": 0.6, "lit": 0.8, "keeper": 0.4, "tern": 0.4}
    assert weights_of("Who lit the lamp?", "", {}) == {"lamp": 1.0, "lit": 1.0}
    assert weights_of("What colour was the lamp?", "", {}) == {"lamp": 1.0}, "who says that it is red says no colour"
    assert weights_of("What colour?", "", {}) == {"colour": 1.0}


def test_nothing_found_is_worth_nothing() -> None:
    assert worth_of((0.0,) * 12) == 0.0


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
