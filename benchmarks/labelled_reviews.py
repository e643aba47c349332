"""Whole reviews, labelled sentence by sentence: what the extractive engine reads in them, held against what their writers meant.

Usage: python benchmarks/labelled_reviews.py FILE prints what is wrong, for a person to judge.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from luminalib.adapters.llm.extractive.reviews import read_reviews

SIDE_NAMES = {"positive": "praise", "negative": "criticism"}


class Sentence(NamedTuple):
    """What it is, of which sides of the book (with commas), and its words."""

    label: str
    sides: str
    text: str


class Labelled(NamedTuple):
    """A review as its writer meant it, and as it was read: mood, and (side, mood, quotation)."""

    stars: int
    mood: str
    language: str
    sentences: list[Sentence]
    found: str
    aspects: list[tuple[str, str, str]]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


class Whole:
    """The reviews of a file, read."""

    def __init__(self, path: Path) -> None:
        blocks = [block.strip().splitlines() for block in path.read_text("utf-8").split("\n\n") if not block.startswith("#")]
        heads = [block[0].split("\t") for block in blocks]
        said = [[Sentence(*line.split("\t")) for line in block[1:]] for block in blocks]
        texts = [" ".join(sentence.text for sentence in sentences) for sentences in said]
        told = read_reviews(
            reviews=[(text, int(stars)) for text, (stars, *_) in zip(texts, heads, strict=True)], progress=lambda _: None
        )
        self.reviews = [
            Labelled(int(stars), mood, language, sentences, found["sentiment"], found["aspects"])
            for (stars, mood, language), sentences, found in zip(heads, said, told, strict=True)
        ]

    @property
    def moods(self) -> float:
        """The share of the moods that are read as they were meant."""
        return sum(one.mood == one.found for one in self.reviews) / len(self.reviews)

    @property
    def called(self) -> list[tuple[str, str, Sentence]]:
        """What is quoted as praise or criticism: mood, side, and the sentence that it stands in."""
        return [
            (mood, name, sentence)
            for one in self.reviews
            for name, mood, quote in one.aspects
            for sentence in one.sentences
            if quote and mood in SIDE_NAMES and quote in sentence.text
        ]

    @property
    def right(self) -> list[tuple[str, str, Sentence]]:
        """What of that is praise or criticism indeed."""
        return [one for one in self.called if one[2].label in (SIDE_NAMES[one[0]], "both")]

    def told(self) -> Iterator[str]:
        """The figures in words."""
        yield f"{len(self.reviews)} reviews, moods {self.moods:.1%}"
        for code in sorted({one.language for one in self.reviews}):
            of_it = [one.mood == one.found for one in self.reviews if one.language == code]
            yield f"  {code}: {sum(of_it)} of {len(of_it)}"
        judging = [sentence for one in self.reviews for sentence in one.sentences if sentence.label != "neither"]
        right, quoted = self.right, {one[2] for one in self.called}
        yield f"called praise or criticism that are: {len(right)} of {len(self.called)}"
        under = [side for _, side, judged in right if side in judged.sides.split(", ")]
        yield f"under the side that they judge: {len(under)}"
        yield f"sentences that judge of which something is quoted: {len(quoted & {*judging})} of {len(judging)}"

    def wrong(self) -> Iterator[str]:
        """What is read otherwise than it was meant."""
        for one in self.reviews:
            if one.mood != one.found:
                yield f"mood {one.found}, meant {one.mood} ({one.stars}, {one.language}): {one.text}"
        called = self.called
        for mood, name, sentence in called:
            if sentence.label not in (SIDE_NAMES[mood], "both") or name not in sentence.sides:
                yield f"{mood} {name}, meant {sentence.label} {sentence.sides}: {sentence.text}"
        quoted = {one[2] for one in called}
        for one in self.reviews:
            yield from (
                f"not quoted, {sentence.label} {sentence.sides}: {sentence.text}"
                for sentence in one.sentences
                if sentence.label != "neither" and sentence not in quoted
            )


if __name__ == "__main__":
    whole = Whole(Path(sys.argv[1]))
    print(*whole.told(), *whole.wrong(), sep="\n")
