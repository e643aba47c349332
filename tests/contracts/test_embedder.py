"""What every embedder promises: over a server that speaks both protocols, and over real weights where they are."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from luminalib.adapters.embedders.none import NoEmbedder
from luminalib.adapters.embedders.onnx import OnnxEmbedder
from luminalib.adapters.embedders.servers import OllamaEmbedder, OpenAIEmbedder
from luminalib.adapters.embedders.vectors import prefixed, unit_vectors
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, Use

WEIGHTS = Path("~/.cache/lumina-lab/models/all-MiniLM-L6-v2").expanduser()
TEXTS = ["a cat sat on the mat", "a kitten sat on a rug", "the law of income tax", *(f"text {number}" for number in range(20))]


def row_of(text: str) -> list[float]:
    return [float(text.count(letter)) + 0.5 for letter in "abcdefghij"]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Embeddings as Ollama and as OpenAI send them; a model by another name is not there."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
        body = json.loads(await reader.readexactly(length))
        rows = [row_of(text) for text in body["input"]]
        answer: dict[str, Any] = {"model": body["model"], "embeddings": rows}
        if "/v1/" in head:
            data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
            answer = {
                "object": "list",
                "model": body["model"],
                "data": data[::-1],
                "usage": {"prompt_tokens": 1, "total_tokens": 1},
            }
        status = "200 OK" if body["model"] == "tiny" else "404 Not Found"
        sent = json.dumps(answer if body["model"] == "tiny" else {"error": "model not found"}).encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent)
        await writer.drain()
    writer.close()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def make(kind: str, port: int, model: str = "tiny") -> OllamaEmbedder | OpenAIEmbedder:
    if kind == "ollama":
        return OllamaEmbedder(base_url=f"http://127.0.0.1:{port}", model=model)
    return OpenAIEmbedder(base_url=f"http://127.0.0.1:{port}/v1", api_key="", model=model)


@pytest.fixture(params=["ollama", "openai", "onnx"])
async def embedder(request: pytest.FixtureRequest, port: int) -> AsyncIterator[Embedder]:
    if request.param == "onnx":
        if not (WEIGHTS / "model.onnx").exists():
            pytest.skip(f"no weights in {WEIGHTS}")
        opened: OnnxEmbedder | OllamaEmbedder | OpenAIEmbedder = OnnxEmbedder(path=WEIGHTS, model="", cache=WEIGHTS)
    else:
        opened = make(request.param, port)
    yield opened
    await opened.close()


async def test_gives_a_unit_vector_for_each_text_in_their_order(embedder: Embedder) -> None:
    model = await embedder.model()
    assert model is not None
    vectors = [np.frombuffer(one, "<f4") for one in await embedder.embed(TEXTS, Use.PASSAGE)]
    assert len(vectors) == len(TEXTS)
    for vector in vectors:
        assert vector.shape == (model.dimension,)
        assert math.isclose(float(vector @ vector), 1.0, rel_tol=1e-4)
    (last,) = await embedder.embed(TEXTS[-1:], Use.QUERY)
    assert float(np.frombuffer(last, "<f4") @ vectors[-1]) > 0.99
    assert await embedder.model() == model


async def test_texts_of_any_length_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without weights: batches are of like length, the answer is in the order of the question."""
    lengths: list[int] = []

    class Counting:
        def run(self, texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
            lengths.extend(map(len, texts))
            return np.array([row_of(text) for text in texts], np.float32)

    opened = OnnxEmbedder(path=Path("none"), model="", cache=Path("none"))
    monkeypatch.setattr(opened, "_load", Counting)
    texts = [chr(97 + number % 10) * (1 + 37 * number % 50) for number in range(11)]
    assert await opened.embed(texts, Use.PASSAGE) == unit_vectors(np.array([row_of(text) for text in texts], np.float32))
    await opened.close()
    assert lengths == sorted(map(len, texts))


async def test_real_weights_know_what_is_near() -> None:
    if not (WEIGHTS / "model.onnx").exists():
        pytest.skip(f"no weights in {WEIGHTS}")
    embedder = OnnxEmbedder(path=WEIGHTS, model="", cache=WEIGHTS)
    cat, kitten, law = (np.frombuffer(one, "<f4") for one in await embedder.embed(TEXTS[:3], Use.PASSAGE))
    assert float(cat @ kitten) > float(cat @ law) + 0.2
    await embedder.close()


@pytest.mark.parametrize("kind", ["ollama", "openai"])
async def test_a_server_that_is_away_or_lacks_the_model_is_told_apart_from_faults_of_ours(kind: str, port: int) -> None:
    for embedder in (make(kind, port, "another"), make(kind, 1)):
        with pytest.raises(EmbedderUnavailable, match=r"another|tiny"):
            await embedder.model()
        await embedder.close()


async def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(path=tmp_path, model="", cache=tmp_path)
    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx"):
        await embedder.model()
    await embedder.close()


async def test_without_an_embedder_there_is_no_model() -> None:
    assert await NoEmbedder().model() is None
    with pytest.raises(EmbedderUnavailable):
        await NoEmbedder().embed(["x"], Use.QUERY)


def test_families_of_models_are_asked_as_they_want() -> None:
    assert prefixed("intfloat/multilingual-e5-small", ["x"], Use.QUERY) == ["query: x"]
    assert prefixed("nomic-embed-text", ["x"], Use.PASSAGE) == ["search_document: x"]
    assert prefixed("all-MiniLM-L6-v2", ["x"], Use.QUERY) == ["x"]


def test_what_is_no_vector_is_refused() -> None:
    for rows in ([[1.0, float("nan")]], [1.0]):
        with pytest.raises(EmbedderUnavailable):
            unit_vectors(np.array(rows))
