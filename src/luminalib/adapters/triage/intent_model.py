"""A learnt classifier as text, and at work: a few multiplications, without the libraries that it was learnt with."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

from luminalib.domain.inquiry_features import features_of
from luminalib.domain.inquiry_rules import score, softmax
from luminalib.domain.triage import InquiryIntent, IntentReading, TriageMethod
from luminalib.ports.triage import BrokenModel, IntentClassifier

FORMAT = "luminalib-intents/1"
PROVIDER, MODEL = "learned", "tfidf-logistic"
_DIGITS = 5


def to_text(*, words: Mapping[int, float], weights: Sequence[Sequence[float]], bias: Sequence[float], temperature: float) -> str:
    """The model as JSON with a checksum: each word with its inverse document frequency and its weight for each intent."""
    rows = [[word, *(round(one, _DIGITS) for one in (idf, *row))] for (word, idf), row in zip(words.items(), weights, strict=True)]
    body = json.dumps({"bias": list(bias), "temperature": temperature, "words": rows})
    return json.dumps({"format": FORMAT, "sha256": hashlib.sha256(body.encode()).hexdigest(), "body": body})


class LearnedClassifier(IntentClassifier):
    """What the words weigh, by the tenant's labels, added to what the rules say: both are about log-odds."""

    def __init__(self, content: bytes, version: int) -> None:
        """Raises BrokenModel."""
        self._version = version
        try:
            told = json.loads(content)
            if told["format"] != FORMAT or hashlib.sha256(told["body"].encode()).hexdigest() != told["sha256"]:
                raise BrokenModel("The model has another format, or its checksum is wrong.")
            body = json.loads(told["body"])
            self._bias = [float(one) for one in body["bias"]]
            self._temperature = float(body["temperature"])
            self._words = {int(word): (idf, weights) for word, idf, *weights in body["words"]}
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenModel(f"The model cannot be read: {error}") from error

    def classify(self, message: str) -> IntentReading:
        """See IntentClassifier."""
        learnt, rules = self._scores(message), score(message)
        together = {one: learnt[one] / self._temperature + rules.scores[one] for one in InquiryIntent}
        shares = softmax(together)
        intent = max(InquiryIntent, key=lambda one: shares[one])
        return IntentReading(
            intent=intent,
            raw=softmax(learnt)[intent],
            confidence=shares[intent],
            evidence=tuple(dict.fromkeys(words.strip() for words in rules.evidence[intent])),
            method=TriageMethod.LEARNED,
            provider=PROVIDER,
            model=MODEL,
            prompt=f"intents@{self._version}",
            shares=shares,
        )

    def _scores(self, message: str) -> dict[InquiryIntent, float]:
        known = [self._words[feature] for feature in features_of(message) if feature in self._words]
        length = math.sqrt(sum(idf * idf for idf, _ in known)) or 1.0
        return {
            intent: self._bias[at] + sum(idf / length * weights[at] for idf, weights in known)
            for at, intent in enumerate(InquiryIntent)
        }
