"""Cosines of any model on one scale."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.cosines import LEAST_SPREAD, CosineScale, scale_of
from luminalib.domain.unrelated_texts import ANSWERS, ELSEWHERE, QUESTIONS

DIMENSION = 40


def vector(**axes: float) -> bytes:
    """A unit vector along these axes, `a0`, `a1` …"""
    numbers = [axes.get(f"a{at}", 0.0) for at in range(DIMENSION)]
    length = math.sqrt(sum(number * number for number in numbers))
    return struct.pack(f"<{DIMENSION}f", *(number / length for number in numbers))


def subject(number: int, common: float = 0.0, language: float = 0.0, own: float = 0.0) -> bytes:
    """A text on a subject of its own, with what the model gives to all texts, and to those of a language."""
    return vector(**{f"a{number}": 1.0, "a30": common, "a31": language, f"a{10 + number}": own})


def measured(common: float = 0.0, language: float = 0.0) -> CosineScale:
    """A model whose unrelated texts share so much; answers are like their questions, each somewhat less so than the one before."""
    questions = [subject(number, common) for number in range(6)]
    answers = [subject(number, common, own=0.5 + 0.1 * number) for number in range(6)]
    return scale_of(questions, answers, [[subject(number, common, language) for number in range(6)]])


def deviations(scale: CosineScale, cosine: float, question: bytes) -> float:
    return scale.above(scale.level(question), cosine)


def test_what_is_unrelated_lies_at_nothing_and_what_belongs_together_far_above_whatever_a_model_calls_near() -> None:
    scattered, crowded = measured(), measured(common=2.0)
    assert crowded.unrelated > scattered.unrelated + 0.5
    for scale in (scattered, crowded):
        assert deviations(scale, scale.unrelated, subject(1)) == pytest.approx(0.0)
        assert deviations(scale, 1.0, subject(1)) > 3.0


def test_a_language_that_the_model_does_not_know_is_taken_off_for_its_own_questions_alone() -> None:
    scale = measured(language=2.0)
    ordinary, foreign = subject(7), subject(7, language=2.0)
    assert deviations(scale, 0.8, ordinary) == pytest.approx((0.8 - scale.unrelated) / scale.spread)
    assert deviations(scale, 0.8, foreign) < deviations(scale, 0.8, ordinary) - 1.0


def test_a_language_that_the_model_knows_costs_nothing() -> None:
    scale = measured(language=0.0)
    assert deviations(scale, 0.8, subject(3)) == pytest.approx((0.8 - scale.unrelated) / scale.spread)


def test_a_model_that_tells_nothing_apart_is_not_divided_by_nothing() -> None:
    same = [subject(1)] * 4
    assert scale_of(same, same, [same]).spread == LEAST_SPREAD


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_cosine_is_never_less(one: float, other: float) -> None:
    scale = CosineScale(0.1, 0.08, [([0.1] * DIMENSION, 0.3)])
    low, high = sorted((one, other))
    assert deviations(scale, low, subject(2)) <= deviations(scale, high, subject(2))


def test_each_question_has_its_answer_and_languages_have_several_texts() -> None:
    assert len(QUESTIONS) == len(ANSWERS) == len(set(ANSWERS))
    assert all(len(texts) > 2 for texts in ELSEWHERE.values())
