"""Webhooks: the guard around them, and their delivery beside the server."""

import os
import socket
from contextlib import AsyncExitStack
from uuid import uuid4

from luminalib.adapters.db.deliveries import SqlDeliveryLedger
from luminalib.adapters.outside.client import OutsideClient
from luminalib.adapters.outside.guard import Allowed
from luminalib.adapters.outside.sender import HttpSender
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
    name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    deliveries = DeliveryService(tools, SqlDeliveryLedger(a.database), name)
    await deliveries.start(lambda worker: _is_dead(worker, name))
    a.uow.wake_deliveries = deliveries.wake
    stack.push_async_callback(deliveries.stop)
    return Part(check=deliveries.check, is_hard=False)


def _is_dead(worker: str, own: str) -> bool:
    """Whether a process of this machine has gone; of other machines only the lease can tell."""
    host, pid, _ = worker.split(":")
    if worker == own or host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return True  # the number was given again, as containers do
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
