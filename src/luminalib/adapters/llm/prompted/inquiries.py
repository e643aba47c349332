"""Inquiries, read by a model: it may only point at words of the message, and what it cannot point at does not count."""

from collections.abc import Callable
from functools import partial
from typing import Any

from luminalib.adapters.llm.prompted.accepting import Examine
from luminalib.adapters.llm.prompted.asking import Asker, TooLong
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.adapters.llm.prompted.questions import Question
from luminalib.domain.content_checks.inquiries import faults_of_fields, faults_of_intent
from luminalib.domain.inquiry_rules import said
from luminalib.domain.intelligence import ContextTooSmall
from luminalib.domain.llm import Purpose
from luminalib.domain.quotations import quoted
from luminalib.domain.triage import FieldReading, InquiryFields, InquiryIntent, IntentReading, TriageMethod
from luminalib.ports.triage import FieldReader

SHOWN, NOT_SHOWN = 0.65, 0.4
"""How often a small model is right that points at words of the message, and one that does not (`benchmarks/inquiries.py`)."""


class InquiryReader:
    """Reads what somebody wants and who they are. Answers are not kept: they would outlive the message that they quote."""

    def __init__(self, asker: Asker, reader: FieldReader) -> None:
        self._asker = asker
        self._reader = reader

    async def classify(self, tenant_id: str, message: str) -> IntentReading:
        """The intent with a quotation that stands in the message. Raises what Asker.ask does, and ContextTooSmall.

        The model is not shown sentences that speak to the machine; its confidence is that of its word alone.
        """
        prompt = await self._asker.prompts.get("inquiry-intent", tenant_id, message)
        letter = said(message).strip() or "-"
        examine = lambda answer: tuple(faults_of_intent(answer, letter))  # noqa: E731 -- short
        told = await self._ask(
            tenant_id, prompt, letter, examine, is_enough=True
        )  # what it cannot show costs belief, no second round
        evidence = quoted(told["evidence"], message)
        return IntentReading(
            intent=InquiryIntent(told["intent"]),
            raw=SHOWN,
            confidence=SHOWN if evidence else NOT_SHOWN,
            evidence=(evidence,) if evidence else (),
            method=TriageMethod.MODEL,
            provider=self._asker.transport.name,
            model=self._asker.transport.model,
            prompt=prompt.id,
        )

    async def extract(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """The fields that stand in the message and are what they should be. Raises as above."""
        prompt = await self._asker.prompts.get("inquiry-fields", tenant_id, message)
        reads: dict[str, Callable[[str], Any]] = {
            "name": str,
            "email": self._reader.email,
            "phone": partial(self._reader.phone, region=region),
            "budget": self._reader.amount,
        }
        told = await self._ask(tenant_id, prompt, message, lambda answer: tuple(faults_of_fields(answer, message, reads)))
        shown = {name: quoted(told[name], message) for name in reads}
        fields = InquiryFields(**{name: read(shown[name]) for name, read in reads.items() if shown[name]})
        transport = self._asker.transport
        return FieldReading(fields=fields, provider=transport.name, model=transport.model, prompt=prompt.id)

    async def _ask(
        self, tenant_id: str, prompt: Prompt, message: str, examine: Examine, *, is_enough: bool = False
    ) -> dict[str, Any]:
        question = Question(
            tenant_id=tenant_id,
            purpose=Purpose.INQUIRY,
            prompt=prompt,
            inputs={"message": message},
            examine=examine,
            is_kept=False,
            is_enough=lambda _: is_enough,
        )
        try:
            return await self._asker.ask(question)
        except TooLong as reason:
            raise ContextTooSmall from reason
