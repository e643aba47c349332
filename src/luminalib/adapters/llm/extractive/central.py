"""The task that finds how central each part of a book is: what the others speak of, too."""

from collections.abc import Sequence

import numpy as np

from luminalib.adapters.llm.extractive.ranking import lexrank, similarities, weights_of
from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.spelling import words_in
from luminalib.ports.children import Progress


def central(*, texts: Sequence[str], progress: Progress) -> list[float]:
    """The centrality of each text among all of them: LexRank on the similarity of their words, weighed by TF-IDF."""
    terms = [[bare(word) for _, _, word in words_in(text) if is_telling(word)] for text in texts]
    progress(0.5)
    rank = lexrank(similarities(weights_of(terms)), np.ones(len(texts)) / len(texts))
    return [round(float(share), 9) for share in rank]
