"""Any server that speaks OpenAI's chat completions: OpenAI itself, vLLM, llama.cpp, LM Studio, OpenRouter and others."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2
import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageFunctionToolCall
from pydantic import ValidationError

from luminalib.adapters.llm.openai_stream import PIECE, STREAMED, SoFar, whole
from luminalib.adapters.llm.prompted.transport import (
    LONGEST_BODY,
    BadQuestion,
    BrokenReply,
    ChatReply,
    ChatRequest,
    ChatTransport,
    ContextOverflow,
    ModelFacts,
    ModelMissing,
    RateLimited,
    Refused,
    ServerFault,
    TimedOut,
    ToolRequest,
    TransportFailure,
    Unreachable,
    declared,
)

_CONNECT_SECONDS = 5.0
_CONTEXT_FIELDS = ("max_model_len", "context_length", "max_context_length", "context_window")
"""What vLLM, OpenRouter, LM Studio and Groq call it in their lists of models."""
_OVERFLOWS = frozenset({"context_length_exceeded", "exceed_context_size_error"})
"""OpenAI's code and llama.cpp's type of that error."""
_LOOSE = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
"""Keywords of JSON Schema that some servers do not accept in strict schemas."""
Format = Mapping[str, Any]


class OpenAITransport(ChatTransport):
    """One model behind `base_url`, through the official SDK.

    A server that does not take our schema is asked with a plainer one, then for any JSON, then for text; what it took is kept.
    """

    name = "openai"

    def __init__(self, *, base_url: str, api_key: str, model: str, context_length: int | None = None) -> None:
        self.model = model
        self.context_length = context_length
        self._base_url = base_url
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            timeout=openai.Timeout(None, connect=_CONNECT_SECONDS),
        )
        self._level = 0
        self._streams = True

    async def facts(self) -> ModelFacts:
        """See ChatTransport."""
        try:
            listed = [found async for found in self._client.models.list()]
        except (openai.OpenAIError, ValidationError, ValueError) as error:
            raise self._failure(error) from error
        ours = next((found for found in listed if self.model in (found.id, *(getattr(found, "aliases", None) or ()))), None)
        if ours is None:
            names = ", ".join(found.id for found in listed[:10]) or "none"
            raise ModelMissing(
                f"{self._base_url} does not have the model {self.model}. Set LUMINALIB_OPENAI__MODEL; it has: {names}."
            )
        stated = ours.model_dump()
        stated |= stated.get("meta") or {}
        lengths = [stated[field] for field in (*_CONTEXT_FIELDS, "n_ctx") if isinstance(stated.get(field), int)]
        return ModelFacts(context_length=lengths[0] if lengths else None)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """See ChatTransport."""
        formats = [_offered(request)] if request.tools else _formats(request.schema)
        for level in range(min(self._level, len(formats) - 1), len(formats)):
            try:
                reply = await self._ask(request, formats[level])
            except BadQuestion:
                if level == len(formats) - 1:
                    raise
                continue
            self._level = max(self._level, level)
            return reply
        raise AssertionError  # pragma: no cover -- the last level raises or returns

    async def _ask(self, request: ChatRequest, answer_format: Format) -> ChatReply:
        if not request.is_heard or not self._streams:
            return await self._sent(request, answer_format)
        try:
            return await self._sent(request, {**answer_format, **STREAMED})
        except BadQuestion:
            reply = await self._sent(request, answer_format)
            self._streams = False  # it was the stream that this server does not take
            return reply

    async def _sent(self, request: ChatRequest, answer_format: Format) -> ChatReply:
        messages: Any = [{"role": message.role, "content": message.content} for message in request.messages]
        try:
            async with self._client.chat.completions.with_streaming_response.create(
                model=self.model, messages=messages, **self._sampling(request.max_output), **answer_format
            ) as response:
                body, pieces, so_far = bytearray(), 0, SoFar()
                async for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LONGEST_BODY:
                        raise BrokenReply("The model server sends without end.")
                    pieces += piece.count(PIECE)
                    if request.on_tokens:
                        request.on_tokens(pieces)
                    if request.on_text:
                        request.on_text(so_far.add(piece))
                is_streamed = response.headers.get("Content-Type", "").startswith("text/event-stream")
            return _reply(whole(bytes(body)) if is_streamed else ChatCompletion.model_validate_json(body))
        except (openai.OpenAIError, httpx2.HTTPError, ValueError, OSError) as error:
            raise self._failure(error) from error

    def _sampling(self, max_output: int) -> dict[str, Any]:
        """OpenAI's own newer models know the limit by another name and choose their temperature themselves."""
        if "api.openai.com" in self._base_url:
            return {"max_completion_tokens": max_output}
        return {"max_tokens": max_output, "temperature": 0.2}

    async def can_call_tools(self) -> bool | None:
        """See ChatTransport; the protocol has no way to ask."""
        return None

    async def close(self) -> None:
        """See ChatTransport."""
        await self._client.close()

    def _failure(self, error: Exception) -> TransportFailure:
        """By the error's type and status, never by its words."""
        if isinstance(error, openai.APITimeoutError):
            return TimedOut(f"{self._base_url} did not answer in time.")
        if isinstance(error, openai.APIStatusError):
            return self._failure_of_status(error)
        if isinstance(error, (openai.APIConnectionError, OSError)):
            return Unreachable(f"{self._base_url} cannot be reached. Start the model server, or set LUMINALIB_OPENAI__BASE_URL.")
        return BrokenReply(f"{self._base_url} sent what is no answer of this protocol ({type(error).__name__}).")

    def _failure_of_status(self, error: openai.APIStatusError) -> TransportFailure:
        if isinstance(error, openai.RateLimitError):
            return RateLimited(f"{self._base_url} has too much to do, or the account is used up.", retry_after=_retry_after(error))
        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            return Refused(f"{self._base_url} refuses us ({error.status_code}). Set LUMINALIB_OPENAI__API_KEY.")
        if isinstance(error, openai.NotFoundError):
            return ModelMissing(f"{self._base_url} does not know the model {self.model}. Set LUMINALIB_OPENAI__MODEL.")
        if isinstance(error, openai.InternalServerError):
            return ServerFault(f"{self._base_url} failed ({error.status_code}).", retry_after=_retry_after(error))
        if {error.code, error.type} & _OVERFLOWS:
            return ContextOverflow(f"{self._base_url}: the question is longer than the model's context.")
        return BadQuestion(f"{self._base_url} does not accept the question ({error.status_code}).")


