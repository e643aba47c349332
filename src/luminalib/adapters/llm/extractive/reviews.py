"""The tasks that read reviews: their mood, the aspects they judge with the sentences that do, and the sentences that speak for all.

Aspects are found as in M. Hu and B. Liu, "Mining and Summarizing Customer Reviews" (KDD 2004): words for what a book has, in a
clause with an opinion; which side it takes is VADER's to say. A thing that is no known aspect counts when the clause itself judges
it ("the maps are gorgeous").
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from luminalib.adapters.llm.extractive.boilerplate import speaks_to_a_machine
from luminalib.adapters.llm.extractive.languages import language_of
from luminalib.adapters.llm.extractive.lexicons import lexicon_for
from luminalib.adapters.llm.extractive.opinions import opinion
from luminalib.adapters.llm.extractive.ranking import choose, lexrank, similarities, weights_of
from luminalib.adapters.llm.extractive.sentences import split
from luminalib.adapters.llm.extractive.words import terms_of, words_of
from luminalib.domain.consensus import HIGH, KNOWN_ASPECTS, LONGEST_QUOTE, LOW, AspectMention, aspect_name, distinct, mood_of_stars
from luminalib.domain.intelligence import Sentiment
from luminalib.ports.children import Progress

MOST_ASPECTS = 6
MOST_SENTENCES = 3
_OPINION = 0.15
_CLEAR = 0.35
_FEW_WORDS = 3
_ENGLISH = ("en", None)
_AGAINST = r"(?:but|although|though|however|yet|whereas|while)\b"
_TURN = re.compile(rf"\s*(?:[,;:—–]\s+(?:{_AGAINST})?|\s\b{_AGAINST})\s*", re.IGNORECASE)  # noqa: RUF001
_JUDGED = re.compile(
    r"\b(?:the|its|this|these|his|her|their)\s+(?P<thing>[a-z]{3,}(?:s|es)?)\s+(?:is|are|was|were|feels?|felt|seems?|seemed)\b",
    re.IGNORECASE,
)
_NO_ASPECTS = """
book books novel novels thing things whole rest author one way time reader readers review part parts chapter chapters page pages
first second last work volume series copy edition reason problem result fact point points bit kind lot man woman
"""
_GENERAL = frozenset(_NO_ASPECTS.split())
_JOINING = re.compile(r"^(?:and|or|so|because|which|that|who|then)\b[\s,]*", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:too long|too slow|the rest|everything else|(?:first|second) half|middle|start|text|drawings|pictures)\b", re.IGNORECASE
)


def read_reviews(*, reviews: Sequence[tuple[str, int | None]], progress: Progress) -> list[dict[str, Any]]:
    """For each (text, stars) its sentiment and up to six aspects as (name, sentiment, sentence); sentences are the review's own."""
    found = []
    for at, (text, rating) in enumerate(reviews):
        found.append(_read(text, rating))
        progress((at + 1) / len(reviews))
    return found


def _read(text: str, rating: int | None) -> dict[str, Any]:
    sentences = [sentence for paragraph in text.split("\n") for sentence in split(paragraph) if not speaks_to_a_machine(sentence)]
    if language_of([text], None) not in _ENGLISH:
        sentences = [sentence for sentence in sentences if language_of([sentence], None) in _ENGLISH]
    mood = mood_of(sentences, rating)
    mentions = [mention for sentence in sentences for mention in _mentions(sentence) if _fits(mention.sentiment, mood, rating)]
    aspects = distinct(mentions)[:MOST_ASPECTS]
    return {
        "sentiment": mood.value,
        "aspects": [[aspect.name, aspect.sentiment.value, aspect.quote] for aspect in aspects],
    }


def _fits(said: Sentiment, mood: Sentiment, rating: int | None) -> bool:
    """Whether what a sentence seems to say goes with the stars: one star's praise is irony, five stars' faults are the story's."""
    return rating is None or mood is Sentiment.MIXED or rating not in (1, 2, 4, 5) or said is mood


def mood_of(sentences: Sequence[str], rating: int | None) -> Sentiment:
    """The mood of a review: its stars, which the words can make mixed; without stars, or with three of five, its words.

    Five stars are not negative and one star is not positive, whatever the words: irony praises, and books tell of horrors.
    """
    if rating is not None and rating >= HIGH:
        return Sentiment.MIXED if _says_both(sentences, -1) else Sentiment.POSITIVE
    if rating is not None and rating <= LOW:
        return Sentiment.MIXED if _says_both(sentences, 1) else Sentiment.NEGATIVE
    scores = [opinion(clause) for sentence in sentences for clause in _clauses(sentence)]
    bright = sum(score for score in scores if score > _OPINION)
    dark = -sum(score for score in scores if score < -_OPINION)
    whole = opinion(" ".join(sentences))
    if not bright and not dark:
        return mood_of_stars(rating)
    if min(bright, dark) > _CLEAR * max(bright, dark) and min(bright, dark) >= _CLEAR:
        return Sentiment.MIXED
    return Sentiment.POSITIVE if bright + max(whole, 0) > dark + max(-whole, 0) else Sentiment.NEGATIVE


def _says_both(sentences: Sequence[str], side: int) -> bool:
    """Whether one clause is clearly on that side (1 bright, -1 dark), of something that books have, and another on the other."""
    scored = [(clause, opinion(clause)) for sentence in sentences for clause in _clauses(sentence)]
    objects = any(side * score >= _CLEAR and (_aspects_in(clause) or _PART.search(clause)) for clause, score in scored)
    return objects and any(-side * score >= _OPINION for _, score in scored)


def _clauses(sentence: str) -> list[str]:
    return [clause for clause in _TURN.split(sentence) if clause and clause.strip()]


def _mentions(sentence: str) -> Iterator[AspectMention]:
    """A sentence that says one thing is quoted whole, one that turns round by the clause."""
    judged = [(clause, score) for clause in _clauses(sentence) if abs(score := opinion(clause)) >= _OPINION]
    turns = len({score > 0 for _, score in judged}) > 1
    for clause, score in judged:
        mood = Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
        part = _JOINING.sub("", clause.strip())
        quote = part if turns and len(words_of(part)) >= _FEW_WORDS else sentence
        for name in _aspects_in(clause):
            yield AspectMention(name=name, sentiment=mood, quote=quote if len(quote) <= LONGEST_QUOTE else "")


def _aspects_in(clause: str) -> list[str]:
    words = [word.lower() for word in words_of(clause)]
    known = [KNOWN_ASPECTS[word] for word in words if word in KNOWN_ASPECTS]
    judged = [match["thing"].lower() for match in _JUDGED.finditer(clause)]
    open_set = [name for thing in judged if thing not in _GENERAL and (name := aspect_name(thing))]
    return list(dict.fromkeys([*known, *open_set]))


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
