"""What an inquiry is about, by rules: cues of each intent in several languages, added up and calibrated."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from luminalib.domain.inquiry_cues import CUES, INSTRUCTIONS
from luminalib.domain.triage import InquiryIntent, IntentReading, TriageMethod

PROVIDER, MODEL, VERSION = "extractive", "inquiry-cues", "inquiry-rules@1"
TEMPERATURE = 0.85
"""What the scores, which are about log-odds, are divided by before they become shares."""
MODEL_WEIGHT = 2.6
"""The log-odds of a model that is right six times in seven."""
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
    )


def confidence_in_model(message: str, intent: InquiryIntent, said_of_itself: float, *, is_shown: bool) -> float:
    """How likely a language model is right: its word counts as one more cue, and half where no words of the message show it.

    What the model says of its certainty is scaled, as models are sure of nearly everything; where the rules contradict it
    loudly, a person should look.
    """
    scores = dict(score(message).scores)
    scores[intent] += MODEL_WEIGHT * said_of_itself
    share = softmax(scores)[intent]
    return share if is_shown else share / 2


def softmax(scores: Mapping[InquiryIntent, float]) -> dict[InquiryIntent, float]:
    """Shares that add up to 1."""
    most = max(scores.values())
    powers = {intent: math.exp(value - most) for intent, value in scores.items()}
    return {intent: power / sum(powers.values()) for intent, power in powers.items()}
