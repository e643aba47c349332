"""What a model may choose a summary from: of each part of a text sentences that name whom or what it is about."""

from typing import Any

import pytest

from luminalib.adapters.llm.extractive.candidates import candidates
from luminalib.demo.shelf import load_shelf

CHAPTERS = ("Loading", "Crossing", "Landing", "Home")
STORY = "\n\n".join(
    f"{chapter}\n\nThe wind came round to the west and the rain went on all the night. Mira Sand carried the old lamp and the salt "
    f"to the {place}. She had never seen so many birds in one place before. It was late when the others came back from the {place}."
    for chapter, place in zip(CHAPTERS, ("harbour", "island", "market", "village"), strict=True)
)


def found(text: str = STORY, **changed: Any) -> list[list[str]]:
    asked: dict[str, Any] = {"title": "The Salt Road", "language": "en", "parts": 4, "count": 2, "longest": 320} | changed
    return candidates(text=text, progress=lambda _: None, **asked)


def test_each_part_offers_a_sentence_that_names_the_person_and_the_first_no_other() -> None:
    _, *parts = found()
    assert [[sentence for sentence in part if "Mira Sand" in sentence] for part in parts] == [
        [f"Mira Sand carried the old lamp and the salt to the {place}."] for place in ("harbour", "island", "market", "village")
    ]
    assert parts[0] == ["Mira Sand carried the old lamp and the salt to the harbour."]
    assert all(len(part) <= 2 for part in parts)


def test_the_best_of_each_part_comes_first() -> None:
    _, *parts = found(count=4)
    assert all(len(part) > 1 for part in parts[1:])
    assert all("Mira Sand" in part[0] for part in parts)


def test_who_a_story_is_about_is_offered_by_itself() -> None:
    story = "It rained. Mira Sand was a pilot's daughter of nine years. He said that she was late. " + STORY * 3
    who, *parts = found(story)
    assert "Mira Sand was a pilot's daughter of nine years." in who
    assert not [sentence for part in parts for sentence in part if sentence in who]
    assert found("The lamp is lit at six. The lamp burns oil. The oil is dear. The tower is high and white.")[0] == [], "no story"


def test_what_is_too_long_is_not_offered() -> None:
    assert all(len(sentence) < 60 for part in found(longest=60) for sentence in part)


def test_a_heading_is_no_part_of_the_sentence_below_it() -> None:
    assert not [sentence for part in found(count=9) for sentence in part if any(chapter in sentence for chapter in CHAPTERS)]


def test_a_text_without_sentences_offers_none() -> None:
    assert found("") == [[], [], [], [], []]


def test_on_the_shelf_the_first_part_names_a_word_of_the_title_or_a_main_person() -> None:
    named = {
        "The Committee for the Duck": ("duck", "Gage"),
        "How a Lighthouse Works": ("lighthouse",),
        "Sew Your Own Notebook": ("notebook", "sewn"),
        "La relieuse de la rue des Tanneurs": ("Tanneurs", "Solange"),
        "Der Leuchtturm, der nicht schlafen konnte": ("Leuchtturm", "Momme"),
    }
    for book in load_shelf():
        if subjects := named.get(book.title):
            text = "\n\n".join(block for chapter in book.chapters for block in chapter.blocks)
            who, first, *_ = found(text, title=book.title, language=book.language, count=4)
            assert not set(who) & set(first), "each is offered once"
            assert first or who
            about = [any(subject in sentence for subject in subjects) for sentence in first]
            assert sum(about) >= len(about) / 2, (book.title, first)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Der Leuchtturm, der nicht schlafen konnte", "steht ein Leuchtturm. Er ist rot und weiß geringelt, und er heißt Momme."),
        ("La relieuse de la rue des Tanneurs", "croyaient attendus. Derrière cette porte, Solange Aubrac réparait des livres"),
    ],
)
def test_an_opening_of_two_sentences_presents_the_main_person(title: str, told: str) -> None:
    book = next(book for book in load_shelf() if book.title == title)
    text = "\n\n".join(block for chapter in book.chapters for block in chapter.blocks)
    (who, first, *_) = candidates(
        title=title, language=book.language, text=text, parts=4, count=4, longest=320, progress=lambda _: None
    )
    assert len(who) == 1
    assert told in who[0]
    assert first == [], "they stand there"
