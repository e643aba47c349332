"""Holding storage and database against each other."""

from dataclasses import replace
from datetime import datetime

from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.inspection import Inspection, compare, searched
from luminalib.domain.pipeline import process_document
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider


async def inspect(uow: UnitOfWorkFactory, storage: StorageProvider, tenant_id: str, now: datetime) -> Inspection:
    """What does not fit together."""
    objects = [(found.key, found.modified_at) for prefix in searched(tenant_id) async for found in storage.list(prefix)]
    async with uow.reading(tenant_id) as unit:
        found = compare(objects, await unit.files.documents(), await unit.files.parts(), now)
        return replace(found, miscounted=await unit.files.miscounted(), books_off=await unit.files.books_off())


async def mend(uow: UnitOfWorkFactory, storage: StorageProvider, tenant_id: str, found: Inspection, now: datetime) -> None:
    """Deletes files that belong to nothing, sends documents that nobody works on through the pipeline, counts afresh.

    A completed document whose file is missing cannot be mended: its text and summary are there, the file must be sent again.
    """
    for key in found.orphans:
        await storage.delete(key)
    if found.miscounted or found.books_off:
        async with uow(tenant_id) as unit:
            await unit.files.recount(found.miscounted)
    for document_id in found.stranded:
        async with uow(tenant_id) as unit:
            try:
                document = await unit.documents.get(document_id)
            except DocumentNotFound:  # removed meanwhile
                continue
            if not document.is_finished:
                await unit.enqueue(process_document(document, tenant_id, now))
