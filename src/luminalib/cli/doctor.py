"""luminalib doctor."""

import asyncio
from typing import Annotated

import typer

from luminalib.cli.tenants import Some, chosen
from luminalib.container import open_container
from luminalib.domain.inspection import Inspection
from luminalib.services.doctor import DoctorService
from luminalib.settings import load_settings


def doctor(*, repair: Annotated[bool, typer.Option(help="Mend what can be mended.")] = False, tenant: Some = None) -> None:
    """Compare database, storage and index: files, documents, work, passages and kept numbers that do not fit together."""
    if not asyncio.run(_examine(tenant, repair=repair)):
        raise typer.Exit(1)


async def _examine(tenant: str | None, *, repair: bool) -> bool:
    """Whether everything fits together, in the end."""
    async with open_container(load_settings(), run_jobs=False) as container:
        tenants = await chosen(container, tenant)
        sound = [await _examine_one(container.services.doctor, one, repair=repair, named=len(tenants) > 1) for one in tenants]
    return all(sound)


async def _examine_one(doctor: DoctorService, tenant_id: str, *, repair: bool, named: bool) -> bool:
    if named:
        typer.echo(f"{tenant_id}:")
    found = await doctor.examine(tenant_id)
    _show(found)
    if repair and not found.is_sound:
        await doctor.mend(tenant_id, found)
        found = await doctor.examine(tenant_id)
        typer.echo(f"After the repair: {found}.")
    return found.is_sound


def _show(found: Inspection) -> None:
    typer.echo("Everything fits together." if found.is_sound else f"Found {found}.")
    for key in found.orphans:
        typer.echo(f"  {key} belongs to nothing; a repair deletes it")
    for document_id in found.missing:
        typer.echo(f"  document {document_id} has lost its file; replace the book's content or delete the document")
    for document_id in found.unindexed:
        typer.echo(f"  document {document_id} is not in the index as it is; a repair has the server index it")
    for book_id in found.miscounted:
        typer.echo(f"  book {book_id} has numbers that a recount does not give; a repair counts afresh")
    if found.books_off:
        typer.echo(f"  the numbers of books, in all or of a name or tag, are off by {found.books_off}; a repair counts afresh")
    for document_id in found.stranded:
        typer.echo(f"  document {document_id} waits for nobody; a repair sends it through the pipeline")
