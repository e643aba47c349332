"""Implementations of the ports that live in memory; those of ports with a contract pass the same contract as the real ones."""

import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from luminalib.adapters.storage.keys import check_key, check_range
from luminalib.domain.consensus import AspectMention, ConsensusResult, ReviewReading, distinct, overall
from luminalib.domain.intelligence import Sentiment, SummaryResult
from luminalib.domain.llm import EngineReport, Finding
from luminalib.domain.media import MediaType
from luminalib.domain.texts import EmbeddedMetadata, ExtractedText, sections_of
from luminalib.domain.triage import FieldReading, InquiryFields, InquiryIntent, IntentReading, TriageMethod
from luminalib.ports.children import NO_FILES, ChildLimits, ChildProcesses, Progress
from luminalib.ports.clock import Clock
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest
from luminalib.ports.storage import ObjectMissing, Space, StorageProvider, StorageUnavailable, StoredObject
from luminalib.ports.text import TextExtractor
from luminalib.steps.quotas import Quotas


class MemoryStorage(StorageProvider):
    """Objects in a dictionary; `broken` makes every call fail as when the storage is gone."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.broken = False
        self.left: Space | None = None

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        await self.check()
        check_key(key)
        content = b"".join([chunk async for chunk in chunks])
        self.objects[key] = (content, datetime.now(UTC))

    async def promote(self, staged: str, key: str) -> None:
        await self.check()
        if check_key(staged) in self.objects and check_key(key) != staged:
            self.objects[key] = self.objects.pop(staged)
        else:
            self._find(key)

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        await self.check()
        check_range(start, stop)
        content, _ = self._find(key)
        for at in range(start, min(len(content), len(content) if stop is None else stop), 65536):
            yield content[at : min(at + 65536, len(content) if stop is None else stop)]

    async def stat(self, key: str) -> StoredObject:
        await self.check()
        content, modified_at = self._find(key)
        return StoredObject(key=key, size=len(content), modified_at=modified_at)

    async def delete(self, key: str) -> None:
        await self.check()
        self.objects.pop(check_key(key), None)

    async def list(self, prefix: str = "") -> AsyncIterator[StoredObject]:
        await self.check()
        for key in [key for key in self.objects if key.startswith(prefix)]:
            yield await self.stat(key)

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        await self.check()
        content, _ = self._find(key)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"object{Path(key).suffix}")
            path.write_bytes(content)
            yield path

    async def space(self) -> Space | None:
        return self.left

    async def check(self) -> None:
        if self.broken:
            raise StorageUnavailable

    def _find(self, key: str) -> tuple[bytes, datetime]:
        try:
            return self.objects[check_key(key)]
        except KeyError:
            raise ObjectMissing(f"There is no file {key} in the storage.") from None


class FakeClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class InlineChildren(ChildProcesses):
    """Runs tasks in this very process."""

    async def call(
        self,
        task: str,
        arguments: Mapping[str, Any],
        *,
        limits: ChildLimits,
        files: Mapping[str, Path] = NO_FILES,
        on_progress: Progress | None = None,
    ) -> Any:
        module, _, name = task.partition(":")
        return getattr(import_module(module), name)(
            **arguments, **{name: str(path) for name, path in files.items()}, progress=on_progress or (lambda _: None)
        )


class FakeExtractor(TextExtractor):
    """Reads one section from any file; `error` makes it fail, `meanwhile` happens while it reads."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.picture: bytes | None = None
        self.calls = 0

    async def probe(self, path: Path, media_type: MediaType) -> EmbeddedMetadata:
        return EmbeddedMetadata()

    async def cover(self, path: Path, media_type: MediaType) -> bytes | None:
        return self.picture

    async def extract(
        self, path: Path, media_type: MediaType, on_progress: Progress | None = None, language: str | None = None
    ) -> ExtractedText:
        self.calls += 1
        if self.meanwhile:
            await self.meanwhile()
        if self.error:
            raise self.error
        return ExtractedText(sections=sections_of([(None, path.read_text())]), language="en")


