"""Sending files: whole, in ranges, or not at all when the client has them (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from luminalib.domain.books import BookFile

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
Read = Callable[[BookFile, int, int], AsyncIterator[bytes]]


def send_content(request: Request, file: BookFile, read: Read) -> Response:
    """The answer to a GET or HEAD of a book's file. `read` gives the bytes from a start up to a stop."""
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(file.download_name),
        "Cache-Control": "private, no-cache",
    }
    if etag in (tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")):
        return Response(status_code=304, headers=headers)
    wanted = _wanted(request, file.byte_size, etag)
    if wanted is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{file.byte_size}"})
    start, stop = wanted
    headers["Content-Length"] = str(stop - start)
    status = 200
    if stop - start < file.byte_size:
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.byte_size}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=file.media_type)
    return StreamingResponse(read(file, start, stop), status, headers, file.media_type)


def _disposition(filename: str) -> str:
    """The name in full (RFC 6266), and in ASCII for clients that know no other."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _wanted(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """The bytes to send as (start, stop); None when the range cannot be satisfied.

    Several ranges, other units and ranges of an older file are answered with the whole, as the RFC allows.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not match or request.headers.get("If-Range", etag) != etag or match[0] == "bytes=-":
        return 0, size
    first, last = match.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, stop) if start < size else None
