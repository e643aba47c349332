"""Inquiries, read by a model: it may only point at words of the message, and what it cannot point at does not count."""

from luminalib.adapters.llm.prompted.asking import Asker, Question, TooLong
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.domain.inquiry_rules import confidence_in_model
from luminalib.domain.intelligence import ContextTooSmall
from luminalib.domain.llm import Purpose
from luminalib.domain.quotations import quoted
from luminalib.domain.triage import FieldReading, InquiryFields, InquiryIntent, IntentReading, TriageMethod
from luminalib.ports.triage import FieldReader

CERTAINTY = {"certain": 0.95, "likely": 0.75, "unsure": 0.4}
"""What a model says of itself as numbers; how much it is worth is for the calibration to say."""


class InquiryReader:
    """Reads what somebody wants and who they are. Answers are not kept: they would outlive the message that they quote."""

    def __init__(self, asker: Asker, reader: FieldReader) -> None:
        self._asker = asker
        self._reader = reader

    async def classify(self, tenant_id: str, message: str) -> IntentReading:
        """The intent with the quotations that stand in the message. Raises what Asker.ask does, and ContextTooSmall."""
        prompt = await self._asker.prompts.get("inquiry-intent", tenant_id)
        told = await self._ask(tenant_id, prompt, message)
        intent = InquiryIntent(told["intent"])
        evidence = tuple(dict.fromkeys(filter(None, (quoted(quote, message) for quote in told["evidence"]))))
        return IntentReading(
            intent=intent,
            raw=CERTAINTY[told["certainty"]],
            confidence=confidence_in_model(message, intent, CERTAINTY[told["certainty"]], is_shown=bool(evidence)),
            evidence=evidence,
            method=TriageMethod.MODEL,
            provider=self._asker.transport.name,
            model=self._asker.transport.model,
            prompt=prompt.id,
        )

    async def extract(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """The fields that stand in the message and are what they should be. Raises as above."""
        prompt = await self._asker.prompts.get("inquiry-fields", tenant_id)
        told = await self._ask(tenant_id, prompt, message)
        shown = {name: quoted(told[name], message) for name in ("name", "email", "phone", "budget")}
        fields = InquiryFields(
            name=shown["name"] or None,
            email=self._reader.email(shown["email"]) if shown["email"] else None,
            phone=self._reader.phone(shown["phone"], region) if shown["phone"] else None,
            budget=self._reader.amount(shown["budget"]) if shown["budget"] else None,
        )
        transport = self._asker.transport
        return FieldReading(fields=fields, provider=transport.name, model=transport.model, prompt=prompt.id)

    async def _ask(self, tenant_id: str, prompt: Prompt, message: str) -> dict[str, str]:
        question = Question(tenant_id=tenant_id, purpose=Purpose.INQUIRY, prompt=prompt, inputs={"message": message}, is_kept=False)
        try:
            return await self._asker.ask(question)
        except TooLong as reason:
            raise ContextTooSmall from reason
