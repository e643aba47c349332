"""Contacts in step with other systems."""

from luminalib.services.crm.desk import CrmService, CrmTools
from luminalib.services.crm.hearing import CrmHearing
from luminalib.services.crm.syncing import CrmSyncService

__all__ = ["CrmHearing", "CrmService", "CrmSyncService", "CrmTools"]
