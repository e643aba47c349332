"""An inquiry becomes worth somebody's time."""

from datetime import datetime

from luminalib.domain.announcements import EventType, about_inquiry
from luminalib.domain.inquiries import Inquiry, InquiryRecord, InquiryStep
from luminalib.ports.persistence import UnitOfWork
from luminalib.steps.crm import tell_crm


async def note_qualified(uow: UnitOfWork, tenant_id: str, inquiry: Inquiry, at: datetime, request_id: str | None) -> None:
    """The one place where that is written down: what follows from it is asked for in the same unit."""
    detail = None if inquiry.score is None else f"Score: {inquiry.score} of 100."
    await uow.inquiries.record([InquiryRecord.of(inquiry, InquiryStep.QUALIFIED, at, detail=detail, request_id=request_id)])
    kind = EventType.INQUIRY_QUALIFIED
    uow.outbox.append(about_inquiry(kind, inquiry.id, inquiry.intent.value, inquiry.state.value, inquiry.score, at))
    await tell_crm(uow, tenant_id, inquiry, at)
