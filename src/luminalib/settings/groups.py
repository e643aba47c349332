"""The details of one part each, set as `LUMINALIB_<PART>__<NAME>`."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

_LIMIT = re.compile(r"[1-9]\d{0,8}/(?:[1-9]\d{0,4} ?)?(?:second|minute|hour|day)s?")


class MinioSettings(BaseModel):
    """Where the S3-compatible storage is, for `LUMINALIB_STORAGE=minio`."""

    endpoint: str = Field("localhost:9000", description="Host and port of the S3 server, without http://.")
    access_key: str = Field("", description="Its access key; required for minio.")
    secret_key: SecretStr = Field(SecretStr(""), description="Its secret key; required for minio.")
    bucket: str = Field("luminalib", description="The bucket; made on start when it is missing.")
    secure: bool = Field(default=False, description="Whether to speak https.")
    region: str = Field("us-east-1", description="The S3 region.")

    @field_validator("endpoint")
    @classmethod
    def _no_scheme(cls, endpoint: str) -> str:
        if "/" in endpoint:
            raise ValueError("should be a host and a port, such as minio:9000; https is chosen by LUMINALIB_MINIO__SECURE=true")
        return endpoint


class OllamaSettings(BaseModel):
    """Where Ollama is, for `LUMINALIB_LLM=ollama`."""

    base_url: str = Field("http://localhost:11434", description="The address of Ollama.")
    model: str = Field("llama3.2:1b", description="The model; Ollama must have fetched it before it answers.")
    embedding_model: str = Field("nomic-embed-text", description="The model for LUMINALIB_EMBEDDER=ollama.")
    context_length: Annotated[
        int,
        Field(
            ge=1024, le=2_000_000, description="How much it reads at once, in its own units of about four letters; costs memory."
        ),
    ] = 8192


class OnnxSettings(BaseModel):
    """Which embedding model this machine runs itself, for `LUMINALIB_EMBEDDER=onnx`."""

    model: str = Field(
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        description="Its name at Hugging Face, fetched once (470 MB, 50 languages; all-MiniLM-L6-v2, 90 MB, is for English).",
    )
    path: Path | None = Field(None, description="A directory with model.onnx and tokenizer.json instead; nothing is fetched then.")


class OpenAISettings(BaseModel):
    """Where the OpenAI-compatible server is, for `LUMINALIB_LLM=openai`."""

    base_url: str = Field(
        "https://api.openai.com/v1", description="The address of OpenAI, or of a server that speaks its protocol."
    )
    api_key: SecretStr = Field(SecretStr(""), description="Its key, where it asks for one.")
    model: str = Field("gpt-4o-mini", description="The model.")
    embedding_model: str = Field("text-embedding-3-small", description="The model for LUMINALIB_EMBEDDER=openai.")
    context_length: Annotated[
        int, Field(ge=0, le=2_000_000, description="How much it reads at once, in units of about four letters; 0 asks the server.")
    ] = 0


class PostgresSettings(BaseModel):
    """How PostgreSQL is reached, and for how long it is waited for; what takes longer is answered 503."""

    by_pooler: bool = Field(default=False, description="Whether the URL leads to a pooler of transactions (PgBouncer).")
    lock_seconds: Annotated[float, Field(ge=0.1, le=3600, description="For a row or table that somebody else has locked.")] = 3
    statement_seconds: Annotated[float, Field(ge=1, le=86_400, description="For one statement.")] = 60
    idle_seconds: Annotated[float, Field(ge=1, le=86_400, description="For a transaction in which nothing happens.")] = 60
    pool_seconds: Annotated[float, Field(ge=0.1, le=600, description="For a free connection.")] = 3
    connect_seconds: Annotated[float, Field(ge=0.1, le=600, description="For a new connection.")] = 5


class LoanSettings(BaseModel):
    """The library's rules of circulation."""

    period_days: Annotated[int, Field(ge=1, le=3650, description="For how long a book is lent and renewed.")] = 21
    max_per_member: Annotated[int, Field(ge=1, le=1000, description="How many books a member may have at a time.")] = 10
    max_renewals: Annotated[int, Field(ge=0, le=100, description="How often a loan may be renewed.")] = 2
    renew_from: Literal["due", "now"] = Field("due", description="Whether a renewal counts from the due date or from now.")
    period_days_when_awaited: Annotated[
        int, Field(ge=1, le=3650, description="For how long a book is lent that others wait for; never longer than PERIOD_DAYS.")
    ] = 14
    grace_days: Annotated[int, Field(ge=0, le=365, description="How many days after its due date a loan counts as overdue.")] = 0
    max_holds_per_member: Annotated[int, Field(ge=1, le=1000, description="For how many books a member may wait at a time.")] = 10
    hold_shelf_days: Annotated[
        int, Field(ge=1, le=365, description="For how many days a copy is kept for a member who has waited for it.")
    ] = 3
    due_soon_days: Annotated[int, Field(ge=0, le=365, description="How many days before its due date a loan is due soon.")] = 3


