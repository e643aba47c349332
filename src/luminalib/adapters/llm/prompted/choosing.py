"""A summary by choice: a model that words nothing that stands in a text still says which of its sentences tell most of it."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from luminalib.adapters.llm.prompted.accepting import nothing_to_examine
from luminalib.adapters.llm.prompted.asking import Asker
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.adapters.llm.prompted.questions import Question
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.intelligence import UnusableAnswer
from luminalib.domain.llm import Purpose
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses
from luminalib.ports.llm import SummaryRequest

CANDIDATES_TASK = "luminalib.adapters.llm.extractive.candidates:candidates"
CANDIDATES_LIMITS = ChildLimits(wall_seconds=120.0, cpu_seconds=90.0, memory_bytes=2 * 1024**3)
PARTS = ("first", "second", "third", "fourth")
LEAST_PARTS = 3
"""A summary has so many sentences at least."""
CANDIDATES = 4
LONGEST = 320
"""Characters of a sentence."""
log = structlog.get_logger(__name__)


class SentenceChooser:
    """Has a model choose a sentence of each quarter of a text, of a few that stand for it: whatever it says, the text says it."""

    def __init__(self, asker: Asker, children: ChildProcesses) -> None:
        self._asker = asker
        self._children = children

    async def choose(self, request: SummaryRequest, source: Source) -> tuple[list[str], Prompt]:
        """The sentences in their order, and the prompt that they were asked for with. Raises UnusableAnswer."""
        parts = [part for part in await self._candidates(request, source) if part]
        if len(parts) < LEAST_PARTS:
            raise UnusableAnswer
        numbers = _numbered(parts)
        prompt = _held_to(await self._asker.prompts.get("sentence-choice", request.tenant_id, request.subject), numbers)
        shown = [
            "\n".join(f"{at}. {sentence}" for at, sentence in zip(own, part, strict=True))
            for own, part in zip(numbers, parts, strict=True)
        ]
        question = Question(
            tenant_id=request.tenant_id,
            purpose=Purpose.SUMMARY,
            prompt=prompt,
            inputs={"title": request.title, "parts": shown},
            examine=nothing_to_examine,
        )
        told = await self._asker.ask(question)
        sentences = [sentence for part in parts for sentence in part]
        return [sentences[told[name] - 1] for name in PARTS[: len(parts)]], prompt

    async def _candidates(self, request: SummaryRequest, source: Source) -> list[list[str]]:
        arguments = {
            "title": request.title,
            "language": request.language,
            "text": source.text,
            "parts": len(PARTS),
            "count": CANDIDATES,
            "longest": LONGEST,
        }
        try:
            found = await self._children.call(CANDIDATES_TASK, arguments, limits=CANDIDATES_LIMITS)
        except ChildError as error:
            log.warning("llm.no_candidates", reason=str(error))
            return []
        return [[" ".join(sentence.split()) for sentence in part] for part in found]


def _numbered(parts: Sequence[Sequence[str]]) -> list[list[int]]:
    """The numbers of each part's sentences, counted from 1 through all parts."""
    ends = [sum(map(len, parts[: at + 1])) for at in range(len(parts))]
    return [list(range(end - len(part) + 1, end + 1)) for part, end in zip(parts, ends, strict=True)]


def _held_to(prompt: Prompt, numbers: Sequence[Sequence[int]]) -> Prompt:
    """The prompt with a schema that knows these numbers only."""
    properties = {name: {"type": "integer", "enum": list(own)} for name, own in zip(PARTS, numbers, strict=False)}
    return replace(prompt, output={**prompt.output, "required": list(properties), "properties": properties})
