"""The implementations of the ports, as the settings choose them."""

import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass

from limits.errors import ConfigurationError

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.covers.drawn import DrawnCovers
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.postgres import DatabaseRole
from luminalib.adapters.db.sentence_vectors import SqlSentenceVectors
from luminalib.adapters.db.session_lookup import session_lookup
from luminalib.adapters.db.tenants import SqlTenantRegister
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views.reader import Reader, reader_of
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.rate_limits.moving_window import LimitsRateLimiter, NoRateLimiter
from luminalib.adapters.recommenders.hybrid_recommender import HybridRecommender
from luminalib.adapters.recommenders.tfidf_recommender import TfidfRecommender
from luminalib.adapters.security.common_passwords import ZxcvbnCommonPasswords
from luminalib.adapters.security.passwords import Argon2Hasher
from luminalib.adapters.security.sealing import AesSealer
from luminalib.adapters.security.tokens import JwtSigner
from luminalib.adapters.storage.local import LocalStorage
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.adapters.text.passages import SemanticPassageSplitter
from luminalib.container.database import open_database
from luminalib.container.keys import sealing_keys, secret_keys
from luminalib.container.llm import EngineTools, open_llm
from luminalib.container.search import open_embedder, open_passage_index
from luminalib.container.views import Views, open_views
from luminalib.domain.one_time_links import SignupMode
from luminalib.ports.children import ChildProcesses
from luminalib.ports.clock import Clock
from luminalib.ports.covers import CoverArtist
from luminalib.ports.embedder import Embedder
from luminalib.ports.llm import LLMProvider
from luminalib.ports.passage_index import PassageIndex
from luminalib.ports.passages import PassageSplitter
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.recommender import Recommender
from luminalib.ports.sealing import Sealer
from luminalib.ports.security import CommonPasswords, PasswordHasher, TokenSigner
from luminalib.ports.sentence_vectors import SentenceVectors
from luminalib.ports.sessions import SessionLookup
from luminalib.ports.storage import StorageProvider
from luminalib.ports.tenants import TenantRegister
from luminalib.ports.text import TextExtractor
from luminalib.settings import PREFIX, Settings, SettingsError
from luminalib.steps.authority import Authority
from luminalib.steps.quotas import Quotas
from luminalib.steps.retrieving import Retriever
from luminalib.steps.room import Room
from luminalib.steps.tenants import Tenants

