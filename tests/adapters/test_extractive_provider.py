"""The extractive engine behind its port."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.llm.extractive import ExtractiveLLM
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.domain.intelligence import Sentiment, TextTooHeavy
from luminalib.domain.texts import sections_of
from luminalib.ports.children import NO_FILES, ChildDied, ChildError, ChildLimits, ChildProcesses, ChildTimedOut, Progress
from luminalib.ports.llm import SummaryRequest

TEXT = """The bakery of Old Mill Lane opens at five in the morning. The baker Ines Duarte learned the trade from her mother.
Her bread feeds the school, the hospital and the ferry. The council wants to close the lane for a new road.
The whole town defended the bakery of Ines Duarte. The new road was moved to the other side of the river."""


class Failing(ChildProcesses):
    """Children that never return."""

    def __init__(self, error: ChildError) -> None:
        self.error = error

    async def call(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        limits: ChildLimits,
        files: Mapping[str, Path] = NO_FILES,
        on_progress: Progress | None = None,
    ) -> Any:
        del task, arguments, limits, files, on_progress
        raise self.error


def request() -> SummaryRequest:
    return SummaryRequest(
        tenant_id="main", title="The Bakery", authors=("B. Baker",), language="en", sections=sections_of([(None, TEXT)])
    )


async def test_a_book_is_summarised_in_a_child_process() -> None:
    shares: list[float] = []
    async with SubprocessPool(size=1) as children:
        result = await ExtractiveLLM(children, RuleFieldReader()).summarise(request(), shares.append)
    assert 3 <= result.summary.count(".") <= 5
    assert "Ines Duarte" in result.key_topics
    assert isinstance(result.sentiment, Sentiment)
    assert (result.provider, result.model, result.prompt) == ("extractive", "lexrank-mmr", "central-sentences@5")
    assert shares == sorted(shares)


@pytest.mark.parametrize("error", [ChildTimedOut(), ChildDied()])
async def test_a_lost_child_is_the_fault_of_the_text(error: ChildError) -> None:
    """Waiting would not help: it is tried once more like any failure, and then its reason is told."""
    with pytest.raises(TextTooHeavy):
        await ExtractiveLLM(Failing(error), RuleFieldReader()).summarise(request())


def test_the_server_does_not_load_what_only_its_children_need() -> None:
    program = (
        "import sys, luminalib.adapters.llm.extractive.provider; "
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'networkx', 'scipy', 'vaderSentiment')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_it_is_always_ready() -> None:
    await ExtractiveLLM(Failing(ChildDied()), RuleFieldReader()).check()
