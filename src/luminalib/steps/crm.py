"""Contacts that other systems should know of."""

from datetime import datetime
from uuid import uuid4

from luminalib.domain.crm import CrmContact, fields_of, sync_crm
from luminalib.domain.inquiries import Inquiry
from luminalib.ports.persistence import UnitOfWork


async def tell_crm(uow: UnitOfWork, tenant_id: str, inquiry: Inquiry, now: datetime) -> None:
    """Notes the writer of an inquiry as a contact to be told of, for each connection: in the transaction that qualifies it."""
    fields = fields_of(inquiry)
    if "email" not in fields:
        return
    for connection in await uow.crm.connections():
        contact = await uow.crm.find_contact(connection.id, email=fields["email"])
        if contact is None:
            contact = CrmContact(id=str(uuid4()), connection_id=connection.id, email=fields["email"], updated_at=now)
            await uow.crm.add(contact)
        contact.fields = {**contact.fields, **fields}
        contact.is_dirty, contact.updated_at, contact.removed_at = True, now, None
        if connection.is_enabled:
            await uow.enqueue(sync_crm(connection.id, tenant_id, now))
