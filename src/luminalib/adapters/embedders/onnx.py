"""Embedding models in ONNX files, on this machine's processor."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from luminalib.adapters.embedders.vectors import fingerprint_of, prefixed, unit_vectors
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, EmbeddingModel, Use, Vector

BATCH = 4
"""More at once are no faster on one thread, and take more memory."""
MOST_TOKENS = 384
_FILES = ("onnx/model.onnx", "model.onnx", "tokenizer.json", "1_Pooling/config.json", "config.json")
_PIECE = 2**20
T = TypeVar("T")
Floats = npt.NDArray[np.float32]


class OnnxEmbedder(Embedder):
    """A model of sentence-transformers as `model.onnx` and `tokenizer.json`: in the folder `path`, or fetched once by name.

    One thread, small batches, no memory arena: 200 MB for a small model, where ONNX Runtime's defaults take 570. Nothing is
    imported or loaded before it is first asked.
    """

    name = "onnx"

    def __init__(self, *, path: Path | None, model: str, cache: Path) -> None:
        self._path = path
        self._model_name = path.name if path else model
        self._cache = cache
        self._thread = ThreadPoolExecutor(1, "embedder")
        self._loaded: _Session | None = None

    async def model(self) -> EmbeddingModel | None:
        """See Embedder."""
        return (await self._in_thread(self._load)).model

    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:
        """See Embedder."""
        asked = prefixed(self._model_name, texts, use)
        order = sorted(range(len(asked)), key=lambda n: len(asked[n]))  # those of a batch are padded to its longest
        vectors: list[Vector] = [b""] * len(asked)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            batch = [asked[n] for n in places]
            made = await self._in_thread(lambda batch=batch: unit_vectors(self._load().run(batch)))  # type: ignore[misc]
            for place, vector in zip(places, made, strict=True):
                vectors[place] = vector
        return vectors

    async def close(self) -> None:
        """Ends the thread."""
        await asyncio.to_thread(self._thread.shutdown)

    def _load(self) -> "_Session":
        if self._loaded is None:
            self._loaded = _Session(self._folder(), self._model_name)
        return self._loaded

    def _folder(self) -> Path:
        if self._path:
            return self._path
        hub = _imported("huggingface_hub")
        return Path(hub.snapshot_download(self._model_name, cache_dir=self._cache, allow_patterns=list(_FILES)))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except EmbedderUnavailable:
            raise
        except Exception as error:  # the libraries raise whatever they like for a broken file or a name that there is not
            raise EmbedderUnavailable(
                f"The embedding model {self._model_name} cannot be used ({type(error).__name__}: {error}). "
                "Check LUMINALIB_ONNX__MODEL or LUMINALIB_ONNX__PATH."
            ) from error


class _Session:
    """A loaded model."""

    def __init__(self, folder: Path, name: str) -> None:
        weights = next((path for path in (folder / "onnx" / "model.onnx", folder / "model.onnx") if path.is_file()), None)
        if weights is None or not (folder / "tokenizer.json").is_file():
            raise EmbedderUnavailable(f"{folder} needs model.onnx and tokenizer.json. Check LUMINALIB_ONNX__PATH.")
        self._tokenizer = _imported("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._session = _session(weights)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._takes_first = _pooling(folder)
        dimension = self.run(["library"]).shape[1]
        fingerprint = fingerprint_of("onnx", _sha256(weights), _sha256(folder / "tokenizer.json"), str(self._takes_first))
        self.model = EmbeddingModel(name=name, dimension=dimension, fingerprint=fingerprint)

    def run(self, texts: list[str]) -> Floats:
        """One row for each text."""
        read = self._tokenizer.encode_batch(texts)
        mask = np.array([one.attention_mask for one in read], np.int64)
        given = {
            "input_ids": np.array([one.ids for one in read], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([one.type_ids for one in read], np.int64),
        }
        found: Floats = self._session.run(None, {name: array for name, array in given.items() if name in self._inputs})[0]
        if found.ndim == 2:  # noqa: PLR2004 -- pooled by the model itself
            return found
        if self._takes_first:
            return found[:, 0]
        weights = mask[..., None].astype(np.float32)
        mean: Floats = (found * weights).sum(1) / np.maximum(weights.sum(1), 1.0)
        return mean


def _session(weights: Path) -> Any:
    runtime = _imported("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return runtime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _pooling(folder: Path) -> bool:
    """Whether the first token's vector stands for the text, as sentence-transformers' settings say; else the mean of all does."""
    settings = folder / "1_Pooling" / "config.json"
    return settings.is_file() and bool(json.loads(settings.read_text("utf-8")).get("pooling_mode_cls_token"))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _imported(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise EmbedderUnavailable(
            "LUMINALIB_EMBEDDER=onnx needs the extra: install it with `pip install 'luminalib[embeddings]'`."
        ) from error
