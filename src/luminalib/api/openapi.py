"""The OpenAPI document: what FastAPI derives, in the words and the order of a first visit, with our errors instead of its own."""

import json
import re
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from threading import Lock
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.routing import BaseRoute

from luminalib.api.auth import LoginRequest
from luminalib.api.glossary import explain
from luminalib.api.problems import MEDIA_TYPE, Problem, documented
from luminalib.api.streams import MODELS, STREAMS
from luminalib.domain.auth import TooManyRequests

REF = "#/components/schemas/{model}"
TAGS = {
    "accounts": "Sign up, log in, and say who you are and what you like.",
    "books": "The catalogue: add a book from its file, find it, describe it, read it.",
    "circulation": "Borrow, renew and return; wait in line for a book; be told when a copy is ready.",
    "reviews": "What readers say of a book, and what they say together.",
    "recommendations": "What to read next, with reasons.",
    "search": "Passages inside the books.",
    "conversations": "Questions that are answered with the page, or refused.",
    "inquiries": "What people write to the library: what they want, how sure that is, and what becomes of it.",
    "documents": "Files on their way through the pipeline, and what happens to them as it happens.",
    "uploads": "Large files in pieces, by the tus protocol: what a broken connection has brought counts.",
    "administration": "Accounts, the audit log and the language engine, for admins.",
    "webhooks": "Other systems that are told of what happens here; for admins.",
    "tenants": "Several libraries in one installation, for those who run it.",
    "crm": "Contacts of inquiries, in step with the systems that others keep them in; for admins.",
    "operations": "Is it alive, is it ready, how is it doing.",
}
"""In the order of a first visit."""
_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_EXAMPLES = {
    HTTPStatus.BAD_REQUEST: ("incomplete-request", "The connection ended before the whole request had come."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("file-too-large", "The request is larger than the 1 MiB that are accepted here."),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "internal-error",
        "Something went wrong on our side. The server's log has the details under this request's X-Request-ID.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("database-unavailable", "The database does not answer. Try again in a moment."),
}
_WITH_A_BODY = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_ANYWHERE = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)


def install(app: FastAPI, visit: Sequence[BaseRoute]) -> None:
    """Makes `app.openapi()` answer with the finished document, and `/openapi.json` too, in a thread: the first takes a second.

    `visit` are its routes in the order of a first visit.
    """
    one_makes_it = Lock()

    def document() -> dict[str, Any]:
        with one_makes_it:
            if app.openapi_schema is None:
                app.openapi_schema = _finish(_derive(app, visit))
            return app.openapi_schema

    @cache
    def written() -> bytes:
        return orjson.dumps(app.openapi())

    def openapi_json(_: Request) -> Response:
        return Response(written(), media_type="application/json")

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents
    app.add_route("/openapi.json", openapi_json, include_in_schema=False)


