"""Learning intents in a child process of bounded memory and time."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from luminalib.adapters.triage.intent_model import LearnedClassifier
from luminalib.domain.triage import LabelledFeatures
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses
from luminalib.ports.triage import IntentClassifier, IntentLearner, TrainedIntents, TrainingFailed

TASK = "luminalib.adapters.triage.learning:train"
LIMITS = ChildLimits(wall_seconds=600.0, cpu_seconds=300.0, memory_bytes=3 * 1024**3)
"""Some seconds for thousands of labels; the address space counts what the libraries reserve and never touch."""


class LogisticIntentLearner(IntentLearner):
    """TF-IDF and logistic regression of scikit-learn, calibrated by a temperature on messages that were left out."""

    def __init__(self, children: ChildProcesses) -> None:
        self._children = children

    async def train(self, examples: Sequence[LabelledFeatures]) -> TrainedIntents:
        """See IntentLearner."""
        with tempfile.TemporaryDirectory(prefix="luminalib-intents-") as folder:
            path = Path(folder, "examples.jsonl")
            lines = "".join(json.dumps([one.intent.value, list(one.features)]) + "\n" for one in examples)
            await asyncio.to_thread(path.write_text, lines)
            try:
                told = await self._children.call(TASK, {}, limits=LIMITS, files={"examples": path})
            except (ChildError, ValueError) as error:
                raise TrainingFailed(f"The training came to no end: {error}") from error
        return TrainedIntents(content=told["model"].encode(), accuracy=told["accuracy"])

    def classifier(self, content: bytes, version: int) -> IntentClassifier:
        """See IntentLearner."""
        return LearnedClassifier(content, version)
