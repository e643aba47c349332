"""/documents/stream and /documents/ws: what happens to documents, as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict
from starlette.types import Message

from luminalib.api.deps import FollowerDep, ServicesDep, address_in, services_in, stream_seat
from luminalib.api.fields import MAX_EVENT_ID
from luminalib.api.problems import documented
from luminalib.api.schemas import AnalysisOut, analysis_of
from luminalib.domain.auth import InvalidToken, Principal, TooManyStreams
from luminalib.domain.document_views import detail_for
from luminalib.domain.documents import DocumentEvent, DocumentStatus
from luminalib.domain.errors import LuminaError, Unauthenticated
from luminalib.domain.intelligence import Summary

PROTOCOL = "luminalib"
"""The subprotocol that the server chooses; the token comes as another one that begins with `bearer.`."""
FIRST_MESSAGE_SECONDS = 10.0
SEND_SECONDS = 30.0
"""How long a client may take to accept a message; who takes longer is dropped."""
POLICY_VIOLATION, GOING_AWAY, TRY_AGAIN_LATER = 1008, 1001, 1013
CLOSE_REASON_MAX = 120
"""The protocol has 123 bytes for it (RFC 6455, 5.5)."""
router = APIRouter(prefix="/documents", tags=["documents"])


class EventOut(BaseModel):
    """What an event of the stream carries."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    book_id: str | None
    status: DocumentStatus
    previous: DocumentStatus | None
    progress: int
    at: datetime
    detail: str | None
    analysis: AnalysisOut | None = None


@router.get(
    "/stream",
    response_class=EventSourceResponse,
    dependencies=[Depends(stream_seat)],
    responses=documented(Unauthenticated, TooManyStreams),
)
async def stream_documents(
    request: Request,
    by: FollowerDep,
    services: ServicesDep,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=MAX_EVENT_ID, description="Resume after this event; 0 replays all. Without it: from now on.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events of all documents that you may see: each change of state as `event: status`, in order, none lost.

    Reconnect with the last `id` as `Last-Event-ID`, as browsers do, and the stream goes on where it ended.
    """
    with suppress(InvalidToken):  # the stream ends; who connects again is told why
        async for news in services.documents.follow(by, last_event_id):
            if news is None:
                if await request.is_disconnected():
                    return
                continue
            event, summary = news
            yield ServerSentEvent(id=str(event.id), event=event.kind, raw_data=_data(event, summary, by))


def _data(event: DocumentEvent, summary: Summary | None, by: Principal) -> str:
    """The event as JSON, for whom it is sent to."""
    shown = {"analysis": analysis_of(summary), "detail": detail_for(event.detail, is_staff=by.is_staff)}
    sent = EventOut.model_validate(event).model_copy(update=shown)
    return sent.model_dump_json(exclude=None if summary else {"analysis"})


@router.websocket("/ws")
async def follow_by_websocket(socket: WebSocket, last_event_id: Annotated[int | None, Query(ge=0, le=MAX_EVENT_ID)] = None) -> None:
    """The stream's events as JSON messages `{id, event, data}`.

    The token comes as the subprotocol `bearer.<token>` beside `luminalib`, or as `{"token": …}` in the first message.
    """
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(PROTOCOL if PROTOCOL in offered else None)
    by = await _who(socket, next((one.removeprefix("bearer.") for one in offered if one.startswith("bearer.")), None))
    if by is None:
        await _close(socket, POLICY_VIOLATION, "Send a valid access token: as subprotocol bearer.<token> or as first message.")
        return
    try:
        with services_in(socket).streams.seat(by):
            await _follow(socket, by, last_event_id)
    except TooManyStreams as refusal:
        await _close(socket, TRY_AGAIN_LATER, refusal.detail)


async def _follow(socket: WebSocket, by: Principal, last_event_id: int | None) -> None:
    sender = asyncio.create_task(_send_events(socket, by, last_event_id))
    with suppress(WebSocketDisconnect):
        await _until_either(sender, socket)
    sender.cancel()
    (ended,) = await asyncio.gather(sender, return_exceptions=True)
    if isinstance(ended, LuminaError):
        await _close(socket, POLICY_VIOLATION if isinstance(ended, InvalidToken) else TRY_AGAIN_LATER, ended.detail)


async def _who(socket: WebSocket, token: str | None) -> Principal | None:
    try:
        if token is None:
            async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
                token = _token_in(await socket.receive())
        return await services_in(socket).auth.authenticate(token, address=address_in(socket))
    except (LuminaError, TimeoutError, ValueError, RecursionError):
        return None


def _token_in(first: Message) -> str:
    """The token in the first message. Raises ValueError for anything else, RecursionError for lists in lists in lists."""
    said = json.loads(first.get("text") or "")
    token = said.get("token") if isinstance(said, dict) else None
    if not isinstance(token, str):
        raise ValueError("There is no token in it.")  # noqa: TRY004 -- the client's mistake, not ours
    return token


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError, WebSocketDisconnect, OSError):  # it has gone already
        await socket.close(code, reason[:CLOSE_REASON_MAX])


async def _until_either(sender: asyncio.Task[None], socket: WebSocket) -> None:
    """Ends when there is nothing more to send, or when the client leaves. Raises WebSocketDisconnect."""
    while not sender.done():
        listener = asyncio.create_task(socket.receive())
        await asyncio.wait((sender, listener), return_when=asyncio.FIRST_COMPLETED)
        if not listener.done():
            listener.cancel()
        elif listener.result()["type"] == "websocket.disconnect":
            return


async def _send_events(socket: WebSocket, by: Principal, last_event_id: int | None) -> None:
    async for news in services_in(socket).documents.follow(by, last_event_id):
        if news is not None:
            event, summary = news
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_text(f'{{"id":{event.id},"event":"{event.kind}","data":{_data(event, summary, by)}}}')
    await _close(socket, GOING_AWAY, "The server is going down. Connect again with last_event_id.")
