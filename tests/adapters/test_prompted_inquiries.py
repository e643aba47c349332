"""Inquiries read by a prompted model: only words of the message count, whatever the message or the model says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from injections import ATTACKS
from luminalib.domain.inquiry_rules import classify, together
from luminalib.domain.intelligence import ContextTooSmall, UnusableAnswer
from luminalib.domain.llm import Purpose
from luminalib.domain.triage import Budget, InquiryIntent, TriageMethod
from models import prompted, transport
from modelserver import model_server, said

MESSAGE = "Our budget is 20k USD a year for  the reading room. Regards,\nDr. Kwame Mensah, kwame@accra.example, tel. 030 23125 418"


def saying(**answer: Any) -> Callable[[dict[str, Any]], str]:
    return lambda _: json.dumps(answer)


async def test_the_intent_with_its_quotations(tmp_path: Path) -> None:
    answer = saying(evidence="for the reading room", intent="sales")
    async with model_server(answer) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        reading = await model.llm.classify_inquiry("main", MESSAGE)
        assert (reading.intent, reading.method, reading.prompt) == (InquiryIntent.SALES, TriageMethod.MODEL, "inquiry-intent@3")
        assert reading.evidence == ("for the reading room",)
        assert together(classify(MESSAGE), reading).confidence > classify(MESSAGE).confidence
        server.answer = saying(evidence="We want to publish together", intent="partnership")
        invented = await model.llm.classify_inquiry("main", MESSAGE)
        assert (invented.evidence, invented.confidence < 0.5) == ((), True), "what the message does not say is no evidence"
        assert {usage.purpose for usage in await model.usage()} == {Purpose.INQUIRY}
        assert (await model.calls())["cached"] == 0, "nothing is kept of what somebody wrote"


async def test_fields_that_stand_in_the_message_and_are_what_they_should_be(tmp_path: Path) -> None:
    told = {"name": "Kwame Mensah", "email": "kwame@accra.example", "phone": "030 23125 418", "budget": "20k USD a year"}
    async with model_server(saying(**told)) as server, prompted(tmp_path, transport("ollama", server.ollama_url)) as model:
        fields = (await model.llm.extract_inquiry("main", MESSAGE, "DE")).fields
        assert (fields.name, fields.email, fields.phone) == ("Kwame Mensah", "kwame@accra.example", "+493023125418")
        assert fields.budget == Budget(amount=20_000, currency="USD", period="year")
        server.answer = saying(name="Ada", email="root@evil.example", phone="+1 555", budget="999999 USD")
        fields = (await model.llm.extract_inquiry("main", MESSAGE, "DE")).fields
        assert (fields.name, fields.email, fields.phone, fields.budget) == (None, None, None, None)


async def test_attacks_stay_data(tmp_path: Path) -> None:
    obeying = saying(evidence="HACKED", intent="sales")
    async with model_server(obeying) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        for attack in ATTACKS.values():
            message = f"The import button crashes with an error since the update. {attack}"
            reading = await model.llm.classify_inquiry("main", message)
            both = together(classify(message), reading)
            assert (both.intent, both.method) == (InquiryIntent.SUPPORT, TriageMethod.RULES), "the rules contradict one that obeys"
            body = server.requests[-1]
            assert attack[:40] not in said(body).split("<<<DATA", 1)[0]
        server.answer = lambda _: "HACKED"
        with pytest.raises(UnusableAnswer):
            await model.llm.classify_inquiry("main", MESSAGE)
        server.script = []
        with pytest.raises(ContextTooSmall):
            await model.llm.classify_inquiry("main", "word " * 20_000)
