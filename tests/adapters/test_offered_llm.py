from collections.abc import Mapping

import pytest

from fakes import FakeLLM
from luminalib.adapters.llm.offered import OfferedLLM
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ConsensusRequest, ReviewText, SummaryRequest

CHOICES: Mapping[str, str] = {"seaside": "other", "harbour": "gone"}


@pytest.mark.parametrize(("tenant", "is_other"), [("main", False), ("seaside", True), ("harbour", False)])
async def test_each_tenant_is_answered_by_the_engine_that_it_has_chosen(tenant: str, *, is_other: bool) -> None:
    usual, other = FakeLLM(), FakeLLM()

    async def choice(tenant_id: str) -> str | None:
        return CHOICES.get(tenant_id)

    llm = OfferedLLM(usual, {"other": other}, choice)
    asked = other if is_other else usual
    assert await llm.engine_of(tenant) is asked, "what is offered no more is the usual one again"
    await llm.summarise(SummaryRequest(tenant_id=tenant, title="Salt", sections=sections_of([(None, "Salt.")])))
    await llm.read_reviews(tenant, [ReviewText(text="+plot")])
    await llm.synthesise_consensus(ConsensusRequest(tenant_id=tenant, title="Salt", review_count=1, mean=5, moods={}, aspects=[]))
    await llm.classify_inquiry(tenant, "What does it cost?")
    await llm.extract_inquiry(tenant, "What does it cost?", None)
    await llm.probe(tenant)
    assert (usual.calls, other.calls) == ((0, asked.calls) if is_other else (asked.calls, 0))
    assert asked.calls >= 3
    assert llm.offered == ("other",)
