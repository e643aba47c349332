"""/ask and /conversations: answers that cite the page, or refuse."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from luminalib.api.conversation_fields import (
    AnswerOut,
    AskBody,
    ConversationBody,
    ConversationOut,
    ConversationPatch,
    MessageBody,
    MessageOut,
)
from luminalib.api.deps import FollowerDep, PrincipalDep, ServicesDep, stream_seat
from luminalib.api.fields import MAX_EVENT_ID
from luminalib.api.json import Json
from luminalib.api.paging import PageDep, PageOf, page_of
from luminalib.api.problems import documented
from luminalib.domain.auth import InvalidToken, TooManyRequests, TooManyStreams
from luminalib.domain.books import BookNotFound
from luminalib.domain.conversations import (
    Answer,
    AnswerUnderWay,
    ConversationNotFound,
    Message,
    MessageRole,
    Selection,
    Style,
    TooManyConversations,
)
from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.errors import LuminaError, Unauthenticated
from luminalib.domain.paging import Page
from luminalib.ports.passage_index import PassageIndexUnavailable
from luminalib.services.conversations import Happening, Question, Token, ToolEnded, ToolStarted

router = APIRouter(tags=["conversations"])
AcceptDep = Annotated[str, Header(include_in_schema=False)]
STREAM = "text/event-stream"


_ASKING = (Unauthenticated, BookNotFound, DocumentNotFound, TooManyRequests, PassageIndexUnavailable)
_MINE = (Unauthenticated, ConversationNotFound)


@router.post("/ask", response_model=AnswerOut, responses=documented(*_ASKING))
async def ask(body: AskBody, by: PrincipalDep, services: ServicesDep, accept: AcceptDep = "*/*") -> AnswerOut | Response:
    """One question, answered by sentences of the library with their pages, or refused. Nothing is kept of it.

    With `Accept: text/event-stream`: `tool.call`, `tool.result`, `token`, `message.completed` or `error`.
    """
    happenings = await services.conversations.ask(by, Question(text=body.question, selection=body.selection(), style=body.style))
    if STREAM in accept:
        return StreamingResponse(_stream(happenings), media_type=STREAM, headers={"Cache-Control": "no-store"})
    answers = [happening async for happening in happenings if isinstance(happening, Answer)]
    return AnswerOut.of(answers[-1])


@router.post("/conversations", status_code=201, responses=documented(*_ASKING, TooManyConversations))
async def begin_conversation(
    body: ConversationBody, by: PrincipalDep, services: ServicesDep, response: Response
) -> ConversationOut:
    """Begins a conversation, about all that you may see or about a selection."""
    selection = Selection(
        book_ids=[str(one) for one in body.book_ids],
        document_ids=[str(one) for one in body.document_ids],
        up_to_page={str(book_id): page for book_id, page in body.up_to_page.items()},
    )
    made = await services.conversations.begin(by, body.title, selection, body.style)
    response.headers["Location"] = f"/conversations/{made.id}"
    return ConversationOut.model_validate(made)


@router.get("/conversations", response_model=PageOf[ConversationOut], responses=documented(Unauthenticated))
async def list_conversations(request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """Your conversations, the last used first."""
    found = await services.conversations.list(by, page)
    return page_of(Page([ConversationOut.model_validate(one).model_dump() for one in found.items], found.total), page, request)


@router.get("/conversations/{conversation_id}", responses=documented(*_MINE))
async def get_conversation(conversation_id: UUID, by: PrincipalDep, services: ServicesDep) -> ConversationOut:
    """One conversation."""
    return ConversationOut.model_validate(await services.conversations.get(by, str(conversation_id)))


@router.patch("/conversations/{conversation_id}", responses=documented(*_MINE, BookNotFound, DocumentNotFound))
async def change_conversation(
    conversation_id: UUID, body: ConversationPatch, by: PrincipalDep, services: ServicesDep
) -> ConversationOut:
    """Renames a conversation, or changes what it is about."""
    changes: dict[str, Any] = {name: value for name, value in body.model_dump(mode="json").items() if value is not None}
    if "style" in changes:
        changes["style"] = Style(changes["style"])
    return ConversationOut.model_validate(await services.conversations.change(by, str(conversation_id), changes))


@router.delete("/conversations/{conversation_id}", status_code=204, responses=documented(*_MINE))
async def remove_conversation(conversation_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Deletes a conversation with all that was said in it."""
    await services.conversations.remove(by, str(conversation_id))


