import sys
import time
import unicodedata
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.adapters.llm.extractive.words import normal
from luminalib.adapters.text.cleaning import clean
from luminalib.api.reviews import ReviewBody
from luminalib.domain.auth import normalise_email, normalise_password
from luminalib.domain.books import search_key
from luminalib.domain.filenames import safe_filename
from luminalib.domain.normalisation import _LAST_MARK, MARKS_MAX, MAY_BE_MARK, Form, _is_mark, normalised, without_marks
from luminalib.domain.reviews import clean_text

FORMS: list[Form] = ["NFC", "NFKC", "NFKD"]
HOSTILE = "a" + "".join(islice(cycle("\u0315\u0300"), 70_000))
"""Normalising it naively takes half a minute of CPU."""
ENOUGH_SECONDS = 3.0


@pytest.mark.parametrize("form", FORMS)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "Mn"]), max_size=200))
def test_ordinary_text_is_normalised_as_unicode_says(form: Form, text: str) -> None:
    expected = unicodedata.normalize(form, text)  # noqa: TID251 -- what it is compared with
    runs = "".join("m" if _is_mark(ord(sign)) else " " for sign in text).split()
    assert normalised(text, form) == expected or max(map(len, runs), default=0) > MARKS_MAX


@pytest.mark.parametrize("form", FORMS)
def test_a_run_of_marks_keeps_the_first_thirty(form: Form) -> None:
    assert normalised("x" + "\u0323" * (MARKS_MAX + 5) + "y", form) == normalised("x" + "\u0323" * MARKS_MAX + "y", form)
    assert len(normalised("q" + "\u0323" * MARKS_MAX, form)) == MARKS_MAX + 1


@pytest.mark.parametrize("mark", ["\u0315\u0300", "\u0f73", "\u0344", "\uff9e\u0300", "\u3099", "\U0001e94a\u0301", "\u05b0\u0327"])
def test_no_mark_escapes_the_bound(mark: str) -> None:
    kept = normalised("x" + mark * 5000, "NFKD")
    assert len(kept) <= 1 + 3 * MARKS_MAX


def test_all_of_unicode_s_marks_are_known() -> None:
    marks = [code for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF and _is_mark(code)]
    assert max(marks) <= _LAST_MARK
    assert [code for code in marks if not MAY_BE_MARK.match(chr(code))] == []


@pytest.mark.parametrize("count", [MARKS_MAX, MARKS_MAX + 1])
def test_a_run_is_found_wherever_it_stands(count: int) -> None:
    for place in range(2 * MARKS_MAX + 3):
        text = "e" * place + "\u0323" * count + "e" * 3 + "\u094d" + "e" * 40
        assert normalised(text, "NFKD").count("\u0323") == MARKS_MAX


def test_accents_go_and_letters_stay() -> None:
    assert without_marks(normalised("Žluťoučký kůň, Việt", "NFKD")) == "Zlutoucky kun, Viet"


@pytest.mark.parametrize(
    "normalise",
    [
        normalise_email,
        normalise_password,
        search_key,
        safe_filename,
        clean,
        normal,
        clean_text,
        lambda text: normalised(text, "NFC"),
    ],
)
def test_nothing_takes_long_over_a_hostile_text(normalise: object) -> None:
    assert callable(normalise)
    begun = time.process_time()  # of this process alone, so that a busy machine changes nothing
    for text in (HOSTILE, HOSTILE[1:], "\ufdfa" * 70_000, "\n" + " " * 9_000 + "\n" + " " * 9_000 + "x"):
        normalise(text)
    assert time.process_time() - begun < ENOUGH_SECONDS


def test_the_length_of_a_review_is_looked_at_first() -> None:
    with pytest.raises(ValueError, match="at most 10000"):
        ReviewBody(rating=5, text=HOSTILE)
    assert ReviewBody(rating=5, text="\r\n".join(["A line that was typed."] * 400)).text.count("\n") == 399


def test_a_name_of_megabytes_is_cut() -> None:
    assert safe_filename("a/" * 500_000 + "b.pdf") == "b.pdf"
    assert safe_filename("x" * 1_000_000 + ".pdf").endswith("x.pdf")


@pytest.mark.parametrize("gaps", ["a\n\n\nb", "a\n \n\t\nb", "a\n\n\n\n\n\nb", "a\n \n \n \n \nb"])
def test_more_than_one_blank_line_becomes_one(gaps: str) -> None:
    assert clean_text(gaps) == "a\n\nb"
