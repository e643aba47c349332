"""Fits what `domain/confidence.py` holds: which sentences answer, and how likely it is that the best of them does.

Two kinds of labelled questions, asked in one index. Those of `labelled/shelf_questions.tsv` were written for this about the texts
of the demo shelf: an answer is a sentence in which one of the marked words stands, and a third have none, though they sound as if
they had. Those in BEIR's form (`--kit`, beside the checkout, if it is there) are people's own, with the passages that answer them:
each is asked once more without these, and in libraries of other subjects, where nothing answers it: the kit's rest, and the shelf.

Printed are the weights, and how well they tell, each question by weights that were fitted without its document or conversation.
With several embedders all questions are asked with each, and the weights are those that fit all of them at once.

Usage: python benchmarks/answer_confidence.py [--embedder-dir DIR ...] [--kit FOLDER] [--show NUMBER]
"""

import argparse
import asyncio
import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from embedders import embedder_of
from luminalib.adapters.embedders.onnx import OnnxEmbedder
from luminalib.adapters.text.passages import SemanticPassageSplitter
from luminalib.domain.asked_words import AskedWords
from luminalib.domain.confidence import HOPELESS, SIGNS, SURE, Evidence, features_of, logistic, quoted_features
from luminalib.domain.media import MediaType
from luminalib.domain.passages import IndexedDocument, Passage, Scope
from luminalib.domain.quoting import stretches_of, weights_of
from luminalib.domain.search import PassageView
from luminalib.domain.texts import Section
from luminalib.ports.embedder import Embedder
from luminalib.services.conversations.finding import READ
from luminalib.steps.retrieving import Retriever
from retrieval import (
    SHARED,
    TENANT,
    Sentences,
    an_index,
    asked_in,
    fill,
    make_document,
    make_passage,
    plain,
    read_judgements,
    read_lines,
)

HERE = Path(__file__).parent
SHELF = HERE.parent / "src" / "luminalib" / "demo" / "shelf"
FOLDS = 6
ROUNDS, HARDEST = 3, 12
OURS = 2.5
"""What a question of the shelf counts beside one of the kit, of which there are more."""
WAYS = {"book away": 2, "kit passages away": 3, "kit off topic": 3, "kit of the shelf": 3}
"""In how many ways questions are asked once more where nothing answers them; some of the shelf's have no answer anyway."""
NAMES = ("own", "beside", "together", "lacks", "misses", "near", "fits", "explains", "asks", "rank", "second", "too long")
Array = Any


@dataclass(kw_only=True)
class Case:
    """A question as it was asked of some part of the library; `group` is never split between fitting and testing.

    Of each stretch of each passage found: its features, whether it answers, whether it holds what is asked for, and its text.
    """

    kind: str
    group: str
    question: str
    evidence: Evidence
    model: str = ""
    features: list[Array] = field(default_factory=list)
    rights: list[Array] = field(default_factory=list)
    holding: list[Array] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)

    def best(self, weights: Array) -> "Best":
        """The best stretch by these weights."""
        found = [(*_highest(some @ weights), number) for number, some in enumerate(self.features) if len(some)]
        worth, at, number = max(found, default=(0.0, -1, -1))
        if at < 0:
            return Best((), 0.0, is_right=False, holds_it=False, text="")
        is_right, holds_it = bool(self.rights[number][at]), bool(self.holding[number][at])
        return Best(self.features[number][at], worth, is_right=is_right, holds_it=holds_it, text=self.texts[number][at])


@dataclass(frozen=True, slots=True)
class Best:
    """A stretch of text as it looks by some weights, and whether it answers."""

    features: Array
    worth: float
    is_right: bool
    holds_it: bool
    text: str


def _highest(scores: Array) -> tuple[float, int]:
    at = int(np.argmax(scores))
    return float(scores[at]), at