PROBE_CHILDREN = 2
"""Child processes beyond those of the workers: an upload that looks into its file must not wait for a book being summarised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapters:
    """The implementations that the settings choose, opened."""

    clock: Clock
    database: SqlDatabase
    children: ChildProcesses
    bus: MemoryEventBus
    uow: SqlUnitOfWorkFactory
    views: Views
    storage: StorageProvider
    room: Room
    extractor: TextExtractor
    artist: CoverArtist
    llm: LLMProvider
    lookup: SessionLookup
    authority: Authority
    hasher: PasswordHasher
    common: CommonPasswords
    signer: TokenSigner
    sealer: Sealer
    limiter: RateLimiter
    recommender: Recommender
    index: PassageIndex
    embedder: Embedder
    sentences: SentenceVectors
    splitter: PassageSplitter
    retriever: Retriever
    register: TenantRegister
    tenants: Tenants
    quotas: Quotas


async def open_adapters(settings: Settings, stack: AsyncExitStack, clock: Clock, llm: LLMProvider | None) -> Adapters:
    """Opens what the settings choose; `stack` closes it. Raises SettingsError, Unavailable."""
    require_data_dir(settings)
    database = await open_database(settings, stack)
    lookup = session_lookup(database)
    await lookup.start()
    stack.push_async_callback(lookup.close)
    bus = await _open_bus(settings, stack)
    children = await stack.enter_async_context(SubprocessPool(settings.workers + PROBE_CHILDREN))
    reader = await _open_reader(database, stack)
    uow, register = SqlUnitOfWorkFactory(database, bus, clock), SqlTenantRegister(database, reader)
    tenants, limiter = Tenants(register, SignupMode(settings.signup)), await _limiter(settings)
    quotas, views = Quotas(uow, tenants, limiter, clock), open_views(reader, stack, clock)
    storage = await _STORAGES[settings.storage](settings, stack)
    reserve, quota = settings.storage_reserve_mib * 2**20, settings.account_quota_mib * 2**20
    index, embedder = (
        await open_passage_index(settings, stack, {} if database.is_sqlite else database.access.settings(DatabaseRole.APP)),
        open_embedder(settings, stack),
    )
    sentences = SqlSentenceVectors(uow, clock)
    engine_tools = EngineTools(
        stack=stack,
        children=children,
        uow=uow,
        clock=clock,
        allow=quotas.require_tokens,
        variants=tenants.prompt_variants,
        choice=tenants.engine,
    )
    return Adapters(
        clock=clock,
        database=database,
        children=children,
        bus=bus,
        uow=uow,
        views=views,
        storage=storage,
        room=Room(views.documents, storage, quotas, reserve_bytes=reserve, quota_bytes=quota),
        extractor=SandboxedTextExtractor(children),
        artist=DrawnCovers(),
        llm=llm or open_llm(settings, engine_tools),
        lookup=lookup,
        authority=Authority(lookup, clock),
        hasher=Argon2Hasher(),
        common=ZxcvbnCommonPasswords(),
        signer=JwtSigner(secret_keys(settings)),
        sealer=AesSealer(sealing_keys(settings)),
        limiter=limiter,
        recommender=HybridRecommender(children) if settings.recommender == "hybrid" else TfidfRecommender(),
        index=index,
        embedder=embedder,
        sentences=sentences,
        retriever=Retriever(index, embedder, sentences),
        splitter=SemanticPassageSplitter(),
        register=register,
        tenants=tenants,
        quotas=quotas,
    )


async def _open_reader(database: SqlDatabase, stack: AsyncExitStack) -> Reader:
    reader = reader_of(database)
    await reader.start()
    stack.push_async_callback(reader.close)
    return reader


async def _open_bus(settings: Settings, stack: AsyncExitStack) -> MemoryEventBus:
    if settings.events == "memory":
        bus = MemoryEventBus()
        stack.callback(bus.close)
        return bus
    from luminalib.adapters.events.postgres import PostgresEventBus  # noqa: PLC0415 -- as above

    listening = PostgresEventBus(settings.database.replace("postgresql+asyncpg://", "postgresql://"))
    stack.push_async_callback(listening.stop)
    await listening.start()
    return listening


def require_data_dir(settings: Settings) -> None:
    """Sees that files can be written where they are to lie. Raises SettingsError."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        raise SettingsError(f"{PREFIX}DATA_DIR: nothing can be written to {settings.data_dir} ({error.strerror}).") from None


async def _limiter(settings: Settings) -> RateLimiter:
    if settings.rate_limits == "off":
        return NoRateLimiter()
    rules = {rule: getattr(settings.limits, rule.value.replace("-", "_")) for rule in Rule if not rule.is_by_plan}
    try:
        limiter = LimitsRateLimiter(rules, settings.rate_limit_store)
    except ConfigurationError as error:
        raise SettingsError(f"{PREFIX}RATE_LIMIT_STORE: should be memory:// or redis://host:port ({error}).") from None
    if not await limiter.is_there():
        raise SettingsError(f"{PREFIX}RATE_LIMIT_STORE: the server that it names does not answer.")
    return limiter


async def _local_storage(settings: Settings, _stack: AsyncExitStack) -> StorageProvider:
    storage = LocalStorage(settings.data_dir / "files")
    await storage.start()
    return storage


async def _minio_storage(settings: Settings, stack: AsyncExitStack) -> StorageProvider:
    from luminalib.adapters.storage.minio import MinioStorage  # noqa: PLC0415 -- a client is imported where it is chosen

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


_STORAGES = {"local": _local_storage, "minio": _minio_storage}
