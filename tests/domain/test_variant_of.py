import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.prompt_variants import PromptVariant, UnknownPrompt, require_known, variant_of

NINE_TO_ONE = [PromptVariant(version=3, weight=9), PromptVariant(version=100, weight=1)]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 1000)), min_size=1, max_size=8), st.text(max_size=9))
def test_a_subject_keeps_its_version(chosen: list[tuple[int, int]], subject: str) -> None:
    variants = [PromptVariant(version=version, weight=weight) for version, weight in chosen]
    version = variant_of(variants, "main", "text-summary", subject)
    assert version in {one["version"] for one in variants}
    assert variant_of(variants, "main", "text-summary", subject) == version


def test_each_version_comes_by_its_weight_and_prompts_do_not_depend_on_each_other() -> None:
    subjects = [f"document {n}" for n in range(5000)]
    new = {name: {one for one in subjects if variant_of(NINE_TO_ONE, "main", name, one) == 100} for name in ("a", "b")}
    assert [pytest.approx(len(found) / 5000, abs=0.02) for found in new.values()] == [0.1, 0.1]
    assert len(new["a"] & new["b"]) / 5000 == pytest.approx(0.01, abs=0.01)


def test_only_what_there_is_can_be_tried_out() -> None:
    require_known({"text-summary": NINE_TO_ONE}, {"text-summary": [3, 100]})
    for available in ({}, {"text-summary": [3]}, {"part-notes": [3, 100]}):
        with pytest.raises(UnknownPrompt):
            require_known({"text-summary": NINE_TO_ONE}, available)
