"""Finding passages by words and by meaning."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from luminalib.domain.errors import Unavailable
from luminalib.domain.passages import Hit, IndexedDocument, Passage, Scope
from luminalib.ports.embedder import EmbeddingModel, Vector


class PassageIndexUnavailable(Unavailable):
    """The index of passages cannot be read."""

    slug = "passage-index-unavailable"


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedWord:
    """A telling word of a question in normal form, and whether it occurs where was looked.

    `rarity` is its inverse document frequency by that of a word that nowhere occurs, 0.0 to 1.0.
    """

    word: str
    rarity: float
    is_there: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LexicalHits:
    """What words have found, the best first.

    `mass` is the sum of the inverse document frequencies of the question's terms: a score divided by it can be compared between
    questions. `words` are those terms, those that look the same to the index as one. `total` counts passages with any of the terms,
    of the rarest ones where an index looks no others up; `is_capped` when there are more.
    """

    hits: Sequence[Hit] = ()
    words: Sequence[AskedWord] = ()
    mass: float = 0.0
    total: int = 0
    is_capped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexState:
    """What an index holds of a document; `model` is the fingerprint of the model of its vectors, None without any."""

    fingerprint: str
    passages: int
    model: str | None


class PassageWriter(ABC):
    """Where passages are written so that they are found."""

    @abstractmethod
    async def replace(self, document: IndexedDocument, passages: Sequence[Passage]) -> None:
        """Holds these passages of the document, without vectors, in place of all that it held of it."""

    @abstractmethod
    async def add_vectors(self, tenant_id: str, document_id: str, model: EmbeddingModel, vectors: Sequence[Vector]) -> None:
        """Adds a vector for each passage of a document, in their order; does nothing when it does not hold so many of it.

        Earlier vectors of the document, also of another model, are gone afterwards.
        """

    @abstractmethod
    async def remove(self, tenant_id: str, document_id: str) -> None:
        """Forgets a document."""

    @abstractmethod
    async def states(self, tenant_id: str, document_ids: Sequence[str] | None = None) -> dict[str, IndexState]:
        """What it holds of each of a tenant's documents, or of those named."""


class PassageIndex(PassageWriter):
    """An index over the passages of all tenants that can be made anew from the database at any time.

    A search looks at nothing outside its scope. Several processes may read; who writes a document replaces it as a whole, so that a
    search sees all of it or nothing, and a writer that is killed leaves what was there before.
    """

    name: str
    """What `LUMINALIB_PASSAGE_INDEX` calls it."""

    @asynccontextmanager
    async def rebuilding(self, tenant_ids: Sequence[str]) -> AsyncIterator[PassageWriter]:
        """Where all documents of these tenants are written when they are indexed anew; left without an error, it is in force.

        What was held before may answer until then. What others write meanwhile may be lost; a comparison with the database tells.
        """
        del tenant_ids
        yield self

    @abstractmethod
    async def lexical(self, scope: Scope, text: str, phrases: Sequence[str], limit: int) -> LexicalHits:
        """The passages with the most telling words of `text`, by BM25; each of the `phrases` occurs in them, word by word."""

    @abstractmethod
    async def nearest(self, scope: Scope, model: EmbeddingModel, vector: Vector, limit: int) -> list[Hit]:
        """The passages nearest to a vector of the same model, by cosine, the nearest first."""

    @abstractmethod
    async def check(self) -> None:
        """Returns when it can be searched. Raises PassageIndexUnavailable."""
