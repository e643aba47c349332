"""Open jobs, documents by state, messages on their way, counted."""

from datetime import datetime

import sqlalchemy as sa

from luminalib.adapters.db.crm import crm_connections
from luminalib.adapters.db.documents import documents
from luminalib.adapters.db.inquiries import inquiries
from luminalib.adapters.db.jobs import jobs
from luminalib.adapters.db.schema import UtcDateTime
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.adapters.db.webhooks import webhook_deliveries, webhooks
from luminalib.domain.figures import Figures, InquiryFigure, JobFigure
from luminalib.domain.jobs import JobStatus
from luminalib.domain.webhooks import DeliveryState
from luminalib.ports.views import FigureViews

_OPEN = (JobStatus.WAITING.value, JobStatus.RUNNING.value)
_JOBS = Statement(
    sa.select(jobs.c.name, jobs.c.status, sa.func.count(), sa.type_coerce(sa.func.min(jobs.c.run_at), jobs.c.run_at.type))
    .where(jobs.c.status.in_(_OPEN))
    .group_by(jobs.c.name, jobs.c.status)
)
_DOCUMENTS = Statement(sa.select(documents.c.status, sa.func.count()).group_by(documents.c.status))

_PARTIES = Statement(sa.select(webhooks.c.id, webhooks.c.open_until).where(webhooks.c.is_enabled))
_SYSTEMS = Statement(
    sa.select(
        crm_connections.c.id,
        crm_connections.c.open_until,
        sa.func.coalesce(crm_connections.c.synced_at, crm_connections.c.created_at, type_=UtcDateTime()),
    ).where(crm_connections.c.is_enabled)
)
_DELIVERIES = Statement(
    sa.select(webhook_deliveries.c.state, sa.func.count())
    .select_from(webhooks.join(webhook_deliveries, webhook_deliveries.c.webhook_id == webhooks.c.id))
    .where(webhook_deliveries.c.state.in_((DeliveryState.NEW.value, DeliveryState.RETRYING.value)))
    .group_by(webhook_deliveries.c.state)
)

_ASKED = (inquiries.c.intent, inquiries.c.method, inquiries.c.state)
_INQUIRIES = Statement(sa.select(*_ASKED, sa.func.count()).group_by(*_ASKED))


class SqlFigureViews(FigureViews):
    """The tables `jobs`, `documents`, `inquiries`, and those of webhooks."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def read(self, tenant_id: str, now: datetime) -> Figures:
        """See FigureViews."""
        open_jobs = await self._reader.rows(_JOBS, tenant_id)
        by_state = await self._reader.rows(_DOCUMENTS, tenant_id)
        parties = await self._reader.rows(_PARTIES, tenant_id)
        systems = await self._reader.rows(_SYSTEMS, tenant_id)
        deliveries = await self._reader.rows(_DELIVERIES, tenant_id)
        inquired = await self._reader.rows(_INQUIRIES, tenant_id)
        return Figures(
            jobs=tuple(
                JobFigure(name=name, status=str(status), count=count, oldest_seconds=max(0.0, (now - due).total_seconds()))
                for name, status, count, due in open_jobs
            ),
            documents={str(status): count for status, count in by_state},
            circuits={
                **{f"webhook:{webhook_id}": until is not None and now < until for webhook_id, until in parties},
                **{f"crm:{connection_id}": until is not None and now < until for connection_id, until, _ in systems},
            },
            sync_lags={connection_id: max(0.0, (now - at).total_seconds()) for connection_id, _, at in systems},
            inquiries=tuple(InquiryFigure(intent=str(i), method=str(m), state=str(s), count=count) for i, m, s, count in inquired),
            deliveries={str(state): count for state, count in deliveries},
        )
