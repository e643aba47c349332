"""Multipart uploads read as a stream: Starlette's own form parser would write every file to disk once more."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from enum import Enum, auto
from urllib.parse import unquote_to_bytes

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from luminalib.domain.documents import StagedFile
from luminalib.domain.errors import Invalid

MAX_FIELDS = 200
MAX_FILES = 500
MAX_FIELD_BYTES = 64 * 1024
MAX_PARTS = MAX_FIELDS + MAX_FILES
_EXTENDED = re.compile(rb";\s*filename\*\s*=\s*\"?([\w.:-]*)'[\w-]*'([^;\"\s]*)", re.IGNORECASE)
_PIECE = re.compile(rb";\s*filename\*(\d{1,2})(\*?)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\"\s]*))", re.IGNORECASE)
_TRANSFER_ENCODINGS = (b"base64", b"quoted-printable")
_ENCODED_WORD = re.compile(r"=\?[\w.-]+\?[bq]\?[^?]*\?=", re.IGNORECASE)


class MalformedUpload(Invalid):
    """The body is not a complete multipart/form-data message. Send the file as a form field named `file`."""

    slug = "malformed-upload"


class MissingFile(Invalid):
    """There is no file in the form. Send it as a field named `file`."""

    slug = "missing-file"


class _Kind(Enum):
    HEADER_NAME = auto()
    HEADER_VALUE = auto()
    HEADER_END = auto()
    HEADERS_DONE = auto()
    DATA = auto()
    PART_END = auto()


@dataclass(slots=True)
class Part:
    """One field of the form; `chunks` must be read before the next part."""

    name: str
    filename: str | None
    chunks: AsyncIterator[bytes]


@dataclass(slots=True)
class UploadForm:
    """A form that has been read: its text fields, and its file where it was staged."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    staged: StagedFile | None = None

    def add(self, name: str, value: str) -> None:
        """Notes a text field."""
        if sum(map(len, self.fields.values())) >= MAX_FIELDS:
            raise MalformedUpload(f"The form has more than {MAX_FIELDS} fields.")
        self.fields.setdefault(name, []).append(value)


Receive = Callable[[str, AsyncIterator[bytes]], Awaitable[StagedFile]]


def announced_in(request: Request) -> int:
    """How many bytes the request says that it has; 0 when it does not say."""
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def read_upload(request: Request, receive: Receive, form: UploadForm) -> StagedFile:
    """Reads the request into `form`, handing the file to `receive`. Raises MalformedUpload, MissingFile and what `receive` raises.

    When it fails after the file has been staged, `form.staged` tells the caller what to discard.
    """
    async for part in parts(request):
        if part.filename is None:
            form.add(part.name, await _text(part))
        elif part.name != "file":
            raise MalformedUpload(f"A file came in the field {part.name!r}; it belongs in `file`.")
        elif form.staged is not None:
            raise MalformedUpload("The form has more than one file. Send one book at a time.")
        else:
            form.staged = await receive(part.filename, part.chunks)
    if form.staged is None:
        raise MissingFile
    return form.staged


async def read_files(request: Request) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    """Names and contents of the request's files, in order; other fields are passed over. Raises MalformedUpload, MissingFile."""
    count = 0
    async for part in parts(request):
        if part.filename is not None:
            count += 1
            if count > MAX_FILES:
                raise MalformedUpload(f"The form has more than {MAX_FILES} files. Send the rest in another request.")
            yield part.filename, part.chunks
    if not count:
        raise MissingFile("There is no file in the form. Send one or many as fields named `files`.")


async def parts(request: Request) -> AsyncIterator[Part]:
    """The parts of the request's body, in order. Raises MalformedUpload."""
    events, count = _events(request), 0
    async for headers in _heads(events):
        count += 1
        if count > MAX_PARTS:
            raise MalformedUpload(f"The form has more than {MAX_PARTS} parts.")
        _, options = parse_options_header(headers.get("content-disposition", b""))
        name, filename = options.get(b"name"), filename_in(headers.get("content-disposition", b""), options)
        if name is None:
            raise MalformedUpload
        if headers.get("content-transfer-encoding", b"").strip().lower() in _TRANSFER_ENCODINGS:
            raise MalformedUpload("A part of the form is encoded for e-mail. Send its bytes as they are (RFC 7578, 4.7).")
        body = _body(events)
        yield Part(_decode(name), filename, body)
        async for _ in body:  # what the reader left
            pass


