"""What the extractive engine says about real books, for a person to judge, and the CPU seconds that it takes.

Usage: python benchmarks/summaries.py [DIRECTORY]

Reads the books of DIRECTORY (../shared/samples when there); without any it measures a generated text of 1.2 MB, the size of
Moby-Dick.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from luminalib.adapters.llm.extractive.summarise import summarise
from luminalib.adapters.text import epub, pdf, plain
from luminalib.ports.children import ChildTaskFailed

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
READERS = {".epub": epub, ".pdf": pdf, ".txt": plain}
LIMITS = {"pages": 20_000, "characters": 50_000_000, "entries": 10_000, "expanded_bytes": 300_000_000, "chapter_bytes": 8_000_000}
LIMIT_SECONDS = 5.0
LIMIT_MEGABYTES = 500
GENERATED_CHARACTERS = 1_200_000


class Limits(dict[str, int]):
    """The extractor's limits; a limit that this script does not know is wide."""

    def __missing__(self, key: str) -> int:
        return 1_000_000_000


def main(arguments: Sequence[str]) -> None:
    directory = Path(arguments[0]) if arguments else SAMPLES
    books = list(books_in(directory)) if directory.is_dir() else []
    for title, authors, language, sections in books or [generated()]:
        show(title, authors, language, sections)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory {megabytes:.0f} MB (limit {LIMIT_MEGABYTES} MB).")


def books_in(directory: Path) -> Iterator[tuple[str, list[str], str | None, list[str]]]:
    for path in sorted(directory.iterdir()):
        if path.suffix not in READERS:
            continue
        try:
            read: Any = READERS[path.suffix].extract(str(path), limits=Limits(LIMITS), progress=ignore)
        except ChildTaskFailed as failure:
            print(f"{path.name}: not read ({failure.code})")
            continue
        title = read["metadata"].get("title") or path.stem
        yield title, read["metadata"].get("authors") or [], read["language"], [text for _, text in read["sections"]]


def generated() -> tuple[str, list[str], str | None, list[str]]:
    chance = random.Random(7)  # noqa: S311 - a text to measure with, no secret
    people = ["Ada", "Bruno", "Clara", "Daniel", "Emma", "Felix"]
    nouns = [
        f"{first}{second}"
        for first in ("har", "mel", "tor", "lin", "cas", "ver")
        for second in ("bour", "ody", "ent", "den", "tle", "ge")
    ]
    verbs = ["found", "lost", "carried", "sold", "remembered", "painted", "opened", "followed"]
    sentences: list[str] = []
    while 60 * len(sentences) < GENERATED_CHARACTERS:
        who, what, where = chance.choice(people), chance.choice(nouns), chance.choice(nouns)
        sentences.append(f"{who} {chance.choice(verbs)} the {what} that the old {where} had kept for {chance.choice(people)}.")
    return "A generated text", [], "en", [" ".join(sentences[at : at + 40]) for at in range(0, len(sentences), 40)]


def show(title: str, authors: Sequence[str], language: str | None, sections: Sequence[str]) -> None:
    start = time.process_time()
    told = summarise(title=title, authors=authors, language=language, sections=sections, progress=ignore)
    seconds = time.process_time() - start
    size = sum(map(len, sections))
    print(f"\n{title} ({size:,} characters): {seconds:.2f} s of CPU, limit {LIMIT_SECONDS:g} s")
    print(f"  {told['summary']}\n  topics: {', '.join(told['key_topics'])}\n  mood: {told['sentiment']}")
    for mark, field in (("*", "insights"), ("!", "action_items")):
        for line in told[field]:
            print(f"  {mark} {line}")


def ignore(share: float) -> None:
    del share


if __name__ == "__main__":
    main(sys.argv[1:])
