"""Chat completions that come in pieces, put together."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk

STREAMED: Mapping[str, Any] = MappingProxyType({"stream": True, "stream_options": {"include_usage": True}})
"""What asks for them, with the counts of tokens at the end."""
PIECE = b"data:"
"""Begins each piece; about one token stands in one."""
_END = "[DONE]"


class SoFar:
    """The text of a completion that comes in pieces, as far as it has come."""

    def __init__(self) -> None:
        self.text = ""
        self._rest = b""

    def add(self, piece: bytes) -> str:
        """All of the text, with that of one more stretch of the stream. What is no event of it says nothing."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            with suppress(ValueError):
                if line.startswith(PIECE):
                    chunk = ChatCompletionChunk.model_validate_json(line.removeprefix(PIECE))
                    self.text += "".join(choice.delta.content or "" for choice in chunk.choices)
        return self.text


def whole(body: bytes) -> ChatCompletion:
    """The completion that an event stream tells. Raises ValueError where it ended before the answer did, or tells of an error."""
    text: list[str] = []
    found: dict[str, Any] = {"object": "chat.completion"}
    reason = None
    for line in body.decode().splitlines():
        data = line.removeprefix(PIECE.decode()).strip()
        if data == line.strip() or data == _END:
            continue
        chunk = ChatCompletionChunk.model_validate_json(data)
        told = chunk.model_dump(exclude_none=True)
        found |= {name: told[name] for name in ("id", "created", "model", "usage", "timings") if name in told}
        for choice in chunk.choices:
            text.append(choice.delta.content or "")
            reason = choice.finish_reason or reason
    if reason is None:
        raise ValueError("the stream ended before the answer did")
    message = {"role": "assistant", "content": "".join(text)}
    return ChatCompletion.model_validate(found | {"choices": [{"index": 0, "finish_reason": reason, "message": message}]})
