"""Figures about the library at work, for those who watch over it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class JobFigure:
    """Jobs of one name that wait or run: how many, and for how many seconds the oldest that may run has been due."""

    name: str
    status: str
    count: int
    oldest_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryFigure:
    """Inquiries that want the same, were read by the same method and have come as far: how many."""

    intent: str
    method: str
    state: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What the database knows: jobs that are open, documents by state, and how others do whom the library talks to.

    `circuits` says of each party whether it is left in peace after failures; `deliveries` counts messages that wait for webhooks;
    `sync_lags` are the seconds since each connection was last in step.
    """

    jobs: tuple[JobFigure, ...]
    documents: Mapping[str, int]
    circuits: Mapping[str, bool]
    deliveries: Mapping[str, int]
    sync_lags: Mapping[str, float]
    inquiries: tuple[InquiryFigure, ...] = ()
