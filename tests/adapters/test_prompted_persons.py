"""Whom a model's summary of a story names."""

import pytest

from luminalib.adapters.llm.extractive.persons import main_person
from luminalib.adapters.llm.prompted.persons import Examiner, introduced
from luminalib.adapters.llm.prompted.summaries import in_order
from luminalib.domain.content_checks.faults import Check, in_short, without
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.summaries import Material, Person, faults_of_summary

STORY = (
    "Captain Orsolya Kettle was the last of the pilots of Marrow Sound. She kept a lamp in the window and a list in the drawer. "
    "In March a ship without a name came in with the tide. Kettle rowed out to it with her brother's oars. "
    "The crew of the ship gave Kettle a chart on which the harbour was not shown. "
    "Nobody in the village believed what Kettle told them. "
    "In the end Kettle drew the harbour into the chart and gave it back."
)
PERSON = Person(name="Kettle", words=frozenset(["kettle", "orsolya"]), sentence=STORY.split(". ", maxsplit=1)[0] + ".")
UNNAMED = [
    "She kept a lamp in the window and a list in the drawer.",
    "In March a ship without a name came in with the tide.",
    "The crew of the ship gave a chart on which the harbour was not shown.",
]


def material(person: Person | None = PERSON) -> Material:
    return Material(source=Source(STORY), instruction="", language="en", person=person)


def answer(*summary: str) -> dict[str, object]:
    return {"summary": list(summary), "key_topics": [], "sentiment": "mixed", "insights": [], "action_items": []}


def test_a_summary_that_names_nobody_is_asked_for_whom_it_is_about() -> None:
    faults = faults_of_summary(answer(*UNNAMED), material())
    assert [(fault.check, in_short([fault])) for fault in faults] == [(Check.WHO, {"summary": "Kettle is missing"})]
    assert without(answer(*UNNAMED), faults) == answer(*UNNAMED), "what is right stays"


@pytest.mark.parametrize(
    "named",
    [
        "Kettle drew the harbour into the chart.",
        "She rowed out to Kettle's ship with her brother's oars.",
        "Orsolya was the last of the pilots of Marrow Sound.",
    ],
)
def test_any_of_their_names_will_do(named: str) -> None:
    assert Check.WHO not in {fault.check for fault in faults_of_summary(answer(*UNNAMED, named), material())}


def test_what_is_wrong_names_nobody_and_of_a_text_without_persons_nobody_is_asked_for() -> None:
    invented = "Kettle marries the admiral of a distant republic."
    assert Check.WHO in {fault.check for fault in faults_of_summary(answer(*UNNAMED, invented), material())}
    assert faults_of_summary(answer(*UNNAMED), material(None)) == []


def test_who_has_slipped_once_is_believed_less_when_asked_again() -> None:
    between = "The weather did what it always does on this coast, and nobody was asked. " * 60
    source = Source(f"{STORY} {between} The lantern of the chapel burned all summer above the empty beach.")
    free = "Kettle rowed out with the lantern of the chapel to the beach."
    examine = Examiner(Material(source=source, instruction="", language="en", person=PERSON))

    def faults_of_it() -> list[Check]:
        return [fault.check for fault in examine(answer(UNNAMED[0], free)) if fault.place == ("summary", 1)]

    assert faults_of_it() == []
    examine(answer(UNNAMED[0], "The admiral marries in a distant republic."))
    assert faults_of_it() == [Check.UNFOUNDED]


def test_whom_nobody_names_is_introduced_by_the_text_and_quoted_beside_other_words() -> None:
    source = Source(STORY)
    assert introduced(["Somebody gave a chart."], PERSON, source, "en") == [f"“{PERSON.sentence}”", "Somebody gave a chart."]
    assert introduced(["Somebody gave a chart."], PERSON, source, "de")[0] == f"„{PERSON.sentence}“"
    own = ["In March a ship without a name came in with the tide."]
    assert introduced(own, PERSON, source, "en") == [PERSON.sentence, *own]
    assert introduced(["Kettle drew."], PERSON, source, "en") == ["Kettle drew."]
    assert introduced(UNNAMED, None, source, "en") == UNNAMED
    assert len(introduced(UNNAMED * 2, PERSON, source, "en")) == 5


def test_the_second_of_two_sentences_that_belong_together_opens_nothing_alone() -> None:
    pair = "On the island stands a lighthouse. It is red, and it is called Momme."
    person = Person(name="Momme", words=frozenset(["momme"]), sentence=pair)
    told = ["It is red, and it is called Momme.", "Momme tried to sleep."]
    assert introduced(told, person, Source(pair), "en") == [pair, "Momme tried to sleep."]


def test_what_is_quoted_stands_in_the_order_of_its_text() -> None:
    first, second = "In March a ship without a name came in with the tide.", "Kettle rowed out to it with her brother's oars."
    assert in_order([second, first], Source(STORY)) == [first, second]
    assert in_order([second, "Somebody wrote this.", first], Source(STORY)) == [second, "Somebody wrote this.", first]
    assert in_order([], Source(STORY)) == []


def test_the_main_person_of_a_story_is_found_with_what_introduces_them() -> None:
    found = main_person(title="The Pilot", language="en", text=STORY * 3, longest=320, progress=lambda _: None)
    assert found is not None
    assert found["name"].endswith("Kettle")
    assert "kettle" in found["words"]
    assert found["sentence"].startswith("Captain Orsolya Kettle was the last of the pilots")


def test_a_text_that_tells_no_story_is_about_nobody() -> None:
    guide = "A loaf needs flour, water and time. Weigh the flour before you begin. The dough should rest for twelve hours. " * 5
    assert main_person(title="Bread", language="en", text=guide, longest=320, progress=lambda _: None) is None
