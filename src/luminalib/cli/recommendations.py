"""luminalib train, luminalib recommendations report."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from luminalib.cli.tenants import One
from luminalib.container import open_container
from luminalib.domain.auth import MAIN_TENANT, the_house
from luminalib.domain.recommendations import ModelRecord, Taken
from luminalib.settings import load_settings

commands = typer.Typer(no_args_is_help=True, help="How recommendations fare.")


def train(*, tenant: One = MAIN_TENANT) -> None:
    """Train the recommender now, and put the new model to use."""

    async def run() -> ModelRecord:
        async with open_container(load_settings(), run_jobs=False) as container:
            return await container.services.training.train(tenant)

    made = asyncio.run(run())
    typer.echo(
        f"Learnt from {made.events:,} events of {made.readers:,} members about {made.books:,} books"
        f" in {made.seconds:.1f} s; the model has {made.byte_size / 2**20:.1f} MiB."
    )


@commands.command("report")
def report(
    weeks: Annotated[int, typer.Option(min=1, max=26, help="How many weeks back.")] = 8, *, tenant: One = MAIN_TENANT
) -> None:
    """Show how much of what was recommended was taken: borrowed, held or rated by the same member afterwards."""
    since = datetime.now(UTC).date() - timedelta(weeks=weeks)

    async def run() -> tuple[Sequence[Taken], Sequence[ModelRecord]]:
        async with open_container(load_settings(), run_jobs=False) as container:
            training = container.services.training
            by = the_house(tenant)
            return await training.report(by, since), await training.models(by)

    taken, models = asyncio.run(run())
    Console().print(_table(taken))
    for model in models[:1]:
        typer.echo(
            f"Model {model.version} ({model.recommender}): {model.events:,} events, trained {model.trained_at:%Y-%m-%d %H:%M} UTC."
        )


def _table(taken: Sequence[Taken]) -> Table:
    """One row per week, strategy and recommender."""
    sums: dict[tuple[date, str, str], tuple[int, int]] = {}
    for one in taken:
        key = one.day - timedelta(days=one.day.weekday()), one.strategy.value, one.recommender
        shown, took = sums.get(key, (0, 0))
        sums[key] = shown + one.shown, took + one.taken
    table = Table("week of", "strategy", "recommender", "shown", "taken", "share", title="Recommendations shown and taken")
    for (week, strategy, recommender), (shown, took) in sorted(sums.items()):
        table.add_row(f"{week:%Y-%m-%d}", strategy, recommender, f"{shown:,}", f"{took:,}", f"{took / shown:.1%}")
    return table
