"""The upload forms of books, for the OpenAPI document and the pages that are made of it."""

from typing import Any

_FILE = {"type": "string", "format": "binary", "description": "A PDF, EPUB or plain text file."}


def _form(properties: dict[str, Any], **more: bool) -> dict[str, Any]:
    schema = {"type": "object", "required": ["file"], "properties": {"file": _FILE, **properties}, **more}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


# A form that a page makes of this is filled in with the defaults, or with made-up values where there are none: so all are given.
# An empty field counts as left out.
_TEXT = {"type": "string", "default": ""}
_TEXTS = {"type": "array", "items": {"type": "string"}, "default": []}
_NUMBER = {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 0}], "default": ""}
UPLOAD_FORM = _form(
    {
        "title": {**_TEXT, "maxLength": 500, "description": "Read from the file where it is left out."},
        "author": {**_TEXTS, "description": "Repeat for several."},
        "isbn": {**_TEXT, "description": "With or without hyphens."},
        "language": {**_TEXT, "description": "Its code, such as en."},
        "published_year": {**_NUMBER, "description": "The year of publication."},
        "description": {**_TEXT, "description": "What it is about."},
        "tags": {**_TEXTS, "description": "Repeated, or separated by commas."},
        "copies": {"type": "integer", "minimum": 1, "default": 1, "description": "How many copies the library lends."},
        "series": {**_TEXT, "maxLength": 200, "description": "The series that it belongs to."},
        "series_index": {**_NUMBER, "description": "The place in the series, such as 2 or 2.5."},
    },
    additionalProperties=False,
)
"""A book with what people say about it."""
CONTENT_FORM = _form({})
"""A file in the place of another."""
