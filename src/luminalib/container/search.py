"""The index of passages and the embedder, as the settings choose them."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from luminalib.adapters.embedders.none import NoEmbedder
from luminalib.adapters.passage_index.local import LocalPassageIndex
from luminalib.adapters.passage_index.pgvector import PgvectorPassageIndex
from luminalib.ports.embedder import Embedder
from luminalib.ports.passage_index import PassageIndex
from luminalib.settings import Settings


def open_embedder(settings: Settings, stack: AsyncExitStack) -> Embedder:
    """The chosen embedder; nothing is loaded or asked yet."""
    if settings.embedder == "none":
        return NoEmbedder()
    if settings.embedder == "onnx":
        from luminalib.adapters.embedders.onnx import OnnxEmbedder  # noqa: PLC0415 -- what computes is imported where it is chosen

        local = OnnxEmbedder(path=settings.onnx.path, model=settings.onnx.model, cache=settings.data_dir / "models")
        stack.push_async_callback(local.close)
        return local
    from luminalib.adapters.embedders.servers import OllamaEmbedder, OpenAIEmbedder  # noqa: PLC0415 -- as above

    embedder: OllamaEmbedder | OpenAIEmbedder
    if settings.embedder == "ollama":
        embedder = OllamaEmbedder(base_url=settings.ollama.base_url, model=settings.ollama.embedding_model)
    else:
        server = settings.openai
        key = server.api_key.get_secret_value()
        embedder = OpenAIEmbedder(base_url=server.base_url, api_key=key, model=server.embedding_model)
    stack.push_async_callback(embedder.close)
    return embedder


async def open_passage_index(settings: Settings, stack: AsyncExitStack, server_settings: Mapping[str, str]) -> PassageIndex:
    """The chosen index, open: files in the data directory, or tables of the same PostgreSQL. Raises PassageIndexUnavailable."""
    index: LocalPassageIndex | PgvectorPassageIndex
    if settings.passage_index == "pgvector":
        dsn = settings.database.replace("postgresql+asyncpg://", "postgresql://")
        index = PgvectorPassageIndex(dsn, server_settings)
    else:
        index = LocalPassageIndex(settings.data_dir / "passages")
    stack.push_async_callback(index.close)
    await index.start()
    return index
