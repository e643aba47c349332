"""A prompted model that helps to answer members' questions: what to look up, and a draft from what was found."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

from luminalib.adapters.llm.prompted.accepting import Examine, nothing_to_examine
from luminalib.adapters.llm.prompted.asking import Asker, TooLong
from luminalib.adapters.llm.prompted.drafting import DraftSoFar
from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.adapters.llm.prompted.questions import Question, Tally
from luminalib.adapters.llm.prompted.transport import ChatReply, TransportFailure
from luminalib.domain.content_checks.answers import faults_of_draft, faults_of_minutes, faults_of_query, faults_of_rewording
from luminalib.domain.conversations import Turn
from luminalib.domain.grounding import Claim, Ground
from luminalib.domain.intelligence import ContextTooSmall
from luminalib.domain.llm import Purpose
from luminalib.ports.conversing import Call, Choice, ConversingModel, Draft, Situation, Source, Tool, Wording

ANSWER = "answer"
"""The action of a routed model that has seen enough."""
SEARCH = "search_library"
_ANY_OBJECT: Mapping[str, Any] = {"type": "object"}
T = TypeVar("T")
Inputs = Callable[[Situation], dict[str, Any]]
Checked = Callable[[Situation, str], Examine]
"""The checks of an answer, given what it answers and the prompt's own words."""


