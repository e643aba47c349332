"""The document at /openapi.json, without a linter: `make check-openapi` has those."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from luminalib.api import openapi
from luminalib.api.glossary import WORDS
from luminalib.api.openapi import TAGS
from luminalib.api.problems import MEDIA_TYPE
from luminalib.main import create_app
from luminalib.settings import Settings

ADDRESS = "urn:document"


@pytest.fixture
def document(openapi_document: dict[str, Any]) -> dict[str, Any]:
    return openapi_document


async def test_the_document_is_made_beside_the_event_loop(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a second, in which nobody else should have to wait."""
    makers = []

    def derive(*_: object) -> dict[str, Any]:
        makers.append(threading.current_thread())
        return {"paths": {}}

    monkeypatch.setattr(openapi, "_derive", derive)
    monkeypatch.setattr(openapi, "_finish", lambda schema: {**schema, "openapi": document["openapi"]})
    transport = httpx.ASGITransport(create_app(Settings(_env_file=None)))
    async with httpx.AsyncClient(transport=transport, base_url="http://library.test") as client:
        for _ in range(2):
            assert (await client.get("/openapi.json")).json() == {"paths": {}, "openapi": document["openapi"]}
        assert (await client.head("/openapi.json")).status_code == 200
    assert len(makers) == 1
    assert makers[0] is not threading.current_thread()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def is_leaf(shape: dict[str, Any]) -> bool:
    """Whether an example belongs here: not where the parts of a shape have theirs."""
    made_of = [shape, *shape.get("anyOf", ()), shape.get("items", {}), *(one.get("items", {}) for one in shape.get("anyOf", ()))]
    return not any("$ref" in one for one in (*made_of, shape.get("additionalProperties") or {}) if isinstance(one, dict))


def test_operations_have_the_names_that_clients_call_them_by(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert {"sign_up", "log_in", "add_book", "list_books", "borrow_book", "send_message"} < set(names)
    assert [name for name in names if not name.isidentifier() or name != name.lower()] == []


def test_every_operation_says_what_happens(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        summary = operation["summary"]
        assert " " in summary, path
        assert summary.replace(" ", "_").lower() != operation["operationId"], path
        assert not summary.endswith("."), path


def test_every_field_and_parameter_is_described_with_an_example(document: dict[str, Any]) -> None:
    wanting = []
    for name, schema in document["components"]["schemas"].items():
        if not schema.get("description"):
            wanting.append(name)
        for field, shape in schema.get("properties", {}).items():
            if not shape.get("description"):
                wanting.append(f"{name}.{field}: description")
            if is_leaf(shape) and not {"examples", "default", "const"} & shape.keys():
                wanting.append(f"{name}.{field}: example")
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if not parameter.get("description"):
                wanting.append(f"{method} {path} {parameter['name']}: description")
            if "example" not in parameter and not {"examples", "default"} & parameter["schema"].keys():
                wanting.append(f"{method} {path} {parameter['name']}: example")
    assert wanting == [], "Describe it where it is declared, or in api/glossary.py."


def test_the_glossary_explains_nothing_that_is_not_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    there = {f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", {})}
    there |= {name.partition(".")[2] for name in there}
    there |= {
        one["name"].lower().replace("-", "_") for _, _, operation in operations(document) for one in operation.get("parameters", ())
    }
    assert WORDS.keys() - there == set()


def test_every_example_is_one(document: dict[str, Any]) -> None:
    registry: Registry[Any] = Registry().with_resource(ADDRESS, DRAFT202012.create_resource(document))

    def wrong(shape: dict[str, Any], example: Any) -> list[str]:
        pointed = _with_whole_addresses(shape)
        Draft202012Validator.check_schema(pointed)
        return [error.message for error in Draft202012Validator(pointed, registry=registry).iter_errors(example)]

    found: dict[str, list[str]] = {}
    for name, schema in document["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            for example in (*shape.get("examples", ()), *([shape["default"]] if "default" in shape else ())):
                found[f"{name}.{field}"] = wrong(shape, example)
        for example in schema.get("examples", ()):
            found[name] = wrong(schema, example)
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                found[f"{method} {path} {parameter['name']}"] = wrong(parameter["schema"], parameter["example"])
    assert {name: errors for name, errors in found.items() if errors} == {}


def _with_whole_addresses(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: f"{ADDRESS}{value}" if key == "$ref" else _with_whole_addresses(value) for key, value in shape.items()}
    return [_with_whole_addresses(one) for one in shape] if isinstance(shape, list) else shape


def test_errors_have_examples_that_fit_their_status(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get(MEDIA_TYPE)
            if content is None:
                continue
            assert content["examples"], (method, path, status)
            for slug, example in content["examples"].items():
                assert example["value"]["status"] == int(status), (method, path, status)
                assert example["value"]["type"] == f"/problems/{slug}"
        assert "requestBody" not in operation or "413" in operation["responses"], (method, path)
        assert method != "get" or "413" not in operation["responses"], path


def test_a_patch_has_no_defaults(document: dict[str, Any]) -> None:
    """A generated client sends them: five copies became one."""
    bodies = [
        document["components"]["schemas"][
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        ]
        for method, _, operation in operations(document)
        if method == "patch" and "application/json" in operation["requestBody"]["content"]
    ]
    assert len(bodies) > 2
    assert [field for body in bodies for field, shape in body["properties"].items() if "default" in shape] == []


def test_bodies_take_no_field_that_they_do_not_know(document: dict[str, Any]) -> None:
    open_ones = set()
    for method, path, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            shape = content["schema"]
            for one in shape.get("anyOf", [shape]):
                target = document["components"]["schemas"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                if target.get("type") == "object" and target.get("additionalProperties") is not False:
                    open_ones.add((method, path, kind))
    # Of two forms nothing is read but the files, and whoever logs in may send what they signed up with.
    form = "multipart/form-data"
    assert open_ones == {
        ("put", "/books/{book_id}/content", form),
        ("post", "/documents/upload", form),
        ("post", "/auth/login", "application/json"),
    }


def test_tags_are_in_the_order_of_a_first_visit(document: dict[str, Any]) -> None:
    assert [tag["name"] for tag in document["tags"]] == list(TAGS)
    met = dict.fromkeys(tag for _, _, operation in operations(document) for tag in operation["tags"])
    assert set(met) == set(TAGS)
    assert next(iter(document["paths"])) == "/auth/signup"


def test_streams_say_what_they_carry(document: dict[str, Any]) -> None:
    streams = {
        operation["operationId"]: answer["content"]["text/event-stream"]
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        if "text/event-stream" in answer.get("content", {})
    }
    assert set(streams) == {"stream_documents", "stream_notices", "stream_conversation", "ask", "send_message"}
    for stream in streams.values():
        assert stream["schema"]["contentSchema"]["items"]
        assert stream["example"].endswith("\n\n")
    assert "bearer.<access token>" in document["info"]["description"]
