"""Learning intents, as the child process does it: TF-IDF over hashed words, logistic regression, a temperature."""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from luminalib.adapters.triage.intent_model import to_text
from luminalib.domain.triage import InquiryIntent
from luminalib.ports.children import open_handed

FOLDS = 5
STRENGTH = 5.0
"""The inverse of the regularisation."""
TEMPERATURES = np.exp(np.linspace(-1.0, 2.0, 61))
"""None so low that some dozens of examples could make anything certain."""
INTENTS = list(InquiryIntent)
Progress = Callable[[float], None]
Example = tuple[int, Sequence[int]]


def train(*, examples: str, progress: Progress) -> dict[str, Any]:
    """Reads labels from a file, one JSON list `[intent, features]` a line; answers with the model as text."""
    with open_handed(examples) as file:
        rows = [json.loads(line) for line in file.read().decode().splitlines() if line]
    labelled = [(INTENTS.index(InquiryIntent(intent)), features) for intent, features in rows]
    wanted = np.array([intent for intent, _ in labelled])
    scores = np.zeros((len(labelled), len(INTENTS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for done, (seen, unseen) in enumerate(folds.split(scores, wanted), 1):
        words, model = _fit([labelled[at] for at in seen])
        scores[unseen] = model.decision_function(_matrix([labelled[at] for at in unseen], words))
        progress(done / (FOLDS + 1))
    words, model = _fit(labelled)
    text = to_text(
        words=words, weights=model.coef_.T.tolist(), bias=model.intercept_.tolist(), temperature=_temperature(scores, wanted)
    )
    return {"model": text, "accuracy": float((scores.argmax(1) == wanted).mean())}


def _fit(labelled: Sequence[Example]) -> tuple[dict[int, float], Any]:
    """The words with their inverse document frequencies, and the model of them in the words' order."""
    counts = Counter(feature for _, features in labelled for feature in features)
    words = {feature: math.log((1 + len(labelled)) / (1 + count)) + 1.0 for feature, count in sorted(counts.items())}
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced")
    model.fit(_matrix(labelled, words), [intent for intent, _ in labelled])
    return words, model


def _matrix(labelled: Sequence[Example], words: dict[int, float]) -> sp.csr_matrix:
    """A row of unit length for each example."""
    places = {feature: at for at, feature in enumerate(words)}
    columns, values, ends = [], [], [0]
    for _, features in labelled:
        known = [feature for feature in features if feature in places]
        length = math.sqrt(sum(words[feature] ** 2 for feature in known)) or 1.0
        columns += [places[feature] for feature in known]
        values += [words[feature] / length for feature in known]
        ends.append(len(columns))
    return sp.csr_matrix((values, columns, ends), shape=(len(labelled), len(words)))


def _temperature(scores: Any, wanted: Any) -> float:
    """What makes the scores of unseen examples most likely (Guo et al., ICML 2017)."""

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        return float(-(scaled[np.arange(len(wanted)), wanted] - np.logaddexp.reduce(scaled, axis=1)).mean())

    return float(min(TEMPERATURES, key=loss))
