"""Calls of tools over both protocols: what a server's reply becomes, whatever a model made of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.adapters.llm.prompted.transport import BrokenReply, ChatReply, ChatRequest, ToolRequest
from luminalib.domain.llm import AnswerWay
from luminalib.ports.conversing import Tool
from models import PROVIDERS, prompted, transport
from modelserver import Answer, ModelServer, call, model_server, obliging

PARAMETERS = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
SEARCH = Tool(name="search_library", description="Finds passages.", parameters=PARAMETERS)


async def offer(provider: str, server: ModelServer) -> ChatReply:
    connection = transport(provider, server.ollama_url)
    asked = (Message(role="user", content="Who kept the light?"),)
    try:
        return await connection.chat(ChatRequest(messages=asked, schema=None, max_output=50, context=4096, tools=(SEARCH,)))
    finally:
        await connection.close()


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_calls_come_with_their_arguments_and_apart_from_the_text(provider: str) -> None:
    both = "Let me see.\n" + call("search_library", {"query": "keeper"}) + call("unheard_of", {"x": 1})
    async with model_server(lambda _: both) as server:
        reply = await offer(provider, server)
        assert reply.calls == (
            ToolRequest(name="search_library", arguments={"query": "keeper"}),
            ToolRequest(name="unheard_of", arguments={"x": 1}),
        )
        assert reply.text.strip() == "Let me see."
        (declared,) = server.requests[0]["tools"]
        assert declared["function"]["name"] == "search_library"
        assert declared["function"]["parameters"]["required"] == ["query"]
        server.answer = lambda _: "There is nothing to look up."
        assert (await offer(provider, server)).calls == ()


@pytest.mark.parametrize("half", ['{"query": "kee', "[1]", "keeper"])
async def test_half_a_call_is_one_without_arguments(half: str) -> None:
    async with model_server(lambda _: call("search_library", half)) as server:
        assert (await offer("openai", server)).calls == (ToolRequest(name="search_library", arguments=None),)
        with pytest.raises(BrokenReply):  # this protocol sends objects; a server that does not is broken
            await offer("ollama", server)


def is_draft(body: dict[str, Any]) -> bool:
    """Whether an answer from sources is asked for."""
    schema = body.get("format") or body.get("response_format", {}).get("json_schema", {}).get("schema") or {}
    return "answerable" in schema.get("properties", {})


def capable(body: dict[str, Any]) -> str:
    """A model that calls what it is offered, and names the right source."""
    if body.get("tools"):
        return call("search_library", {"query": "When does the reading room close?"})
    if is_draft(body):
        return json.dumps({"answerable": True, "sentences": [{"text": "It closes at nine in the evening.", "source": 2}]})
    return obliging(body)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("answer", "way", "fine"),
    [
        (capable, AnswerWay.TOOLS, {"citation": True, "tools": True, "conversations": True}),
        (obliging, AnswerWay.SCHEMA, {"citation": False, "tools": False, "conversations": True}),
        (lambda _: "Well, let me think.", AnswerWay.EXTRACTIVE, {"json-schema": False, "tools": False, "conversations": False}),
    ],
)
async def test_the_probe_says_how_questions_will_be_answered(
    provider: str, answer: Answer, way: AnswerWay, fine: dict[str, bool], tmp_path: Path
) -> None:
    async with model_server(answer) as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        report = await model.llm.probe("main")
        assert report.answers_by is way
        assert {name: found.is_fine for found in report.findings if (name := found.check) in fine} == fine
        assert model.llm.conversing
        assert model.llm.conversing.verdict is way
        assert (report.tokens_per_second is None) == (way is AnswerWay.EXTRACTIVE)


async def test_a_model_that_is_silent_when_it_is_offered_a_tool_is_routed(tmp_path: Path) -> None:
    async with model_server(capable) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        await model.llm.probe("main")
        server.script = ["as before"] * (len(server.requests) - 1) + ["slow"]

        def impatient(body: dict[str, Any]) -> str:
            if is_draft(body):  # the question before the tool is offered
                model.llm._probe._seconds = 0.2
            return capable(body)

        server.answer = impatient
        report = await model.llm.probe("main")
        assert (report.is_ready, report.answers_by) == (True, AnswerWay.SCHEMA)
        (found,) = [finding.detail for finding in report.findings if finding.check == "tools"]
        assert "said nothing for 0.2 seconds" in found
