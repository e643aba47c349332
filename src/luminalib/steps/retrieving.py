"""Finding the passages that speak of what is asked: by words, by meaning, and by both together."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from statistics import fmean

from luminalib.domain.confidence import Evidence
from luminalib.domain.cosines import CosineScale, scale_of
from luminalib.domain.passages import Hit, Scope
from luminalib.domain.ranking import DEPTH, Ranked, RankedList, fuse
from luminalib.domain.search import LONGEST_QUESTION, NoMeanings, SearchMode
from luminalib.domain.unrelated_texts import ANSWERS, ELSEWHERE, QUESTIONS
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, EmbeddingModel, Use, Vector
from luminalib.ports.passage_index import AskedWord, LexicalHits, PassageIndex, PassageIndexUnavailable
from luminalib.ports.sentence_vectors import SentenceVectors

WORDS, MEANING = "words", "meaning"
"""What people are told found a passage."""
CANDIDATES = 100
"""So many passages that lie near in meaning are compared once more, sentence by sentence."""
WORDS_BESIDE_MEANING = 2.5
"""How much more words count than meaning where all words of a question stand together."""
AROUND = 20
"""So many of the nearest passages say whether the library speaks of a thing, or one passage happens to lie near."""
PAUSE_SECONDS = 15.0
"""How long an embedder that was away is not asked again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrieved:
    """Passages by rank. `words` are those of the questions, the last one's first.

    `total` counts what words found, up to a limit; `note` says what could not be done.
    """

    ranked: Sequence[Ranked]
    mode: SearchMode
    evidence: Evidence
    words: Sequence[AskedWord] = ()
    total: int
    is_capped: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Near:
    """What lies near in meaning, the best first.

    `nearest` is the best cosine of a whole passage, `around` the mean of it and of those of the nearest passages, both on the scale
    of the model.
    """

    nearest: float
    around: float
    ranked: Sequence[Hit]

    @classmethod
    def of(cls, hits: Sequence[Hit], scale: CosineScale, question: Vector) -> "_Near":
        """By cosines with a question's vector."""
        if not hits:
            return cls(0.0, 0.0, hits)
        best, level = hits[0].score, scale.level(question)
        around = (best + fmean(hit.score for hit in hits[:AROUND])) / 2
        return cls(scale.above(level, best), scale.above(level, around), hits)

    def closer(self, cosines: Mapping[str, float]) -> "_Near":
        """Ranked by the sum of a passage's own cosine and that of its sentences; its own stands in where there is none."""
        summed = [replace(hit, score=hit.score + cosines.get(hit.passage_id, hit.score)) for hit in self.ranked]
        return replace(self, ranked=sorted(summed, key=lambda hit: (-hit.score, hit.passage_id)))


