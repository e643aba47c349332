"""The task that finds the sentences of readers that speak for all."""

from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.lexicons import lexicon_for
from luminalib.adapters.llm.extractive.ranking import choose, lexrank, similarities, weights_of
from luminalib.adapters.llm.extractive.words import terms_of, words_of
from luminalib.ports.children import Progress

MOST_SENTENCES = 3


def word_consensus(*, aspects: Sequence[tuple[int, Sequence[str]]], progress: Progress) -> str:
    """Up to three sentences of readers that say most of what the (mentions, sentences) of the aspects say, one per aspect."""
    quotes: dict[str, tuple[int, int]] = {}
    for at, (mentions, sentences) in enumerate(aspects):
        for sentence in sentences:
            if sentence:
                quotes.setdefault(sentence, (at, mentions))
    progress(0.5)
    if not quotes:
        return ""
    empty = lexicon_for("en").empty
    similar = similarities(weights_of([terms_of(words_of(sentence), empty) or ["-"] for sentence in quotes]))
    bias = np.array([float(mentions) for _, mentions in quotes.values()])
    scores = lexrank(similar, bias / bias.sum()) * np.sqrt(bias)
    chosen = choose(scores, similar, [at for at, _ in quotes.values()], MOST_SENTENCES)
    sentences = list(quotes)
    return " ".join(sentences[at] for at in chosen)
