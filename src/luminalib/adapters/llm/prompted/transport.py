"""What a prompted model is reached through: one question, one answer, and typed failures."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from luminalib.adapters.llm.prompted.prompts import Message
from luminalib.ports.conversing import Tool

LONGEST_BODY = 4 * 2**20
"""Bytes; a server that sends more has lost its way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatRequest:
    """`schema` constrains the answer where the server can. `max_output` and `context` are in tokens of the model.

    With `tools` the model may call some of them instead of answering; with `must_call` it has to, where the protocol can say so.
    `on_tokens` is told how many tokens have come so far, as they come, by servers that stream, and `on_text` all of their text.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None
    max_output: int
    context: int
    tools: tuple[Tool, ...] = ()
    must_call: bool = False
    on_tokens: Callable[[int], None] | None = None
    on_text: Callable[[str], None] | None = None

    @property
    def is_heard(self) -> bool:
        """Whether somebody wants to know of the answer before it is whole."""
        return self.on_tokens is not None or self.on_text is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolRequest:
    """A tool that the model calls. `arguments` are as it gave them, unchecked; None when they are no JSON object."""

    name: str
    arguments: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatReply:
    """The answer, and the tokens as the server counted them. `is_whole` is False when it was cut at `max_output`.

    `seconds` is what the model itself took, without waiting in the server's line, where the server tells; else 0. `first_token` is
    how many seconds after the question the first token came, waiting included; 0 where no stream was heard.
    """

    text: str
    tokens_in: int
    tokens_out: int
    is_whole: bool
    seconds: float = 0.0
    first_token: float = 0.0
    calls: tuple[ToolRequest, ...] = ()


def declared(tool: Tool) -> dict[str, Any]:
    """A tool in the form that OpenAI's protocol has for it, and Ollama's."""
    described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": described}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFacts:
    """What the server says about its model. `context_length` is in tokens; None where the server does not tell."""

    context_length: int | None


class TransportFailure(Exception):
    """A question that got no answer; the message says what happened and what to do."""

    may_pass: ClassVar[bool] = False
    """Whether the same question may succeed in a moment."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        """Seconds that the server asks to wait, where it says so."""
        super().__init__(message)


class Unreachable(TransportFailure):
    """Nothing listens there, the name is unknown, or the connection broke."""

    may_pass = True


class TimedOut(TransportFailure):
    """The answer took too long."""


class RateLimited(TransportFailure):
    """The server has too much to do, or the account is used up."""

    may_pass = True


class ServerFault(TransportFailure):
    """The server failed at it."""

    may_pass = True


class Refused(TransportFailure):
    """The server does not know this caller: the key is wrong or may not do this."""


class ModelMissing(TransportFailure):
    """The server does not have the model, or not yet."""


class ContextOverflow(TransportFailure):
    """The question is longer than the model's context."""


class BadQuestion(TransportFailure):
    """The server does not accept the question as it was put."""


class BrokenReply(TransportFailure):
    """What came back is no answer of this protocol: cut off, of another shape, or without end."""

    may_pass = True


class ChatTransport(ABC):
    """A connection to one model on one server."""

    name: str
    """The provider, as `LUMINALIB_LLM` calls it."""
    model: str
    context_length: int | None
    """The context that the settings ask for, in tokens; None to take the model's own."""

    @abstractmethod
    async def facts(self) -> ModelFacts:
        """What the server says about the model. Raises TransportFailure, such as Unreachable, Refused or ModelMissing."""

    @abstractmethod
    async def chat(self, request: ChatRequest) -> ChatReply:
        """Asks once. A cancelled call closes the connection, so that the server stops, too. Raises TransportFailure."""

    @abstractmethod
    async def can_call_tools(self) -> bool | None:
        """Whether the model can call tools; None where the server does not tell."""

    @abstractmethod
    async def close(self) -> None:
        """Ends all connections."""
