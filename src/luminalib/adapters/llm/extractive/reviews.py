"""The task that reads reviews: their mood, and the aspects they judge with the sentences that do.

Aspects are found as in M. Hu and B. Liu, "Mining and Summarizing Customer Reviews" (KDD 2004): words for what a book has, in a
clause with an opinion; which side it takes is VADER's to say. A thing that is no known aspect counts when the clause itself judges
it ("the maps are gorgeous").
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from luminalib.adapters.llm.extractive.boilerplate import speaks_to_a_machine
from luminalib.adapters.llm.extractive.general import GENERAL, judges_the_whole
from luminalib.adapters.llm.extractive.languages import language_of
from luminalib.adapters.llm.extractive.meant import aspects_meant
from luminalib.adapters.llm.extractive.opinions import SUBJECTS, opinion
from luminalib.adapters.llm.extractive.opinions_abroad import SPOKEN, aspects_abroad, opinion_abroad
from luminalib.adapters.llm.extractive.reactions import is_addressed, is_careful, reacts, speaks_of_the_craft
from luminalib.adapters.llm.extractive.sentences import split
from luminalib.adapters.llm.extractive.turns import contrasts, denies, regrets, takes_back, wishes, with_answers
from luminalib.adapters.llm.extractive.words import words_of
from luminalib.domain.consensus import (
    HIGH,
    KNOWN_ASPECTS,
    LONGEST_QUOTE,
    LOW,
    AspectMention,
    aspect_name,
    distinct,
    has_markup,
    mood_of_stars,
)
from luminalib.domain.function_words import share_of
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.spelling import all_words
from luminalib.ports.children import Progress

MOST_ASPECTS = 6
_OPINION = 0.15
_CLEAR = 0.35
_WHOLE = 0.25
_REGRETTED = _TURNED = 0.4
_WISHED = 0.3
"""What a clause says that begins with a word of regret, that wishes for something else, or turns against praise or blame."""
_FEW_WORDS, _TELLING_WORDS = 3, 6
"""Up to so many words tell no language, and beyond so many they do."""
_AGAINST = (
    r"(?:but|although|though|however|yet|whereas|while|aber|jedoch|allerdings|obwohl|dennoch|nur|mais|pourtant|cependant|pero|aunque|"
    r"sin embargo|però|tuttavia|porém|embora|maar|echter|hoewel)\b"
)
_TURN = re.compile(rf"\s*(?:[,;:—–]\s+(?:{_AGAINST})?|\s\b{_AGAINST})\s*", re.IGNORECASE)  # noqa: RUF001
_JUDGED = re.compile(
    r"\b(?:the|its|this|these|his|her|their)\s+(?:[a-z-]+\s+){0,2}?(?P<thing>[a-z]{3,}(?:s|es)?)\s+(?:(?:of|in|on|at|by|about|between|for|from|with)\s+"
    r"(?:[a-z'’-]+\s+){1,4}?)?(?:is|are|was|were|feels?|felt|seems?|seemed)\b",  # noqa: RUF001 -- typographic marks are meant
    re.IGNORECASE,
)
"""A thing that is judged, not the one that it is a part of: of the maps of the marsh it is the maps."""
_NO_ASPECTS = """
book books novel novels thing things whole rest author one way time reader readers review part parts chapter chapters page pages
first second last work volume series copy edition reason problem result fact point points bit kind lot man woman
"""
_GENERAL = frozenset(_NO_ASPECTS.split())
_ELIDED = re.compile("^[^\\W\\d_]{1,2}['\u2019]")
"""An article before a vowel, as in French and Italian."""
_JOINING = re.compile(r"^(?:and|or|so|because|which|that|who|then)\b[\s,]*", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:(?:too|so|overly) (?:long|short|slow|fast)|drag(?:s|ged)?|(?:well|badly|beautifully|poorly|brilliantly)[- ]written|"
    r"the rest|everything else|(?:first|second) half|middle|start|text|drawings|pictures)\b",
    re.IGNORECASE,
)


def read_reviews(*, reviews: Sequence[tuple[str, int | None]], progress: Progress) -> list[dict[str, Any]]:
    """For each (text, stars) its sentiment and up to six aspects as (name, sentiment, sentence); sentences are the review's own."""
    found = []
    for at, (text, rating) in enumerate(reviews):
        found.append(_read(text, rating))
        progress((at + 1) / len(reviews))
    return found


