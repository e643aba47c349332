"""Errors as `application/problem+json` (RFC 9457), all made here."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from luminalib.api.wording import in_words
from luminalib.domain.auth import TooManyRequests
from luminalib.domain.documents import FileTooLarge
from luminalib.domain.errors import Conflict, Forbidden, Invalid, LuminaError, NotFound, Unauthenticated, Unavailable
from luminalib.domain.media import UnsupportedMediaType
from luminalib.domain.uploads import VERSION, WrongVersion
from luminalib.domain.versions import Outdated, VersionNotNamed
from luminalib.ports.storage import StorageFull

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
log = structlog.get_logger(__name__)

STATUS_OF: dict[type[LuminaError], HTTPStatus] = {
    WrongVersion: HTTPStatus.PRECONDITION_FAILED,
    Outdated: HTTPStatus.PRECONDITION_FAILED,
    VersionNotNamed: HTTPStatus.PRECONDITION_REQUIRED,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The first entry that an error is an instance of gives its status."""

# Phrases differ between versions of Python; problem types must not.
HTTP_SLUGS: dict[int, str] = {
    400: "bad-request",
    401: "unauthenticated",
    404: "not-found",
    405: "method-not-allowed",
    413: FileTooLarge.slug,
}

OF_HTTP: dict[str, tuple[HTTPStatus, str]] = {
    "bad-request": (HTTPStatus.BAD_REQUEST, "The request is not well-formed. Compare it with the reference."),
    "unauthenticated": (
        HTTPStatus.UNAUTHORIZED,
        "Log in first: POST /auth/login, then send `Authorization: Bearer <access token>`.",
    ),
    "not-found": (HTTPStatus.NOT_FOUND, "There is nothing at this address. Compare it with the reference."),
    "method-not-allowed": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The address exists, but not this method of it: `Allow` names those that do.",
    ),
    "not-acceptable": (HTTPStatus.NOT_ACCEPTABLE, "What is asked for cannot be answered in a form that `Accept` names."),
    "validation-error": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Part of the request is not valid: `errors` names each part and what is wrong.",
    ),
    "incomplete-request": (HTTPStatus.BAD_REQUEST, "The connection ended before the whole request had come. Send it again."),
    "unknown-host": (HTTPStatus.BAD_REQUEST, "The library does not answer to this name. Use its own address."),
    "internal-error": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side. The server's log has the details under the answer's X-Request-ID.",
    ),
    "http-error": (HTTPStatus.BAD_REQUEST, "The server could not do this; the answer's `detail` says why."),
}
"""Types of problems that no error of the domain stands for."""

HEADERS_OF = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}


class FieldError(BaseModel):
    """One thing that is wrong with the request, or that speaks against it; `field` names the part of the request, if it is one."""

    field: str | None = Field(default=None, examples=["body.title"])
    message: str = Field(examples=["String should have at least 1 character"])
    code: str = Field(examples=["string_too_short"])


class Problem(BaseModel):
    """An error that says what happened and what to do. `type` is stable; more members may carry facts."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/book-not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such book."])
    instance: str = Field(examples=["/books/7d9f1c1e-4f0b-4a51-9c5e-0f6b6a3a9b11"])
    errors: list[FieldError] | None = None


def status_of(error: type[LuminaError]) -> HTTPStatus:
    """The HTTP status that stands for a domain error."""
    return next((status for kind, status in STATUS_OF.items() if issubclass(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(request: Request, status: int, slug: str, detail: str, facts: dict[str, Any] | None = None) -> JSONResponse:
    """The answer for one error."""
    body = _body(request, status, slug, detail, facts)
    headers = HEADERS_OF.get(HTTPStatus(status), {})
    if status == HTTPStatus.UNAUTHORIZED:
        response = JSONResponse(body, status, headers, MEDIA_TYPE)
        for challenge in getattr(request.state, "challenges", ("Bearer",)):
            response.headers.append("WWW-Authenticate", challenge)
        return response
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def body_of(request: Request, error: LuminaError) -> dict[str, Any]:
    """The problem of a domain error, for an answer that reports on several things."""
    return _body(request, status_of(type(error)), error.slug, error.detail, error.facts)


def _body(request: Request, status: int, slug: str, detail: str, facts: dict[str, Any] | None) -> dict[str, Any]:
    return {
        **(facts or {}),
        "type": f"/problems/{slug}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
    }


def documented(*errors: type[LuminaError]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may fail in these ways, with an example each."""
    responses: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        status = status_of(error)
        examples = responses.setdefault(int(status), _response(status.phrase))["content"][MEDIA_TYPE]["examples"]
        detail = (error.__doc__ or "").strip().splitlines()[0]
        examples[error.slug] = {"value": _example(status, error.slug, detail)}
    return responses


def _response(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(status: HTTPStatus, slug: str, detail: str) -> dict[str, Any]:
    return {"type": f"/problems/{slug}", "title": status.phrase, "status": int(status), "detail": detail, "instance": "/…"}


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(LuminaError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LuminaError)  # noqa: S101 -- Starlette's handlers are typed for any exception
    if isinstance(error, Unavailable):
        log.warning("request.unavailable", path=request.url.path, problem=error.slug, reason=error.detail)
    response = problem(request, status_of(type(error)), error.slug, error.detail, error.facts)
    if isinstance(error, WrongVersion):
        response.headers["Tus-Version"] = VERSION
    if "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- as above
    errors = [
        FieldError(field=".".join(str(part) for part in found["loc"]), message=in_words(found), code=found["type"]).model_dump()
        for found in error.errors()
    ]
    detail = f"{errors[0]['field']}: {errors[0]['message']}" if errors else "The request is not valid."
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "validation-error", detail, {"errors": errors})


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    slug = HTTP_SLUGS.get(error.status_code, "http-error")
    response = problem(request, error.status_code, slug, str(error.detail))
    response.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return response


def _methods_at(request: Request) -> set[str]:
    """The methods of all routes at this address: Starlette names those of the first only."""
    found: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found


def _on_disconnect(request: Request, _error: Exception) -> Response:
    return problem(request, HTTPStatus.BAD_REQUEST, "incomplete-request", "The connection ended before the whole request had come.")


def fault(request: Request, error: Exception) -> Response:
    """The answer to what nobody foresaw; the details go to the log only."""
    log.error("request.fault", path=request.url.path, exc_info=error)
    detail = "Something went wrong on our side. The server's log has the details under this request's X-Request-ID."
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", detail)