class Retriever:
    """Asks the index, and the embedder where there is one."""

    def __init__(self, index: PassageIndex, embedder: Embedder, sentences: SentenceVectors | None = None) -> None:
        """With `sentences` the nearest passages are compared once more, sentence by sentence."""
        self._index = index
        self._embedder = embedder
        self._sentences = sentences
        self._away_until = 0.0
        self._scales: dict[str, CosineScale] = {}
        self._measuring = asyncio.Lock()

    async def retrieve(
        self, scope: Scope, questions: Sequence[str], *, mode: SearchMode = SearchMode.AUTO, phrases: Sequence[str] = ()
    ) -> Retrieved:
        """What answers the questions: the last one asked, and the same with the turns before it where there were any.

        Raises NoMeanings when only meaning is wanted and there is no embedder, EmbedderUnavailable when it is away then.
        """
        asked = list(dict.fromkeys(question[-LONGEST_QUESTION:] for question in questions))
        words, (meaning, note) = await asyncio.gather(
            self._by_words(scope, asked, phrases, mode), self._by_meaning(scope, asked, mode)
        )
        lists = _weighed(words, beside_meaning=bool(meaning))
        lists += [RankedList(name=MEANING, hits=found.ranked) for found in meaning]
        return Retrieved(
            ranked=fuse(lists),
            mode=_mode_of(has_words=bool(words), has_meaning=bool(meaning)),
            evidence=_evidence(words, meaning),
            words=[word for found in words for word in found.words],
            total=max((found.total for found in words), default=0)
            or len({hit.passage_id for found in meaning for hit in found.ranked}),
            is_capped=any(found.is_capped for found in words),
            note=note,
        )

    async def _by_words(
        self, scope: Scope, questions: Sequence[str], phrases: Sequence[str], mode: SearchMode
    ) -> list[LexicalHits]:
        if mode is SearchMode.SEMANTIC:
            return []
        return list(await asyncio.gather(*(self._index.lexical(scope, question, phrases, DEPTH) for question in questions)))

    async def _by_meaning(self, scope: Scope, questions: Sequence[str], mode: SearchMode) -> tuple[list[_Near], str | None]:
        if mode is SearchMode.LEXICAL:
            return [], None
        try:
            model, vectors = await self._embedded(questions)
            if model is None:
                if mode is SearchMode.AUTO:
                    return [], None
                raise NoMeanings
            found = [await self._index.nearest(scope, model, vector, CANDIDATES) for vector in vectors]
            return await self._read_closely(scope.tenant_id, model, vectors, found), None
        except (EmbedderUnavailable, PassageIndexUnavailable) as reason:
            if mode is SearchMode.SEMANTIC:
                raise
            return [], f"Found by words alone: {reason.detail}"

    async def _read_closely(
        self, tenant_id: str, model: EmbeddingModel, vectors: Sequence[Vector], found: Sequence[Sequence[Hit]]
    ) -> list[_Near]:
        """The passages by their own nearness and that of their nearest sentences together."""
        scale = await self._scale_of(model)
        near = [_Near.of(hits, scale, vector) for hits, vector in zip(found, vectors, strict=True)]
        if self._sentences is None:
            return near
        ids = list({hit.passage_id for hits in found for hit in hits})
        closer = await self._sentences.nearness(tenant_id, model, vectors, ids) if ids else []
        return [one.closer(cosines) for one, cosines in zip(near, closer, strict=True)] if closer else near

    async def _scale_of(self, model: EmbeddingModel) -> CosineScale:
        """Measured once for each model: some sixty short texts are embedded for it. Raises EmbedderUnavailable."""
        async with self._measuring:
            if model.fingerprint not in self._scales:
                asked = await self._embedder.embed(QUESTIONS, Use.QUERY)
                told = await self._embedder.embed([*ANSWERS, *chain.from_iterable(ELSEWHERE.values())], Use.PASSAGE)
                rest = iter(told[len(ANSWERS) :])
                elsewhere = [list(islice(rest, len(texts))) for texts in ELSEWHERE.values()]
                scale = await asyncio.to_thread(scale_of, asked, told[: len(ANSWERS)], elsewhere)
                self._scales[model.fingerprint] = scale
        return self._scales[model.fingerprint]

    async def _embedded(self, questions: Sequence[str]) -> tuple[EmbeddingModel | None, list[Vector]]:
        if time.monotonic() < self._away_until:
            raise EmbedderUnavailable
        try:
            model = await self._embedder.model()
            return model, await self._embedder.embed(questions, Use.QUERY) if model else []
        except EmbedderUnavailable:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            raise


def _evidence(words: Sequence[LexicalHits], meaning: Sequence[_Near]) -> Evidence:
    """Of the question alone or with the turns before it, whichever says more; what both have found of meaning and coverage."""
    nearest = max((found.nearest for found in meaning if found.ranked), default=None)
    around = max((found.around for found in meaning if found.ranked), default=None)
    coverage = max(map(_coverage, words), default=0.0)
    each = [
        Evidence(
            lexical=found.hits[0].score / found.mass if found.hits and found.mass else 0.0,
            rarity=sum(word.rarity for word in found.words) / max(1, len(found.words)),
            words=len(found.words),
            meaning=nearest,
            around=around,
            coverage=coverage,
        )
        for found in words
    ]
    return max(each, key=lambda one: one.confidence, default=Evidence(meaning=nearest, around=around))


def _weighed(words: Sequence[LexicalHits], *, beside_meaning: bool) -> list[RankedList]:
    """What words have found, by how much the words of each question tell.

    A question that leans on the turns before it ("How large are they?") has few words, and what those find says less than what the
    conversation's do: a list counts as the root of its share of the rarity of all. Beside meaning it counts as the share of the
    question that stands together in one passage, too: who asks with the book's words has nearly all of them in one place; who asks
    with others is misled by the few that occur.
    """
    most = max((found.mass for found in words), default=0.0) or 1.0
    return [
        RankedList(
            name=WORDS,
            hits=found.hits,
            weight=math.sqrt(found.mass / most) * (WORDS_BESIDE_MEANING * _coverage(found) if beside_meaning else 1.0),
        )
        for found in words
    ]


def _coverage(found: LexicalHits) -> float:
    return max((hit.coverage for hit in found.hits), default=0.0)


def _mode_of(*, has_words: bool, has_meaning: bool) -> SearchMode:
    if has_words and has_meaning:
        return SearchMode.HYBRID
    return SearchMode.SEMANTIC if has_meaning else SearchMode.LEXICAL
