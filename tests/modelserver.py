"""A model server that speaks the OpenAI and the Ollama protocol, says what a test wants, and plays every fault."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from luminalib.domain.sentences import sentences_in

Answer = Callable[[dict[str, Any]], str]
"""What the model says to a request; `call(…)` and text beside it make a reply that calls tools."""
CALL = "\x00call "
CONTEXT = 8192


async def _at_once() -> None:
    pass


@dataclass
class ModelServer:
    """`script` are the faults of the next chats, one each; `answer` is what follows. `requests` are the bodies of all chats."""

    answer: Answer
    script: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    model: str = "tiny"
    timing: float = 0.0
    """The seconds that it says an answer took, as llama.cpp and Ollama do; 0 for a server that says nothing."""
    is_slow: Callable[[dict[str, Any]], bool] = lambda _: False
    """Which chats get no answer at all."""
    hung_up: int = 0
    port: int = 0
    pace: Callable[[], Awaitable[None]] = _at_once
    """Waited for before each piece of a stream."""

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def ollama_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")), 0)
            body = json.loads(await reader.readexactly(length) or b"{}")
            await self._answer(head.split()[1], body, reader, writer)
        writer.close()

    async def _answer(self, path: str, body: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if path == "/v1/models":
            await send(writer, {"object": "list", "data": [{"id": self.model, "object": "model", "max_model_len": CONTEXT}]})
        elif path == "/api/show":
            is_ours = body["model"] == self.model
            shown = {"model_info": {"test.context_length": CONTEXT}, "capabilities": ["completion", "tools"]}
            await send(writer, shown if is_ours else {"error": "model not found"}, 200 if is_ours else 404)
        elif is_sample(body):
            await send(writer, self._reply(path, "x", body))
        else:
            self.requests.append(body)
            await self._chat(path, body, reader, writer)

    async def _chat(self, path: str, body: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = "slow" if self.is_slow(body) else self.script.pop(0) if self.script else ""
        match fault.split(":"):
            case ["reset"]:
                writer.transport.abort()
            case ["slow"]:
                await reader.read()  # until the other side hangs up
                self.hung_up += 1
            case ["status", code, *after]:
                headers = {"Retry-After": after[0]} if after else {}
                await send(writer, {"error": {"message": "no", "type": "x", "code": "y"}}, int(code), headers)
            case ["half"]:
                whole = json.dumps(self._reply(path, self.answer(body), body)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(whole))
                writer.write(whole[: len(whole) // 2])
                await writer.drain()
            case ["garbage"]:
                await send(writer, ["what", "is", "this"])
            case ["endless"]:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                while not writer.is_closing():
                    writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                    await writer.drain()
            case _:
                await self._tell(path, body, writer, fault)

    async def _tell(self, path: str, body: dict[str, Any], writer: asyncio.StreamWriter, how: str) -> None:
        """What the fault has it say, else its answer; "deaf" to the wish for a stream, "stops" in the middle of one."""
        name, _, words = how.partition(":")
        text = words if name in ("say", "cut") else self.answer(body)
        reply = self._reply(path, text, body, reason="length" if name == "cut" else "stop")
        if name == "deaf" or not body.get("stream"):
            await send(writer, reply)
            return
        pieces = pieces_of(path, reply)
        await self._stream(writer, path, pieces[: len(pieces) // 2] if name == "stops" else pieces)

    async def _stream(self, writer: asyncio.StreamWriter, path: str, pieces: list[str]) -> None:
        kind = "application/x-ndjson" if path.startswith("/api") else "text/event-stream"
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        for piece in pieces:
            await self.pace()
            writer.write(piece.encode())
            await writer.drain()

    def _reply(self, path: str, text: str, body: dict[str, Any], reason: str = "stop") -> dict[str, Any]:
        tokens = sum(len(message["content"]) for message in body["messages"]) // 4 + 10
        message = said_with_calls(text, is_ollama=path.startswith("/api"))
        if path.startswith("/api"):
            counts = {"prompt_eval_count": tokens, "eval_count": allowed(body) if reason == "length" else 9}
            took = {"load_duration": 9 * 10**12, "prompt_eval_duration": 0, "eval_duration": round(self.timing * 10**9)}
            return {"model": self.model, "message": message, "done": True, "done_reason": reason, **counts, **took}
        choice = {"index": 0, "finish_reason": reason, "message": message}
        taken = allowed(body) if reason == "length" else 9
        usage = {"prompt_tokens": tokens, "completion_tokens": taken, "total_tokens": tokens + taken}
        told = {"id": "1", "object": "chat.completion", "created": 1, "model": self.model, "choices": [choice], "usage": usage}
        return told | ({"timings": {"prompt_ms": 0.0, "predicted_ms": self.timing * 1000}} if self.timing else {})


def pieces_of(path: str, reply: dict[str, Any]) -> list[str]:
    """A reply as a stream: some letters each, then what was counted."""
    choice = None if path.startswith("/api") else reply["choices"][0]
    text = (choice or reply)["message"]["content"]
    cut = [text[at : at + 40] for at in range(0, len(text), 40)]
    if choice is None:
        told = [{"model": reply["model"], "message": {"role": "assistant", "content": part}, "done": False} for part in cut]
        return [json.dumps(one) + "\n" for one in [*told, reply | {"message": {"role": "assistant", "content": ""}}]]
    frame = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": reply["model"]}
    deltas = [frame | {"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]} for part in cut]
    end = frame | {"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    counts = frame | {"choices": []} | {name: reply[name] for name in ("usage", "timings") if name in reply}
    return [": wait\n\n", *(f"data: {json.dumps(one)}\n\n" for one in [*deltas, end, counts]), "data: [DONE]\n\n"]


def call(name: str, arguments: Any) -> str:
    """A call of a tool, to be told beside text or other calls; arguments that are a string are sent as they are."""
    return CALL + json.dumps([name, arguments]) + "\n"


def said_with_calls(text: str, *, is_ollama: bool) -> dict[str, Any]:
    """The model's message: lines that are calls, and the text around them."""
    lines = text.split("\n")
    told = [json.loads(line.removeprefix(CALL)) for line in lines if line.startswith(CALL)]
    message = {"role": "assistant", "content": "\n".join(line for line in lines if not line.startswith(CALL))}
    calls = []
    for number, (name, arguments) in enumerate(told):
        given = arguments if is_ollama or isinstance(arguments, str) else json.dumps(arguments)
        more = {} if is_ollama else {"id": f"call-{number}", "type": "function"}
        calls.append({"function": {"name": name, "arguments": given}} | more)
    return message | ({"tool_calls": calls} if calls else {})


