import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.function_words import telling_words
from luminalib.domain.normalisation import normalised
from luminalib.domain.spelling import all_words, fold, placed_words, words_in


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("soren", "Søren"),
        ("lodz", "Łódź"),
        ("strasse", "Straße"),
        ("alice's", "Alice\u2019s"),
        ("co-operate", "co\u2010operate"),
        ("hyphen", "hy\u00adphen"),
        ("cafe", "cafe\u0301"),
        ("abc", "\uff21\uff22\uff23"),
        ("oeuvre", "œuvre"),
        ("istanbul", "İstanbul"),
    ],
)
def test_what_is_typed_meets_what_is_printed(typed: str, printed: str) -> None:
    assert fold(typed) == fold(printed)


def test_letters_that_are_not_decoration_stay_apart() -> None:
    assert fold("й") != fold("и")
    assert fold("が") != fold("か")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(normalised(text, "NFKD")) == fold(normalised(text, "NFC"))


@given(st.text(max_size=200))
def test_words_lie_where_they_say(text: str) -> None:
    last = 0
    for start, stop, word in words_in(text):
        assert 0 <= start < stop <= len(text)
        assert start >= last
        assert fold(text[start:stop]) == word
        last = start


def test_scripts_without_spaces_come_in_pairs() -> None:
    assert [word for _, _, word in words_in("日本語 and ภาษา")] == ["日本", "本語", "and", "ภา", "าษ", "ษา"]
    assert [word for _, _, word in words_in("水")] == ["水"]


@pytest.mark.parametrize(
    ("question", "telling"),
    [
        ("What did Alice find in the jar?", ["alice", "jar"]),
        ("Was besagt der Satz von Heine-Borel?", ["besagt", "satz", "heine", "borel"]),
        ("Pourquoi la fillette sortait-elle ?", ["fillette", "sortait"]),
        ("to be or not to be", ["to", "be", "or", "not"]),
    ],
)
def test_function_words_of_the_questions_language_say_nothing(question: str, telling: list[str]) -> None:
    words = telling_words([word for _, _, word in words_in(question)])
    assert [word for word in words if word != "find"] == telling


@given(
    st.one_of(
        st.text(max_size=200),
        st.text(st.characters(max_codepoint=127), max_size=200),
        st.text(st.sampled_from("aZ9_' .-\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\u00ad\u0301\u00e9"), max_size=200),
    )
)
def test_the_faster_way_to_all_words_finds_the_same(text: str) -> None:
    assert list(zip(*placed_words(text), strict=True)) == list(words_in(text))
    assert all_words(text) == [word for _, _, word in words_in(text)]
