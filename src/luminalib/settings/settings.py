"""Every setting, its environment variable (`LUMINALIB_…`), its default and what makes it wrong."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from luminalib.settings.groups import (
    AnswerSettings,
    ConnectionSettings,
    InquirySettings,
    LimitSettings,
    LoanSettings,
    MinioSettings,
    OllamaSettings,
    OnnxSettings,
    OpenAISettings,
    PostgresSettings,
    RecommendationSettings,
)
from luminalib.settings.refusals import PREFIX, SettingsError, refuse_known_secrets, refuse_lasting_connections

SECRET_KEY_MIN = 32
METRICS_TOKEN_MIN = 16
_ORIGIN = re.compile(r"\*|https?://[^/\s,?#@]+")
_ADDRESS = re.compile(r"https?://[^/\s,?#@]+(/[^\s,?#]*)?")
_PRICE = re.compile(r"(?P<model>.+)=(?P<tokens_in>\d+(?:\.\d+)?)/(?P<tokens_out>\d+(?:\.\d+)?)")
_ENGINE = re.compile(r"extractive|(?:ollama|openai)/\S{1,200}")


class Settings(BaseSettings):
    """The whole configuration; each adapter is chosen by one variable."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True
    )

    env: Literal["development", "production"] = Field(
        "development", description="In production a secret key is required and migrations are run by `luminalib migrate` only."
    )
    demo: bool = Field(default=False, description="Whether the demo shelf and its accounts are put into the library, once.")
    data_dir: Path = Field(Path("./data"), description="Holds everything that the embedded default writes.")
    database_url: str = Field(
        "", description="sqlite:///path or postgresql://user:password@host/name; by default a SQLite file in the data directory."
    )
    migration_database_url: str = Field(
        "", description="The database as `luminalib migrate` comes to it, when who owns the tables is not who serves them."
    )
    postgres: PostgresSettings = PostgresSettings()
    storage: Literal["local", "minio"] = Field("local", description="Where files lie: local (data directory) or minio (any S3).")
    minio: MinioSettings = MinioSettings()
    llm: Literal["extractive", "ollama", "openai"] = Field(
        "extractive", description="The language engine: extractive needs no model; ollama; openai is any compatible server."
    )
    llm_offered: str = Field(
        "", description="What libraries may choose in place of LLM: extractive, ollama/MODEL or openai/MODEL, comma-separated."
    )
    llm_fallback: Literal["none", "unusable", "extractive"] = Field(
        "unusable",
        description="When the extractive engine stands in for a model, labelled as such: unusable: where the model's answers fail "
        "their checks, and while it is away the work waits; extractive: then too; none: never, the document fails or waits.",
    )
    llm_seconds: Annotated[float, Field(ge=1, le=86_400, description="The longest that a model may take for one answer.")] = 600
    llm_at_once: Annotated[int, Field(ge=1, le=64, description="How many questions a model is asked at the same time.")] = 2
    llm_budget_minutes: Annotated[
        int, Field(ge=0, le=10_080, description="How long a model may read one book; longer ones are read in parts. 0 is no limit.")
    ] = 0
    llm_prices: str = Field(
        "", description="What a million units of input and output cost, such as gpt-4o-mini=0.15/0.60, comma-separated; optional."
    )
    llm_currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="What prices are in (ISO 4217).")] = "USD"
    prompts_dir: Path | None = Field(
        None, description="A directory of more versions of the prompts, which libraries may try out; see `luminalib prompts`."
    )
    ollama: OllamaSettings = OllamaSettings()
    openai: OpenAISettings = OpenAISettings()
    passage_index: Literal["local", "pgvector"] = Field(
        "local", description="Where passages are looked up: local (files in the data directory) or pgvector (the same PostgreSQL)."
    )
    embedder: Literal["none", "onnx", "ollama", "openai"] = Field(
        "none",
        description="What finds passages by meaning beside words: none; onnx on this machine; ollama or openai by their servers.",
    )
    onnx: OnnxSettings = OnnxSettings()
    knowledge_dir: Path | None = Field(
        None, description="A directory of texts, PDFs and EPUBs that all members may ask about; kept in step with it."
    )
    refusal: Annotated[
        str, Field(min_length=1, max_length=500, description="What the library says to a question that it cannot answer.")
    ] = "I cannot answer that from this library."
    region: Annotated[
        str, Field(pattern="^([A-Z]{2})?$", description="The country, such as DE: telephone numbers are read as its own.")
    ] = ""
    answers: AnswerSettings = AnswerSettings()
    inquiries: InquirySettings = InquirySettings()
    recommender: Literal["hybrid", "tfidf"] = Field(
        "hybrid", description="What recommends: hybrid learns from books and from what all members read, tfidf from books alone."
    )
    recommendations: RecommendationSettings = RecommendationSettings()
    jobs: Literal["inprocess"] = Field("inprocess", description="Who works off background jobs: tasks in the server itself.")
    events: Literal["memory", "postgres"] = Field(
        "memory", description="How streams learn of news: within this process, or from all that serve one PostgreSQL."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens; at least 32 characters. In development one is made and kept in the data directory.",
    )
    previous_secret_keys: SecretStr = Field(
        SecretStr(""), description="Earlier secret keys, comma-separated: what they signed stays valid until it expires."
    )
    sealing_key: SecretStr = Field(
        SecretStr(""),
        description="Seals secrets of other systems, such as tokens of a CRM; at least 32 characters. Made and kept likewise.",
    )
    previous_sealing_keys: SecretStr = Field(
        SecretStr(""), description="Earlier sealing keys, comma-separated: what they sealed can still be opened."
    )
    access_minutes: Annotated[int, Field(ge=1, le=1440, description="How long an access token works.")] = 60
    session_days: Annotated[int, Field(ge=1, le=365, description="How long a log-in lasts without being used.")] = 30
    signup: Literal["open", "invite", "closed"] = Field(
        "open",
        description="Who may make an account: everybody; who has an invitation; or nobody but `luminalib create-admin`.",
    )
    members_may_upload: bool = Field(default=True, description="Whether members, not only librarians, may add books.")
    rate_limits: Literal["on", "off"] = Field("on", description="Whether log-ins, sign-ups, refreshes and uploads are limited.")
    rate_limit_store: str = Field(
        "memory://", description="Where attempts are counted: memory:// or, for several processes, redis://host."
    )
    limits: LimitSettings = LimitSettings()
    connections: ConnectionSettings = ConnectionSettings()
    metrics: Literal["open", "token", "off"] = Field(
        "open", description="Who may read GET /metrics: everybody who reaches the port; who has METRICS_TOKEN; or nobody."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="What Prometheus sends as bearer token, for LUMINALIB_METRICS=token."
    )
    trusted_proxies: Annotated[
        int, Field(ge=0, le=10, description="How many reverse proxies stand in front and add to X-Forwarded-For.")
    ] = 0
    public_url: str = Field(
        "", description="The library's own address as others reach it, such as https://library.example.org; for links in webhooks."
    )
    webhooks_allow: str = Field(
        "",
        description="Networks and hosts of one's own that webhooks may reach, such as 192.168.1.0/24,nas.local; none by default.",
    )
    cors_origins: str = Field("", description="Web origins that browsers may call from, comma-separated; none by default.")
    allowed_hosts: str = Field(
        "", description="Names that the library answers to, comma-separated, such as library.example.org; any by default."
    )
    tenant_domain: str = Field(
        "", description="With several libraries: seaside.library.example.org is the library seaside, for library.example.org here."
    )
    loans: LoanSettings = LoanSettings()
    max_upload_mib: Annotated[int, Field(ge=1, le=10240, description="The largest book file, in MiB.")] = 100
    max_document_mib: Annotated[int, Field(ge=1, le=10240, description="The largest file of POST /documents/upload, in MiB.")] = 10
    account_quota_mib: Annotated[
        int, Field(ge=0, le=2**30, description="How much one account may have stored and announced, in MiB; 0 is no limit.")
    ] = 10_240
    storage_reserve_mib: Annotated[
        int, Field(ge=0, le=2**20, description="How much of the disk no file may take, in MiB; at most a tenth of the disk.")
    ] = 512
    workers: Annotated[int, Field(ge=1, le=32, description="How many documents are worked on at the same time.")] = 2
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important message that is logged."
    )
    log_format: Literal["console", "json"] = Field("console", description="Log lines for people (console) or machines (json).")

    @field_validator("database_url", "migration_database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        for plain, driver in (("sqlite://", "sqlite+aiosqlite://"), ("postgresql://", "postgresql+asyncpg://")):
            if url.startswith((plain, driver)):
                return driver + url.removeprefix(driver).removeprefix(plain)
        if url:
            raise ValueError("should begin with sqlite:/// or postgresql://")
        return url

    @field_validator("cors_origins")
    @classmethod
    def _well_formed_origins(cls, text: str) -> str:
        if not all(_ORIGIN.fullmatch(origin) for origin in _listed(text)):
            raise ValueError("should be origins such as https://reader.example.org, with a comma between, without a path")
        return text

    @field_validator("public_url")
    @classmethod
    def _well_formed_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("should be an address such as https://library.example.org, without a query")
        return url.rstrip("/")

    @field_validator("llm_offered")
    @classmethod
    def _well_formed_offers(cls, text: str) -> str:
        if not all(_ENGINE.fullmatch(engine) for engine in _listed(text)):
            raise ValueError("should be extractive, ollama/MODEL or openai/MODEL, with a comma between")
        return text

    @field_validator("llm_prices")
    @classmethod
    def _well_formed_prices(cls, text: str) -> str:
        if not all(_PRICE.fullmatch(price) for price in _listed(text)):
            raise ValueError("should look like gpt-4o-mini=0.15/0.60, with a comma between models")
        return text

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.env == "production":
            given = {"SECRET_KEY": self.secret_key.get_secret_value(), "DATABASE_URL": urlsplit(self.database_url).password or ""}
            if self.storage == "minio":
                given["MINIO__SECRET_KEY"] = self.minio.secret_key.get_secret_value()
            refuse_known_secrets(given)
        self._require_keys("SECRET_KEY", self.secret_key, self.old_secrets)
        self._require_keys("SEALING_KEY", self.sealing_key, self.old_sealing_keys)
        self._require_metrics_token()
        if self.postgres.by_pooler:
            refuse_lasting_connections({"EVENTS": (self.events, "memory"), "PASSAGE_INDEX": (self.passage_index, "local")})
        if self.events == "postgres" and not self.database.startswith("postgresql"):
            raise SettingsError(f"{PREFIX}EVENTS: postgres needs a {PREFIX}DATABASE_URL that begins with postgresql://.")
        if self.passage_index == "pgvector" and not self.database.startswith("postgresql"):
            raise SettingsError(f"{PREFIX}PASSAGE_INDEX: pgvector needs a {PREFIX}DATABASE_URL that begins with postgresql://.")
        if self.storage == "minio":
            for name, value in (("ACCESS_KEY", self.minio.access_key), ("SECRET_KEY", self.minio.secret_key.get_secret_value())):
                if not value:
                    raise SettingsError(f"{PREFIX}MINIO__{name}: is required with {PREFIX}STORAGE=minio.")
        if (
            "openai" in (self.llm, self.embedder)
            and "api.openai.com" in self.openai.base_url
            and not self.openai.api_key.get_secret_value()
        ):
            raise SettingsError(f"{PREFIX}OPENAI__API_KEY: is required at api.openai.com; other servers have other base URLs.")
        return self

    def _require_keys(self, name: str, given: SecretStr, earlier: list[str]) -> None:
        key = given.get_secret_value()
        if any(len(old) < SECRET_KEY_MIN for old in earlier):
            raise SettingsError(f"{PREFIX}PREVIOUS_{name}S: each should have at least {SECRET_KEY_MIN} characters.")
        if self.env == "production" and not key:
            raise SettingsError(f"{PREFIX}{name}: is required in production; make one with `openssl rand -hex 32`.")
        if key and len(key) < SECRET_KEY_MIN:
            raise SettingsError(f"{PREFIX}{name}: should have at least {SECRET_KEY_MIN} characters.")

    def _require_metrics_token(self) -> None:
        if self.metrics == "token" and len(self.metrics_token.get_secret_value()) < METRICS_TOKEN_MIN:
            raise SettingsError(f"{PREFIX}METRICS_TOKEN: should have at least {METRICS_TOKEN_MIN} characters.")

    @property
    def offered_engines(self) -> dict[str, tuple[str, str]]:
        """Provider and model of each engine that libraries may choose, by its name."""
        return {name: (name.partition("/")[0], name.partition("/")[2]) for name in _listed(self.llm_offered)}

    @property
    def prices(self) -> dict[str, tuple[float, float]]:
        """What a million tokens of input and output cost, per model."""
        found = (_PRICE.fullmatch(price) for price in _listed(self.llm_prices))
        return {price["model"]: (float(price["tokens_in"]), float(price["tokens_out"])) for price in found if price}

    @property
    def old_secrets(self) -> list[str]:
        """The earlier secret keys, one by one."""
        return _listed(self.previous_secret_keys.get_secret_value())

    @property
    def old_sealing_keys(self) -> list[str]:
        """The earlier sealing keys, one by one."""
        return _listed(self.previous_sealing_keys.get_secret_value())

    @property
    def allowed_origins(self) -> list[str]:
        """The web origins, one by one."""
        return _listed(self.cors_origins)

    @property
    def allowed_networks(self) -> list[str]:
        """The networks and hosts of one's own that webhooks may reach, one by one."""
        return _listed(self.webhooks_allow)

    @property
    def known_hosts(self) -> list[str]:
        """The names that the library answers to, one by one."""
        return _listed(self.allowed_hosts)

    @property
    def database(self) -> str:
        """The database URL with its driver."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'luminalib.db'}"


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
