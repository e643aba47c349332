"""Contacts that other systems should know of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from luminalib.domain.crm import CrmContact, CrmKind, fields_of, person_in, sync_crm
from luminalib.domain.inquiries import Inquiry, InquiryRecord, InquiryStep
from luminalib.ports.persistence import UnitOfWork
from luminalib.ports.triage import FieldReader

LONGEST_NAME = 200
MOST_INQUIRIES = 100
"""So many of one writer are kept in step, the newest."""


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


async def hear_crm(
    uow: UnitOfWork, kind: CrmKind, inquiries: Sequence[Inquiry], fields: Mapping[str, str], reader: FieldReader, now: datetime
) -> None:
    """Has the inquiries of a contact say of its person what the other system says now, with a step that tells so.

    A number that cannot be read stays there. Who takes both takes the inquiries first, as qualifying does, and the contact after.
    """
    person = person_in(fields)
    for inquiry in inquiries:
        told = {"name": person["name"][:LONGEST_NAME]} if "name" in person else {}
        if phone := reader.phone(person.get("phone", ""), inquiry.region):
            told["phone"] = phone
        if heard := inquiry.hear(told, now):
            detail = f"By {kind.value}: {', '.join(heard)}."
            await uow.inquiries.record([InquiryRecord.of(inquiry, InquiryStep.CORRECTED, now, detail=detail)])
