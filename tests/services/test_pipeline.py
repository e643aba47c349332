from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from fakes import UNLIMITED, FakeClock, FakeExtractor, FakeLLM, MemoryStorage
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.covers.drawn import DrawnCovers
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.documents import SqlDocumentViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.rate_limits.moving_window import NoRateLimiter
from luminalib.domain.auth import the_house
from luminalib.domain.books import BookDetails, BookView
from luminalib.domain.documents import Document, DocumentStatus, ExtractionFailed, StagedFile
from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import Job
from luminalib.domain.loans import LoanPolicy
from luminalib.domain.pipeline import process_document, sweep
from luminalib.ports.storage import ObjectMissing
from luminalib.services.books import BookService
from luminalib.services.housekeeping import HousekeepingService
from luminalib.services.intake import IntakeService
from luminalib.services.pipeline import PipelineService
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.room import Room

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUSE = the_house()


class OneForAll(LoanPolicies):
    """The same rules for every library."""

    def __init__(self) -> None:
        pass

    async def of(self, tenant_id: str) -> LoanPolicy:
        return LoanPolicy()


HOUSE_RULES = OneForAll()


@dataclass
class Shop:
    """The services around the pipeline, on fakes but for the database."""

    uow: SqlUnitOfWorkFactory
    reader: Reader
    storage: MemoryStorage
    extractor: FakeExtractor
    llm: FakeLLM

    def __post_init__(self) -> None:
        clock = FakeClock(NOW)
        room = Room(SqlDocumentViews(self.reader), self.storage, UNLIMITED, reserve_bytes=1000, quota_bytes=0)
        self.intake = IntakeService(
            self.uow, self.storage, NoRateLimiter(), room, max_bytes=1000, max_document_bytes=500, members_may_upload=True
        )
        self.books = BookService(
            self.uow,
            SqlBookViews(self.reader, clock),
            SqlDocumentViews(self.reader),
            self.storage,
            self.extractor,
            DrawnCovers(),
            room,
            HOUSE_RULES,
            clock,
        )
        self.pipeline = PipelineService(self.uow, self.storage, self.extractor, self.llm, room, clock)
        self.housekeeping = HousekeepingService(self.uow, self.storage, clock)

    async def stage(self, text: str) -> StagedFile:
        async def content() -> AsyncIterator[bytes]:
            yield text.encode()

        return await self.intake.receive(HOUSE, "a_story.txt", content())

    async def add(self, text: str = "Once upon a time.") -> tuple[BookView, Job]:
        view = await self.books.add(HOUSE, await self.stage(text), BookDetails())
        return view, process_document(await self.document(view), "main", NOW)

    async def document(self, view: BookView) -> Document:
        async with self.uow.reading("main") as unit:
            return await unit.documents.get(view.document_id)

    async def path(self, view: BookView) -> list[str]:
        async with self.uow.reading("main") as unit:
            return [event.status.value for event in await unit.events.history(view.document_id)]

    async def look(self, view: BookView) -> BookView:
        return await self.books.get(HOUSE, view.id)


@pytest.fixture
def shop(database: SqlDatabase, reader: Reader) -> Shop:
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
    return Shop(uow, reader, MemoryStorage(), FakeExtractor(), FakeLLM())


async def test_a_document_goes_its_way_once(shop: Shop) -> None:
    view, job = await shop.add()
    for _ in range(2):
        await shop.pipeline.process(job)
    assert await shop.path(view) == ["pending", "processing", "analyzing", "completed"]
    done = await shop.look(view)
    assert done.summary == "A story: 17 characters."
    document = await shop.document(view)
    assert (done.page_count, document.word_count, done.language) == (1, 4, "en")
    assert list(shop.storage.objects) == [document.content_key]


async def test_a_permanent_fault_fails_at_once_with_its_reason(shop: Shop) -> None:
    view, job = await shop.add()
    shop.extractor.error = ExtractionFailed("encrypted", "It has a password.")
    await shop.pipeline.process(job)
    failed = await shop.document(view)
    assert (failed.status, failed.error_code, failed.error_message) == ("failed", "encrypted", "It has a password.")
    assert await shop.path(view) == ["pending", "processing", "failed"]


async def test_work_resumes_where_a_crash_left_it(shop: Shop) -> None:
    view, job = await shop.add()
    shop.llm.error = RuntimeError("power cut")
    with pytest.raises(RuntimeError):
        await shop.pipeline.process(job)
    assert await shop.path(view) == ["pending", "processing", "analyzing"]
    shop.llm.error = None
    await shop.pipeline.process(job)
    assert await shop.path(view) == ["pending", "processing", "analyzing", "completed"]
    assert shop.extractor.calls == 1, "the text was there already"


async def test_a_crash_while_reading_reads_again(shop: Shop) -> None:
    view, job = await shop.add()
    shop.extractor.error = RuntimeError("power cut")
    with pytest.raises(RuntimeError):
        await shop.pipeline.process(job)
    shop.extractor.error = None
    await shop.pipeline.process(job)
    assert await shop.path(view) == ["pending", "processing", "analyzing", "completed"]


async def test_a_second_failure_is_final(shop: Shop) -> None:
    view, job = await shop.add()
    shop.llm.error = ValueError("odd")
    for record in (shop.pipeline.retry_later, shop.pipeline.give_up):
        with pytest.raises(ValueError, match="odd"):
            await shop.pipeline.process(job)
        await record(job, shop.llm.error)
    assert await shop.path(view) == ["pending", "processing", "analyzing", "pending", "processing", "analyzing", "failed"]
    failed = await shop.document(view)
    assert (failed.error_code, "ValueError" in str(failed.error_message)) == ("internal", True)