def filename_in(disposition: bytes, options: Mapping[bytes, bytes]) -> str | None:
    """The name of a part's file in whichever form a client sends it; None for a field.

    `filename*` in the form of RFC 5987 (.NET, urllib3 before 1.25) counts more than `filename`, whose bytes are UTF-8 in browsers,
    Windows-1252 in old clients, a word of RFC 2047 elsewhere (RestSharp), and in which browsers write quotes and line ends as %22,
    %0D, %0A (HTML, 4.10.21.8). Programs that make it as they make an e-mail cut a long one into pieces (RFC 2231, 3).
    """
    extended = _EXTENDED.search(disposition)
    if extended and extended[2]:
        with suppress(LookupError, UnicodeDecodeError):
            return unquote_to_bytes(extended[2]).decode(extended[1].decode("ascii") or "utf-8")
    plain = options.get(b"filename")
    if plain is None:
        return _joined(disposition) or ("" if extended else None)
    name = _decoded_name(plain)
    if _ENCODED_WORD.search(name):
        with suppress(LookupError, UnicodeDecodeError, HeaderParseError, ValueError):
            return str(make_header(decode_header(name)))
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _decoded_name(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _joined(disposition: bytes) -> str | None:
    """A name that came in pieces; of those with a second star the first names their encoding."""
    pieces = sorted((int(found[1]), found) for found in _PIECE.finditer(disposition))
    if not pieces:
        return None
    encoding, _, first = (pieces[0][1][3] or pieces[0][1][4] or b"").partition(b"'") if pieces[0][1][2] else (b"", b"", b"")
    told = [first.partition(b"'")[2] if not at and first else found[3] or found[4] or b"" for at, (_, found) in enumerate(pieces)]
    raw = b"".join(unquote_to_bytes(piece) if found[2] else piece for piece, (_, found) in zip(told, pieces, strict=True))
    with suppress(LookupError, UnicodeDecodeError):
        return raw.decode(encoding.decode("ascii") or "utf-8")
    return _decoded_name(raw)


async def _heads(events: AsyncIterator[tuple[_Kind, bytes]]) -> AsyncIterator[dict[str, bytes]]:
    headers: dict[str, bytes] = {}
    name = value = b""
    async for kind, data in events:
        if kind is _Kind.HEADER_NAME:
            name += data
        elif kind is _Kind.HEADER_VALUE:
            value += data
        elif kind is _Kind.HEADER_END:
            headers[name.decode("latin-1").lower()] = value
            name = value = b""
        elif kind is _Kind.HEADERS_DONE:
            yield headers
            headers = {}


async def _body(events: AsyncIterator[tuple[_Kind, bytes]]) -> AsyncIterator[bytes]:
    async for kind, data in events:
        if kind is _Kind.PART_END:
            return
        yield data


async def _events(request: Request) -> AsyncIterator[tuple[_Kind, bytes]]:
    """What the parser finds, chunk by chunk, so that never more than a chunk is held."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise MalformedUpload
    found: list[tuple[_Kind, bytes]] = []
    try:
        parser, finished = _parser(boundary, found)
        async for chunk in from_the_first_boundary(request.stream(), boundary):
            parser.write(chunk)
            for event in found:
                yield event
            found.clear()
        parser.finalize()
    except FormParserError as error:  # too long a boundary, too many headers, or no form at all
        raise MalformedUpload from error
    except ClientDisconnect as error:
        raise MalformedUpload("The connection ended before the whole file had come. Send it again.") from error
    if not finished():
        raise MalformedUpload


async def from_the_first_boundary(chunks: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[bytes]:
    """The body without what stands before its first boundary, which says nothing (RFC 2046, 5.1.1) and confuses the parser."""
    mark, head = b"--" + boundary, b""
    async for chunk in chunks:
        head += chunk
        if head.startswith(mark) or (at := head.find(b"\n" + mark)) >= 0:
            yield head if head.startswith(mark) else head[at + 1 :]
            break
        if len(head) > MAX_FIELD_BYTES:
            raise MalformedUpload
    async for chunk in chunks:
        yield chunk


def _parser(boundary: bytes, found: list[tuple[_Kind, bytes]]) -> tuple[MultipartParser, Callable[[], bool]]:
    ended: list[bool] = []

    def piece(kind: _Kind) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: found.append((kind, data[start:end]))

    def mark(kind: _Kind) -> Callable[[], None]:
        return lambda: found.append((kind, b""))

    parser = MultipartParser(
        boundary,
        {
            "on_header_field": piece(_Kind.HEADER_NAME),
            "on_header_value": piece(_Kind.HEADER_VALUE),
            "on_header_end": mark(_Kind.HEADER_END),
            "on_headers_finished": mark(_Kind.HEADERS_DONE),
            "on_part_data": piece(_Kind.DATA),
            "on_part_end": mark(_Kind.PART_END),
            "on_end": lambda: ended.append(True),
        },
    )
    return parser, lambda: bool(ended)


async def _text(part: Part) -> str:
    value = b""
    async for chunk in part.chunks:
        value += chunk
        if len(value) > MAX_FIELD_BYTES:
            raise MalformedUpload(f"The field {part.name!r} is longer than {MAX_FIELD_BYTES // 1024} KiB.")
    return _decode(value)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedUpload("A field of the form is not UTF-8 text.") from error
