"""Reading the text out of book files."""

from abc import ABC, abstractmethod
from pathlib import Path

from luminalib.domain.media import MediaType
from luminalib.domain.texts import EmbeddedMetadata, ExtractedText
from luminalib.ports.children import Progress


class TextExtractor(ABC):
    """Reads files that nobody vouches for; a file can make a call fail, never harm the server."""

    @abstractmethod
    async def probe(self, path: Path, media_type: MediaType) -> EmbeddedMetadata:
        """What the file says about itself, without reading its text; quick. Raises ExtractionFailed."""

    @abstractmethod
    async def cover(self, path: Path, media_type: MediaType) -> bytes | None:
        """A small WebP image of the cover (at most COVER_SIZE); None when the file has none that can be shown."""

    @abstractmethod
    async def extract(
        self, path: Path, media_type: MediaType, on_progress: Progress | None = None, language: str | None = None
    ) -> ExtractedText:
        """The whole cleaned text, section by section, at least one of them with words in it. Raises ExtractionFailed.

        `language` is what somebody has said that the text is in, which helps where the bytes alone do not tell.
        """
