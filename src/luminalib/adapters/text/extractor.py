"""The text extractor: picks the reader for a kind of file and has it run in a child process."""

from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import Histogram

from luminalib.adapters.text.failures import SENTENCES
from luminalib.domain.documents import ExtractionFailed
from luminalib.domain.media import MediaType
from luminalib.domain.texts import EmbeddedMetadata, ExtractedText, sections_of
from luminalib.ports.children import ChildDied, ChildLimits, ChildProcesses, ChildTaskFailed, ChildTimedOut, Progress
from luminalib.ports.text import TextExtractor

_READERS = {
    MediaType.PDF: "luminalib.adapters.text.pdf",
    MediaType.EPUB: "luminalib.adapters.text.epub",
    MediaType.TEXT: "luminalib.adapters.text.plain",
}
_COVERS = {
    MediaType.PDF: "luminalib.adapters.text.cover:of_pdf",
    MediaType.EPUB: "luminalib.adapters.text.cover:of_epub",
}
_SCALES = "luminalib.adapters.text.weighing:weigh"
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractionLimits:
    """How much one file may take; beyond it the extraction fails with one of the `limit-` codes."""

    seconds: float = 20.0
    memory_bytes: int = 768 * _MEBIBYTE
    pages: int = 20_000
    characters: int = 50_000_000
    archive_entries: int = 10_000
    expanded_bytes: int = 300 * _MEBIBYTE
    chapter_bytes: int = 8 * _MEBIBYTE


_SECONDS = Histogram(
    "luminalib_extraction_seconds",
    "How long the text of files took to read, by kind of file.",
    ("media_type",),
    buckets=(0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120),
)


class SandboxedTextExtractor(TextExtractor):
    """Reads PDF, EPUB and plain text in child processes."""

    def __init__(self, children: ChildProcesses, limits: ExtractionLimits | None = None) -> None:
        """The children stay their owner's to close."""
        self._children = children
        self._limits = limits or ExtractionLimits()

    async def probe(self, path: Path, media_type: MediaType) -> EmbeddedMetadata:
        """What the file says about itself; see the port."""
        return _metadata(await self._call(f"{_READERS[media_type]}:probe", path, None))

    async def cover(self, path: Path, media_type: MediaType) -> bytes | None:
        """The cover; see the port."""
        if media_type not in _COVERS:
            return None
        try:
            return b64decode(await self._call(_COVERS[media_type], path, None))
        except ExtractionFailed:
            return None

    async def extract(
        self, path: Path, media_type: MediaType, on_progress: Progress | None = None, language: str | None = None
    ) -> ExtractedText:
        """The whole text; see the port."""
        said = {"language": language} if media_type is MediaType.TEXT else {}
        try:
            with _SECONDS.labels(media_type.value).time():
                found = await self._call(f"{_READERS[media_type]}:extract", path, on_progress, said)
        except ExtractionFailed as failed:
            if failed.code == "limit-memory" and media_type is MediaType.PDF and await self._has_too_much_text(path):
                raise _failed("limit-text") from None
            raise
        return ExtractedText(
            sections=sections_of([(title, text) for title, text in found["sections"]], found.get("anchors", ())),
            metadata=_metadata(found["metadata"]),
            language=found["language"],
            notes=tuple(found["notes"]),
        )

    async def _has_too_much_text(self, path: Path) -> bool:
        with suppress(ExtractionFailed):
            weight: int = await self._call(_SCALES, path, None)
            return weight > self._limits.characters
        return False

    async def _call(self, task: str, path: Path, on_progress: Progress | None, said: dict[str, Any] | None = None) -> Any:
        limits = self._limits
        for_child = ChildLimits(wall_seconds=limits.seconds, cpu_seconds=limits.seconds, memory_bytes=limits.memory_bytes)
        arguments = {"limits": reader_limits(limits), **(said or {})}
        try:
            return await self._children.call(task, arguments, limits=for_child, files={"path": path}, on_progress=on_progress)
        except ChildTimedOut:
            raise _failed("limit-time") from None
        except ChildDied:  # PDFium aborts when it gets no memory, so a crash and the limit look alike
            raise _failed("limit-memory") from None
        except ChildTaskFailed as error:
            raise _failed(error.code) from error


def reader_limits(limits: ExtractionLimits) -> dict[str, int]:
    """The same in the words of the readers, as plain numbers for the way to the child."""
    return {
        "pages": limits.pages,
        "characters": limits.characters,
        "entries": limits.archive_entries,
        "expanded": limits.expanded_bytes,
        "chapter": limits.chapter_bytes,
    }


def _failed(code: str) -> ExtractionFailed:
    known = code if code in SENTENCES else "corrupt"  # what a reader did not foresee is damage of a new kind
    return ExtractionFailed(known, SENTENCES[known])


def _metadata(found: dict[str, Any]) -> EmbeddedMetadata:
    return EmbeddedMetadata(**{**found, "authors": tuple(found["authors"]), "tags": tuple(found["tags"])})
