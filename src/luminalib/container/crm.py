"""Connections to systems that keep contacts."""

from contextlib import AsyncExitStack

from luminalib.adapters.outside.crm.directory import HttpCrmDirectory
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.container.adapters import Adapters
from luminalib.container.webhooks import open_client
from luminalib.services.crm import CrmTools
from luminalib.settings import Settings


def crm_tools(settings: Settings, a: Adapters, stack: AsyncExitStack) -> CrmTools:
    """What the services of contacts work with."""
    directory = HttpCrmDirectory(open_client(settings, stack))
    return CrmTools(uow=a.uow, views=a.views.crm, directory=directory, sealer=a.sealer, reader=RuleFieldReader(), clock=a.clock)
