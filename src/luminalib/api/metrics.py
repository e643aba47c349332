"""/metrics: figures for Prometheus."""

from secrets import compare_digest

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.exceptions import HTTPException

from luminalib.api.deps import Services, ServicesDep
from luminalib.api.operations import STRANGERS_PATIENCE
from luminalib.api.problems import documented
from luminalib.domain.errors import Unauthenticated, Unavailable

router = APIRouter(tags=["operations"])
JOBS = Gauge("luminalib_jobs", "Background jobs that are open, by name and state.", ("name", "status"))
JOBS_AGE = Gauge("luminalib_jobs_oldest_seconds", "For how long the oldest open job has been due.", ("name", "status"))
DOCUMENTS = Gauge("luminalib_documents", "Documents by the state of their pipeline.", ("status",))
CIRCUITS = Gauge("luminalib_circuit_open", "Whether another system is left in peace after failures in a row.", ("party",))
DELIVERIES = Gauge("luminalib_webhook_deliveries", "Messages on their way to webhooks: new, or to be tried again.", ("state",))
LAGS = Gauge("luminalib_crm_lag_seconds", "For how long another system has not been brought in step.", ("connection",))
INQUIRIES = Gauge(
    "luminalib_inquiries",
    "Inquiries by what they want, who found that, and how far they have come; needs_review by all is the review rate.",
    ("intent", "method", "state"),
)
STREAMS = Gauge("luminalib_streams", "Event streams that are open in this process.")
CONNECTIONS = Gauge("luminalib_database_connections_in_use", "Connections of the database's pools that are taken.")
PARTS = Gauge("luminalib_part_up", "Whether a part that the library stands on answers.", ("part",))
_FIGURES = {"text/plain": {"schema": {"type": "string"}, "example": 'luminalib_documents{status="completed"} 41.0\n'}}


@router.get(
    "/metrics",
    response_class=Response,
    responses={**documented(Unauthenticated), 200: {"description": "Lines of figures.", "content": _FIGURES}},
)
async def get_metrics(request: Request, services: ServicesDep) -> Response:
    """Figures for Prometheus. `LUMINALIB_METRICS` decides who may read them: everybody, who has a token, or nobody."""
    _require_reader(request)
    await _look(services)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _require_reader(request: Request) -> None:
    """Raises Unauthenticated without the token where one is asked for, and says 404 where there are no figures."""
    if not request.app.state.has_metrics:
        raise HTTPException(404)
    token: str = request.app.state.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not compare_digest(given.encode(), token.encode()):
        raise Unauthenticated("Send the token of LUMINALIB_METRICS_TOKEN as `Authorization: Bearer …`.")


async def _look(services: Services) -> None:
    for part in await services.health.report(STRANGERS_PATIENCE):
        PARTS.labels(part.name).set(part.is_up)
    STREAMS.set(services.streams.open)
    CONNECTIONS.set(services.figures.connections())
    for gauge in (INQUIRIES, JOBS, JOBS_AGE, DOCUMENTS, CIRCUITS, DELIVERIES, LAGS):
        gauge.clear()
    try:
        found = await services.figures.read()
    except Unavailable:  # luminalib_part_up says so; figures of before would lie
        return
    for job in found.jobs:
        JOBS.labels(job.name, job.status).set(job.count)
        JOBS_AGE.labels(job.name, job.status).set(job.oldest_seconds)
    for status, count in found.documents.items():
        DOCUMENTS.labels(status).set(count)
    for asked in found.inquiries:
        INQUIRIES.labels(asked.intent, asked.method, asked.state).set(asked.count)
    for party, is_open in found.circuits.items():
        CIRCUITS.labels(party).set(is_open)
    for state, count in found.deliveries.items():
        DELIVERIES.labels(state).set(count)
    for connection_id, seconds in found.sync_lags.items():
        LAGS.labels(connection_id).set(seconds)
