"""The rolling consensus: what each review says, what all reviews of a book say together, and the prose about it.

A review is read once, into a reading: its mood and the aspects it judges. Readings add up to a table of aspects; an edit or a
deletion takes the old reading out again. The table is data, a provider only words it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from luminalib.domain.intelligence import Sentiment
from luminalib.domain.jobs import Job

UPDATE_CONSENSUS = "update_consensus"
REBUILD_EVERY = 50
"""Readings that are folded in or taken out before the table is counted afresh from all of them."""
MOST_ASPECTS = 8
"""Aspects that prose is worded from, and that `analysis` shows quotations of."""
QUOTES_PER_ASPECT = 2
MOST_QUOTES = 5
LONGEST_QUOTE = 300
"""Characters."""
_CLEAR = 2
_LONGEST_NAME = 30
_MOST_WORDS = 3
_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*")
_ARTICLE = re.compile(r"^(?:the|a|an|its|his|her|their) ")
_SAME = MappingProxyType(
    {
        "plot": "plot plots story stories storyline narrative plotting storytelling twist twists",
        "characters": "characters character characterisation characterization protagonist protagonists cast people heroine hero "
        "narrator",
        "writing": "writing prose style language sentence sentences paragraphs passages wording voice",
        "pacing": "pacing pace tempo speed rhythm",
        "ending": "ending endings end conclusion finale denouement",
        "beginning": "beginning opening start",
        "setting": "setting settings world worldbuilding world-building atmosphere place",
        "dialogue": "dialogue dialogues dialog conversations",
        "humour": "humour humor jokes joke wit comedy",
        "ideas": "ideas idea themes theme message topic subject argument arguments premise concept",
        "emotion": "emotion emotions feeling feelings",
        "facts": "facts fact accuracy research information explanations explanation examples",
        "illustrations": "illustrations illustration pictures drawings maps photographs photos",
        "length": "length size",
        "translation": "translation translator",
    }
)
KNOWN_ASPECTS = MappingProxyType({word: name for name, words in _SAME.items() for word in words.split()})
"""Words for what every book has, and the aspect they mean."""


def aspect_name(told: str) -> str | None:
    """The name under which an aspect is counted: lower case, without an article, one word for things that are the same.

    None for what is no name, such as a sentence.
    """
    name = _ARTICLE.sub("", " ".join(told.lower().split()))
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or len(name.split()) > _MOST_WORDS:
        return None
    return KNOWN_ASPECTS.get(name, name)


_LINK = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:[\w-]+\.)+(?:com|org|net|info|shop|biz|example)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\]\(|\bhttps?:|\bwww\.|\bmailto:|</?[a-z][^>]*>|&[a-z]+;|\*\*|```", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*|\n")  # noqa: RUF001
_LINKS_IN_FRONT = re.compile(rf"^(?:\s*(?:{_LINK.pattern})\s*)+", re.IGNORECASE)


def has_markup(sentence: str) -> bool:
    """Whether a sentence is of a page or an e-mail: it counts, but nobody wants to read it as a quotation."""
    return _MARKUP.search(sentence) is not None


def opening(text: str) -> str:
    """The first sentence of a review without markup or links (those in front are left out), or what fits of it; empty without."""
    for part in _SENTENCE_END.split(text.strip()):
        words = _LINKS_IN_FRONT.sub("", part).strip()
        if any(map(str.isalnum, words)) and not has_markup(words) and not _LINK.search(words):
            return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectMention:
    """One aspect that a review judges; `quote` are the review's own words, empty when a provider named none that stand in it."""

    name: str
    sentiment: Sentiment
    quote: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewReading:
    """What a provider read in one review; each aspect once. `prompt` as in a SummaryResult."""

    sentiment: Sentiment
    aspects: tuple[AspectMention, ...]
    provider: str
    model: str
    prompt: str


def distinct(mentions: list[AspectMention]) -> tuple[AspectMention, ...]:
    """Each aspect once: judged both ways in one review, it is mixed."""
    found: dict[str, AspectMention] = {}
    for mention in mentions:
        known = found.get(mention.name)
        if known is None:
            found[mention.name] = mention
        elif known.sentiment is not mention.sentiment:
            quote = known.quote or mention.quote
            found[mention.name] = AspectMention(name=mention.name, sentiment=Sentiment.MIXED, quote=quote)
    return tuple(found.values())


@dataclass(eq=False, kw_only=True)
class Aspect:
    """A row of a book's table: in how many reviews an aspect is judged how."""

    book_id: str
    name: str
    positive: int = 0
    negative: int = 0
    undecided: int = 0

    def fold_in(self, sentiment: Sentiment, times: int = 1) -> None:
        """Counts a mention, or with -1 takes one back."""
        side = sentiment.value if sentiment in (Sentiment.POSITIVE, Sentiment.NEGATIVE) else "undecided"
        setattr(self, side, max(0, getattr(self, side) + times))

    @property
    def mentions(self) -> int:
        """How many reviews judge it."""
        return self.positive + self.negative + self.undecided

    @property
    def sentiment(self) -> Sentiment:
        """What most of them think."""
        return overall({Sentiment.POSITIVE: self.positive, Sentiment.NEGATIVE: self.negative, Sentiment.MIXED: self.undecided})


