"""Who does which background job, and when the regular ones are due."""

from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial

from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.adapters.jobs.inprocess import InProcessJobRunner
from luminalib.container.adapters import Adapters
from luminalib.container.incoming import incoming_service
from luminalib.container.inquiries import inquiry_service, intent_learning, model_triage
from luminalib.container.rounds import Rounds, Tenants
from luminalib.container.services import loan_policies, passage_service, training_service
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.consensus import UPDATE_CONSENSUS
from luminalib.domain.crm import SYNC_CRM
from luminalib.domain.errors import Unavailable
from luminalib.domain.incoming import TAKE_IN
from luminalib.domain.inquiries import TRAIN_INTENTS, TRIAGE_INQUIRY
from luminalib.domain.notices import REMIND
from luminalib.domain.pipeline import DELETE_FILES, INDEX_DOCUMENT, PROCESS_DOCUMENT, SWEEP, TRAIN_RECOMMENDER
from luminalib.domain.tenants import REMOVE_TENANT
from luminalib.domain.uploads import DELETE_UPLOAD
from luminalib.ports.jobs import JobHandler, JobRunner
from luminalib.ports.tenants import Concern
from luminalib.services.consensus import ConsensusService
from luminalib.services.crm import CrmSyncService, CrmTools
from luminalib.services.housekeeping import HousekeepingService
from luminalib.services.notices import NoticeService
from luminalib.services.pipeline import PipelineService
from luminalib.services.recommendations import ImpressionNotes
from luminalib.services.tenant_removal import TenantRemovalService
from luminalib.settings import Settings

SWEEP_EVERY = timedelta(days=1)
REMIND_EVERY = timedelta(minutes=5)
TIDY_EVERY = timedelta(hours=1)
"""Of the ledger: rows of jobs that ended long ago go."""
WRITE_NOTES_EVERY = timedelta(seconds=5)
EMPTY_EVERY = timedelta(hours=1)
"""How often texts of inquiries are emptied whose time is over."""
INDEX_EVERY = timedelta(hours=6)
SYNC_EVERY = timedelta(minutes=15)
"""How often it is looked what has changed in other systems."""
TRAIN_EVERY = timedelta(minutes=1)
"""How often it is looked whether a training is due."""


async def open_runner(settings: Settings, a: Adapters, stack: AsyncExitStack, rounds: Rounds, crm: CrmTools) -> JobRunner:
    """Starts the workers and the regular rounds; `stack` stops them."""
    runner = a.uow.runner = InProcessJobRunner(SqlJobLedger(a.database), a.clock, workers=settings.workers)
    pipeline = PipelineService(a.uow, a.storage, a.extractor, a.llm, a.room, a.clock)
    housekeeping = HousekeepingService(a.uow, a.storage, a.clock)
    notices = NoticeService(a.uow, a.views.notices, a.bus, loan_policies(settings, a), a.clock, a.authority)
    training = training_service(settings, a)
    handlers = _handlers(pipeline, housekeeping, notices, ConsensusService(a.uow, a.views.reviews, a.llm, a.clock))
    handlers[TRAIN_RECOMMENDER] = JobHandler(training.run, training.give_up, training.give_up)
    intents = intent_learning(a)
    triage = model_triage(settings, a)
    handlers[TRIAGE_INQUIRY] = JobHandler(triage.run, triage.give_up, triage.leave)
    handlers[TRAIN_INTENTS] = JobHandler(intents.run, intents.give_up, intents.give_up)
    passages = passage_service(a)
    handlers[INDEX_DOCUMENT] = JobHandler(passages.index, passages.leave, passages.leave)
    removal = TenantRemovalService(a.uow, a.storage, a.index, a.clock)
    handlers[REMOVE_TENANT] = JobHandler(removal.remove, removal.leave, removal.leave)
    incoming = incoming_service(settings, a)
    handlers[TAKE_IN] = JobHandler(incoming.take_in, incoming.give_up, incoming.leave)
    syncing = CrmSyncService(crm)
    handlers[SYNC_CRM] = JobHandler(syncing.sync, syncing.give_up, syncing.leave)
    await runner.start(handlers)
    stack.push_async_callback(runner.stop)

    async def tidy(_main: str) -> None:
        await runner.tidy()  # the ledger is one for all

    only: dict[str, Tenants] = {
        "train": partial(a.register.concerned, Concern.TASTES),
        "intents": partial(a.register.concerned, Concern.LABELS),
        "inquiry-texts": partial(a.register.concerned, Concern.TEXTS),
        "crm": partial(a.register.concerned, Concern.CONTACTS),
        "tidy": _for_all_at_once,
    }
    for name, period, request in (
        ("sweep", SWEEP_EVERY, housekeeping.request),
        ("remind", REMIND_EVERY, notices.request),
        ("train", TRAIN_EVERY, training.request_if_due),
        ("index", INDEX_EVERY, passages.request_if_behind),
        ("intents", TRAIN_EVERY, intents.request_if_due),
        ("inquiry-texts", EMPTY_EVERY, inquiry_service(settings, a).empty_old),
        ("crm", SYNC_EVERY, syncing.request_all),
        ("tidy", TIDY_EVERY, tidy),
    ):
        rounds.begin(stack, name, period, request, only.get(name))
    return runner


async def open_notes(a: Adapters, stack: AsyncExitStack, rounds: Rounds) -> ImpressionNotes:
    """The notes of what was shown, written down every few seconds and at the end."""
    notes = ImpressionNotes(a.uow)

    async def write(_main: str) -> None:
        await notes.flush()  # the notes are of all

    stack.push_async_callback(_last_flush, notes)
    rounds.begin(stack, "notes", WRITE_NOTES_EVERY, write, _for_all_at_once)
    return notes


async def _for_all_at_once() -> list[str]:
    return [MAIN_TENANT]


async def _last_flush(notes: ImpressionNotes) -> None:
    with suppress(Unavailable):
        await notes.flush()


def _handlers(
    pipeline: PipelineService, housekeeping: HousekeepingService, notices: NoticeService, consensus: ConsensusService
) -> dict[str, JobHandler]:
    leave = housekeeping.leave
    return {
        PROCESS_DOCUMENT: JobHandler(pipeline.process, pipeline.give_up, pipeline.retry_later),
        UPDATE_CONSENSUS: JobHandler(consensus.update, consensus.give_up, consensus.leave),
        DELETE_FILES: JobHandler(housekeeping.delete_files, leave, leave),
        DELETE_UPLOAD: JobHandler(housekeeping.delete_upload, leave, leave),
        SWEEP: JobHandler(housekeeping.sweep, leave, leave),
        REMIND: JobHandler(notices.remind, leave, leave),
    }