class House:
    """All texts in one index."""

    def __init__(self) -> None:
        self.documents: list[tuple[IndexedDocument, Sequence[Passage]]] = []
        self.views: dict[str, PassageView] = {}

    def add(self, name: str, language: str | None, title: str, passages: Sequence[Passage]) -> None:
        self.documents.append((make_document(name, language), passages))
        for passage in passages:
            self.views[passage.id] = PassageView(
                passage=passage, title=title, book_id=None, owner_id=None, media_type=MediaType.TEXT, language=language, length=1
            )

    @property
    def names(self) -> frozenset[str]:
        return frozenset(document.document_id for document, _ in self.documents)

    def all_but(self, away: frozenset[str]) -> Scope:
        return Scope(tenant_id=TENANT, user_id=None, document_ids=self.names - away if away else None)

    async def case(
        self,
        retriever: Retriever,
        asked: Sequence[str],
        scope: Scope,
        kind: str,
        group: str,
        answers: Callable[[str, Passage], bool],
    ) -> Case:
        found = await retriever.retrieve(scope, asked)
        rarity = {word.word: word.rarity for word in found.words}
        question = AskedWords(asked[0], weights_of(asked[0], asked[-1], rarity))
        case = Case(kind=kind, group=group, question=asked[0], evidence=found.evidence)
        for one in found.ranked[:READ]:
            view = self.views[one.passage_id]
            some = stretches_of(view, one.score, asked[0], question)
            if not some:  # lines of an index
                continue
            case.features.append(np.array([quote.features for quote in some]))
            case.rights.append(np.array([answers(quote.text, view.passage) and quote.holds_it for quote in some], bool))
            case.holding.append(np.array([quote.holds_it for quote in some], bool))
            case.texts.append([quote.text for quote in some])
        return case


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder-dir", type=Path, nargs="+", default=[None])
    parser.add_argument("--kit", type=Path, default=SHARED / "ir")
    parser.add_argument("--show", type=int, default=0, help="so many questions of the shelf, with what would be quoted")
    given = parser.parse_args()
    cases = []
    for folder in given.embedder_dir:
        embedder = embedder_of(folder)
        cases += [replace(case, model=folder.name if folder else "") for case in await gathered(embedder, given.kit)]
        if isinstance(embedder, OnnxEmbedder):
            await embedder.close()
    told(cases, given.show)


async def gathered(embedder: Embedder, kit: Path) -> list[Case]:
    house = House()
    for path in sorted(SHELF.glob("*.md")):
        house.add(path.stem, *await read_story(path))
    corpus = read_corpus(kit)
    for number, row in enumerate(corpus):
        text = f"{row['title']}\n{row['text']}" if row.get("title") else row["text"]
        house.add(str(number), "en", row.get("title") or "", [make_passage(str(number), text)])
    async with an_index(argparse.Namespace(index="local")) as index:
        sentences = Sentences()
        await fill(index, embedder, sentences, house.documents)
        retriever = Retriever(index, embedder, sentences)
        cases = await of_shelf(house, retriever)
        if corpus:
            cases += await of_kit(house, retriever, kit, corpus)
    return cases


def read_corpus(kit: Path) -> list[dict[str, Any]]:
    return read_lines(kit / "corpus.jsonl") if kit.exists() else []


async def read_story(path: Path) -> tuple[str, str, list[Passage]]:
    """Language, title and passages of a text of the shelf."""
    _, head, body = (await asyncio.to_thread(path.read_text, "utf-8")).split("---\n", 2)
    about = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    sections, at = [], 0
    for ordinal, part in enumerate(re.split(r"^## ", body, flags=re.MULTILINE)[1:]):
        title, text = part.split("\n", 1)
        sections.append(Section(ordinal=ordinal, start=at, text=text.strip(), title=title))
        at += len(text) + 2
    return about["language"], about["title"], await SemanticPassageSplitter().split(path.stem, sections)