async def test_an_absent_engine_or_storage_leaves_the_document_as_it_is(shop: Shop) -> None:
    view, job = await shop.add()
    shop.llm.error = Unavailable("away")
    with pytest.raises(Unavailable):
        await shop.pipeline.process(job)
    for reason in ("away", "slow", "away"):
        shop.llm.error = Unavailable(reason)
        with pytest.raises(Unavailable):
            await shop.pipeline.process(job)
    assert (await shop.look(view)).status is DocumentStatus.ANALYZING
    async with shop.uow.reading("main") as unit:
        told = [event.detail for event in await unit.events.history(view.document_id)]
    assert told == [None, None, None, "waiting: away", "waiting: slow"], "each once, however often it is tried"
    shop.llm.error = None
    await shop.pipeline.process(job)
    assert (await shop.look(view)).status is DocumentStatus.COMPLETED


async def test_a_file_that_could_not_be_promoted_at_once_is_promoted_later(shop: Shop) -> None:
    staged = await shop.stage("Once.")
    shop.storage.broken = True
    with pytest.raises(Unavailable):
        await shop.books.add(HOUSE, staged, BookDetails(title="x"))
    shop.storage.broken = False
    await shop.intake.discard(HOUSE, staged)
    assert shop.storage.objects == {}


async def test_a_document_deleted_meanwhile_stays_deleted(shop: Shop) -> None:
    for engine in (shop.extractor, shop.llm):
        view, job = await shop.add()
        document = await shop.document(view)

        async def delete(book_id: str = view.id) -> None:
            await shop.books.remove(HOUSE, book_id)

        engine.meanwhile = delete
        await shop.pipeline.process(job)
        engine.meanwhile = None
        await shop.housekeeping.delete_files(
            Job(
                name="delete_files",
                payload={"document_id": view.document_id, "key": document.staged_key},
                tenant_id="main",
                run_at=NOW,
            )
        )
        assert await shop.path(view) == []
        assert shop.storage.objects == {}


async def test_content_replaced_meanwhile_wins(shop: Shop) -> None:
    view, job = await shop.add()
    other = await shop.stage("Twice upon a time.")

    async def replace() -> None:
        shop.extractor.meanwhile = None
        await shop.books.replace_content(HOUSE, view.id, other)

    shop.extractor.meanwhile = replace
    await shop.pipeline.process(job)
    replaced = await shop.look(view)
    assert replaced.status is DocumentStatus.PENDING
    await shop.pipeline.process(process_document(await shop.document(view), "main", NOW))
    done = await shop.look(view)
    assert done.summary == "A story: 18 characters."


async def test_a_lost_file_is_a_reason_to_fail(shop: Shop) -> None:
    view, job = await shop.add()
    shop.storage.objects.clear()
    with pytest.raises(ObjectMissing) as lost:
        await shop.pipeline.process(job)
    await shop.pipeline.give_up(job, lost.value)
    assert (await shop.document(view)).error_code == "file-missing"


async def test_the_sweep_takes_what_uploads_left_behind_and_nothing_else(shop: Shop) -> None:
    left, fresh = await shop.stage("cut off"), await shop.stage("under way")
    view, _ = await shop.add()
    document = await shop.document(view)
    old = NOW - timedelta(days=2)
    for key in (left.key, document.content_key):
        shop.storage.objects[key] = (shop.storage.objects[key][0], old)
    shop.storage.objects[fresh.key] = (shop.storage.objects[fresh.key][0], NOW)
    shop.storage.objects[document.staged_key] = (b"not promoted yet", old)
    await shop.housekeeping.sweep(sweep("main", NOW))
    assert set(shop.storage.objects) == {fresh.key, document.content_key, document.staged_key}


async def test_what_was_wrong_with_the_old_content_is_not_held_against_the_new(shop: Shop) -> None:
    view, job = await shop.add()
    other = await shop.stage("Twice upon a time.")

    async def replace() -> None:
        shop.extractor.meanwhile = None
        await shop.books.replace_content(HOUSE, view.id, other)

    shop.extractor.meanwhile, shop.extractor.error = replace, ExtractionFailed("corrupt", "It is damaged.")
    await shop.pipeline.process(job)
    await shop.pipeline.retry_later(job, ValueError())
    await shop.pipeline.give_up(job, ValueError())
    shop.extractor.error = None
    replaced = await shop.look(view)
    assert replaced.status is DocumentStatus.PENDING
    await shop.pipeline.process(process_document(await shop.document(view), "main", NOW))
    assert (await shop.look(view)).status is DocumentStatus.COMPLETED


async def test_the_sweep_forgets_vectors_of_passages_that_have_gone_for_a_week(shop: Shop) -> None:
    async with shop.uow("main") as unit:
        await unit.passages.keep_vectors("m", {"old": b"\0" * 4}, NOW - timedelta(days=8))
        await unit.passages.keep_vectors("m", {"young": b"\0" * 4}, NOW - timedelta(days=6))
    await shop.housekeeping.sweep(sweep("main", NOW))
    async with shop.uow.reading("main") as unit:
        assert set(await unit.passages.vectors("m", ["old", "young"])) == {"young"}
