"""Webhooks: the guard around them, and their delivery beside the server."""

from contextlib import AsyncExitStack

from luminalib.adapters.db.deliveries import SqlDeliveryLedger
from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.guard import Allowed
from luminalib.adapters.outside.sender import HttpSender
from luminalib.adapters.processes import is_dead, own_name
from luminalib.container.adapters import Adapters
from luminalib.services.health import Part
from luminalib.services.webhooks import DeliveryService, WebhookTools
from luminalib.settings import Settings


def webhook_tools(settings: Settings, a: Adapters, stack: AsyncExitStack) -> WebhookTools:
    """What the services of webhooks work with; `stack` closes the connections."""
    client = open_client(settings, stack)
    return WebhookTools(
        uow=a.uow,
        views=a.views.webhooks,
        sender=HttpSender(client),
        sealer=a.sealer,
        clock=a.clock,
        base_url=settings.public_url,
    )


def open_client(settings: Settings, stack: AsyncExitStack) -> OutsideClient:
    """A client that keeps out of the own network; `stack` closes its connections."""
    client = OutsideClient(Allowed(settings.allowed_networks))
    stack.push_async_callback(client.close)
    return client


async def open_deliveries(tools: WebhookTools, a: Adapters, stack: AsyncExitStack) -> Part:
    """Delivers from now on, until the stack is left."""
    name = own_name()
    deliveries = DeliveryService(tools, SqlDeliveryLedger(a.database), name)
    await deliveries.start(lambda worker: is_dead(worker, name))
    a.uow.wake_deliveries = deliveries.wake
    stack.push_async_callback(deliveries.stop)
    return Part(check=deliveries.check, is_hard=False)
