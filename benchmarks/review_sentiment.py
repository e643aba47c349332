"""How often the extractive engine reads a review's mood as its writer meant it, against the majority and plain VADER.

The 120 reviews of `data/reviews.tsv` were written and labelled for this benchmark; none carries stars, so that only the words
decide. Plain VADER calls a compound score beyond 0.05 positive or negative, as its authors do, and the rest neutral; it has no word
for mixed.

Usage: python benchmarks/review_sentiment.py
"""

from collections import Counter
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from luminalib.adapters.llm.extractive.reviews import read_reviews

REVIEWS = Path(__file__).parent / "data" / "reviews.tsv"
SIDES = ("positive", "negative")
THRESHOLD = 0.05


def main() -> None:
    lines = [line.split("\t") for line in REVIEWS.read_text("utf-8").splitlines() if not line.startswith("#")]
    truth, texts = [label for label, _ in lines], [text for _, text in lines]
    assert len(texts) >= 100
    ours = [found["sentiment"] for found in read_reviews(reviews=[(text, None) for text in texts], progress=ignore)]
    analyzer = SentimentIntensityAnalyzer()
    plain = [side_of(analyzer.polarity_scores(text)["compound"]) for text in texts]
    majority = [Counter(truth).most_common(1)[0][0]] * len(truth)
    print(f"{len(texts)} reviews: {', '.join(f'{count} {label}' for label, count in Counter(truth).items())}\n")
    print(f"  {'':12}{'four moods':>14}{'the two clear sides':>24}")
    for name, told in (("extractive", ours), ("plain VADER", plain), ("majority", majority)):
        print(f"  {name:12}{accuracy(truth, told):14.1%}{accuracy(truth, told, SIDES):24.1%}")
    print(f"\n  {'':12}" + "".join(f"{label:>10}" for label in (*SIDES, "mixed", "neutral")) + "   <- told")
    for label in (*SIDES, "mixed", "neutral"):
        counts = Counter(told for meant, told in zip(truth, ours, strict=True) if meant == label)
        print(f"  {label:12}" + "".join(f"{counts[told]:10}" for told in (*SIDES, "mixed", "neutral")))
    assert accuracy(truth, ours) > accuracy(truth, plain), "not better than plain VADER"


def side_of(compound: float) -> str:
    return "positive" if compound >= THRESHOLD else "negative" if compound <= -THRESHOLD else "neutral"


def accuracy(truth: list[str], told: list[str], among: tuple[str, ...] | None = None) -> float:
    """The share that is right; `among` looks only at reviews that are meant so."""
    pairs = [(meant, found) for meant, found in zip(truth, told, strict=True) if among is None or meant in among]
    return sum(meant == found for meant, found in pairs) / len(pairs)


def ignore(share: float) -> None:
    del share


if __name__ == "__main__":
    main()
