"""How much words and meaning count where both have found something."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from luminalib.adapters.embedders.none import NoEmbedder
from luminalib.domain.passages import Hit, Scope
from luminalib.domain.unrelated_texts import ANSWERS, QUESTIONS
from luminalib.ports.embedder import EmbeddingModel, Use, Vector
from luminalib.ports.passage_index import LexicalHits
from luminalib.steps.retrieving import Retriever
from passages import FakeEmbedder, MemoryPassageIndex

SCOPE = Scope(tenant_id="main", user_id=None)


class Found(MemoryPassageIndex):
    """An index that has found what it is told to have."""

    def __init__(self, words: Mapping[str, LexicalHits], near: Sequence[Hit] = ()) -> None:
        super().__init__()
        self._words, self._near = words, near

    async def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        return self._words[text]

    async def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        return list(self._near)


def hits(coverage: float = 0.0, **scores: float) -> list[Hit]:
    return [Hit(passage_id=name, score=score, coverage=coverage) for name, score in scores.items()]


async def test_a_question_of_few_words_leans_on_the_turns_before_it() -> None:
    words = {
        "How large are they?": LexicalHits(hits=hits(1.0, anything=5.0, guns=1.0), mass=1.0),
        "Which guns were planted? How large are they?": LexicalHits(hits=hits(0.8, guns=9.0, cannon=8.0, anything=1.0), mass=16.0),
    }
    found = await Retriever(Found(words), NoEmbedder()).retrieve(SCOPE, list(words))
    assert [one.passage_id for one in found.ranked] == ["guns", "cannon", "anything"]


@pytest.mark.parametrize(("coverage", "first"), [(1.0, "said"), (0.6, "said"), (0.3, "meant")])
async def test_words_outweigh_meaning_as_much_as_of_the_question_stands_together(coverage: float, first: str) -> None:
    words = {"asked": LexicalHits(hits=hits(coverage, said=2.0, other=1.0), mass=5.0)}
    found = await Retriever(Found(words, hits(meant=0.9, other=0.2)), FakeEmbedder()).retrieve(SCOPE, ["asked"])
    assert found.ranked[0].passage_id == first


async def test_how_near_lies_what_was_found_is_told_on_the_scale_of_the_model_which_is_measured_once() -> None:
    embedder = FakeEmbedder()
    asked, told = [[np.frombuffer(one, "<f4") for one in await embedder.embed(some, Use.QUERY)] for some in (QUESTIONS, ANSWERS)]
    unrelated = np.mean([one @ other for at, one in enumerate(asked) for place, other in enumerate(told) if at != place])
    embedder.asked.clear()
    near = Found({"asked": LexicalHits()}, hits(best=0.9, **{f"other{at}": 0.5 for at in range(19)}))
    retriever = Retriever(near, embedder)
    evidence = [(await retriever.retrieve(SCOPE, ["asked"])).evidence for _ in range(3)]
    assert embedder.asked.count(QUESTIONS[0]) == 1
    assert evidence[0] == evidence[2]
    meaning, around = evidence[0].meaning, evidence[0].around
    assert meaning is not None
    assert around is not None
    assert around / meaning == pytest.approx((0.9 / 2 + (0.9 + 19 * 0.5) / 40 - unrelated) / (0.9 - unrelated), rel=1e-3)
    embedder.version = "2"
    await retriever.retrieve(SCOPE, ["asked"])
    assert embedder.asked.count(QUESTIONS[0]) == 2
