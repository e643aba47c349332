"""Whole libraries into files, and out of them."""

from luminalib.services.tenant_files.exporting import TenantExportService
from luminalib.services.tenant_files.importing import TenantImportService, Wish
from luminalib.services.tenant_files.tools import TenantFileTools, Told

__all__ = ["TenantExportService", "TenantFileTools", "TenantImportService", "Told", "Wish"]
