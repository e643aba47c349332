"""What somebody does that others may ask about later."""

from datetime import datetime

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.auth import Principal
from luminalib.ports.persistence import UnitOfWork


async def note_deed(
    uow: UnitOfWork, by: Principal, action: AuditAction, at: datetime, subject_id: str | None, detail: str | None = None
) -> None:
    """Puts down who did it and from where, in the transaction that makes it true."""
    await uow.audit.append(
        AuditEvent(action=action, at=at, actor_id=by.user_id, subject_id=subject_id, address=by.address, detail=detail)
    )
