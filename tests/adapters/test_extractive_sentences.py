"""Where sentences and paragraphs end."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re

import pytest

from luminalib.adapters.llm.extractive.capitals import in_small_letters
from luminalib.adapters.llm.extractive.paragraphs import paragraphs_of
from luminalib.adapters.llm.extractive.sentences import sentences_of, split


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("Mr. Bennet met Dr. J. H. Watson in St. Ives. They spoke.", 2),
        ("He lived in the U.S. Army camp. It rained.", 2),
        ("Wait... what? Yes! No.", 3),
        ("“Really?” asked Tom. “Yes,” said Ann.", 2),
        ("“Go!” He went.", 2),
        ("It was 31. Dezember 2016 in Berlin. Alles war still.", 2),
        ("The war ended in 1865. The men went home.", 2),
        ("Bring pens, ink, etc. The desk is free.", 2),
        ("¿Dónde está? ¡Aquí! Bien.", 3),
        ("هل جاء الملك؟ نعم جاء.", 2),
        ("本を読みました。「すごい！」と言った。おわり", 4),
        ("Version 3.1 costs 2.50 euros. Buy it.", 2),
        ("One (see p. 7). Two.", 2),
        ("It ends with geometry.The next begins.", 2),
        ("no end at all", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(paragraph: str, count: int) -> None:
    assert len(split(paragraph)) == count


def test_a_sentence_knows_that_a_quotation_is_still_open() -> None:
    inside = [sentence.inside_quotation for sentence in sentences_of(["“I came. I saw. I left.” He nodded."])]
    assert inside == [False, True, True, False]


def test_wrapped_lines_and_cut_words_are_joined() -> None:
    page = "The long road to the har-\nbour was closed by snow, and the\nwhole village waited for the mail.\n\nThen spring came."
    assert paragraphs_of([page]) == [
        "The long road to the harbour was closed by snow, and the whole village waited for the mail.",
        "Then spring came.",
    ]


def test_a_text_in_capitals_keeps_the_names_that_can_be_told() -> None:
    told = (
        "GRETA HOLM CAME TO THE ISLAND IN MARCH. GRETA READ THE LETTERS, AND I SAW HER. A BOY WAS CALLED ANTON, AND ANTON LAUGHED. "
        "GRETA SIGNED THE PAPER. THE COUNCIL SENT A MAN WHOSE NAME WAS PAVEL RIND, AND PAVEL RIND STAYED. RAIN STOPPED."
    )
    written = (
        "Greta Holm came to the island in March. Greta read the letters, and I saw her. A boy was called Anton, and Anton laughed. "
        "Greta signed the paper. The council sent a man whose name was Pavel Rind, and Pavel Rind stayed. Rain stopped."
    )
    assert in_small_letters([told], None) == [written]
    german = (
        "IM LEUCHTTURM WOHNTE DER ALTE WÄRTER. DAS KIND ZÄHLTE JEDEN ABEND DIE SCHIFFE, UND DAS LICHT WAR DIE GANZE NACHT HELL."
    )
    assert in_small_letters([german], "de")[0].startswith("Im leuchtturm wohnte der alte wärter.")
    assert in_small_letters([told.title()], None) == [told.title()]


FRENCH = (
    "Odile posa la lettre sur la table. Dehors tombait la neige. Le facteur s'appelait Marcel, et le facteur avait froid.",
    "Odile regarda la porte. Dehors soufflait le vent. On n'avait rien dit à Marcel ni à Odile de toute la semaine.",
)
SPANISH = (
    "Ignacio llegó al puerto antes del amanecer. La barca se llamaba Golondrina. Nunca volvió nadie a preguntar por la barca.",
    "Ignacio remó hasta el faro. Nunca habló nadie de Golondrina ni de Ignacio, y el invierno fue largo en todo el puerto.",
)
GERMAN = (
    "Jule lachte über den Brief. Der Turm hieß Momme, und er war rot. Die Lehrerin rief, und die Kinder kamen vom Deich.",
    "Jule dachte an das Licht und an Momme. Die Kinder schliefen in den drei Häusern, und das Licht war aus in dieser Nacht.",
)


@pytest.mark.parametrize(
    ("language", "sections", "names"),
    [("fr", FRENCH, {"Odile", "Marcel"}), ("es", SPANISH, {"Ignacio", "Golondrina"}), ("de", GERMAN, {"Jule", "Momme"})],
)
def test_in_capitals_all_sections_together_tell_the_names(language: str, sections: tuple[str, str], names: set[str]) -> None:
    written = " ".join(in_small_letters([section.upper() for section in sections], language))
    told = [re.sub(r"\W", "", word) for word in written.split()]
    assert {word for word in told if word[:1].isupper() and written.count(word) > 1} - {"Die", "Dehors", "Nunca"} == names


def test_the_marks_of_a_list_are_none_of_its_words() -> None:
    listed = "- 500 g of cod\n- 2 onions\n\n1. Peel the potatoes and cut them.\n2. Fry the onions until soft.\n(c) Serve it."
    assert paragraphs_of([listed]) == [
        "500 g of cod",
        "2 onions",
        "Peel the potatoes and cut them.",
        "Fry the onions until soft.",
        "Serve it.",
    ]
    wrapped = "The long road to the harbour was closed by snow in the year\n12. The whole village waited for the mail."
    assert "12." in " ".join(paragraphs_of([wrapped])), "a number that a sentence was wrapped at"
    dated = "3. März war es, und der Wind kam von Osten über das Watt.\n\n- Come in, said the keeper."
    assert paragraphs_of([dated]) == dated.split("\n\n"), "a day, and somebody who speaks"


def test_a_paragraph_goes_on_behind_a_page_break() -> None:
    first = "The very long paragraph that began on this page of the book goes on and"
    assert paragraphs_of([first, "on behind the break."]) == [f"{first} on behind the break."]


def test_running_heads_and_page_numbers_are_dropped() -> None:
    words = ("one", "two", "three")
    body = "\n\nLine of page {}.\n\nMore of {}.\n\nAnd more.\n\n"
    pages = [f"{at} The Siege of Tern{body.format(word, word)}{at}" for at, word in enumerate(words)]
    assert "Siege" not in " ".join(paragraphs_of(pages))


def test_one_endless_line_is_cut_and_soon_done() -> None:
    assert all(len(sentence.text) <= 2000 for sentence in sentences_of(["word " * 200_000]))


def test_company_forms_and_ranks_end_no_sentence() -> None:
    for text in (
        "Messrs. Finch & Co. Ltd. wrote to the Hon. R. Kettle about the price of oil.",
        "The letter went to Insp. Kettle and to Supt. Holm, to Adm. Voss and to Cpl. Aas.",
    ):
        assert split(text) == [text]
    assert split("He worked for Finch & Co. The firm closed in May.") == ["He worked for Finch & Co.", "The firm closed in May."]