def _read(text: str, rating: int | None) -> dict[str, Any]:
    language = language_of([text], None)
    told = [sentence for paragraph in text.split("\n") for sentence in with_answers(split(paragraph))]
    pieces = [sentence for sentence in told if not speaks_to_a_machine(sentence)]
    sentences = [_Said(piece, _language_of(piece, language)) for piece in pieces]
    mood = mood_of(sentences, rating)
    side = _side_of(rating)
    judged = _judgements(sentences, rating)
    mentions = [
        mention
        for sentence, told in zip(sentences, judged, strict=True)
        for mention in _mentions(sentence, [one for one in told if _fits(*one, mood, rating)], side)
    ]
    aspects = distinct(mentions)[:MOST_ASPECTS]
    return {
        "sentiment": mood.value,
        "aspects": [[aspect.name, aspect.sentiment.value, aspect.quote] for aspect in aspects],
    }


def _language_of(sentence: str, whole: str | None) -> str:
    """The language of a sentence; where several have as many of its small words, that in which it judges something."""
    code = language_of([sentence], None) or whole
    words = all_words(sentence)
    is_told = code is not None and (len(words) > _FEW_WORDS or code not in ("en", *SPOKEN))
    if code is not None and is_told and code not in SPOKEN and (code != "en" or len(words) > _TELLING_WORDS):
        return code
    known = SPOKEN if is_told and code != "en" else ("en", *SPOKEN)
    return max(known, key=lambda one: (share_of(words, one) + _judged_in(sentence, one), one == code))


def _judged_in(sentence: str, language: str) -> float:
    return abs(_opinion_in(sentence, language)) or (_WHOLE if reacts(sentence, language) else 0.0)


def _opinion_in(text: str, language: str) -> float:
    return opinion(text) if language == "en" else opinion_abroad(text, language)


class _Said(NamedTuple):
    """A sentence and its language."""

    text: str
    language: str

    @property
    def opinion(self) -> float:
        """Of a question that is denied, the opposite of what was asked; of praise that is taken back, a fault."""
        asked, _, _ = self.text.partition("?")
        score = _opinion_in(asked if self.denies else self.text, self.language)
        if self.denies:
            return -score
        if self.takes_back:
            return -abs(score)
        if wishes(self.text):
            return -_WISHED
        return -max(abs(score), _REGRETTED) if regrets(self.text, self.language) else score

    @property
    def denies(self) -> bool:
        return denies(self.text)

    @property
    def takes_back(self) -> bool:
        return takes_back(self.text, self.language)

    @property
    def clauses(self) -> list["_Said"]:
        """A sentence that turns round as a whole is one."""
        if self.denies or self.takes_back:
            return [self]
        parts: list[str] = []
        for clause in filter(str.strip, filter(None, _TURN.split(self.text))):
            is_opened = bool(parts) and len(words_of(parts[-1])) < _FEW_WORDS and regrets(parts[-1], self.language)
            parts[-1:] = [f"{parts[-1]}, {clause}"] if is_opened else [*parts[-1:], clause]
        return [_Said(part, self.language) for part in parts]


def _fits(clause: _Said, score: float, mood: Sentiment, rating: int | None) -> bool:
    """Whether what a clause seems to say goes with the stars: one star's praise is irony, five stars' faults are the story's.

    Two or four stars leave room for the other side where it clearly judges something, and fault is found gently with any.
    """
    side = _side_of(rating)
    if not side or mood is Sentiment.MIXED or side * score > 0:
        return True
    if side > 0 and (wishes(clause.text) or regrets(clause.text, clause.language)):
        return True
    is_of_the_book = speaks_of_the_craft(clause.text, clause.language) or is_addressed(clause.text, clause.language)
    return rating in (2, 4) and abs(score) >= _CLEAR and is_of_the_book and bool(_aspects_in(clause))


def mood_of(sentences: Sequence[_Said], rating: int | None) -> Sentiment:
    """The mood of a review: its stars, which the words can make mixed; without stars, or with three of five, its words.

    Five stars are not negative and one star is not positive, whatever the words: irony praises, and books tell of horrors.
    """
    if rating is not None and rating >= HIGH:
        return Sentiment.MIXED if _says_both(sentences, -1) else Sentiment.POSITIVE
    if rating is not None and rating <= LOW:
        return Sentiment.MIXED if _says_both(sentences, 1) else Sentiment.NEGATIVE
    scores = _in_turn(sentences)
    bright = sum(score for score in scores if score > _OPINION)
    dark = -sum(score for score in scores if score < -_OPINION)
    whole = sum(sentence.opinion for sentence in sentences) / max(1, len(sentences))
    if not bright and not dark:
        return mood_of_stars(rating)
    if min(bright, dark) > _CLEAR * max(bright, dark) and min(bright, dark) >= _CLEAR:
        return Sentiment.MIXED
    return Sentiment.POSITIVE if bright + max(whole, 0) > dark + max(-whole, 0) else Sentiment.NEGATIVE


