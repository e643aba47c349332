"""Webhooks in, and what takes what they bring."""

from luminalib.container.adapters import Adapters
from luminalib.container.inquiries import inquiry_service
from luminalib.domain.auth import Principal
from luminalib.domain.inquiries import NewInquiry
from luminalib.services.crm import CrmHearing
from luminalib.services.incoming import IncomingService, IncomingTools
from luminalib.settings import Settings


def incoming_service(settings: Settings, a: Adapters) -> IncomingService:
    """Who verifies and keeps what other systems send."""
    inquiries = inquiry_service(settings, a)

    async def take_inquiry(by: Principal, new: NewInquiry, trace: str) -> None:
        await inquiries.receive(by, [new], trace)

    tools = IncomingTools(
        uow=a.uow,
        sources=a.views.sources,
        sealer=a.sealer,
        signer=a.signer,
        take_inquiry=take_inquiry,
        hear_contacts=CrmHearing(a.uow, a.clock).hear,
        clock=a.clock,
        base_url=settings.public_url,
    )
    return IncomingService(tools)
