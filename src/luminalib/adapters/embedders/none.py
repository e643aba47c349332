"""No embeddings: everything is found by words."""

from collections.abc import Sequence

from luminalib.ports.embedder import Embedder, EmbedderUnavailable, EmbeddingModel, Use, Vector


class NoEmbedder(Embedder):
    """The default: it needs no model and costs nothing."""

    name = "none"

    async def model(self) -> EmbeddingModel | None:
        """None."""
        return None

    async def embed(self, texts: Sequence[str], use: Use) -> list[Vector]:
        """Raises EmbedderUnavailable: there is nothing to ask."""
        del texts, use
        raise EmbedderUnavailable("This library has no embedding model. Choose one with LUMINALIB_EMBEDDER.")