class Unlimited(Quotas):
    """Plans of which none limits anything."""

    def __init__(self) -> None:
        pass

    async def use(self, *_: object, **__: object) -> None:
        pass

    async def require_room(self, *_: object, **__: object) -> None:
        pass


UNLIMITED = Unlimited()


class FakeLLM(LLMProvider):
    """Says how long a text is; `error` makes it fail, `meanwhile` happens while it thinks."""

    name = "fake"

    def __init__(self) -> None:
        self.report: Progress = lambda _: None
        self.error: Exception | None = None
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.calls = 0
        self.requests: list[ConsensusRequest] = []

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None = None) -> SummaryResult:
        self.calls += 1
        self.report = on_progress or self.report
        if self.meanwhile:
            await self.meanwhile()
        if self.error:
            raise self.error
        length = sum(len(section.text) for section in request.sections)
        return SummaryResult(
            summary=f"{request.title}: {length} characters.",
            key_topics=(),
            sentiment=Sentiment.NEUTRAL,
            insights=(),
            action_items=(),
            provider=self.name,
            model="none",
            prompt="count@1",
        )

    async def read_reviews(self, tenant_id: str, reviews: Sequence[ReviewText]) -> list[ReviewReading]:
        """Finds each word after a plus praised and each after a minus blamed: "+plot -ending"."""
        self.calls += 1
        if self.meanwhile:
            await self.meanwhile()
        if self.error:
            raise self.error
        return [self._read(review.text) for review in reviews]

    def _read(self, text: str) -> ReviewReading:
        sides = {"+": Sentiment.POSITIVE, "-": Sentiment.NEGATIVE}
        words = [word for word in text.split() if word[0] in sides and len(word) > 1]
        aspects = [AspectMention(name=word[1:], sentiment=sides[word[0]], quote=word) for word in words]
        moods = [aspect.sentiment for aspect in aspects]
        mood = overall({side: moods.count(side) for side in set(moods)})
        return ReviewReading(sentiment=mood, aspects=distinct(aspects), provider=self.name, model="none", prompt="signs@1")

    async def synthesise_consensus(self, request: ConsensusRequest) -> ConsensusResult:
        if self.error:
            raise self.error
        self.requests.append(request)
        text = f"{request.review_count} reviews: " + ", ".join(f"{a.name} +{a.positive} -{a.negative}" for a in request.aspects)
        return ConsensusResult(text=text, provider=self.name, model="none", prompt="table@1")

    async def classify_inquiry(self, tenant_id: str, message: str) -> IntentReading:
        """Takes the first word for the intent where it is one, and is sure of what has no question mark."""
        self.calls += 1
        if self.meanwhile:
            await self.meanwhile()
        if self.error:
            raise self.error
        word = message.split(maxsplit=1)[0].strip(":?").lower()
        intent = InquiryIntent(word) if word in set(InquiryIntent) else InquiryIntent.OTHER
        confidence = 0.5 if "?" in message else 0.9
        return IntentReading(
            intent=intent,
            raw=confidence,
            confidence=confidence,
            evidence=(message.split(maxsplit=1)[0],),
            method=TriageMethod.MODEL,
            provider=self.name,
            model="none",
            prompt="first-word@1",
        )

    async def extract_inquiry(self, tenant_id: str, message: str, region: str | None) -> FieldReading:
        """Takes the last word for the name."""
        if self.error:
            raise self.error
        fields = InquiryFields(name=message.rsplit(maxsplit=1)[-1])
        return FieldReading(fields=fields, provider=self.name, model="none", prompt="last-word@1")

    async def check(self) -> None:
        if self.error:
            raise self.error

    async def probe(self, tenant_id: str) -> EngineReport:
        detail = str(self.error) if self.error else "It is a fake."
        findings = (Finding(check="model", is_fine=self.error is None, detail=detail),)
        return EngineReport(provider=self.name, model="none", is_ready=self.error is None, findings=findings)