def _derive(app: FastAPI, visit: Sequence[BaseRoute]) -> dict[str, Any]:
    from luminalib.api import webhook_events  # noqa: PLC0415 -- models of messages that nothing but this document needs

    visit = [_without_head(route) for route in visit]
    schema = get_openapi(
        title=app.title,
        version=app.version,
        summary="A self-hosted library server that has read its books.",
        description=files("luminalib.api").joinpath("introduction.md").read_text("utf-8"),
        routes=visit,
        webhooks=webhook_events.router.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
        servers=[{"url": "/", "description": "The server that this document comes from."}],
        contact={"name": "LuminaLib's maintainers"},
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    names = {
        (route.path_format, method.lower()): route.name
        for route in visit
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    for path, method, operation in _operations(schema):
        operation["operationId"] = names[path, method]
    return _with_plain_names(schema)


def _without_head(route: BaseRoute) -> BaseRoute:
    """That GET has a HEAD need not be said of each."""
    if not isinstance(route, APIRoute) or "GET" not in (methods := route.methods or set()):
        return route
    shown = copy(route)
    shown.methods = methods - {"HEAD"}
    return shown


def _finish_webhooks(schema: dict[str, Any]) -> None:
    """What we send: nobody logs in for it, and what receivers make of it is theirs."""
    for kind, item in schema.get("webhooks", {}).items():
        operation = item["post"]
        operation.update({"operationId": f"on_{kind.replace('.', '_')}", "security": []})
        operation["summary"] = operation["description"].partition(". ")[0]
        operation["responses"].pop("422")


def _with_plain_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Generated clients make classes of these: BookPage instead of PageOf_BookOut_."""
    return json.loads(re.sub(r"PageOf_(\w+?)Out_", r"\1Page", json.dumps(schema)))  # type: ignore[no-any-return]


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _finish(schema: dict[str, Any]) -> dict[str, Any]:
    schemas = schema["components"]["schemas"]
    _finish_webhooks(schema)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    models: tuple[type[BaseModel], ...] = (Problem, *MODELS)
    shown: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in models]
    _, extra = models_json_schema([(LoginRequest, "validation"), *shown], ref_template=REF)
    for name, found in extra["$defs"].items():
        schemas.setdefault(name, found)
    for name, found in schemas.items():
        for field, shape in found.get("properties", {}).items():
            _explain(shape, shape, name, field)
    schemes = schema["components"]["securitySchemes"]
    schemes["device"] = schemes.pop("device")  # last: forms for logging in keep this order, and people come first
    for _, _, operation in _operations(schema):
        operation["summary"] = operation["description"].partition(". ")[0].partition("\n")[0].removesuffix(".")
        operation.setdefault("security", [])
        for parameter in operation.get("parameters", ()):
            _explain(parameter, parameter["schema"], "", parameter["name"].lower().replace("-", "_"))
        if operation["operationId"] in STREAMS:
            STREAMS[operation["operationId"]].describe(operation)
        _document_errors(operation)
        if operation["security"] == [{"device": []}]:  # a device may read, and so may whoever is logged in
            operation["security"].insert(0, {"bearer": []})
            operation["responses"].update({str(code): answer for code, answer in documented(TooManyRequests).items()})
    return schema


def _explain(told: dict[str, Any], shape: dict[str, Any], schema: str, field: str) -> None:
    """Puts in what the name means and an example, where a field or parameter says neither itself."""
    words, example = explain(schema, field)
    if words:
        told.setdefault("description", words)
    if example is not None and not {"example", "examples", "default", "const"} & (told.keys() | shape.keys()):
        told.update({"examples": [example]} if told is shape else {"example": example})


def _document_errors(operation: dict[str, Any]) -> None:
    """Any route can find us at fault or without a database; one that takes something can find it invalid, or too large."""
    responses = operation["responses"]
    for status in (*(_WITH_A_BODY if "requestBody" in operation else ()), *_ANYWHERE):
        answer = responses.setdefault(str(int(status)), {"description": status.phrase, "content": {MEDIA_TYPE: {**_PROBLEM}}})
        if MEDIA_TYPE in answer.get("content", {}):
            slug, detail = _EXAMPLES[status]
            examples = answer["content"][MEDIA_TYPE].setdefault("examples", {})
            examples.setdefault(slug, {"value": _example(status, slug, detail)})
    ours = responses.pop("422", {}).get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    if wrong := _what_may_be_wrong(operation):
        ours = {**ours, "validation-error": {"value": wrong}}
    if ours:
        content = {MEDIA_TYPE: {**_PROBLEM, "examples": ours}}
        responses["422"] = {"description": HTTPStatus.UNPROCESSABLE_ENTITY.phrase, "content": content}


def _what_may_be_wrong(operation: dict[str, Any]) -> dict[str, Any] | None:
    if "requestBody" in operation:
        error = {"field": "body.title", "message": "Should have at least 1 character.", "code": "string_too_short"}
    elif parameters := operation.get("parameters"):
        first = parameters[-1]
        error = {"field": f"{first['in']}.{first['name']}", "message": "Is not what it should be.", "code": "value_error"}
    else:
        return None
    detail = f"{error['field']}: {error['message']}"
    return {**_example(HTTPStatus.UNPROCESSABLE_ENTITY, "validation-error", detail), "errors": [error]}


def _example(status: HTTPStatus, slug: str, detail: str) -> dict[str, Any]:
    return {"type": f"/problems/{slug}", "title": status.phrase, "status": int(status), "detail": detail, "instance": "/books"}
