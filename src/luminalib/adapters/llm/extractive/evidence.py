"""The task that finds, in each part of a book, the sentences that stand for it."""

from collections.abc import Sequence

from luminalib.adapters.llm.extractive.choosing import summary_sentences
from luminalib.adapters.llm.extractive.names import names_in
from luminalib.adapters.llm.extractive.reading import read
from luminalib.adapters.llm.extractive.topics import topics_in
from luminalib.ports.children import Progress


def evidence(*, language: str | None, texts: Sequence[str], count: int, longest: int, progress: Progress) -> list[list[str]]:
    """For each text up to `count` of its own sentences, in reading order, cut after `longest` characters."""
    found: list[list[str]] = []
    for at, text in enumerate(texts):
        reading = read("", (), language, [text])
        names = names_in(reading)
        chosen = summary_sentences(reading, topics_in(reading, names), names)
        found.append([reading.sentences[index].text[:longest] for index in chosen[:count]])
        progress((at + 1) / len(texts))
    return found