FEWEST, MOST = 1, 5
HIGH, LOW = 4, 2
"""Stars from which, and up to which, a review has taken a side."""


def mood_of_stars(rating: int | None) -> Sentiment:
    """The side that the stars alone take; neutral for three of five, and for none."""
    if rating is None or LOW < rating < HIGH:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if rating >= HIGH else Sentiment.NEGATIVE


def mood_with_stars(said: Sentiment, rating: int | None) -> Sentiment:
    """What the words seem to say, where the stars do not say otherwise: they take the side, words may make it mixed."""
    stars = mood_of_stars(rating)
    return said if stars is Sentiment.NEUTRAL or said is Sentiment.MIXED else stars


def agreed_mood(said: Sentiment, aspects: Sequence[AspectMention], other: Sentiment | None, rating: int | None) -> Sentiment:
    """A review's mood by what a model says, by what the aspects it quotes add up to, and by another reading, where there is one.

    Stars take the side, as in `mood_with_stars`. Who is quoted with praise and with criticism, and gave neither all stars nor one,
    thinks both; else two who agree are right; where all differ it is the other reading. Without stars there is nothing to hold the
    model against, and it is believed.
    """
    if rating is None:
        return said
    if _added_up(aspects) == [Sentiment.MIXED] and FEWEST < rating < MOST:
        return Sentiment.MIXED
    last = said if other is None else other
    heard = [mood_with_stars(voice, rating) for voice in (said, *_added_up(aspects), last)]
    return max(heard[::-1], key=heard.count)


def _added_up(aspects: Sequence[AspectMention]) -> list[Sentiment]:
    """The mood that aspects make together; none where they take no side."""
    sides = {aspect.sentiment for aspect in aspects} - {Sentiment.NEUTRAL}
    return [*sides] if len(sides) < 2 else [Sentiment.MIXED]  # noqa: PLR2004 -- both


def overall(counts: Mapping[Sentiment, int]) -> Sentiment:
    """The mood of many: a clear side has twice as many as the other; neutral when most take none."""
    bright, dark = counts.get(Sentiment.POSITIVE, 0), counts.get(Sentiment.NEGATIVE, 0)
    mixed, neutral = counts.get(Sentiment.MIXED, 0), counts.get(Sentiment.NEUTRAL, 0)
    if neutral > bright + dark + mixed:
        return Sentiment.NEUTRAL
    if bright > mixed and bright >= _CLEAR * dark:
        return Sentiment.POSITIVE
    if dark > mixed and dark >= _CLEAR * bright:
        return Sentiment.NEGATIVE
    return Sentiment.MIXED if bright + dark + mixed else Sentiment.NEUTRAL


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectEvidence:
    """An aspect with samples of what readers say: what prose is worded from."""

    name: str
    positive: int
    negative: int
    undecided: int
    quotes: tuple[str, ...]

    @property
    def mentions(self) -> int:
        """How many reviews judge it."""
        return self.positive + self.negative + self.undecided

    @property
    def verdict(self) -> Sentiment:
        """What most of them think; mixed where they are divided."""
        return overall({Sentiment.POSITIVE: self.positive, Sentiment.NEGATIVE: self.negative, Sentiment.MIXED: self.undecided})


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsensusResult:
    """A provider's answer to `synthesise_consensus`."""

    text: str
    provider: str
    model: str
    prompt: str


@dataclass(eq=False, kw_only=True)
class Consensus:
    """What is kept about all reviews of a book beside the table. `changes` counts what was folded in since it was last rebuilt.

    `updated_at` is the moment whose reviews the words are about, not the later one at which a model has found them.
    """

    book_id: str
    text: str = ""
    praise: list[str] = field(default_factory=list)
    criticism: list[str] = field(default_factory=list)
    provider: str = ""
    model: str = ""
    prompt: str = ""
    review_count: int = 0
    changes: int = 0
    error: str | None = None
    updated_at: datetime | None = None

    def word(self, result: ConsensusResult, review_count: int, at: datetime) -> None:
        """Takes new prose over."""
        self.text, self.provider, self.model, self.prompt = result.text, result.provider, result.model, result.prompt
        self.review_count, self.error, self.updated_at = review_count, None, at

    def clear(self, at: datetime) -> None:
        """Nobody reviews the book any more."""
        self.word(ConsensusResult(text="", provider="", model="", prompt=""), 0, at)
        self.praise, self.criticism = [], []


def update_consensus(book_id: str, tenant_id: str, at: datetime) -> Job:
    """Reads what is new among a book's reviews. Many changes wait as one job; two updates of a book never run at once."""
    lock = f"consensus:{book_id}"
    return Job(name=UPDATE_CONSENSUS, payload={"book_id": book_id}, tenant_id=tenant_id, run_at=at, lock=lock, queueing_lock=lock)
