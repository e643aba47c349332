"""File names and addresses as clients and people send them."""

from collections.abc import AsyncIterator

import pytest
from pydantic import TypeAdapter, ValidationError

from luminalib.api.auth import Email
from luminalib.api.multipart import MAX_FIELD_BYTES, MalformedUpload, filename_in, from_the_first_boundary


@pytest.mark.parametrize(
    ("disposition", "plain", "name"),
    [
        (b"form-data; name=file; filename*=utf-8''%E6%9B%B8.pdf", None, "書.pdf"),
        (b"form-data; name=file; filename=a.pdf; filename*=UTF-8'en'%C3%A9t%C3%A9.pdf", b"a.pdf", "été.pdf"),
        (b'form-data; name=file; filename="x"; filename*="iso-8859-1\'\'%e9.txt"', b"x", "é.txt"),
        (b"form-data; filename*=nonsense''%FF; filename=a.txt", b"a.txt", "a.txt"),
        (b"form-data; filename*=nonsense''%FF", None, ""),
        (b"form-data", b"=?utf-8?B?w6l0w6kudHh0?=", "été.txt"),
        (b"form-data", b"a%0Ab%22c.txt", 'a\nb"c.txt'),
        (b"form-data", "書.pdf".encode(), "書.pdf"),
        (b"form-data", b"100%25.txt", "100%25.txt"),
        (b"form-data; name=title", None, None),
        (b"form-data", "Büro.txt".encode("cp1252"), "Büro.txt"),
        (b"form-data; filename*=UTF-8''; filename=a.txt", b"a.txt", "a.txt"),
        (b'form-data; filename*0="a long "; filename*1="name.txt"', None, "a long name.txt"),
        (b"form-data; filename*1*=t%C3%A9.txt; filename*0*=utf-8'fr'%C3%A9", None, "été.txt"),
        (b"form-data; filename*0*=nonsense''%E9; filename*1=.txt", None, "é.txt"),
    ],
)
def test_names_in_whichever_form_they_come(disposition: bytes, plain: bytes | None, name: str | None) -> None:
    assert filename_in(disposition, {b"filename": plain} if plain is not None else {}) == name


@pytest.mark.parametrize(
    "email", ["a\u200bb@x.y", "<a@x.y>", "Ada <a@x.y>", "a,b@x.y", "a\u2060@x.y", "\uff1ca@x.y", "a@x.y;b@x.y"]
)
def test_addresses_with_what_nobody_sees_or_means_are_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Email).validate_python(email)


@pytest.mark.parametrize("email", ["ada+books@example.org", "straße@bücher.example", "o'brien@x.y", "用户@x.y"])
def test_unusual_addresses_are_addresses(email: str) -> None:
    assert TypeAdapter(Email).validate_python(email) == email


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_what_stands_before_the_first_boundary_is_left_out(size: int) -> None:
    form = b"--xx\r\nContent-Disposition: form-data; name=file\r\n\r\nwords --xx\r\n--xx--\r\n"
    for before in (b"", b"\r\n", b"This is a message in parts.\r\n", b"--x\r\nno boundary --xx yet\r\n"):
        read = [chunk async for chunk in from_the_first_boundary(pieces(before + form, size), b"xx")]
        assert b"".join(read) == form, before
    assert [chunk async for chunk in from_the_first_boundary(pieces(b"no form at all", size), b"xx")] == []


async def test_what_has_no_boundary_is_not_read_for_ever() -> None:
    with pytest.raises(MalformedUpload):
        [chunk async for chunk in from_the_first_boundary(pieces(b"x" * (2 * MAX_FIELD_BYTES), 4096), b"xx")]
