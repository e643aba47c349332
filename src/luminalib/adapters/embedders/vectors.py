"""From what models give to unit vectors."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from luminalib.ports.embedder import EmbedderUnavailable, Use, Vector


def unit_vectors(rows: npt.NDArray[np.floating] | Sequence[Sequence[float]]) -> list[Vector]:
    """The rows with unit length, as bytes. Raises EmbedderUnavailable for what is no matrix of finite numbers."""
    matrix = np.asarray(rows, dtype=np.float32)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():  # noqa: PLR2004 -- a matrix
        raise EmbedderUnavailable("The embedding model gives what are no vectors.")
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return [row.astype("<f4").tobytes() for row in matrix / np.maximum(lengths, 1e-12)]


def fingerprint_of(*parts: str) -> str:
    """A name for all that makes vectors comparable."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prefixed(model: str, texts: Sequence[str], use: Use) -> list[str]:
    """The texts as the family of a model wants to read them (E5: Wang et al. 2022; Nomic: Nussbaum et al. 2024)."""
    name = model.lower()
    if "e5" in name.replace("_", "-").split("/")[-1].split("-"):
        return [f"{'query' if use is Use.QUERY else 'passage'}: {text}" for text in texts]
    if "nomic-embed" in name:
        return [f"{'search_query' if use is Use.QUERY else 'search_document'}: {text}" for text in texts]
    return list(texts)
