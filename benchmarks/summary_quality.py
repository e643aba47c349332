"""The extractive summaries against what is easy: the first sentences, chance, and plain LexRank.

Each is compared with a synopsis that a person has written of the whole work (`data/synopses.toml`), by ROUGE F1 (Lin 2004) as
Google's package computes it. Lead, random and LexRank are given the same number of sentences as ours; lead-3 stands beside them as
it is usually reported. The longer lead comes near ours in ROUGE-2, since stories name their people first. LexRank is sumy's, with
our own splitting into sentences and words, so that only the choice is measured. Random is the mean of 200 draws.

Usage: python benchmarks/summary_quality.py
"""

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import Tokenizer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers.lex_rank import LexRankSummarizer

from luminalib.adapters.llm.extractive.sentences import split
from luminalib.adapters.llm.extractive.summarise import summarise
from luminalib.adapters.llm.extractive.words import words_of
from luminalib.demo.shelf import ShelfBook, load_shelf

SYNOPSES = Path(__file__).parent / "data" / "synopses.toml"
MEASURES = ("rouge1", "rouge2", "rougeL")
DRAWS = 200
LEAD = 3
TO_BEAT = ("lead-3", "random, as many", "LexRank, as many")


class Words(Tokenizer):  # type: ignore[misc]  # the package is not annotated
    """Words of any script; the package's own drops every letter beyond ASCII."""

    def tokenize(self, text: str) -> list[str]:
        return [word.lower() for word in words_of(text)]


class Texts:
    """The same words and sentences for sumy."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in words_of(sentence))

    def to_sentences(self, paragraph: str) -> tuple[str, ...]:
        return tuple(split(paragraph))


def main() -> None:
    synopses = tomllib.loads(SYNOPSES.read_text("utf-8"))
    books = [book for book in load_shelf() if book.slug in synopses]
    assert len(books) == len(synopses) >= 15
    rows = [scores_of(book, " ".join(synopses[book.slug].split())) for book in books]
    means = {name: [fmean(row[name][at] for row in rows) for at in range(len(MEASURES))] for name in rows[0]}
    print(f"{len(books)} works, F1 against their synopses (data/synopses.toml)\n")
    print(f"  {'':24}" + "".join(f"{measure:>10}" for measure in MEASURES))
    for name, values in means.items():
        print(f"  {name:24}" + "".join(f"{value:10.3f}" for value in values))
    print()
    ours = means.pop("extractive")
    for name, values in means.items():
        print(f"  ours against {name:21}" + "".join(f"{mine / theirs:9.2f}x" for mine, theirs in zip(ours, values, strict=True)))
    for name in TO_BEAT:
        assert all(mine > theirs for mine, theirs in zip(ours, means[name], strict=True)), f"not better than {name}"


def scores_of(book: ShelfBook, synopsis: str) -> dict[str, list[float]]:
    sections = [f"{chapter.title}\n\n" + "\n\n".join(chapter.blocks) for chapter in book.chapters]
    ours = summarise(title=book.title, authors=book.authors, language=book.language, sections=sections, progress=ignore)["summary"]
    sentences = [sentence for chapter in book.chapters for block in chapter.blocks for sentence in split(block)]
    count = len(split(ours))
    draws = [random.Random(seed).sample(sentences, count) for seed in range(DRAWS)]  # noqa: S311 - chance that repeats
    return {
        "extractive": score(synopsis, [ours]),
        f"lead-{LEAD}": score(synopsis, sentences[:LEAD]),
        "lead, as many sentences": score(synopsis, sentences[:count]),
        "random, as many": [fmean(column) for column in zip(*(score(synopsis, draw) for draw in draws), strict=True)],
        "LexRank, as many": score(synopsis, lexrank(sentences, count)),
    }


def lexrank(sentences: Sequence[str], count: int) -> list[str]:
    document = ObjectDocumentModel([Paragraph([Sentence(sentence, Texts()) for sentence in sentences])])
    return [str(sentence) for sentence in LexRankSummarizer()(document, count)]


SCORER: Any = RougeScorer(MEASURES, tokenizer=Words())


def score(synopsis: str, sentences: Sequence[str]) -> list[float]:
    found = SCORER.score(synopsis, " ".join(sentences))
    return [found[measure].fmeasure for measure in MEASURES]


def ignore(share: float) -> None:
    del share


if __name__ == "__main__":
    main()
