"""What the streams of server-sent events carry, for the OpenAPI document: version 3.1 has no words of its own for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from luminalib.api.conversation_fields import AnswerOut, MessageOut
from luminalib.api.document_events import EventOut
from luminalib.api.notices import NoticeOut
from luminalib.domain.notices import NoticeKind

MEDIA_TYPE = "text/event-stream"


class ToolStartedOut(BaseModel):
    """The library begins to look something up."""

    name: str = Field(description="The tool.", examples=["search_library"])
    arguments: dict[str, Any]


class ToolEndedOut(BaseModel):
    """It has looked it up."""

    name: str = Field(description="The tool.", examples=["search_library"])
    result_count: int


class TokenOut(BaseModel):
    """The next piece of the answer."""

    text: str = Field(description="To be added to what came before.", examples=["She wrote down "])


class StreamErrorOut(BaseModel):
    """The answer could not be finished."""

    type: str
    detail: str = Field(description="What happened and what to do.", examples=["The library cannot be searched now."])


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One stream: its events by name, each with the shape of its `data`, and what some of it looks like."""

    events: Mapping[str, type[BaseModel]]
    example: str
    status: str = "200"

    def describe(self, operation: dict[str, Any]) -> None:
        """Puts it into an operation of the document: a text that, read as server-sent events, is a list of these."""
        names = ", ".join(f"`{name}`" for name in self.events)
        shapes = [_event(named, model) for named, model in self._shapes()]
        events = {"type": "array", "items": {"anyOf": shapes} if shapes[1:] else shapes[0]}
        text = {"type": "string", "contentMediaType": MEDIA_TYPE, "contentSchema": events}
        described = {"schema": {**text, "description": f"Server-sent events: {names}."}, "example": self.example}
        operation["responses"][self.status].setdefault("content", {})[MEDIA_TYPE] = described

    def _shapes(self) -> list[tuple[list[str], type[BaseModel]]]:
        """Each shape with the names of its events."""
        return [
            ([name for name, other in self.events.items() if other is model], model)
            for model in dict.fromkeys(self.events.values())
        ]


def _event(names: list[str], model: type[BaseModel]) -> dict[str, Any]:
    data = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string"},
            "event": {"type": "string", "enum": names},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": data},
        },
    }


_LOOKING_UP: dict[str, type[BaseModel]] = {"tool.call": ToolStartedOut, "tool.result": ToolEndedOut, "token": TokenOut}
_LOOKED_UP = (
    'event: tool.call\ndata: {"name": "search_library", "arguments": {"query": "thank the keeper"}}\n\n'
    'event: tool.result\ndata: {"name": "search_library", "result_count": 5}\n\n'
    'event: token\ndata: {"text": "She wrote down "}\n\n'
)
STREAMS = {
    "stream_documents": Stream(
        events={"status": EventOut, "progress": EventOut},
        example='id: 512\nevent: status\ndata: {"document_id": "a4f1de0c-6a51-4d0c-b1a3-0c3b4f6c2d18", "book_id": null, '
        '"status": "processing", "previous": "pending", "progress": 0, "at": "2026-05-12T09:30:00Z", "detail": null}\n\n',
    ),
    "stream_notices": Stream(
        events={kind.value: NoticeOut for kind in NoticeKind},
        example='id: 7\nevent: hold_ready\ndata: {"id": 7, "kind": "hold_ready", '
        '"book_id": "7d9f1c1e-4f0b-4a51-9c5e-0f6b6a3a9b11", "subject_id": "c2a8f5f4-0d4e-4f0e-8a52-3b1f5d0d6e77", '
        '"text": "“The Lighthouse Keeper\'s Ledger” is ready for you.", '
        '"until": "2026-05-15T18:04:11Z", "at": "2026-05-12T18:04:11Z"}\n\n',
    ),
    "stream_conversation": Stream(
        events={"message": MessageOut},
        example='id: 2\nevent: message\ndata: {"id": "c2a8f5f4-0d4e-4f0e-8a52-3b1f5d0d6e77", "number": 2, "role": "assistant", '
        '"content": "She wrote down every ship that did not come. [1]", "created_at": "2026-05-12T09:30:00Z"}\n\n',
    ),
    "ask": Stream(events={**_LOOKING_UP, "message.completed": AnswerOut, "error": StreamErrorOut}, example=_LOOKED_UP),
    "send_message": Stream(
        events={"message.started": MessageOut, **_LOOKING_UP, "message.completed": MessageOut, "error": StreamErrorOut},
        example=_LOOKED_UP,
        status="201",
    ),
}
"""By operation id."""
MODELS = tuple({model.__name__: model for stream in STREAMS.values() for model in stream.events.values()}.values())
"""The shapes that the document must have for them."""
