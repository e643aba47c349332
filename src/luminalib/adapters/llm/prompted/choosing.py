"""A summary by choice: a model that words nothing that stands in a text still says which of its sentences tell most of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from luminalib.adapters.llm.prompted.accepting import nothing_to_examine
from luminalib.adapters.llm.prompted.asking import Asker
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.adapters.llm.prompted.questions import Question
from luminalib.adapters.llm.prompted.summaries import A_FEW_SENTENCES, SHORT_TEXT, in_order, least_of
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.intelligence import UnusableAnswer
from luminalib.domain.llm import Purpose
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses
from luminalib.ports.llm import SummaryRequest

CANDIDATES_TASK = "luminalib.adapters.llm.extractive.candidates:candidates"
CANDIDATES_LIMITS = ChildLimits(wall_seconds=120.0, cpu_seconds=90.0, memory_bytes=2 * 1024**3)
QUARTERS = ("first", "second", "third", "fourth")
PARTS = ("who", *QUARTERS)
HALVES = 2
"""Of a text of a few sentences a quarter has hardly one."""
CANDIDATES, OF_A_SHORT_TEXT = 4, 2
LONGEST = 320
"""Characters of a sentence."""
log = structlog.get_logger(__name__)


class SentenceChooser:
    """Has a model choose a sentence that says whom a story is about, and one of each quarter of a text, of a few that stand for it.

    Whatever it says, the text says it.
    """

    def __init__(self, asker: Asker, children: ChildProcesses) -> None:
        self._asker = asker
        self._children = children

    async def choose(self, request: SummaryRequest, source: Source) -> tuple[list[str], Prompt]:
        """The sentences in their order, and the prompt that they were asked for with. Raises UnusableAnswer."""
        parts = {name: part for name, part in zip(PARTS, await self._candidates(request, source), strict=False) if part}
        if len(parts) < least_of(source.text):
            raise UnusableAnswer
        numbers = _numbered(parts)
        prompt = _held_to(await self._asker.prompts.get("sentence-choice", request.tenant_id, request.subject), numbers)
        shown = [
            {"name": name, "text": "\n".join(f"{at}. {sentence}" for at, sentence in zip(numbers[name], part, strict=True))}
            for name, part in parts.items()
        ]
        question = Question(
            tenant_id=request.tenant_id,
            purpose=Purpose.SUMMARY,
            prompt=prompt,
            inputs={"title": request.title, "parts": shown},
            examine=nothing_to_examine,
        )
        told = await self._asker.ask(question)
        sentences = [sentence for part in parts.values() for sentence in part]
        chosen = [sentences[told[name] - 1] for name in parts]
        return in_order(chosen, source), prompt

    async def _candidates(self, request: SummaryRequest, source: Source) -> list[list[str]]:
        arguments = {
            "title": request.title,
            "language": request.language,
            "text": source.text,
            "parts": len(QUARTERS) if len(source.text) >= A_FEW_SENTENCES else HALVES,
            "count": CANDIDATES if len(source.text) >= SHORT_TEXT else OF_A_SHORT_TEXT,
            "longest": LONGEST,
        }
        try:
            found = await self._children.call(CANDIDATES_TASK, arguments, limits=CANDIDATES_LIMITS)
        except ChildError as error:
            log.warning("llm.no_candidates", reason=str(error))
            return []
        return [[" ".join(sentence.split()) for sentence in part] for part in found]


def _numbered(parts: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """The numbers of each part's sentences, counted from 1 through all parts."""
    numbers: dict[str, list[int]] = {}
    first = 1
    for name, part in parts.items():
        numbers[name] = list(range(first, first := first + len(part)))
    return numbers


def _held_to(prompt: Prompt, numbers: Mapping[str, Sequence[int]]) -> Prompt:
    """The prompt with a schema that knows these numbers only."""
    properties = {name: {"type": "integer", "enum": list(own)} for name, own in numbers.items()}
    return replace(prompt, output={**prompt.output, "required": list(properties), "properties": properties})