def _retry_after(error: openai.APIStatusError) -> float | None:
    given = error.response.headers.get("Retry-After", "")
    return float(given) if given.replace(".", "", 1).isdigit() else None


def _reply(completion: ChatCompletion) -> ChatReply:
    if not completion.choices:
        raise BrokenReply("The model server sent no choice.")
    choice, usage = completion.choices[0], completion.usage
    return ChatReply(
        text=choice.message.content or "",
        tokens_in=usage.prompt_tokens if usage else 0,
        tokens_out=usage.completion_tokens if usage else 0,
        is_whole=choice.finish_reason != "length",
        seconds=_seconds(completion),
        calls=tuple(
            ToolRequest(name=call.function.name, arguments=_object(call.function.arguments))
            for call in choice.message.tool_calls or ()
            if isinstance(call, ChatCompletionMessageFunctionToolCall)
        ),
    )


def _seconds(completion: ChatCompletion) -> float:
    """Reading and writing as llama.cpp tells them, without waiting for a slot; 0 from servers that do not."""
    timings = (completion.model_extra or {}).get("timings")
    told = [timings.get(name) for name in ("prompt_ms", "predicted_ms")] if isinstance(timings, dict) else []
    return sum(took for took in told if isinstance(took, int | float)) / 1000


def _object(arguments: str) -> dict[str, Any] | None:
    """What a model wrote as arguments; half a call is none."""
    try:
        found = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _offered(request: ChatRequest) -> Format:
    """The tools, as this protocol declares them."""
    return {"tools": [declared(tool) for tool in request.tools], "tool_choice": "required" if request.must_call else "auto"}


def _formats(schema: Mapping[str, Any] | None) -> list[Format]:
    """From the strictest to none."""
    if schema is None:
        return [{}]
    return [_strict(schema), _strict(_loosened(schema)), {"response_format": {"type": "json_object"}}, {}]


def _strict(schema: Mapping[str, Any]) -> Format:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)}}}


def _loosened(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {name: _loosened(value) for name, value in schema.items() if name not in _LOOSE}
    return [_loosened(item) for item in schema] if isinstance(schema, list) else schema