class LimitSettings(BaseModel):
    """How often something may be tried, as `count/period`, such as `10/15minutes`."""

    login_per_account: str = Field("10/15minutes", description="Wrong passwords for one account from one network address.")
    login_per_account_everywhere: str = Field(
        "100/15minutes", description="The same from all addresses; those that the account was used from stay open."
    )
    confirm_per_session: str = Field("10/15minutes", description="Wrong passwords of one who is logged in already.")
    login_per_address: str = Field("300/15minutes", description="Log-ins from one network address.")
    signup_per_address: str = Field("300/hour", description="New accounts from one network address.")
    refresh_per_address: str = Field("1200/15minutes", description="Refreshed tokens from one network address.")
    upload_per_account: str = Field("1200/hour", description="Uploads of one account.")
    upload_per_address: str = Field("3000/hour", description="Uploads from one network address.")
    piece_per_account: str = Field("12000/hour", description="Pieces of resumable uploads of one account.")
    deed_per_account: str = Field("3000/hour", description="Loans, holds, reviews and all else that a member changes.")
    inquiry_per_address: str = Field("20/hour", description="Inquiries of strangers from one network address.")
    ask_per_account: str = Field("600/hour", description="Questions to the library of one account.")

    @field_validator("*")
    @classmethod
    def _well_formed(cls, text: str) -> str:
        if not _LIMIT.fullmatch(text):
            raise ValueError("should look like 10/15minutes")
        return text


class InquirySettings(BaseModel):
    """What people write to the library, and how it is read."""

    confidence: Annotated[
        float,
        Field(ge=0, le=1, description="How sure the library must be of what an inquiry wants; below it a person should look."),
    ] = 0.7
    text_days: Annotated[
        int, Field(ge=1, le=3650, description="For how many days the texts of inquiries are kept; then they are emptied.")
    ] = 90
    per_day: Annotated[
        int, Field(ge=1, le=1_000_000, description="How many inquiries one account may send in a day, and all strangers together.")
    ] = 2000
    public: bool = Field(default=False, description="Whether strangers may send inquiries, as the form of a web page does.")


class AnswerSettings(BaseModel):
    """How members' questions are answered."""

    by: Literal["auto", "tools", "schema", "extractive"] = Field(
        "auto",
        description="tools: the model calls them by its server's protocol; schema: it is asked for one as JSON; extractive: it is "
        "not asked; auto finds out what it can do.",
    )
    seconds: Annotated[
        float, Field(ge=1, le=3600, description="The longest that a model may take for a whole answer; then the library quotes.")
    ] = 120
    budget: Annotated[
        int, Field(ge=500, le=1_000_000, description="How many tokens a model may take to find out what to look up for one answer.")
    ] = 20_000
    confidence: Annotated[
        float,
        Field(ge=0.08, le=1, description="How sure of an answer the library must be to give it as one, not as nearest places."),
    ] = 0.18
    passage_characters: Annotated[
        int, Field(ge=600, le=8400, description="How much of the passages that were found a model is given to answer from.")
    ] = 4200


class ConnectionSettings(BaseModel):
    """What clients may take before anybody knows who they are."""

    most: Annotated[int, Field(ge=10, le=1_000_000, description="Connections at a time, as far as there are descriptors.")] = 8192
    per_address: Annotated[
        int, Field(ge=0, le=1_000_000, description="Of those, from one address (IPv6: one /64); 0 is no limit, as behind a proxy.")
    ] = 1024
    streams_per_account: Annotated[int, Field(ge=1, le=10_000, description="Event streams of one account at a time.")] = 32
    head_kib: Annotated[int, Field(ge=4, le=1024, description="How large the headers of a request may be.")] = 32
    head_lines: Annotated[int, Field(ge=10, le=1000, description="How many they may be.")] = 100
    head_seconds: Annotated[float, Field(ge=0.1, le=600, description="How long they may take.")] = 10
    body_bytes_per_second: Annotated[int, Field(ge=1, le=1_000_000, description="How slowly a body may come.")] = 1024
    body_window_seconds: Annotated[float, Field(ge=0.1, le=600, description="For how long it may be slower than that.")] = 10
    idle_seconds: Annotated[int, Field(ge=1, le=600, description="How long an open connection waits for its next request.")] = 5


class RecommendationSettings(BaseModel):
    """When the recommender learns."""

    train_after_events: Annotated[
        int, Field(ge=1, le=10_000_000, description="After how many new loans, holds and ratings the recommender is trained anew.")
    ] = 500
    train_after_minutes: Annotated[
        int, Field(ge=1, le=525_600, description="Or how many minutes after the first of them, if that is sooner.")
    ] = 60