@router.get("/conversations/{conversation_id}/messages", response_model=PageOf[MessageOut], responses=documented(*_MINE))
async def list_messages(conversation_id: UUID, request: Request, by: PrincipalDep, services: ServicesDep, page: PageDep) -> Json:
    """What was said, the oldest first."""
    found = await services.conversations.messages(by, str(conversation_id), page)
    return page_of(Page([MessageOut.of(one).model_dump() for one in found.items], found.total), page, request)


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=MessageOut,
    responses=documented(*_MINE, AnswerUnderWay, TooManyRequests),
)
async def send_message(
    conversation_id: UUID, body: MessageBody, by: PrincipalDep, services: ServicesDep, accept: AcceptDep = "*/*"
) -> MessageOut | Response:
    """Asks; the answer is finished and kept also when you hang up.

    With `Accept: text/event-stream`: `message.started`, `tool.call`, `tool.result`, `token`, `message.completed` or `error`.
    """
    happenings = await services.conversations.send(by, str(conversation_id), body.content)
    if STREAM in accept:
        return StreamingResponse(_stream(happenings), 201, {"Cache-Control": "no-store"}, STREAM)
    said = [happening async for happening in happenings if isinstance(happening, Message)]
    if said[-1].role is MessageRole.USER:  # the conversation was deleted meanwhile
        raise ConversationNotFound
    return MessageOut.of(said[-1])


@router.post("/conversations/{conversation_id}/cancel", status_code=202, responses=documented(*_MINE))
async def cancel_answer(conversation_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Stops the answer under way; the conversation says so."""
    await services.conversations.cancel(by, str(conversation_id))


async def own_conversation(conversation_id: UUID, by: FollowerDep, services: ServicesDep) -> None:
    """Raises ConversationNotFound before a stream begins."""
    await services.conversations.get(by, str(conversation_id))


@router.get(
    "/conversations/{conversation_id}/stream",
    response_class=EventSourceResponse,
    dependencies=[Depends(own_conversation), Depends(stream_seat)],
    responses=documented(*_MINE, TooManyStreams),
)
async def stream_conversation(
    conversation_id: UUID,
    request: Request,
    by: FollowerDep,
    services: ServicesDep,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=MAX_EVENT_ID, description="Resume after this message; 0 replays all. Without it: from now on.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Each message of the conversation as it comes, for your other devices: `event: message`."""
    with suppress(InvalidToken, ConversationNotFound):
        async for message in services.conversations.follow(by, str(conversation_id), last_event_id):
            if message is not None:
                yield ServerSentEvent(id=str(message.number), event="message", raw_data=MessageOut.of(message).model_dump_json())
            elif await request.is_disconnected():
                return


async def _stream(happenings: AsyncIterator[Happening | Message]) -> AsyncIterator[str]:
    try:
        async for happening in happenings:
            yield _event(happening)
    except LuminaError as error:
        yield _sse("error", {"type": f"/problems/{error.slug}", "detail": error.detail})


def _event(happening: Happening | Message) -> str:
    match happening:
        case ToolStarted():
            return _sse("tool.call", {"name": happening.name, "arguments": dict(happening.arguments)})
        case ToolEnded():
            return _sse("tool.result", asdict(happening))
        case Token():
            return _sse("token", asdict(happening))
        case Answer():
            return _sse("message.completed", AnswerOut.of(happening).model_dump(mode="json"))
        case _:
            name = "message.started" if happening.role is MessageRole.USER else "message.completed"
            return _sse(name, MessageOut.of(happening).model_dump(mode="json"), happening.number)


def _sse(event: str, data: dict[str, Any], number: int | None = None) -> str:
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
