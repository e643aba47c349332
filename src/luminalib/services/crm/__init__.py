"""Contacts in step with other systems."""

from luminalib.services.crm.desk import CrmService, CrmTools
from luminalib.services.crm.syncing import CrmSyncService

__all__ = ["CrmService", "CrmSyncService", "CrmTools"]
