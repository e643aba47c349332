"""The composition root: settings in, adapters chosen and wired to services, everything closed at the end."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from limits.errors import ConfigurationError

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
from luminalib.domain.loans import LoanPolicy
from luminalib.domain.pipeline import DELETE_FILES, PROCESS_DOCUMENT, SWEEP
from luminalib.ports.children import ChildProcesses
from luminalib.ports.clock import Clock
from luminalib.ports.jobs import JobHandler, JobRunner
from luminalib.ports.llm import LLMProvider
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.security import CommonPasswords, PasswordHasher, TokenSigner
from luminalib.ports.sessions import SessionLookup
from luminalib.ports.storage import StorageProvider
from luminalib.ports.text import TextExtractor
from luminalib.services.app_passwords import AppPasswordService
from luminalib.services.auth import AuthService, AuthTools
from luminalib.services.books import BookService
from luminalib.services.documents import DocumentService
from luminalib.services.health import HealthService, Part
from luminalib.services.housekeeping import HousekeepingService
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService
from luminalib.services.loans import LoanService
from luminalib.services.pipeline import PipelineService
from luminalib.services.profile import ProfileService
from luminalib.services.users import UserService
from luminalib.settings import PREFIX, Settings, SettingsError

log = structlog.get_logger(__name__)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapters:
    """The implementations that the settings choose, opened."""

    clock: Clock
    database: SqlDatabase
    bus: MemoryEventBus
    uow: SqlUnitOfWorkFactory
    storage: StorageProvider
    extractor: TextExtractor
    llm: LLMProvider
    lookup: SessionLookup
    hasher: PasswordHasher
    common: CommonPasswords
    signer: TokenSigner
    limiter: RateLimiter


@asynccontextmanager
async def open_container(
    settings: Settings, *, clock: Clock | None = None, llm: LLMProvider | None = None, run_jobs: bool = True
) -> AsyncIterator[Container]:
    """Opens everything and closes it in the opposite order; `clock` and `llm` take the place of those that the settings choose.

    Raises Unavailable when a part cannot be reached.
    """
    async with AsyncExitStack() as stack:
        adapters = await _open_adapters(settings, stack, clock or SystemClock(), llm)
        parts = {
            "database": Part(check=adapters.database.check),
            "storage": Part(check=adapters.storage.check),
            "llm": Part(check=adapters.llm.check, is_hard=False),
        }
        if run_jobs:
            parts["jobs"] = Part(check=(await _open_runner(settings, adapters, stack)).check)
        services = _services(settings, adapters, HealthService(parts))
        yield Container(services=services, bus=adapters.bus, database=adapters.database)


async def _open_adapters(settings: Settings, stack: AsyncExitStack, clock: Clock, llm: LLMProvider | None) -> Adapters:
    database = await _open_database(settings, stack)
    lookup = session_lookup(database)
    await lookup.start()
    stack.push_async_callback(lookup.close)
    bus = MemoryEventBus()
    stack.callback(bus.close)
    children = await stack.enter_async_context(SubprocessPool(settings.workers + PROBE_CHILDREN))
    return Adapters(
        clock=clock,
        database=database,
        bus=bus,
        uow=SqlUnitOfWorkFactory(database, bus),
        storage=await _STORAGES[settings.storage](settings, stack),
        extractor=SandboxedTextExtractor(children),
        llm=llm or _LLMS[settings.llm](children),
        lookup=lookup,
        hasher=Argon2Hasher(),
        common=ZxcvbnCommonPasswords(),
        signer=JoseSigner(secret_keys(settings)),
        limiter=_limiter(settings),
    )


async def _open_runner(settings: Settings, a: Adapters, stack: AsyncExitStack) -> JobRunner:
    runner = a.uow.runner = InProcessJobRunner(SqlJobLedger(a.database), a.clock, workers=settings.workers)
    pipeline = PipelineService(a.uow, a.storage, a.extractor, a.llm, a.clock)
    housekeeping = HousekeepingService(a.uow, a.storage, a.clock)
    await runner.start(_handlers(pipeline, housekeeping))
    stack.push_async_callback(runner.stop)
    daily = asyncio.create_task(_every_day(housekeeping))
    stack.callback(daily.cancel)
    return runner


async def _every_day(housekeeping: HousekeepingService) -> None:
    while True:
        try:
            await housekeeping.request(MAIN_TENANT)
        except Unavailable as reason:
            log.warning("housekeeping.put_off", reason=reason.detail)
        await asyncio.sleep(timedelta(days=1).total_seconds())


def _services(settings: Settings, a: Adapters, health: HealthService) -> Services:
    tools = AuthTools(
        uow=a.uow, hasher=a.hasher, signer=a.signer, common=a.common, limiter=a.limiter, lookup=a.lookup, clock=a.clock
    )
    return Services(
        app_passwords=AppPasswordService(a.uow, a.signer, a.limiter, a.clock, tenant_id=MAIN_TENANT),
        auth=AuthService(
            tools,
            tenant_id=MAIN_TENANT,
            access_life=timedelta(minutes=settings.access_minutes),
            refresh_life=timedelta(days=settings.session_days),
        ),
        books=BookService(a.uow, a.storage, a.extractor, a.clock),
        documents=DocumentService(a.uow, a.bus),
        health=health,
        intake=IntakeService(
            a.uow,
            a.storage,
            a.limiter,
            max_bytes=settings.max_upload_mib * 2**20,
            members_may_upload=settings.members_may_upload,
        ),
        intelligence=IntelligenceService(a.uow),
        loans=LoanService(a.uow, _policy(settings), a.clock),
        profile=ProfileService(a.uow, a.hasher, a.common, a.limiter, a.clock),
        users=UserService(a.uow, a.clock),
    )


async def migrate(settings: Settings) -> None:
    """Brings the database to the newest schema."""
    database = SqlDatabase(settings.database)
    try:
        await migrations.upgrade(database)
    finally:
        await database.close()


def _policy(settings: Settings) -> LoanPolicy:
    loans = settings.loans
    return LoanPolicy(
        period=timedelta(days=loans.period_days),
        max_loans=loans.max_per_member,
        max_renewals=loans.max_renewals,
        renew_from_due=loans.renew_from == "due",
    )


def _limiter(settings: Settings) -> RateLimiter:
    if settings.rate_limits == "off":
        return NoRateLimiter()
    rules = {rule: getattr(settings.limits, rule.value.replace("-", "_")) for rule in Rule}
    try:
        return LimitsRateLimiter(rules, settings.rate_limit_store)
    except ConfigurationError as error:
        raise SettingsError(f"{PREFIX}RATE_LIMIT_STORE: should be memory:// or redis://host:port ({error}).") from None


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


def _handlers(pipeline: PipelineService, housekeeping: HousekeepingService) -> dict[str, JobHandler]:
    leave = housekeeping.leave
    return {
        PROCESS_DOCUMENT: JobHandler(pipeline.process, pipeline.give_up, pipeline.retry_later),
        DELETE_FILES: JobHandler(housekeeping.delete_files, leave, leave),
        SWEEP: JobHandler(housekeeping.sweep, leave, leave),
    }


_STORAGES = {"local": _local_storage, "minio": _minio_storage}
_LLMS: dict[str, Callable[[ChildProcesses], LLMProvider]] = {"extractive": ExtractiveLLM}