def is_sample(body: dict[str, Any]) -> bool:
    """Whether this is the question that measures tokens."""
    return allowed(body) == 1


def allowed(body: dict[str, Any]) -> int:
    return int(body.get("max_tokens") or body["options"]["num_predict"])


def said(body: dict[str, Any]) -> str:
    """Everything that a request tells the model."""
    return "\n".join(message["content"] for message in body["messages"])


async def send(writer: asyncio.StreamWriter, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(content).encode()
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()


def obliging(body: dict[str, Any]) -> str:
    """The smallest answer that fits any of the library's schemas, in words of the material that the request is about.

    It calls no tool.
    """
    if body.get("tools"):
        return "It is so."
    schema = body.get("format") or body["response_format"]["json_schema"]["schema"]
    return json.dumps(sample_of(schema, "", Material(said(body))))


WHEN = ("first", "then", "last")


class Material:
    """What stands between the markers of a request: its longest piece, and the verdicts of a table."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = re.findall(r"<<<DATA-\w+\n(.*?)\nDATA-\w+>>>", text, re.DOTALL)
        self.text = max(pieces, key=len, default="It is so.")
        self.sentences = [self.text[start:stop] for start, stop in sentences_in(self.text)]
        self.verdicts: list[tuple[str, str]] = re.findall(r"<<<DATA-\w+\n([^\n]*)\nDATA-\w+>>>\nis (praised|criticised)", text)

    def prose(self) -> list[str]:
        """Three sentences, each on other words of the material."""
        words = sorted({word.lower() for word in re.findall(r"[^\W\d_]+", self.text)}, key=lambda word: (-len(word), word))
        size = max(1, min(5, len(words) // 3))
        return [f"It tells {when} of {', '.join(words[at * size : (at + 1) * size])}." for at, when in enumerate(WHEN)]

    def consensus(self) -> str:
        return " ".join(f"{name[0].upper()}{name[1:]} is {verdict}." for name, verdict in self.verdicts) or "Readers differ."

    def word(self) -> str:
        return max(re.findall(r"[^\W\d_]+", self.text), key=len, default="x")[:40]


def sample_of(schema: dict[str, Any], name: str, material: Material) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if name in ("summary", "gist"):
        return material.prose()
    match schema["type"]:
        case "object":
            return {name: sample_of(value, name, material) for name, value in schema.get("properties", {}).items()}
        case "array":
            return [sample_of(schema["items"], name, material)] * schema.get("minItems", 0)
        case _:
            spoken = {
                "consensus": material.consensus,
                "key_topics": material.word,
            }
            return spoken[name]() if name in spoken else material.sentences[-1] if name == "points" else "It is so."


@asynccontextmanager
async def model_server(answer: Answer = obliging) -> AsyncIterator[ModelServer]:
    """The server, on a free port of this machine."""
    server = ModelServer(answer)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()
