"""Whom a summary of a story names: the built-in engine finds them, a model is asked once more for them, or they are quoted."""

from collections.abc import Sequence
from typing import Any

import structlog

from luminalib.adapters.llm.prompted.summaries import in_order
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.quotations import own_sentence
from luminalib.domain.content_checks.summaries import Material, Person, faults_of_summary
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses
from luminalib.ports.llm import SummaryRequest

PERSON_TASK = "luminalib.adapters.llm.extractive.persons:main_person"
PERSON_LIMITS = ChildLimits(wall_seconds=120.0, cpu_seconds=90.0, memory_bytes=2 * 1024**3)
LONGEST = 320
"""Characters of a sentence."""
_MOST_SENTENCES = 5
_QUOTES = {"de": "„%s“", "fr": "« %s »", "es": "«%s»", "it": "«%s»", "pt": "«%s»", "ru": "«%s»"}
log = structlog.get_logger(__name__)


async def person_of(request: SummaryRequest, source: Source, children: ChildProcesses) -> Person | None:
    """Whom a story is about; None of another text, and where nobody has a name."""
    arguments = {"title": request.title, "language": request.language, "text": source.text, "longest": LONGEST}
    try:
        found = await children.call(PERSON_TASK, arguments, limits=PERSON_LIMITS)
    except ChildError as error:
        log.warning("llm.no_person", reason=str(error))
        return None
    return found and Person(name=found["name"], words=frozenset(found["words"]), sentence=found["sentence"])


def introduced(summary: Sequence[str], person: Person | None, source: Source, language: str | None) -> list[str]:
    """The summary with what introduces whom a story is about, where it does not name them: in front and quoted, if the rest is not.

    Where it opens with the second of two sentences that belong together it opens with both.
    """
    if person is None or not person.sentence:
        return list(summary)
    if summary and person.sentence.endswith(f" {' '.join(summary[0].split())}"):
        return [person.sentence, *summary[1:]]
    if person.is_named_in(summary):
        return list(summary)
    others = summary[: _MOST_SENTENCES - 1]
    if all(own_sentence(sentence, source) == sentence for sentence in others):
        return in_order([person.sentence, *others], source)
    return [_QUOTES.get((language or "en")[:2].lower(), "“%s”") % person.sentence, *others]


class Examiner:
    """Holds the summaries of one question against their material: who has slipped once is believed less when asked again, too."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._slips = 0

    def __call__(self, answer: dict[str, Any]) -> Sequence[Fault]:
        """See Examine."""
        faults = faults_of_summary(answer, self._material, self._slips)
        self._slips |= any(fault.place[0] in ("summary", "insights") and fault.check is not Check.WHO for fault in faults)
        return faults
