"""Ollama, through its own client."""

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import httpx
import ollama
from pydantic import ValidationError

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
_NANOSECONDS = 1e9
_SHORTEST = 0.001
"""Seconds; what is shorter is no measurement."""
_SHORT = 2000
"""Characters; no model that is of use is too small for a question below that."""
_ERRORS = (
    ollama.ResponseError,
    ollama.RequestError,
    httpx.HTTPError,
    httpx.StreamError,
    OSError,
    ValidationError,
    ValueError,
    TypeError,
    AttributeError,  # the client takes for granted that each line of a stream is an object
)


class OllamaTransport(ChatTransport):
    """One model of an Ollama server.

    Ollama cuts a question that is longer than its context without a word. Each request therefore says how much context it needs
    (`num_ctx`), and a reply that leaves no room for what was planned counts as an overflow.
    """

    name = "ollama"

    def __init__(self, *, base_url: str, model: str, context_length: int | None = None) -> None:
        self.model = model
        self.context_length = context_length
        self._base_url = base_url
        self._client = ollama.AsyncClient(
            base_url, timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS), transport=_Capped(httpx.AsyncHTTPTransport())
        )

    async def facts(self) -> ModelFacts:
        """See ChatTransport."""
        found = await self._show()
        lengths = [size for name, size in (found.modelinfo or {}).items() if name.endswith(".context_length")]
        return ModelFacts(context_length=lengths[0] if lengths else None)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """See ChatTransport."""
        try:
            text, told = await self._told(request)
        except ollama.ResponseError as error:
            size = sum(len(message.content) for message in request.messages) + len(json.dumps([*map(declared, request.tools)]))
            if error.status_code == HTTPStatus.BAD_REQUEST and size > _SHORT:
                raise ContextOverflow(f"{self._base_url} finds the question too long.") from error
            raise self._failure(error) from error
        except _ERRORS as error:
            raise self._failure(error) from error
        tokens_in, tokens_out = told.prompt_eval_count or 0, told.eval_count or 0
        if tokens_in + request.max_output > request.context:
            raise ContextOverflow(f"{self._base_url} may have cut the question: it counted {tokens_in} tokens.")
        return ChatReply(
            text=text,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            is_whole=told.done_reason != "length",
            seconds=_seconds(told),
            calls=tuple(
                ToolRequest(name=call.function.name, arguments=call.function.arguments) for call in told.message.tool_calls or ()
            ),
        )

    async def _told(self, request: ChatRequest) -> tuple[str, ollama.ChatResponse]:
        """The whole text, and the last message with its counts. Raises _ERRORS."""
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "format": dict(request.schema) if request.schema is not None else None,
            "tools": [declared(tool) for tool in request.tools] or None,
            "options": {"num_ctx": request.context, "num_predict": request.max_output, "temperature": 0.2},
        }
        if not request.is_heard:
            told = await self._client.chat(**asked)
            return told.message.content or "", told
        pieces: list[str] = []
        async for told in await self._client.chat(**asked, stream=True):
            pieces.append(told.message.content or "")
            if request.on_tokens:
                request.on_tokens(len(pieces))
            if request.on_text:
                request.on_text("".join(pieces))
            if told.done:
                return "".join(pieces), told
        raise ValueError("the stream ended before the answer did")

    async def can_call_tools(self) -> bool | None:
        """See ChatTransport."""
        capabilities = (await self._show()).capabilities
        return None if capabilities is None else "tools" in capabilities

    async def close(self) -> None:
        """See ChatTransport."""
        await self._client.close()  # type: ignore[no-untyped-call]  # the client is not annotated here

    async def _show(self) -> ollama.ShowResponse:
        try:
            return await self._client.show(self.model)
        except _ERRORS as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> TransportFailure:
        """By the error's type and status, never by its words."""
        if isinstance(error, ollama.ResponseError) and error.status_code > 0:
            return self._failure_of_status(error.status_code)
        if isinstance(error, httpx.TimeoutException):
            return TimedOut(f"Ollama at {self._base_url} did not answer in time.")
        if isinstance(error, (httpx.NetworkError, OSError)):
            return Unreachable(f"Ollama at {self._base_url} cannot be reached. Start it, or set LUMINALIB_OLLAMA__BASE_URL.")
        return BrokenReply(f"{self._base_url} sent what is no answer of Ollama's ({type(error).__name__}).")

    def _failure_of_status(self, status: int) -> TransportFailure:
        if status == HTTPStatus.NOT_FOUND:
            return ModelMissing(
                f"Ollama at {self._base_url} does not have the model {self.model} (yet). Fetch it with `ollama pull {self.model}`."
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(f"Ollama at {self._base_url} has too much to do.")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return Refused(f"Ollama at {self._base_url} refuses us ({status}).")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ServerFault(f"Ollama at {self._base_url} failed ({status}).")
        return BadQuestion(f"Ollama at {self._base_url} does not accept the question ({status}).")


def _seconds(told: ollama.ChatResponse) -> float:
    """Reading and writing, without loading the model and waiting for a slot; 0 where the server does not tell."""
    took = ((told.prompt_eval_duration or 0) + (told.eval_duration or 0)) / _NANOSECONDS
    return took if took >= _SHORTEST else 0.0


class _Capped(httpx.AsyncBaseTransport):
    """Ends bodies that do not end by themselves, and tells a broken connection from a broken body."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        try:
            response = await self._inner.handle_async_request(request)
        except httpx.RemoteProtocolError as error:  # hung up before it said a word
            raise httpx.ReadError(str(error), request=request) from error
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _CappedStream(response.stream)
        return response

    async def aclose(self) -> None:
        """See httpx."""
        await self._inner.aclose()


class _CappedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for piece in self._inner:
            received += len(piece)
            if received > LONGEST_BODY:
                raise httpx.DecodingError(f"The body has more than {LONGEST_BODY} bytes.")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
