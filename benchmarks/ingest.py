"""What the index of passages adds to reading books in: a folder of files, read in once with it and once without.

Every file goes up over HTTP as a book, and the clock stops when the last job is done: reading, cover, summary, and with the index
passages and words, too. Without it `index_document` comes back at once. Printed are seconds of the clock and of this process's own
CPU (not of the children that read the files), and the ratio; each way takes its turns, and the fastest of each counts.

Usage: python benchmarks/ingest.py [--files FOLDER] [--turns N]
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import httpx
import sqlalchemy as sa

from answers import ACCOUNT, SHARED
from luminalib.adapters.db.jobs import jobs
from luminalib.container import open_container
from luminalib.domain.jobs import Job
from luminalib.domain.pipeline import INDEX_DOCUMENT
from luminalib.logs import configure_logging
from luminalib.main import create_app
from luminalib.services.passages import PassageService
from luminalib.settings import Settings


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, default=SHARED / "samples")
    parser.add_argument("--turns", type=int, default=2)
    given = parser.parse_args()
    configure_logging("error", "console")
    files = sorted(
        path for path in await asyncio.to_thread(lambda: list(given.files.iterdir())) if path.suffix in {".pdf", ".epub", ".txt"}
    )
    took: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for turn in range(2 * given.turns):
        is_indexed = turn % 2 == 1
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            took[is_indexed].append(await read_in(Path(folder), files, is_indexed=is_indexed))
        seconds, cpu = took[is_indexed][-1]
        print(
            f"{len(files)} files {'with' if is_indexed else 'without'} the index: {seconds:.1f} s, {cpu:.1f} s of CPU", flush=True
        )
    fastest = {is_indexed: min(seconds for seconds, _ in turns) for is_indexed, turns in took.items()}
    print(f"with the index {fastest[True] / fastest[False]:.2f} times as long as without")


async def read_in(folder: Path, files: list[Path], *, is_indexed: bool) -> tuple[float, float]:
    """Seconds of the clock, and of the CPU of this process."""
    begun, before = time.perf_counter(), time.process_time()
    settings = Settings(_env_file=None, data_dir=folder, rate_limits="off")
    with patch.object(PassageService, "index", PassageService.index if is_indexed else pass_over):
        async with open_container(settings) as container:
            app = create_app(settings, container)
            app.state.services = container.services
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://library.test", timeout=600) as client:
                await client.post("/auth/signup", json=ACCOUNT)
                tokens = (await client.post("/auth/login", json=ACCOUNT)).raise_for_status().json()
                client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
                for path in files:  # some are hostile or empty: what is refused is refused both times
                    await client.post("/books", files={"file": (path.name, await asyncio.to_thread(path.read_bytes))})
            async with container.database.owner.connect() as connection:
                while await connection.scalar(sa.select(sa.func.count()).select_from(jobs).where(jobs.c.finished_at.is_(None))):
                    await connection.rollback()
                    await asyncio.sleep(0.1)
            seconds = time.perf_counter() - begun
    return seconds, time.process_time() - before


async def pass_over(_service: PassageService, job: Job) -> None:
    assert job.name == INDEX_DOCUMENT


if __name__ == "__main__":
    asyncio.run(main())
