"""How often the extractive engine reads a review's mood as its writer meant it, with and without its stars, beside plain VADER.

The reviews of `labelled/starred_reviews.tsv` were written and labelled for this benchmark, a third of them frozen before a rule was
made. Plain VADER calls a compound score beyond 0.05 positive or negative, as its authors do, and the rest neutral; it has no word
for mixed. Of the sentences of `labelled/judging_sentences.tsv` it is counted how many that are called praise or criticism are, and
of those of `labelled/turning_sentences.tsv`, which turn round, in several languages, and were frozen before their rules were made,
and of those of `labelled/general_judgements.tsv`, which judge a book as a whole or nothing.

`labelled/whole_reviews.txt` has reviews of several sentences in four languages: their moods, and whether what is quoted of them is
praise or criticism, and of what. Those of `labelled/later_reviews.txt` were written after the rules that these led to, those of
`labelled/fresh_reviews.txt` before the rules on sentences that judge without a word of judgement, and measured once after them.

Usage: python benchmarks/review_sentiment.py
"""

from collections import Counter
from pathlib import Path

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from labelled_reviews import SIDE_NAMES, Whole
from luminalib.adapters.llm.extractive.reviews import read_reviews

LABELLED = Path(__file__).parent / "labelled"
SIDES = ("positive", "negative")
THRESHOLD = 0.05
TO_REACH = 0.9


def main() -> None:
    lines = read(LABELLED / "starred_reviews.tsv")
    assert len(lines) >= 300
    truth, texts = [label for _, label, _ in lines], [text for *_, text in lines]
    ours = moods([(text, int(stars)) for stars, _, text in lines])
    analyzer = SentimentIntensityAnalyzer()
    told = {
        "with stars": ours,
        "by words alone": moods([(text, None) for text in texts]),
        "plain VADER": [side_of(analyzer.polarity_scores(text)["compound"]) for text in texts],
        "majority": [Counter(truth).most_common(1)[0][0]] * len(truth),
    }
    print(f"{len(texts)} reviews: {', '.join(f'{count} {label}' for label, count in Counter(truth).items())}\n")
    print(f"  {'':16}{'four moods':>12}{'frozen third':>14}{'two clear sides':>17}")
    for name, found in told.items():
        frozen = accuracy(truth[2::3], found[2::3])
        print(f"  {name:16}{accuracy(truth, found):12.1%}{frozen:14.1%}{accuracy(truth, found, SIDES):17.1%}")
    (right, called), (right_turning, called_turning) = precision(), precision("turning_sentences.tsv")
    print(f"\n  sentences called praise or criticism that are: {right} of {called}")
    print(f"  such as turn round: {right_turning} of {called_turning}")
    right_general, called_general = precision("general_judgements.tsv")
    print(f"  such as judge the book as a whole: {right_general} of {called_general}")
    reached = right / called, right_turning / called_turning, right_general / called_general
    for name in ("whole_reviews.txt", "later_reviews.txt", "fresh_reviews.txt"):
        print(f"\n  {name}:", *Whole(LABELLED / name).told(), sep="\n    ")
    assert min(accuracy(truth, ours), accuracy(truth[2::3], ours[2::3]), *reached) >= TO_REACH


def read(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]


def moods(reviews: list[tuple[str, int | None]]) -> list[str]:
    return [found["sentiment"] for found in read_reviews(reviews=reviews, progress=ignore)]


def precision(name: str = "judging_sentences.tsv") -> tuple[int, int]:
    """How many sentences are rightly called praise or criticism, and how many are called so; what is `both` is either."""
    lines = read(LABELLED / name)
    told = read_reviews(reviews=[(text, int(stars)) for stars, _, text in lines], progress=ignore)
    called = [
        (meant, SIDE_NAMES[mood])
        for (_, meant, _), found in zip(lines, told, strict=True)
        for mood in {mood for _, mood, _ in found["aspects"] if mood in SIDE_NAMES}
    ]
    return sum(meant in (name, "both") for meant, name in called), len(called)


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
