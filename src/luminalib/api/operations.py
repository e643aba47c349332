"""/healthz and /readyz."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from luminalib import __version__
from luminalib.api.deps import ServicesDep, logged_in
from luminalib.domain.errors import Unauthenticated, Unavailable
from luminalib.services.health import PartHealth

router = APIRouter(tags=["operations"])
State = Literal["ok", "degraded", "down"]
STRANGERS_PATIENCE = 5.0
"""How old, in seconds, the report is at most that anybody may have."""


class AliveOut(BaseModel):
    """The server answers."""

    status: Literal["ok"] = "ok"
    version: str = Field(default=__version__, examples=[__version__])


class PartOut(BaseModel):
    """The state of a part that the library stands on."""

    status: Literal["ok", "down"]
    detail: str | None = None


class ReadyOut(BaseModel):
    """Whether the library can do its work; `degraded` means that it can but for a part that work waits for."""

    status: State
    parts: dict[str, PartOut]


@router.get("/healthz")
async def get_liveness() -> AliveOut:
    """Answers while the server runs, whatever else is down."""
    return AliveOut()


@router.get("/readyz", responses={503: {"model": ReadyOut, "description": "A part is down that nothing works without."}})
async def get_readiness(request: Request, response: Response, services: ServicesDep) -> ReadyOut:
    """The state of the database, the storage, the job runner and the language engine; librarians are told why, too."""
    is_staff = await _is_staff(request)
    parts = await services.health.report(0.0 if is_staff else STRANGERS_PATIENCE)
    state = state_of(parts)
    response.status_code = 503 if state == "down" else 200
    return ReadyOut(
        status=state,
        parts={
            part.name: PartOut(status="ok" if part.is_up else "down", detail=part.detail if is_staff else None) for part in parts
        },
    )


def state_of(parts: Sequence[PartHealth]) -> State:
    """The state of the whole: down without a part that nothing works without, degraded without another."""
    if any(part.is_hard and not part.is_up for part in parts):
        return "down"
    return "ok" if all(part.is_up for part in parts) else "degraded"


async def _is_staff(request: Request) -> bool:
    """Whether a librarian asks; while the database is away nobody can tell."""
    try:
        return (await logged_in(request)).is_staff
    except (Unauthenticated, Unavailable):
        return False
