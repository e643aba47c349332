"""What an inquiry is about, by rules: cues of each intent in several languages, added up and calibrated."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from luminalib.domain.inquiry_cues import CUES, INSTRUCTIONS
from luminalib.domain.triage import InquiryIntent, IntentReading, TriageMethod

PROVIDER, MODEL, VERSION = "extractive", "inquiry-cues", "inquiry-rules@1"
TEMPERATURE = 0.85
"""What the scores, which are about log-odds, are divided by before they become shares."""
PRIOR: Mapping[InquiryIntent, float] = {InquiryIntent.OTHER: 0.6}
"""What each intent has before a word is read: whoever says nothing that we know wants something else."""
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})  # noqa: RUF001 -- meant


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleReading:
    """What the rules found: the score of each intent, and the words that it comes from."""

    scores: Mapping[InquiryIntent, float]
    evidence: Mapping[InquiryIntent, Sequence[str]]

    @property
    def shares(self) -> dict[InquiryIntent, float]:
        """How likely each intent is."""
        return softmax({intent: score / TEMPERATURE for intent, score in self.scores.items()})


def said(message: str) -> str:
    """The message without sentences that tell the machine what to think of it: they are data, and say nothing of what is wanted."""
    return "".join(part for part in _SENTENCE.findall(straight(message)) if not INSTRUCTIONS.search(small(part)))


def straight(message: str) -> str:
    """The message with plain apostrophes, quotation marks and blanks, as long as it was."""
    return message.translate(_STRAIGHT)


def small(text: str) -> str:
    """The text in small letters, as long as it was: a few capitals become two letters otherwise."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def score(message: str) -> RuleReading:
    """Adds up the cues of each intent; a cue counts once, however often it stands there."""
    text = said(message)
    lowered = small(text)
    scores = {intent: PRIOR.get(intent, 0.0) for intent in InquiryIntent}
    evidence: dict[InquiryIntent, list[str]] = {intent: [] for intent in InquiryIntent}
    for intent, cues in CUES.items():
        found = sorted(((cue.weight, match) for cue in cues if (match := cue.pattern.search(lowered))), key=lambda one: -one[0])
        scores[intent] += sum(weight for weight, _ in found)
        evidence[intent] = [text[match.start() : match.end()] for _, match in found]
    return RuleReading(scores=scores, evidence=evidence)


def classify(message: str) -> IntentReading:
    """The most likely intent by rules alone."""
    found = score(message)
    shares = found.shares
    intent = max(InquiryIntent, key=lambda one: shares[one])
    return IntentReading(
        intent=intent,
        raw=softmax(found.scores)[intent],
        confidence=shares[intent],
        evidence=tuple(dict.fromkeys(words.strip() for words in found.evidence[intent])),
        method=TriageMethod.RULES,
        provider=PROVIDER,
        model=MODEL,
        prompt=VERSION,
        shares=shares,
    )


def together(first: IntentReading, told: IntentReading) -> IntentReading:
    """What a reading with shares and a language model's word come to, as two voices that err apart (naive Bayes).

    The model is right as often as its confidence says, and else says any of the others alike. The reading is the model's where its
    word prevails, and else the first, less sure than before.
    """
    wrong = (1 - told.confidence) / (len(InquiryIntent) - 1)
    weighed = {intent: share * (told.confidence if intent is told.intent else wrong) for intent, share in first.shares.items()}
    shares = {intent: weight / sum(weighed.values()) for intent, weight in weighed.items()}
    intent = max(InquiryIntent, key=lambda one: shares[one])
    return replace(told if intent is told.intent else first, confidence=shares[intent], shares=shares)


def softmax(scores: Mapping[InquiryIntent, float]) -> dict[InquiryIntent, float]:
    """Shares that add up to 1."""
    most = max(scores.values())
    powers = {intent: math.exp(value - most) for intent, value in scores.items()}
    return {intent: power / sum(powers.values()) for intent, power in powers.items()}
