"""What a CRM tells of its own accord: changes are looked up soon, deletions are known at once."""

from collections.abc import Sequence

from luminalib.domain.crm import CrmConnection, CrmKind, sync_crm
from luminalib.domain.crm_events import AFTER, ContactEvent, ContactEventKind
from luminalib.domain.inquiries import InquiryRecord, InquiryStep
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.steps.crm import MOST_INQUIRIES


class CrmHearing:
    """Hears HubSpot's events. What is heard twice changes nothing more."""

    def __init__(self, uow: UnitOfWorkFactory, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def hear(self, tenant_id: str, events: Sequence[ContactEvent]) -> None:
        """Takes note of deletions, and has connections brought in step where something has changed."""
        async with self._uow.reading(tenant_id) as uow:
            connections = [one for one in await uow.crm.connections() if one.kind is CrmKind.HUBSPOT and one.is_enabled]
        for connection in connections:
            for event in events:
                if event.kind is not ContactEventKind.CHANGED:
                    await self._gone(tenant_id, connection, event)
            if any(event.kind is ContactEventKind.CHANGED for event in events):
                async with self._uow(tenant_id) as uow:
                    await uow.enqueue(sync_crm(connection.id, tenant_id, self._clock.now() + AFTER))

    async def _gone(self, tenant_id: str, connection: CrmConnection, event: ContactEvent) -> None:
        async with self._uow.reading(tenant_id) as uow:
            known = await uow.crm.find_contact(connection.id, remote_id=event.remote_id)
        if known is None:
            return
        async with self._uow(tenant_id) as uow:
            if event.kind is ContactEventKind.ERASED:  # inquiries are locked before contacts
                await self._note_erased(uow, connection, known.email)
            contact = await uow.crm.find_contact(connection.id, remote_id=event.remote_id)
            if contact is None:
                return
            if event.kind is ContactEventKind.ERASED:
                await uow.crm.remove(contact)
            else:
                contact.leave(self._clock.now())

    async def _note_erased(self, uow: UnitOfWork, connection: CrmConnection, email: str) -> None:
        """What the person wrote to the library is the library's to judge: who works on it is told."""
        detail = f"The contact was erased in {connection.kind.value} for its privacy: decide what is kept here."
        inquiries = await uow.inquiries.open_of(email, MOST_INQUIRIES)
        now = self._clock.now()
        await uow.inquiries.record([InquiryRecord.of(one, InquiryStep.CORRECTED, now, detail=detail) for one in inquiries])
