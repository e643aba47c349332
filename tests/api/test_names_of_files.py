"""File names and addresses as clients and people send them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from luminalib.api.auth import Email
from luminalib.api.multipart import filename_in


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
