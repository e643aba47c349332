"""What every ranking promises, over both adapters."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfTransformer

from libraries import make_books, make_choices, rank_with
from luminalib.adapters.recommenders.content import Content, _idf
from luminalib.adapters.recommenders.hybrid import HybridRanking
from luminalib.adapters.recommenders.model import open_model
from luminalib.domain.recommendations import BookProfile, Reader, ReasonKind
from luminalib.ports.recommender import Ranking

Make = Callable[[Sequence[BookProfile]], Ranking]
BOOKS = make_books(60)


@pytest.fixture(params=["tfidf", "hybrid"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """A ranking of each kind, of any books."""
    return lambda books: rank_with(request.param, books, make_choices(books, 40), tmp_path)


def reader_of(*books: int, opinion: float = 1.0, **tags: float) -> Reader:
    return Reader(opinions={f"b{book}": opinion for book in books}, tags=tags)


def test_ranks_the_readers_genre_first(make: Make) -> None:
    found = make(BOOKS).rank(reader_of(0, 4, 8), 5)
    assert {int(one.book_id[1:]) % 4 for one in found} == {0}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.score > 0 for one in found)


def test_never_what_the_reader_had_and_never_twice(make: Make) -> None:
    had = {f"b{number}" for number in (0, 4, 8, 12)}
    found = [one.book_id for one in make(BOOKS).rank(reader_of(0, 4, 8, 12), 1000)]
    assert len(found) == len(set(found))
    assert not had & set(found)


def test_never_what_is_left_out_and_only_what_is_asked_for(make: Make) -> None:
    ranking = make(BOOKS)
    without = {"b16", "b20", "not in the catalogue"}
    assert not without & {one.book_id for one in ranking.rank(reader_of(0), 1000, without=without)}
    among = {"b16", "b20", "not in the catalogue"}
    assert {one.book_id for one in ranking.rank(reader_of(0), 1000, among=among)} <= {"b16", "b20"}
    assert ranking.rank(reader_of(0), 1000, among=set()) == []


def test_is_deterministic(make: Make) -> None:
    one, other = make(BOOKS), make(BOOKS)
    assert one.rank(reader_of(1, 5, sea=1.0), 20) == other.rank(reader_of(1, 5, sea=1.0), 20)


def test_no_books(make: Make) -> None:
    ranking = make([])
    assert ranking.rank(reader_of(0, sea=1.0), 10) == []
    assert ranking.explain(reader_of(0), ["b0"]) == {}


def test_one_book(make: Make) -> None:
    ranking = make(BOOKS[:1])
    assert ranking.rank(reader_of(0), 10) == []
    assert [one.book_id for one in ranking.rank(reader_of(sea=1.0), 10)] == ["b0"]
    assert ranking.similar("b0", 10) == []


def test_a_reader_of_everything(make: Make) -> None:
    assert make(BOOKS).rank(reader_of(*range(60)), 10) == []


def test_nobody_in_particular(make: Make) -> None:
    assert make(BOOKS).rank(Reader(), 10) == []


def test_ten_thousand_events(tmp_path: Path) -> None:
    choices = make_choices(BOOKS, 1700)
    assert sum(map(len, choices)) > 10_000
    found = rank_with("hybrid", BOOKS, choices, tmp_path).rank(reader_of(0, 4), 5)
    assert {int(one.book_id[1:]) % 4 for one in found} == {0}


def test_stated_tags_and_authors(make: Make) -> None:
    ranking = make(BOOKS)
    assert "stars" in ranking.books[ranking.rank(reader_of(stars=1.0), 1)[0].book_id].tags
    (first, *_) = ranking.rank(Reader(authors={"STARS Author 3": 1.0}), 1)
    assert ranking.books[first.book_id].authors == ("stars author 3",)
    assert ranking.rank(Reader(tags={"no such tag": 1.0}), 10) == []


def test_a_stated_tag_is_not_drowned_by_author_and_series(tmp_path: Path) -> None:
    plain = BookProfile(id="plain", title="Gulls", tags=("sea", "storms"))
    known = replace(plain, id="known", title="Terns", authors=("Ada Reed",), series="The Coast")
    books = [plain, known, replace(known, id="sister", title="Skuas", tags=("hills",))]
    content, reader = Content(books), Reader(tags={"sea": 1.0})
    likeness = (content.taste(reader) @ content.by_term).toarray().ravel()
    explained = rank_with("hybrid", books, [], tmp_path).explain(reader, ["plain", "known"])
    assert content.tag_shares()[0] == pytest.approx(1)
    given = {book_id: told.reasons[0].amount for book_id, told in explained.items()}
    assert given["known"] / given["plain"] > 1.2 * likeness[1] / likeness[0]


def test_a_bad_opinion_turns_away(make: Make) -> None:
    found = make(BOOKS).rank(Reader(opinions={"b0": 1.0, "b1": -0.3}), 10)
    assert not {one.book_id for one in found if int(one.book_id[1:]) % 4 == 1}


def test_parts_are_the_score_and_reasons_are_the_readers(make: Make) -> None:
    ranking = make(BOOKS)
    reader = Reader(opinions={"b0": 1.0, "b4": 1.2, "b9": 0.6, "b2": -0.3, "gone": 1.0}, tags={"stars": 0.5})
    found = ranking.rank(reader, 30)
    explained = ranking.explain(reader, [one.book_id for one in found])
    for one in found:
        told = explained[one.book_id]
        assert told.score == pytest.approx(one.score, abs=1e-5)
        assert sum(told.parts.values()) == pytest.approx(one.score, abs=1e-5)
        book = ranking.books[one.book_id]
        for reason in told.reasons:
            assert reason.amount > 0
            if reason.book_id is not None:
                assert reader.opinions[reason.book_id] > 0
            names = {ReasonKind.TAG: book.tags, ReasonKind.AUTHOR: book.authors}.get(reason.kind)
            assert names is None or reason.name in names
    assert any(told.reasons for told in explained.values())


def test_books_like_one_book(make: Make) -> None:
    ranking = make(BOOKS)
    found = ranking.similar("b2", 5)
    assert {int(one.book_id[1:]) % 4 for one in found} == {2}
    assert "b2" not in {one.book_id for one in found}


def test_a_book_that_came_after_the_training(tmp_path: Path) -> None:
    rank_with("hybrid", BOOKS[:40], make_choices(BOOKS[:40], 40), tmp_path)
    today = BOOKS[1:]
    ranking = HybridRanking(today, open_model(tmp_path / "test.model"), 1, Content(today))
    found = [one.book_id for one in ranking.rank(reader_of(4), 1000)]
    assert {"b44", "b48"} <= set(found), "they have come"
    assert "b0" not in found, "it has gone"
    assert {int(one.book_id[1:]) % 4 for one in ranking.rank(reader_of(44), 3)} == {0}


def test_a_catalogue_is_read_again_only_where_it_changed() -> None:
    before = Content(BOOKS[:40])
    after = before.renewed(BOOKS[1:])
    fresh = Content(BOOKS[1:])
    assert (after.matrix @ after.matrix.T).toarray() == pytest.approx((fresh.matrix @ fresh.matrix.T).toarray(), abs=1e-5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 50), size=st.integers(2, 50), readers=st.integers(0, 60))
def test_another_liked_book_never_lowers_its_near_twin(
    tmp_path: Path, data: st.DataObject, seed: int, size: int, readers: int
) -> None:
    books = make_books(size, seed)
    chosen = data.draw(st.integers(0, size - 1))
    twin = replace(books[chosen], id="twin", title=re.sub(r"\d+", "2", books[chosen].title))
    ranking = rank_with("hybrid", [*books, twin], make_choices(books, readers, seed), tmp_path)
    others = data.draw(st.lists(st.integers(0, size - 1).filter(lambda one: one != chosen), unique=True, max_size=8))
    before = Reader(opinions={f"b{number}": 1.0 for number in others})
    after = Reader(opinions={**before.opinions, f"b{chosen}": 1.0})
    assert score(ranking, after) >= score(ranking, before) - 1e-5


def score(ranking: Ranking, reader: Reader) -> float:
    return ranking.explain(reader, ["twin"])["twin"].score


def test_terms_weigh_what_scikit_learn_has_them_weigh() -> None:
    """The server computes the weights itself so as not to import scikit-learn for one line."""
    counts = sp.csr_matrix(np.array([[1, 2, 0, 1], [0, 1, 1, 1], [0, 3, 0, 1]], np.float32))
    theirs = TfidfTransformer(norm=None, smooth_idf=True).fit(counts).idf_
    assert np.allclose(_idf(counts), theirs)