def _in_turn(sentences: Sequence[_Said]) -> list[float]:
    """What each clause says; a sentence that only says that it turns against the one before it says the opposite of that."""
    scores: list[float] = []
    for sentence in sentences:
        told = [clause.opinion for clause in sentence.clauses]
        is_mute = all(abs(score) < _OPINION for score in told)
        if is_mute and scores and abs(scores[-1]) >= _OPINION and contrasts(sentence.text):
            told = [-_TURNED if scores[-1] > 0 else _TURNED]
        scores += told
    return scores


def _says_both(sentences: Sequence[_Said], side: int) -> bool:
    """Whether one clause is clearly on that side (1 bright, -1 dark), of something that books have, and another on the other."""
    scored = [(clause, clause.opinion) for sentence in sentences for clause in sentence.clauses]
    objects = any(side * score >= _CLEAR and (_named_in(clause) or _PART.search(clause.text)) for clause, score in scored)
    return objects and any(-side * score >= _OPINION for _, score in scored)


def _side_of(rating: int | None) -> float:
    """The side that the stars take: 1.0, -1.0, or 0.0 for none."""
    return 0.0 if rating is None or LOW < rating < HIGH else 1.0 if rating >= HIGH else -1.0


def _judgements(sentences: Sequence[_Said], rating: int | None) -> list[list[tuple[_Said, float]]]:
    """What of each sentence judges, and on which side; without a word of judgement its stars say it, or the sentence before it."""
    found: list[list[tuple[_Said, float]]] = []
    before, side = 0.0, _side_of(rating)
    for sentence in sentences:
        judged = [(clause, score) for clause in sentence.clauses if abs(score := clause.opinion) >= _OPINION]
        if judged and side and (sentence.denies or sentence.takes_back):
            judged = [(sentence, side)]
        if not judged:
            judged = _without_a_word(sentence, side, is_sure=rating in (1, 5), before=before)
        before = judged[-1][1] if judged else 0.0
        found.append(judged)
    return found


def _without_a_word(sentence: _Said, side: float, *, is_sure: bool, before: float) -> list[tuple[_Said, float]]:
    """A judgement that no word shows: what turns against the one before it, or what its reader did; nothing else."""
    if before and contrasts(sentence.text) and _named_in(sentence):
        return [(sentence, -_TURNED if before > 0 else _TURNED)]
    if side and (speaks_of_the_craft(sentence.text, sentence.language) or reacts(sentence.text, sentence.language)):
        return [(sentence, side)] if is_sure or not is_careful(sentence.text, sentence.language) else []
    return []


def _mentions(sentence: _Said, judged: Sequence[tuple[_Said, float]], side: float) -> Iterator[AspectMention]:
    """A sentence that says one thing is quoted whole, one that says two by the clause."""
    turns = len({score > 0 for _, score in judged}) > 1
    for clause, score in judged:
        mood = Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
        part = _JOINING.sub("", clause.text.strip())
        quote = part if turns and len(words_of(part)) >= _FEW_WORDS else sentence.text
        elsewhere = _named_in(sentence) if len(judged) == 1 else []
        for name in _aspects_in(clause) or elsewhere or _whole_in(clause, score, side):
            is_fit = len(quote) <= LONGEST_QUOTE and not has_markup(quote)
            yield AspectMention(name=name, sentiment=mood, quote=quote if is_fit else "")


def _whole_in(clause: _Said, score: float, side: float) -> list[str]:
    """The book as a whole, where a clause that names nothing of it clearly judges it, or takes the stars' side as its reader."""
    text, language = clause
    is_meant = (
        judges_the_whole(text, language)
        or regrets(text, language)
        or wishes(text)
        or (side and side * score > 0 and (reacts(text, language) or is_addressed(text, language)))
    )
    return [GENERAL] if abs(score) >= _WHOLE and is_meant else []


def _aspects_in(clause: _Said) -> list[str]:
    """What a clause judges, if it judges: what it names, else what it means without a name."""
    return _named_in(clause) or aspects_meant(clause.text, clause.language)


def _named_in(clause: _Said) -> list[str]:
    words = [word.lower() for word in words_of(clause.text)]
    if clause.language != "en":
        known_there = aspects_abroad(clause.language)
        bare = [_ELIDED.sub("", word) for word in words]
        return list(dict.fromkeys(known_there[word] for word in bare if word in known_there))
    known = [KNOWN_ASPECTS[word] for word in words if word in KNOWN_ASPECTS]
    judged = [match["thing"].lower() for match in _JUDGED.finditer(clause.text)]
    open_set = [name for thing in judged if thing not in _GENERAL | SUBJECTS and (name := aspect_name(thing))]
    return list(dict.fromkeys([*known, *open_set]))
