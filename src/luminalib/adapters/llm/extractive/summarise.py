"""The task that runs in the child process: a book in, what can be said about it out."""

from collections.abc import Mapping, Sequence
from typing import Any

from luminalib.adapters.llm.extractive.actions import action_items
from luminalib.adapters.llm.extractive.choosing import summary_sentences
from luminalib.adapters.llm.extractive.insights import insights
from luminalib.adapters.llm.extractive.mood import mood_of
from luminalib.adapters.llm.extractive.names import names_in
from luminalib.adapters.llm.extractive.reading import read
from luminalib.adapters.llm.extractive.topics import key_topics, topics_in
from luminalib.adapters.llm.extractive.words import UNSPACED
from luminalib.domain.intelligence import Sentiment
from luminalib.ports.children import Progress

LONGEST_SENTENCE = 500
LEAST_WORDS = 60
"""Of a shorter text nobody can tell a mood, or a fact that its reader does not see at once."""


def summarise(
    *, title: str, authors: Sequence[str], language: str | None, sections: Sequence[str], progress: Progress
) -> Mapping[str, Any]:
    """The fields of a SummaryResult that come from the text, as JSON values; `sections` are texts in reading order.

    The same input gives the same output. The summary is empty when the text has no words of its own, such as a bare licence.
    """
    reading = read(title, authors, language, sections)
    progress(0.4)
    names = names_in(reading)
    topics = topics_in(reading, names)
    progress(0.6)
    chosen = summary_sentences(reading, topics, names)
    progress(0.8)
    is_told = reading.length >= LEAST_WORDS
    mood = mood_of(reading) if is_told else Sentiment.NEUTRAL
    progress(0.95)
    return {
        "summary": _joined([reading.sentences[at].text for at in chosen]),
        "key_topics": key_topics(topics),
        "sentiment": mood.value,
        "insights": insights(reading, topics, names) if is_told else [],
        "action_items": action_items(reading),
    }


def _joined(sentences: Sequence[str]) -> str:
    """One paragraph; scripts without spaces between words have none between sentences."""
    text = " ".join(map(_cut, sentences))
    return "".join(sentences) if len(UNSPACED.findall(text)) > len(text) / 2 else text


def _cut(sentence: str) -> str:
    """A run without an end, in a file that is hardly a text, is told by its beginning."""
    return sentence if len(sentence) <= LONGEST_SENTENCE else sentence[:LONGEST_SENTENCE].rsplit(" ", 1)[0] + " …"
