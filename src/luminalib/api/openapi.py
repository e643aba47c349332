"""The OpenAPI document: what FastAPI derives, with our errors instead of its own."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from luminalib.api.problems import MEDIA_TYPE, Problem, documented
from luminalib.domain.auth import TooManyRequests

DESCRIPTION = """
A self-hosted library server that has read its books.

Start with **POST /auth/signup** (the first account becomes admin), press **Authorize**, then add a book with **POST /books** and
read **GET /books/{id}/summary** a moment later. Errors are `application/problem+json` (RFC 9457): `type` is stable, `detail` says
what to do.
"""
_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_ANYWHERE = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_INVALID = {
    "type": "/problems/validation-error",
    "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
    "status": 422,
    "detail": "body.title: String should have at least 1 character",
    "instance": "/…",
    "errors": [{"field": "body.title", "message": "String should have at least 1 character", "code": "string_too_short"}],
}


def install(app: FastAPI) -> None:
    """Makes `app.openapi()` answer with the finished document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finish(
                get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def _finish(schema: dict[str, Any]) -> dict[str, Any]:
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    schemes = schema["components"]["securitySchemes"]
    schemes["device"] = schemes.pop("device")  # last: forms for logging in keep this order, and people come first
    for path in schema["paths"].values():
        for operation in path.values():
            _document_errors(operation)
            if operation.get("security") == [{"device": []}]:  # a device may read, and so may whoever is logged in
                operation["security"].insert(0, {"bearer": []})
                operation["responses"].update({str(code): answer for code, answer in documented(TooManyRequests).items()})
    return schema


def _document_errors(operation: dict[str, Any]) -> None:
    """Every route can find its input invalid, its request too large, and us at fault or without a database."""
    responses = operation["responses"]
    ours = responses.get("422", {}).get("content", {}).get(MEDIA_TYPE, _PROBLEM)
    examples = {**ours.get("examples", {}), "validation-error": {"value": _INVALID}}
    responses["422"] = {
        "description": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        "content": {MEDIA_TYPE: {**_PROBLEM, "examples": examples}},
    }
    for status in _ANYWHERE if "requestBody" in operation else _ANYWHERE[1:]:
        responses.setdefault(str(int(status)), {"description": status.phrase, "content": {MEDIA_TYPE: _PROBLEM}})
