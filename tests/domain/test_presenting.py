"""What a text says of itself: the sentence, the heading, and where there is neither."""

import pytest

from luminalib.domain.presenting import is_heading, presenting

FACTS = "Flour cost a fifth more than a year ago. The oven stood still for eleven days. Wages rose by four per cent in July. " * 3
FAKTEN = "Das Mehl war um ein Fünftel teurer als im Vorjahr. Der Ofen stand elf Tage still. Die Löhne stiegen im Juli. " * 3
FAITS = "La farine a coûté un cinquième de plus. Le four est resté onze jours à l'arrêt. Les salaires ont augmenté en juillet. " * 3


@pytest.mark.parametrize(
    ("language", "sentence", "rest"),
    [
        ("en", "This guide makes one notebook of 96 pages.", FACTS),
        ("en", "In short, this little handbook tells how bread is baked.", FACTS),
        ("de", "Dieser Leitfaden zeigt, wie man einen Ofen wartet.", FAKTEN),
        ("de", "Das vorliegende Gutachten bewertet zwei Öfen.", FAKTEN),
        ("fr", "Ce manuel explique comment entretenir un four.", FAITS),
    ],
)
def test_the_sentence_by_which_a_text_says_what_it_is(language: str, sentence: str, rest: str) -> None:
    assert presenting(f"Ovens are dear. {sentence} {rest}", "Ovens", language) == sentence
    assert presenting(f"{rest} {sentence}", "Ovens", language) is None, "later it may speak of another one"


def test_the_first_line_of_a_report_names_the_firm() -> None:
    line = "Mill & Daughters Ltd. Report of the managing director"
    assert presenting(f"{line}\n\n{FACTS}", "Report", "en") == line
    assert is_heading(line)
    assert not is_heading("This guide makes one notebook.")
    assert presenting(f"Report on the third quarter\n\n{FACTS}", "Report on the third quarter", "en") is None, "the title says it"
    assert presenting(f"Before you begin\n\n{FACTS}", "Ovens", "en") is None, "a heading that says nothing of the text"


def test_a_story_and_an_unknown_language_present_nothing() -> None:
    told = '"This book is mine," she said. He looked at her, and she took it from him. "I want it," he said, and he wept. ' * 4
    assert presenting(told, "The Book", "en") is None
    assert presenting("Esta guía enseña a coser. " * 4, "Coser", "es") is None
