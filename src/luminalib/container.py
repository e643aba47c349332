"""The composition root: settings in, adapters chosen and wired to services, everything closed at the end."""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db import migrations
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.adapters.db.session_lookup import session_lookup
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.jobs.inprocess import InProcessJobRunner
from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.rate_limits.moving_window import LimitsRateLimiter, NoRateLimiter
from luminalib.adapters.security.common_passwords import ZxcvbnCommonPasswords
from luminalib.adapters.security.passwords import Argon2Hasher
from luminalib.adapters.security.tokens import JoseSigner
from luminalib.adapters.storage.local import LocalStorage
from luminalib.adapters.storage.minio import MinioStorage
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.api.deps import Services
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.errors import Unavailable
from luminalib.domain.pipeline import DELETE_FILES, PROCESS_DOCUMENT, SWEEP_STAGING
from luminalib.ports.children import ChildProcesses
from luminalib.ports.clock import Clock
from luminalib.ports.jobs import JobHandler
from luminalib.ports.llm import LLMProvider
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.storage import StorageProvider
from luminalib.services.app_passwords import AppPasswordService
from luminalib.services.auth import AuthService, AuthTools
from luminalib.services.books import BookService
from luminalib.services.documents import DocumentService
from luminalib.services.files import FileService
from luminalib.services.health import HealthService, Part
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService
from luminalib.services.pipeline import PipelineService
from luminalib.services.profile import ProfileService
from luminalib.services.users import UserService
from luminalib.settings import Settings

PROBE_CHILDREN = 2
"""Child processes beyond those of the workers: an upload that looks into its file must not wait for a book being summarised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What entry points need: the use cases, and the bus that ends streams when the server goes down."""

    services: Services
    bus: MemoryEventBus
    database: SqlDatabase


class MigrationsPending(Unavailable):
    """The database does not have the newest schema. Run `luminalib migrate` first."""

    slug = "migrations-pending"


@asynccontextmanager
async def open_container(
    settings: Settings, *, clock: Clock | None = None, llm: LLMProvider | None = None, run_jobs: bool = True
) -> AsyncIterator[Container]:
    """Opens everything and closes it in the opposite order; `clock` and `llm` take the place of those that the settings choose.

    Raises Unavailable when a part cannot be reached.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = await _open_database(settings, stack)
        bus = MemoryEventBus()
        stack.callback(bus.close)
        children = await stack.enter_async_context(SubprocessPool(settings.workers + PROBE_CHILDREN))
        storage = await _STORAGES[settings.storage](settings, stack)
        llm = llm or _LLMS[settings.llm](children)
        extractor = SandboxedTextExtractor(children)
        uow = SqlUnitOfWorkFactory(database, bus)
        runner = InProcessJobRunner(SqlJobLedger(database), clock, workers=settings.workers)
        lookup = session_lookup(database)
        await lookup.start()
        stack.push_async_callback(lookup.close)
        hasher, common, signer, limiter = (
            Argon2Hasher(),
            ZxcvbnCommonPasswords(),
            JoseSigner(secret_keys(settings)),
            _limiter(settings),
        )
        tools = AuthTools(uow=uow, hasher=hasher, signer=signer, common=common, limiter=limiter, lookup=lookup, clock=clock)
        auth = AuthService(
            tools,
            tenant_id=MAIN_TENANT,
            access_life=timedelta(minutes=settings.access_token_minutes),
            refresh_life=timedelta(days=settings.refresh_token_days),
        )
        parts = {
            "database": Part(check=database.check),
            "storage": Part(check=storage.check),
            "llm": Part(check=llm.check, is_hard=False),
        }
        if run_jobs:
            uow.runner = runner
            parts["jobs"] = Part(check=runner.check)
            files = FileService(uow, storage, clock)
            await runner.start(_handlers(PipelineService(uow, storage, extractor, llm, clock), files))
            stack.push_async_callback(runner.stop)
            await files.request_sweep(MAIN_TENANT)
        services = Services(
            app_passwords=AppPasswordService(uow, signer, limiter, clock, tenant_id=MAIN_TENANT),
            auth=auth,
            books=BookService(uow, storage, extractor, clock),
            documents=DocumentService(uow, bus),
            health=HealthService(parts),
            intake=IntakeService(
                uow, storage, limiter, max_bytes=settings.max_upload_mib * 2**20, members_may_upload=settings.members_may_upload
            ),
            intelligence=IntelligenceService(uow),
            profile=ProfileService(uow, hasher, common, limiter, clock),
            users=UserService(uow, clock),
        )
        yield Container(services=services, bus=bus, database=database)


async def migrate(settings: Settings) -> None:
    """Brings the database to the newest schema."""
    database = SqlDatabase(settings.database)
    try:
        await migrations.upgrade(database)
    finally:
        await database.close()


def _limiter(settings: Settings) -> RateLimiter:
    if settings.rate_limits == "off":
        return NoRateLimiter()
    rules = {rule: getattr(settings.limits, rule.value.replace("-", "_")) for rule in Rule}
    return LimitsRateLimiter(rules, settings.rate_limit_store)


def secret_keys(settings: Settings) -> list[str]:
    """The secret that signs, then the earlier ones that still verify."""
    return [secret_key(settings), *settings.old_secrets]


def secret_key(settings: Settings) -> str:
    """The given secret, or in development one that is made once and kept, for its owner only, in the data directory."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


async def _open_database(settings: Settings, stack: AsyncExitStack) -> SqlDatabase:
    database = SqlDatabase(settings.database)
    stack.push_async_callback(database.close)
    if settings.env == "development":
        await migrations.upgrade(database)
    elif not await migrations.is_current(database):
        raise MigrationsPending
    return database


async def _local_storage(settings: Settings, _stack: AsyncExitStack) -> StorageProvider:
    storage = LocalStorage(settings.data_dir / "files")
    await storage.start()
    return storage


async def _minio_storage(settings: Settings, stack: AsyncExitStack) -> StorageProvider:
    minio = settings.minio
    storage = MinioStorage(
        endpoint=minio.endpoint,
        access_key=minio.access_key,
        secret_key=minio.secret_key.get_secret_value(),
        bucket=minio.bucket,
        secure=minio.secure,
        region=minio.region,
    )
    stack.push_async_callback(storage.close)
    await storage.start()
    return storage


def _handlers(pipeline: PipelineService, files: FileService) -> dict[str, JobHandler]:
    return {
        PROCESS_DOCUMENT: JobHandler(pipeline.process, pipeline.give_up, pipeline.retry_later),
        DELETE_FILES: JobHandler(files.delete_files, files.leave, files.leave),
        SWEEP_STAGING: JobHandler(files.sweep_staging, files.leave, files.leave),
    }


_STORAGES = {"local": _local_storage, "minio": _minio_storage}
_LLMS: dict[str, Callable[[ChildProcesses], LLMProvider]] = {"extractive": ExtractiveLLM}
