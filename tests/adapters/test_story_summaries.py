"""How the summary of a story begins and ends, and what of its book is no part of the work."""
# ruff: noqa: RUF001  (apostrophes of printers are meant)

from typing import Any

import numpy as np
import pytest

from luminalib.adapters.llm.extractive.introducing import introduction, leaning_in, outcome
from luminalib.adapters.llm.extractive.matter import foreign, without_matter
from luminalib.adapters.llm.extractive.names import names_in
from luminalib.adapters.llm.extractive.reading import Reading, read
from luminalib.adapters.llm.extractive.summarise import summarise

MIDDLE = [
    f"{name} {did} the {thing} of the harbour, and {name} thought about {pronoun} work until the evening came."
    for name, pronoun in (("Mara", "her"), ("Anton", "his"))
    for did in ("carried", "mended", "painted", "counted", "sold", "bought", "lost", "found")
    for thing in ("ropes", "lamps", "nets", "boats")
]


def told(opening: str, end: str) -> tuple[Reading, list[str], str]:
    """The reading of a tale, the sentences that introduce it and the one that ends it."""
    reading = read("", (), "en", ["\n\n".join([opening, *MIDDLE, end])])
    names = names_in(reading)
    leaning = leaning_in(reading, names)
    first = introduction(reading, names, leaning, 2)
    last = outcome(reading, names, leaning, np.ones(len(reading.sentences)))
    return reading, [reading.sentences[at].text for at in first], " ".join(reading.sentences[at].text for at in last)


def test_a_tale_opens_with_the_sentence_by_which_it_says_so() -> None:
    opening = "Anton signed it: and the name was good. If good Anton had known, he would have wept. "
    tale = "Once upon a time, on a winter’s eve, old Anton sat busy in his workshop by the sea."
    assert tale in told(opening + tale, "Mara went home to the town.")[1]


def test_who_is_presented_comes_before_who_is_named_in_passing() -> None:
    passing = "The long winter that had come over the coast brought snow to the door of Mara. "
    presented = "Mara was a woman of sixty who kept the light of the harbour."
    assert presented in told(passing + presented, "Mara went home to the town.")[1]


def test_the_outcome_is_near_the_end_stands_alone_and_tells_of_the_persons() -> None:
    end = "So Mara married Anton and lived with him by the sea. May that be said of us all! It was never told again."
    assert told("Mara was a woman of sixty.", end)[2] == "So Mara married Anton and lived with him by the sea."


def test_where_all_at_the_end_leans_it_is_two_sentences_or_what_somebody_says() -> None:
    leaning = " ".join(
        f"Then she went {where} and looked for it there." for where in ("home", "north", "south", "east", "west") * 30
    )
    swept = "Mara swept the workshop. She covered the press, put one lamp out and left the other."
    assert told("Mara was a woman of sixty.", f"{leaning}\n\n{swept}")[2] == swept
    said = '"A ledger with nothing crossed out is a ledger that nobody in this harbour has checked."'
    assert told("Mara was a woman of sixty.", f"{leaning}\n\n{said}\n\nHe considered her for a moment.")[2] == said


def test_a_story_opens_with_the_two_sentences_that_present_whom_it_is_about() -> None:
    opening = [
        "Behind the church stood a door so low that postmen bowed.",
        "Behind this door Mara had mended books for thirty years.",
    ]
    assert told(" ".join(opening), "Mara went home to the town.")[1] == opening


def test_prefaces_notes_and_lists_of_words_are_no_part_of_the_work() -> None:
    chapter = "CHAPTER 1\n" + "Mara mended the nets of the harbour. " * 40
    pages = ["PREFACE\nThe author begs the pardon of all readers.", chapter, chapter, chapter]
    pages.append("The last line.\nNOTES ON “THE HARBOUR”\nThe plan of this work was suggested by a friend.")
    pages.append("The lamp is described by many writers.\nCHAPTER 9\nMara slept.")
    assert without_matter(pages) == ["", chapter, chapter, chapter, "The last line.", "CHAPTER 9\nMara slept."]


def test_a_book_of_notes_is_kept() -> None:
    pages = ["Notes\n" + "The lamp was lit in the evening by the keeper. " * 50, "Short page."]
    assert without_matter(pages) == pages


def test_a_list_of_words_with_translations_does_not_come_into_a_summary() -> None:
    things = ["lampe", "porte", "corde", "barque", "table", "chaise", "rue", "plage", "pomme", "vague"]
    story = [f"Marie {did} la {thing} de la maison et parle avec sa mère." for did in ("ouvre", "voit") for thing in things]
    gloss = [f"Louis voit la {thing}, Louis ziet een {thing} van het huis en zij zien die niet." for thing in things]
    reading = read("", (), "fr", ["\n\n".join(story), "\n\n".join(gloss)])
    marked = dict(zip((sentence.text for sentence in reading.sentences), foreign(reading.words, reading.lexicon), strict=True))
    assert not any(marked[sentence] for sentence in story[:-4])
    assert all(marked[sentence] for sentence in gloss)
    assert 0.4 < reading.end < 0.6
    assert [is_prose for is_prose, mark in zip(reading.prose, marked.values(), strict=True) if mark and is_prose] == []


def test_letters_of_formulas_are_no_foreign_words() -> None:
    proof = read(
        "", (), "de", ["\n\n".join(f"Es sei a ein Element und e ein anderes von y und o, das gilt für {n}." for n in range(30))]
    )
    assert not any(foreign(proof.words, proof.lexicon))


def test_a_list_of_files_in_front_of_a_book_is_a_notice() -> None:
    listing = (
        "Various characteristics of each ebook are listed to aid in selecting the preferred file. Click on any of the numbers."
    )
    summary: Any = summarise(title="", authors=[], language="en", sections=[listing, *MIDDLE], progress=lambda _: None)
    assert "ebook" not in summary["summary"]
    assert "Click" not in summary["summary"]


@pytest.mark.parametrize(
    "heading",
    [
        "ABOUT THE AUTHOR",
        "OTHER BOOKS BY THE SAME AUTHOR",
        "Also by Mira Lund",
        "Über die Autorin",
        "Du même auteur",
        "Sobre el autor",
    ],
)
def test_words_on_the_author_and_on_other_books_are_not_the_work(heading: str) -> None:
    chapter = "CHAPTER 1\n" + "Mara rowed to Tern and came back before the fog. " * 20
    assert without_matter([chapter, f"{heading}\nThe Winter Gate is the story of a family."]) == [chapter, ""]


def test_a_line_of_prose_that_begins_so_is_the_work() -> None:
    pages = ["CHAPTER 1\n" + "Mara rowed to Tern. " * 40, "She found it\nmore by accident than by design\nand also by night."]
    assert without_matter(pages) == pages
