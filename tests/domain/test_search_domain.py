import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.domain.media import MediaType
from luminalib.domain.passages import Hit, Passage
from luminalib.domain.ranking import DEPTH, RankedList, fuse
from luminalib.domain.search import KinWords, PassageView, are_kin, has_phrase, phrases_of, snippet_of

TEXT = (
    "The lighthouse keeper wrote into his ledger every night. Ships passed in silence, and he counted them. "
    "One evening a storm came up from the west, and the great lamp went out; the keeper climbed the stairs with a candle. "
    "He found the wick drowned in oil, and cursed the merchant who had sold it. In the morning nobody spoke of the wreck, "
    "though its timbers lay all along the shore, and a child carried home a broken compass."
)


def listed(name: str, **scores: float) -> RankedList:
    hits = [Hit(passage_id=found, score=score) for found, score in sorted(scores.items(), key=lambda pair: -pair[1])]
    return RankedList(name=name, hits=hits)


def test_sums_keep_how_far_apart_scores_are() -> None:
    ranked = fuse([listed("words", a=10.0, b=9.9, c=0.0), listed("meaning", b=0.5, a=0.1, d=0.0)])
    assert [one.passage_id for one in ranked][:2] == ["b", "a"]
    assert ranked[0].why == ("words", "meaning")
    assert 0.0 <= ranked[-1].score <= ranked[0].score <= 1.0


def test_who_is_alone_in_a_list_counts_as_its_best() -> None:
    assert fuse([listed("words", a=0.01)])[0].score == 1.0


def test_a_list_that_found_nothing_takes_nothing_away() -> None:
    assert fuse([listed("words", a=3.0, b=1.0), RankedList(name="meaning", hits=())])[0].score == 1.0


@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=120))
def test_only_the_depth_of_a_list_counts(scores: list[float]) -> None:
    hits = [Hit(passage_id=str(at), score=score) for at, score in enumerate(sorted(scores, reverse=True))]
    ranked = fuse([RankedList(name="words", hits=hits)])
    assert len(ranked) == min(len(scores), DEPTH)
    assert all(0.0 <= one.score <= 1.0 for one in ranked)


def test_phrases_stand_between_any_quotation_marks() -> None:
    assert phrases_of('who sang "turtle soup" and \u201cbeautiful soup\u201d?') == ["turtle soup", "beautiful soup"]
    assert has_phrase("The Mock\nTurtle\u2019s story", "mock turtle's")
    assert not has_phrase("The turtle mocks", "mock turtle")
    assert has_phrase("They sang of the mock turtle", "mock turtle"), "at the very end"
    assert has_phrase("Mock turtle soup", "mock turtle"), "at the very beginning"
    assert phrases_of('who said "  " then?') == []
    assert phrases_of('who said " hush " then?') == ["hush"]


def test_forms_of_a_word_are_kin() -> None:
    assert are_kin("keeper", "keepers")
    assert are_kin("climb", "climbed")
    assert not are_kin("cat", "car")
    assert not are_kin("ship", "shore")


@pytest.mark.parametrize(
    ("first", "second", "is_kin"),
    [
        ("sail", "sail", True),
        ("sail", "sails", True),
        ("sail", "sailor", True),
        ("sailor", "sailing", True),
        ("sail", "sailcloth", False),
        ("sa", "sail", False),
        ("ox", "ox", True),
    ],
)
def test_a_word_is_found_among_many_as_it_is_beside_one(first: str, second: str, is_kin: bool) -> None:  # noqa: FBT001 -- a table
    among = KinWords([second, "harbour", "salt"])
    assert are_kin(first, second) is are_kin(second, first) is (first in among) is is_kin
    assert among.kin_of(first) == ({second} if is_kin else set())


def test_a_snippet_is_where_the_words_are_and_says_where() -> None:
    found = snippet_of(TEXT, ["candle", "keeper", "stairs"], most=120)
    assert len(found.text) <= 120
    assert TEXT[found.start : found.stop] == found.text
    assert [found.text[start:stop] for start, stop in found.highlights] == ["keeper", "stairs", "candle"]


def test_a_short_text_is_quoted_whole_and_a_longer_one_never_beyond_its_limit() -> None:
    assert snippet_of("Ships passed.", ["ships"], most=13).text == "Ships passed."
    assert snippet_of("Ships passed.", ["ships"], most=12).text == "Ships passed"


@pytest.mark.parametrize(
    ("words", "most", "shown"),
    [
        (["wreck"], 90, "spoke of the wreck, though its timbers lay all along the shore, and a child carried home a"),
        (
            ["candle", "wick"],
            100,
            "stairs with a candle. He found the wick drowned in oil, and cursed the merchant who had sold it. In",
        ),
        (["lighthouse"], 60, "The lighthouse keeper wrote into his ledger every night."),
        (["compass"], 40, "a child carried home a broken compass."),
        (["home"], 35, "carried home a broken compass."),
        (["keeper", "counted"], 90, "The lighthouse keeper wrote into his ledger every night. Ships passed in silence, and he"),
    ],
)
def test_a_snippet_begins_at_a_sentence_near_by_or_a_word_before_and_ends_at_a_word(
    words: list[str], most: int, shown: str
) -> None:
    assert snippet_of(TEXT, words, most).text == shown


def test_what_is_cut_off_is_not_highlighted_and_what_just_fits_is() -> None:
    text = "keeper " * 5 + "keeper"
    found = snippet_of(text, ["keeper"], most=13)
    assert found.text == "keeper keeper"
    assert found.highlights == ((0, 6), (7, 13))


@pytest.mark.parametrize(("start", "length", "percent"), [(0, 400, 0.0), (1, 3, 33.3), (399, 400, 99.8), (0, 0, 0.0)])
def test_a_place_is_told_in_percent_of_the_text(start: int, length: int, percent: float) -> None:
    passage = Passage(document_id="d", ordinal=0, page=1, page_start=0, start=start, stop=start + 1, text="x")
    view = PassageView(
        passage=passage, title="T", book_id=None, owner_id=None, media_type=MediaType.TEXT, language=None, length=length
    )
    assert view.percent == percent


@given(st.text(max_size=900), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_a_snippet_never_exceeds_its_limit(text: str, words: list[str]) -> None:
    found = snippet_of(text, words)
    assert len(found.text) <= 300
    assert text[found.start : found.stop] == found.text
    assert all(0 <= start < stop <= len(found.text) for start, stop in found.highlights)


def test_a_passage_keeps_its_name_as_long_as_its_text_and_place() -> None:
    def passage(text: str, start: int = 5) -> Passage:
        return Passage(document_id="d", ordinal=0, page=1, page_start=0, start=start, stop=start + len(text), text=text)

    assert passage("same").id == passage("same").id
    assert len({passage("same").id, passage("other").id, passage("same", 6).id}) == 3
