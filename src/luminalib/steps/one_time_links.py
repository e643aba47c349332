"""Making links that work once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from luminalib.domain.auth import Role
from luminalib.domain.one_time_links import LinkKind, OneTimeLink
from luminalib.domain.tenants import marked
from luminalib.ports.security import TokenSigner


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link with its secret, for the only time that it can be shown."""

    record: OneTimeLink
    secret: str


def new_link(
    signer: TokenSigner, tenant_id: str, kind: LinkKind, at: datetime, life: timedelta, *, created_by: str | None
) -> NewLink:
    """A link of a tenant, to be added to its own."""
    secret = marked(signer.new_secret(), tenant_id)
    record = OneTimeLink(
        id=str(uuid4()), kind=kind, digest=signer.digest(secret), created_by=created_by, created_at=at, expires_at=at + life
    )
    return NewLink(record, secret)


def new_invitation(
    signer: TokenSigner, tenant_id: str, at: datetime, life: timedelta, role: Role, note: str | None, *, created_by: str | None
) -> NewLink:
    """An invitation to a tenant, with the role that it gives."""
    made = new_link(signer, tenant_id, LinkKind.INVITATION, at, life, created_by=created_by)
    made.record.role, made.record.note = role, note
    return made
