"""Passages: the pieces of a document's text that are searched, quoted and cited."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from luminalib.domain.errors import NotFound

CUTTING = "2"
"""The version of how texts are cut and read into terms: raising it has every document indexed anew."""
MOST_CHARACTERS = 1400
"""The length of a passage; what answers a question is seldom longer, and embedding models read about as much."""
OVERLAP = 460
"""How much of it the next one repeats, so that no answer is cut in two."""
QUOTED = 300
"""How many characters of a book a member sees who has not borrowed it."""
_NAMES = UUID("6f1d3f5e-2b0c-4a52-9d43-6a0f6c1a7a10")


class PassageNotFound(NotFound):
    """There is no such passage, or none that you may see."""

    slug = "passage-not-found"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Some sentences of a document. `start` and `stop` are offsets, in characters, in the whole text; `text` is what stands there.

    `page` is the number of the section that it lies in, `page_start` that section's own offset, `heading` its title.
    """

    document_id: str
    ordinal: int
    page: int
    page_start: int
    start: int
    stop: int
    text: str
    heading: str | None = None

    @property
    def id(self) -> str:
        """The same for the same text at the same place of the same document, however often it is read in."""
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return str(uuid5(_NAMES, f"{self.document_id}:{self.start}:{digest}"))

    @property
    def digest(self) -> str:
        """What identifies the text."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedDocument:
    """What an index has to know of a document: who may find it, and in which language it is.

    `owner_id` is None for what all members may find: books of the catalogue and what the house itself has laid out; else it is the
    one member whose document it is. `fingerprint` changes whenever the document must be indexed anew.
    """

    document_id: str
    tenant_id: str
    owner_id: str | None
    language: str | None
    sha256: str

    @property
    def fingerprint(self) -> str:
        """Changes with the content, the language, who may see it, and the way of cutting."""
        parts = (CUTTING, self.sha256, self.owner_id or "", self.language or "")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Where a search looks: what one member of a tenant may see, narrowed to some documents where `document_ids` names them.

    `until` is the last page of a document that may be shown, for readers who do not want to know how it ends.
    """

    tenant_id: str
    user_id: str | None
    document_ids: frozenset[str] | None = None
    until: Mapping[str, int] = field(default_factory=dict)

    def admits(self, document: IndexedDocument, page: int) -> bool:
        """Whether a page of a document lies within it."""
        return (
            document.tenant_id == self.tenant_id
            and document.owner_id in (None, self.user_id)
            and (self.document_ids is None or document.document_id in self.document_ids)
            and page <= self.until.get(document.document_id, page)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A passage that a list has found, by its id, with that list's own score; more is better.

    `coverage` is the share of what the question's words weigh, by their rarity, that occurs in the passage; 0 for lists that do not
    look at words.
    """

    passage_id: str
    score: float
    coverage: float = 0.0