class PromptedConversing(ConversingModel):
    """Asks one model by prompts. Nothing is kept of the questions of members but the accounts."""

    def __init__(self, asker: Asker) -> None:
        self.name = asker.transport.name
        self.model = asker.transport.model
        self._asker = asker

    async def can_call_tools(self) -> bool | None:
        """See ConversingModel."""
        try:
            return await self._asker.transport.can_call_tools()
        except TransportFailure:
            return None

    async def choose(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        """See ConversingModel."""

        async def offer(question: Question) -> ChatReply:
            return await self._asker.offer(question, tools)

        reply = await self._asked("answer-tools", situation, _looked_up, lambda *_: nothing_to_examine, offer)
        calls = [_checked(request.name, request.arguments, tools) for request in reply.calls]
        return Choice(calls=calls, is_misspelt=not calls and _names_a_tool(reply.text, tools))

    async def route(self, situation: Situation, tools: Sequence[Tool]) -> Choice:
        """See ConversingModel."""
        told = await self._told("answer-route", situation, _looked_up, _query_checked)
        if told["action"] == ANSWER:
            return Choice(calls=[])
        tool = next((tool for tool in tools if tool.name == told["action"]), None)
        arguments = _routed(tool, told["query"], situation.question) if tool else {}
        return Choice(calls=[_checked(told["action"], arguments, tools)])

    async def draft(self, situation: Situation, on_claim: Callable[[Claim], None] | None = None) -> Draft:
        """See ConversingModel."""

        async def ask(question: Question) -> dict[str, Any]:
            so_far = DraftSoFar(question.prompt.output, question.examine, on_claim) if on_claim else None
            heard = so_far.hear if so_far else None
            return await self._asker.ask(replace(question, is_enough=_says_something, on_text=heard))

        told = await self._asked("answer-draft", situation, _to_answer_from, _draft_checked, ask)
        claims = [Claim(text=one["text"], source=one["source"]) for one in told["sentences"] if one["text"].strip()]
        prompt = await self._asker.prompts.get("answer-draft", situation.tenant_id, situation.user_id or "")
        return Draft(is_answerable=told["answerable"], claims=claims, prompt=prompt.id)

    async def reword(self, situation: Situation, sentences: Sequence[str]) -> Wording:
        """See ConversingModel."""
        told = await self._told(
            "answer-friendly",
            situation,
            lambda seen: {"question": seen.question, "sentences": list(sentences)},
            lambda seen, own_words: lambda answer: tuple(faults_of_rewording(answer, sentences, seen.question, own_words)),
        )
        return Wording(texts=told["sentences"])

    async def condense(self, situation: Situation) -> Wording:
        """See ConversingModel."""
        told = await self._told(
            "answer-history",
            situation,
            lambda seen: {"summary": seen.summary, "history": _turns(seen.turns)},
            lambda seen, own_words: lambda answer: tuple(faults_of_minutes(answer, _so_far(seen), own_words)),
        )
        return Wording(texts=[told["summary"]])

    async def _told(self, name: str, situation: Situation, inputs: Inputs, checked: Checked) -> dict[str, Any]:
        return await self._asked(name, situation, inputs, checked, self._asker.ask)

    async def _asked(
        self, name: str, situation: Situation, inputs: Inputs, checked: Checked, ask: Callable[[Question], Awaitable[T]]
    ) -> T:
        """What came of a question, with as much of the situation as fits; what it took is told also where nothing came of it."""
        tally = Tally()

        async def fitted(seen: Situation) -> T:
            return await ask(await self._question(name, seen, tally, inputs(seen), checked))

        try:
            return await _with_what_fits(fitted, situation)
        finally:
            situation.spent.add(tally.tokens_in, tally.tokens_out, tally.calls)

    async def _question(
        self, name: str, situation: Situation, tally: Tally, inputs: Mapping[str, Any], checked: Checked
    ) -> Question:
        prompt = await self._asker.prompts.get(name, situation.tenant_id, situation.user_id or "")
        return Question(
            tenant_id=situation.tenant_id,
            user_id=situation.user_id,
            purpose=Purpose.ANSWER,
            prompt=prompt,
            inputs=inputs,
            examine=checked(situation, prompt.own_words),
            is_kept=False,
            tally=tally,
        )


async def _with_what_fits(ask: Callable[[Situation], Awaitable[T]], situation: Situation) -> T:
    """Asks with fewer sources and turns as long as they do not fit into the context. Raises ContextTooSmall."""
    while True:
        try:
            return await ask(situation)
        except TooLong as reason:
            if not situation.sources and not situation.turns:
                raise ContextTooSmall from reason
            sources = situation.sources[: len(situation.sources) // 2]
            situation = replace(situation, sources=sources, turns=situation.turns[(len(situation.turns) + 1) // 2 :])


def _looked_up(seen: Situation) -> dict[str, Any]:
    return _to_answer_from(seen) | {"tried": "\n".join(seen.notes)}


def _to_answer_from(seen: Situation) -> dict[str, Any]:
    return {"question": seen.question, "history": _so_far(seen), "found": _found(seen.sources)}


def _so_far(seen: Situation) -> str:
    return "\n".join(filter(None, [seen.summary, _turns(seen.turns)]))


def _draft_checked(seen: Situation, own_words: str) -> Examine:
    grounds = {source.number: Ground(text=source.text, label=source.label) for source in seen.sources}
    return lambda answer: tuple(faults_of_draft(answer, grounds, seen.question, own_words))


def _says_something(draft: dict[str, Any]) -> bool:
    """A member waits: one sentence that stands in its source is worth more than a better answer after the time."""
    return bool(draft["sentences"]) or not draft["answerable"]


def _query_checked(seen: Situation, own_words: str) -> Examine:
    known = "\n".join([seen.question, _so_far(seen), _found(seen.sources)])
    return lambda answer: tuple(faults_of_query(answer, known, own_words))


def _routed(tool: Tool, query: str, question: str) -> dict[str, Any]:
    """The arguments of a tool that was chosen with one text; where it needs one and there is none, the question itself."""
    is_needed = tool.main in tool.parameters.get("required", ()) and tool.name == SEARCH
    text = query or (question if is_needed else "")
    return {tool.main: text} if tool.main and text else {}


def _turns(turns: Sequence[Turn]) -> str:
    return "\n".join(f"Q: {turn.question}\nA: {turn.answer}" for turn in turns)


def _found(sources: Sequence[Source]) -> str:
    return "\n\n".join(f"[{source.number}] {source.label}: {source.text}" for source in sources)


def _checked(name: str, arguments: Mapping[str, Any] | None, tools: Sequence[Tool]) -> Call:
    """The call, with what is wrong about it."""
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        return Call(name=name[:80], arguments={}, fault=f"there is no such tool; there are {', '.join(one.name for one in tools)}")
    if arguments is None:
        return Call(name=name, arguments={}, fault="its arguments are no whole JSON object")
    faults = sorted(Draft202012Validator(tool.parameters).iter_errors(arguments), key=lambda fault: list(map(str, fault.path)))
    if faults:
        where = "/".join(map(str, faults[0].path)) or "its arguments"
        return Call(name=name, arguments={}, fault=f"{where}: {faults[0].message}"[:300])
    return Call(name=name, arguments=arguments)


def _names_a_tool(text: str, tools: Sequence[Tool]) -> bool:
    """Whether a text is a call that was written instead of made."""
    try:
        found = parse_answer(text, _ANY_OBJECT)
    except Unfit:
        return False
    named = found.get("name") or found.get("tool") or found.get("function") or found.get("action")
    return json.dumps(named).strip('"') in {tool.name for tool in tools}
