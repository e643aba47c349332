"""Sentences that judge without a word of judgement: the stars say for which side; what a book tells of says nothing."""

import pytest

from luminalib.adapters.llm.extractive.reviews import read_reviews


def quoted(text: str, rating: int | None) -> set[tuple[str, str]]:
    """The sides and quotations of a review."""
    return {(mood, quote) for _, mood, quote in read_reviews(reviews=[(text, rating)], progress=lambda _: None)[0]["aspects"]}


@pytest.mark.parametrize(
    "text",
    [
        "It kept me company through a long winter.",
        "I skimmed the second hundred pages.",
        "I read on until three in the morning, then I threw it across the room.",
        "My students asked for it again and again.",
        "Buy it today.",
        "The dialogue could come from a court record.",
        "Ich habe auf jeder Seite gegähnt.",
        "Mich hat das Buch wochenlang begleitet.",
        "Meine Kinder wollen nichts anderes mehr hören.",
        "Die Dialoge klingen wie aus der Zeitung.",
        "Cette lecture m'a suivie pendant des semaines.",
        "J'ai sauté des chapitres entiers.",
        "Mes élèves réclament la suite.",
        "Les dialogues semblent sortis d'un tribunal.",
        "Me tuvo despierta tres noches.",
        "No conseguí pasar del prólogo.",
        "Mis alumnos piden otro capítulo cada día.",
        "Los diálogos parecen grabados en la calle.",
    ],
)
def test_what_a_book_did_to_its_reader_is_on_the_side_of_the_stars(text: str) -> None:
    assert quoted(text, 5) == {("positive", text)}
    assert quoted(text, 1) == {("negative", text)}


@pytest.mark.parametrize(
    "text",
    [
        "My aunt gave me this for Christmas.",
        "It was recommended to me by a librarian.",
        "The plot follows two sisters from Kraków to Chicago.",
        "The characters are sailors, cooks and one priest.",
        "My daughter is seven.",
        "My book club meets on Thursdays.",
        "I want to say first that I got it for free.",
        "I have not read the first part.",
        "A woman takes me through her life in letters.",
        "The ending takes place in Norway.",
        "Meine Schwester hat es mir geschenkt.",
        "Uns begegnet ein alter Kapitän.",
        "Die Handlung spielt in einem Dorf an der Elbe.",
        "Ma sœur me l'a offert.",
        "Je n'avais jamais lu cet auteur.",
        "L'histoire se passe à Marseille en 1940.",
        "Me lo recomendó un amigo.",
        "Los personajes son pescadores.",
        "La historia transcurre en Bilbao.",
    ],
)
@pytest.mark.parametrize("rating", [1, 2, 4, 5])
def test_what_a_book_tells_of_and_how_it_came_is_no_judgement(text: str, rating: int) -> None:
    assert quoted(text, rating) == set()


def test_where_the_stars_take_no_side_such_a_sentence_says_nothing() -> None:
    assert quoted("It kept me company through a long winter.", 3) == set()
    assert quoted("It kept me company through a long winter.", None) == set()


@pytest.mark.parametrize(("text", "rating"), [("It kept me company, but not for long.", 4), ("At least it kept me company.", 2)])
def test_two_and_four_stars_leave_room_for_the_other_side(text: str, rating: int) -> None:
    assert quoted(text, rating) == set()


def test_what_turns_against_the_sentence_before_it_is_quoted_with_what_it_names() -> None:
    told = quoted("The prose is gorgeous. The ending, on the other hand, happens by telephone.", 3)
    assert told == {("positive", "The prose is gorgeous."), ("negative", "The ending, on the other hand, happens by telephone.")}


def test_a_wish_is_a_gentle_fault_of_a_book_with_five_stars() -> None:
    assert quoted("Superb. I would have liked more photographs.", 5) >= {("negative", "I would have liked more photographs.")}