async def of_shelf(house: House, retriever: Retriever) -> list[Case]:
    cases = []
    with (HERE / "labelled" / "shelf_questions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    stories = frozenset(row["document"] for row in rows)
    for row in rows:
        answers = [plain(answer) for answer in (row["answers"] or "").split("|") if answer]

        def answer(text: str, passage: Passage, row: Mapping[str, str] = row, answers: Sequence[str] = answers) -> bool:
            return passage.document_id == row["document"] and any(one in plain(text) for one in answers)

        kind = "answered" if answers else "unanswerable" if row["document"] else "off topic"
        group = row["document"] or row["question"]
        away = frozenset() if row["document"] else house.names - stories  # the kit may well know what the shelf does not
        cases.append(await house.case(retriever, [row["question"]], house.all_but(away), kind, group, answer))
        if answers:
            without = house.all_but(frozenset([row["document"]]))
            cases.append(await house.case(retriever, [row["question"]], without, "book away", group, answer))
    return cases


async def of_kit(house: House, retriever: Retriever, kit: Path, corpus: Sequence[dict[str, Any]]) -> list[Case]:
    relevant = read_judgements(kit / "qrels.tsv")
    numbers = {row["_id"]: str(number) for number, row in enumerate(corpus)}
    collections = {str(number): row.get("metadata", {}).get("collection") for number, row in enumerate(corpus)}
    shelf = frozenset(document.document_id for document, _ in house.documents if document.document_id not in collections)
    cases = []
    for query in read_lines(kit / "queries.jsonl"):
        gold = frozenset(numbers[one] for one in relevant.get(query["_id"], ()) if one in numbers)
        answerability = query["metadata"].get("answerability")
        own = str(query["metadata"].get("collection"))
        own = "mtrag-human" if own.startswith("mt-rag-") else own
        theirs = frozenset(name for name, collection in collections.items() if collection == own)
        asked = list(dict.fromkeys(asked_in(query)))
        group = query["_id"].split("<::>")[0]

        def answer(_: str, passage: Passage, gold: frozenset[str] = gold) -> bool:
            return passage.document_id in gold

        ways = {"kit unanswerable": shelf} if answerability == "UNANSWERABLE" else {}
        if answerability == "ANSWERABLE" and gold:
            ways = {"kit answered": shelf, "kit passages away": shelf | gold, "kit off topic": shelf | theirs}
            ways["kit of the shelf"] = frozenset(collections)
        for kind, away in ways.items():
            cases.append(await house.case(retriever, asked, house.all_but(away), kind, group, answer))
    return cases


def told(cases: Sequence[Case], show: int) -> None:
    groups = np.array([case.group for case in cases])
    confidence = np.zeros(len(cases))
    found = np.zeros(len(cases))
    rights = np.zeros(len(cases), bool)
    quoted = [""] * len(cases)
    for known, unknown in GroupKFold(FOLDS).split(cases, groups=groups):
        signs, weights, alone = fitted([cases[at] for at in known])
        for at in unknown:
            best = cases[at].best(signs)
            rights[at], quoted[at] = best.is_right, best.text
            chance = logistic(float(weights[0] + weights[1:] @ in_quote(cases[at], best)))
            confidence[at] = chance * (1.0 if best.holds_it else HOPELESS)
            found[at] = logistic(float(alone[0] + alone[1:] @ features_of(cases[at].evidence)))
    kinds = np.array([case.kind for case in cases])
    models = np.array([case.model for case in cases])
    for model in dict.fromkeys(models):
        if model:
            print(f"-- {model}")
        tell_kinds(kinds, confidence, found, rights, models == model)
    print(f"nine in ten of the shelf's answerable questions have {np.quantile(confidence[kinds == 'answered'], 0.1):.2f} or more")
    shares = np.array([share_of(case) for case in cases])
    error = 0.0
    for low, high in pairwise(np.linspace(0.0, 1.0, 11)):
        within = (confidence >= low) & (confidence < high)
        if within.any():
            said, right = (np.average(some[within], weights=shares[within]) for some in (confidence, rights))
            error += abs(said - right) * shares[within].sum() / shares.sum()
            print(f"confidence {low:.1f} to {high:.1f}: {within.sum():4} questions, {said:.2f} said, {right:.2f} rightly answered")
    print(f"expected calibration error {error:.3f}")
    signs, weights, alone = fitted(cases)
    print("found:", tuple(round(float(one), 2) for one in alone))
    print("signs:", {name: round(float(one), 2) for name, one in zip(NAMES, signs, strict=True)})
    print("in a quotation:", tuple(round(float(one), 2) for one in weights))
    for at in [at for at, kind in enumerate(kinds) if not kind.startswith("kit")][:show]:
        print(
            f"{kinds[at]:12} {confidence[at]:.2f} {'ok' if rights[at] else '--'} {cases[at].question} | {plain(quoted[at])[:150]}"
        )


def tell_kinds(kinds: Array, confidence: Array, found: Array, rights: Array, here: Array) -> None:
    """What comes of each kind of questions that were asked with one model, and how well they are told apart."""
    for kind in dict.fromkeys(kinds):
        of = here & (kinds == kind)
        sure, refused = (confidence[of] >= SURE).mean(), (confidence[of] < HOPELESS).mean()
        print(f"{kind:18} {of.sum():4}: sure {sure:.2f}, refused {refused:.2f}, right sentence or passage {rights[of].mean():.2f}")
    for kit in ("", "kit "):
        good = here & (kinds == f"{kit}answered")
        for kind in (kind for kind in dict.fromkeys(kinds) if kind.startswith("kit") == bool(kit) and kind != f"{kit}answered"):
            others = here & (kinds == kind)
            areas = [area(scores, good, others) for scores in (found, confidence)]
            print(f"answered against {kind:18} AUC by what was found {areas[0]:.3f}, by confidence in the quotation {areas[1]:.3f}")


def area(scores: Array, good: Array, others: Array) -> float:
    return float(roc_auc_score(np.r_[np.ones(good.sum()), np.zeros(others.sum())], np.r_[scores[good], scores[others]]))


def fitted(cases: Sequence[Case]) -> tuple[Array, Array, Array]:
    """The weights of the signs, those of the confidence in a quotation, and those of what was found alone."""
    if any(case.evidence.meaning is not None for case in cases):
        signs = np.array(SIGNS)  # a library has the same with an embedder and without
    else:
        signs = of_signs([case for case in cases if not case.kind.startswith("kit")])
    best = [case.best(signs) for case in cases]
    rights = np.array([one.is_right for one in best])
    rows = np.array([in_quote(case, one) for case, one in zip(cases, best, strict=True)])
    weights = regression(rows, rights, [share_of(case) for case in cases], spread_of(rows))
    return signs, weights, of_what_was_found(cases)


def of_what_was_found(cases: Sequence[Case]) -> Array:
    """People's own questions say what tells a library that knows the answer; those of the shelf stand in where there is no kit.

    The texts of both are so unlike that unrelated ones of the kit are nearer in meaning than related ones of the shelf. Each model
    has an intercept of its own here, so that weights are learnt from what differs between questions, not between models.
    """
    chosen = [case for case in cases if case.kind.startswith("kit")] or list(cases)
    told_well = np.array([case.kind in ("answered", "kit answered") for case in chosen])
    found = np.array([features_of(case.evidence) for case in chosen])
    others = sorted({case.model for case in chosen})[1:]
    rows = np.hstack([found, np.array([[case.model == one for one in others] for case in chosen], float)])
    return regression(rows, told_well, [1.0] * len(rows), spread_of(rows))[: 1 + found.shape[1]]


def spread_of(rows: Array) -> Array:
    return rows.std(axis=0) + 1e-9


def in_quote(case: Case, best: Best) -> Array:
    return np.array(quoted_features(case.evidence, best.features, best.worth))


def share_of(case: Case) -> float:
    """What a question counts: as much where it is answered as in all the ways in which it is not, or nothing would be likely."""
    ours = not case.kind.startswith("kit")
    return (OURS if ours else 1.0) / WAYS.get(case.kind, 1)


def of_signs(cases: Sequence[Case]) -> Array:
    """Every question counts alike, and of an answered one those that answer as much as those that do not.

    After the first round only the wrong ones that look best count, as it is them that have to be told from the right.
    """
    weights: Array | None = None
    for _ in range(ROUNDS):
        rows, labels, shares = [], [], []
        for case in cases:
            if not case.features:
                continue
            here, mine = np.concatenate(case.features), np.concatenate(case.rights)
            if weights is not None:
                wrong = np.flatnonzero(~mine)
                kept = np.r_[np.flatnonzero(mine), wrong[np.argsort(-(here[wrong] @ weights))[:HARDEST]]]
                here, mine = here[kept], mine[kept]
            rows.append(here)
            labels.append(mine)
            shares.append(np.where(mine, 1.0 / max(1, mine.sum()), 1.0 / max(1, (~mine).sum())))
        weights = regression(np.concatenate(rows), np.concatenate(labels), np.concatenate(shares))[1:]
    assert weights is not None
    return weights


def regression(rows: Array, labels: Array, shares: Sequence[float] | Array, spread: Array | float = 1.0) -> Array:
    """Intercept and weights, held back a little, as there are few labels; `spread` is by how much the features vary."""
    model = LogisticRegression(C=1.0, max_iter=2000).fit(rows / spread, labels, sample_weight=np.asarray(shares))
    return np.r_[model.intercept_, model.coef_[0] / spread]


if __name__ == "__main__":
    asyncio.run(main())
