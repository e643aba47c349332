"""luminalib ingest."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from luminalib.api.deps import Services
from luminalib.container import open_container
from luminalib.domain.auth import the_house
from luminalib.domain.books import BookDetails
from luminalib.domain.documents import DocumentStatus, DuplicateContent
from luminalib.domain.errors import Invalid
from luminalib.logs import configure_logging
from luminalib.settings import Settings, load_settings

CHUNK_BYTES = 2**20
PIPED_WIDTH = 1000
HOUSE = the_house()


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What happened to one file."""

    file: Path
    status: str
    detail: str
    document_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the pipeline still works on it."""
        return self.document_id is not None and self.status not in (DocumentStatus.COMPLETED, DocumentStatus.FAILED)


def ingest(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder; everything below it is tried.")],
    *,
    summaries: Annotated[bool, typer.Option("--summaries", help="Also print each summary.")] = False,
) -> None:
    """Add a folder of book files to the library and say for each what happened. Files that are in already are left alone.

    Exit code 1 says that not every file could be taken in.
    """
    settings = load_settings()
    configure_logging("error", settings.log_format)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    # Who pipes the report on gets whole lines; Rich would cut them to the 80 columns of a terminal that is not there.
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    if not asyncio.run(_ingest(settings, folder, files, console, summaries=summaries)):
        raise typer.Exit(1)


async def _ingest(settings: Settings, folder: Path, files: list[Path], console: Console, *, summaries: bool) -> bool:
    """Whether each file is in the library now."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_container(settings) as container:
        services = container.services
        with Progress(*columns, console=console) as progress:
            reading = progress.add_task("files taken in", total=len(files))
            finishing = progress.add_task("documents done", total=len(files))
            outcomes = [await _take_in(services, folder, path, progress, reading) for path in files]
            await _wait(services, outcomes, progress, finishing)
    console.print(_report(outcomes, summaries=summaries))
    counts = ", ".join(f"{sum(o.status == status for o in outcomes)} {status}" for status in sorted({o.status for o in outcomes}))
    console.print(f"{len(outcomes)} files: {counts or 'nothing to do'}.")
    return all(outcome.status == DocumentStatus.COMPLETED for outcome in outcomes)


async def _take_in(services: Services, folder: Path, path: Path, progress: Progress, task: TaskID) -> Outcome:
    outcome = Outcome(file=path.relative_to(folder), status="rejected", detail="")
    try:
        staged = await services.intake.receive(HOUSE, path.name, _chunks(path))
        try:
            view = await services.books.add(HOUSE, staged, BookDetails())
            outcome.status, outcome.document_id = view.status, view.document_id
        finally:
            await services.intake.discard(HOUSE, staged)
    except DuplicateContent as known:
        outcome.status, outcome.document_id = DocumentStatus.PENDING, str(known.facts["document_id"])
    except (Invalid, OSError) as reason:
        outcome.detail = str(reason)
    progress.advance(task)
    return outcome


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


async def _wait(services: Services, outcomes: list[Outcome], progress: Progress, task: TaskID) -> None:
    """Follows the documents until each has come to its end."""
    events = services.documents.follow(HOUSE, None)
    while True:
        for outcome in outcomes:
            if outcome.is_open:
                await _look(services, outcome)
        done = sum(not outcome.is_open for outcome in outcomes)
        progress.update(task, completed=done)
        if done == len(outcomes):
            return
        await anext(events)


async def _look(services: Services, outcome: Outcome) -> None:
    detail = await services.documents.get(HOUSE, outcome.document_id or "")
    document = detail.document
    outcome.status = document.status
    if document.status is DocumentStatus.COMPLETED:
        outcome.detail = (
            f"{document.page_count} pages, {document.word_count} words\n{detail.analysis.summary if detail.analysis else ''}"
        )
    elif document.status is DocumentStatus.FAILED:
        outcome.detail = f"{document.error.code}: {document.error.message}" if document.error else ""


def _report(outcomes: list[Outcome], *, summaries: bool) -> Table:
    table = Table("file", "outcome", "detail", show_lines=summaries)
    colours: dict[str, str] = {DocumentStatus.COMPLETED: "green", DocumentStatus.FAILED: "red"}
    for outcome in outcomes:
        detail = outcome.detail if summaries else outcome.detail.partition("\n")[0]
        status = Text(outcome.status, style=colours.get(outcome.status, "yellow"))
        table.add_row(Text(str(outcome.file)), status, Text(detail))
    return table
