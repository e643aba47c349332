"""Embedding models behind Ollama and behind servers that speak OpenAI's protocol."""

from abc import abstractmethod
from collections.abc import Sequence

import httpx
import ollama
import openai
from pydantic import ValidationError

from luminalib.adapters.embedders.vectors import fingerprint_of, prefixed, unit_vectors
from luminalib.ports.embedder import Embedder, EmbedderUnavailable, EmbeddingModel, Use, Vector

BATCH = 16
SECONDS = 120.0
_CONNECT_SECONDS = 5.0
_MOST_CHARACTERS = 8000
"""More of a text is not sent: models of this kind read less."""


class _ServerEmbedder(Embedder):
    """Asks a server, in batches; how long its vectors are is learnt from the first."""

    def __init__(self, model: str) -> None:
        self._model_name = model
        self._model: EmbeddingModel | None = None

    async def model(self) -> EmbeddingModel | None:
        """See Embedder."""
        if self._model is None:
            (first,) = await self._ask(["library"])
            fingerprint = fingerprint_of(self.name, self._model_name, str(len(first)))
            self._model = EmbeddingModel(name=self._model_name, dimension=len(first) // 4, fingerprint=fingerprint)
        return self._model

    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:
        """See Embedder."""
        asked = [text[:_MOST_CHARACTERS] for text in prefixed(self._model_name, texts, use)]
        vectors: list[Vector] = []
        for start in range(0, len(asked), BATCH):
            vectors += await self._ask(asked[start : start + BATCH])
        return vectors

    async def _ask(self, texts: list[str]) -> list[Vector]:
        vectors = unit_vectors(await self._rows(texts))
        if len(vectors) != len(texts):
            raise EmbedderUnavailable(f"The server of {self._model_name} sent {len(vectors)} vectors for {len(texts)} texts.")
        return vectors

    @abstractmethod
    async def _rows(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """A row of numbers for each text. Raises EmbedderUnavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Closes the connections."""


class OllamaEmbedder(_ServerEmbedder):
    """A model of an Ollama server."""

    name = "ollama"

    def __init__(self, *, base_url: str, model: str) -> None:
        super().__init__(model)
        self._base_url = base_url
        self._client = ollama.AsyncClient(base_url, timeout=httpx.Timeout(SECONDS, connect=_CONNECT_SECONDS))

    async def _rows(self, texts: list[str]) -> Sequence[Sequence[float]]:
        try:
            return (await self._client.embed(self._model_name, texts)).embeddings
        except (ollama.ResponseError, ollama.RequestError, httpx.HTTPError, OSError, ValueError) as error:
            raise EmbedderUnavailable(
                f"Ollama at {self._base_url} does not embed with {self._model_name} ({error}). Start it, or fetch the model with "
                f"`ollama pull {self._model_name}`."
            ) from error

    async def close(self) -> None:
        """See the base."""
        await self._client.close()  # type: ignore[no-untyped-call]  # the client is not annotated here


class OpenAIEmbedder(_ServerEmbedder):
    """A model behind OpenAI's API."""

    name = "openai"

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        super().__init__(model)
        self._base_url = base_url
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=1,
            timeout=openai.Timeout(SECONDS, connect=_CONNECT_SECONDS),
        )

    async def _rows(self, texts: list[str]) -> Sequence[Sequence[float]]:
        try:
            # Numbers, not base64: not every server that speaks the protocol knows the latter.
            found = await self._client.embeddings.create(model=self._model_name, input=texts, encoding_format="float")
        except (openai.OpenAIError, ValidationError, ValueError, OSError) as error:
            raise EmbedderUnavailable(
                f"{self._base_url} does not embed with {self._model_name} ({type(error).__name__}). Check "
                "LUMINALIB_OPENAI__BASE_URL and LUMINALIB_OPENAI__EMBEDDING_MODEL."
            ) from error
        return [one.embedding for one in sorted(found.data, key=lambda one: one.index)]

    async def close(self) -> None:
        """See the base."""
        await self._client.close()
