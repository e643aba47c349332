"""Text extraction against pypdf and pdftotext, and against its own limits, in one run: `python benchmarks/extraction.py`.

Ours is measured whole: sniffing the type, the child process, cleaning, layout and the way back through the pipe. CPU seconds come
from Linux's schedstat of the child, so other work on the machine does not count; pypdf runs in the same kind of child.
"""

import argparse
import asyncio
import json
import math
import os
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.domain.media import ContentSniffer, MediaType
from luminalib.ports.children import ChildLimits, Progress

SHARED = Path(os.environ.get("LUMINALIB_SHARED", Path(__file__).parents[1].parent / "shared"))
ROOMY = ChildLimits(wall_seconds=300, cpu_seconds=300, memory_bytes=4 << 30)
FEWEST_PAGES = 4
MEBIBYTE = 1024 * 1024


def pypdf_text(*, path: str, progress: Progress) -> int:
    """A task for a child: the length of the text that pypdf finds."""
    from pypdf import PdfReader  # noqa: PLC0415 - only the child needs it

    del progress
    return sum(len(page.extract_text()) for page in PdfReader(path).pages)


@dataclass(frozen=True)
class Cost:
    """What a piece of work took."""

    cpu: float
    wall: float
    peak_mib: float
    characters: int


class Bench:
    """A pool of one process, and what its process has used."""

    def __init__(self, pool: SubprocessPool) -> None:
        self.pool = pool

    async def ours(self, path: Path) -> Cost:
        """Sniffs and extracts a file."""
        begun, own, child = time.perf_counter(), time.process_time(), self._child_cpu()
        text = await SandboxedTextExtractor(self.pool).extract(path, sniff(path))
        wall, cpu = time.perf_counter() - begun, time.process_time() - own + self._child_cpu() - child
        return Cost(cpu, wall, self._peak(), sum(len(section.text) for section in text.sections))

    async def pypdf(self, path: Path) -> float:
        """CPU seconds of pypdf."""
        before = self._child_cpu()
        await self.pool.call("extraction:pypdf_text", {"path": str(path)}, limits=ROOMY)
        return self._child_cpu() - before

    def _child_cpu(self) -> float:
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in self.pool.process_ids)

    def _peak(self) -> float:
        status = (Path(f"/proc/{pid}/status").read_text() for pid in self.pool.process_ids)
        return max(int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in status)


def pdftotext(path: Path) -> float | None:
    """CPU seconds of poppler's pdftotext, start included as it always is; None when it is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, str(path), os.devnull], check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sniff(path: Path) -> MediaType:
    sniffer = ContentSniffer()
    with path.open("rb") as file:
        while chunk := file.read(MEBIBYTE):
            sniffer.feed(chunk)
    return sniffer.media_type(path.name)


def words(rng: random.Random, count: int) -> str:
    stock = (
        "the",
        "of",
        "and",
        "whale",
        "harbour",
        "morning",
        "remembered",
        "without",
        "quietly",
        "“though",
        "lanterns”",
        "sea",
        "never",
    )
    return " ".join(rng.choice(stock) for _ in range(count))


def paragraphs(rng: random.Random, characters: int) -> list[str]:
    found = [words(rng, 90) + "." for _ in range(40)]
    return [rng.choice(found) for _ in range(characters // 560)]


def generate_pdf(path: Path, pages: int, *, compressed: bool) -> Path:
    from reportlab.lib.utils import simpleSplit  # noqa: PLC0415 - slow to import, and a child imports this module too
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - same

    rng = random.Random(7)  # noqa: S311 - a repeatable book, no secret
    lines = simpleSplit(" ".join(paragraphs(rng, 400_000)), "Times-Roman", 10, 400)
    canvas = Canvas(str(path), pagesize=(500, 700), pageCompression=int(compressed), invariant=1)
    for page in range(pages):
        text = canvas.beginText(50, 650)
        text.setFont("Times-Roman", 10, leading=14)
        start = page * 41 % (len(lines) - 41)
        text.textLines(lines[start : start + 41])
        canvas.drawText(text)
        canvas.drawString(240, 30, str(page + 1))
        canvas.showPage()
    canvas.save()
    return path


def generate_txt(path: Path, size: int) -> Path:
    text = "\r\n\r\n".join(paragraphs(random.Random(8), size))  # noqa: S311 - a repeatable book, no secret
    path.write_bytes(text.encode()[:size])
    return path


def generate_epub(path: Path, size: int) -> Path:
    rng = random.Random(9)  # noqa: S311 - a repeatable book, no secret
    chapters = size // 50_000
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(chapters))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>')
        archive.writestr("b.opf", f"<package><metadata/><manifest>{items}</manifest><spine>{spine}</spine></package>")
        for number in range(chapters):
            body = "".join(f"<p>{text}</p>\n" for text in paragraphs(rng, 50_000))
            archive.writestr(f"c{number}.xhtml", f"<html><body><h1>Chapter {number}</h1>{body}</body></html>")
    return path


def sample_pdfs(folder: Path) -> list[Path]:
    listing = SHARED / "samples" / "SOURCES.json"
    if not listing.is_file():
        return [generate_pdf(folder / f"generated_{pages}.pdf", pages, compressed=True) for pages in (20, 80, 150)]
    files: list[dict[str, Any]] = json.loads(listing.read_text("utf-8"))["files"]
    return [listing.parent / file["file"] for file in files if (file.get("pages") or 0) >= FEWEST_PAGES]


async def compare(console: Console, paths: list[Path], rounds: int) -> None:
    table = Table("PDF", "ours, CPU s", "pypdf / ours", "pdftotext / ours", title="How many times faster (above 1: we are)")
    ratios: list[tuple[float, float | None]] = []
    async with SubprocessPool(1, jobs_per_child=10_000) as pool, SubprocessPool(1, jobs_per_child=10_000) as other:
        bench, rival = Bench(pool), Bench(other)
        await bench.ours(paths[0])  # imports are paid once in the life of a child, for either side
        await rival.pypdf(paths[0])
        for path in paths:
            ours, pypdf, poppler = [], [], []
            for _ in range(rounds):
                ours.append((await bench.ours(path)).cpu)
                pypdf.append(await rival.pypdf(path))
                poppler.append(pdftotext(path))
            mine = statistics.median(ours)
            known = [cost for cost in poppler if cost is not None]
            ratios.append((statistics.median(pypdf) / mine, statistics.median(known) / mine if known else None))
            table.add_row(path.name, f"{mine:.4f}", f"{ratios[-1][0]:.1f}", shown(ratios[-1][1]))
    table.add_section()
    means = geomean([ratio for ratio, _ in ratios]), geomean([ratio for _, ratio in ratios if ratio])
    table.add_row("geometric mean (targets: 10 and 1.1)", "", f"{means[0]:.1f}", shown(means[1]))
    console.print(table)


def geomean(values: list[float]) -> float | None:
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def shown(ratio: float | None) -> str:
    return "not installed" if ratio is None else f"{ratio:.2f}"


async def big_files(console: Console, folder: Path) -> None:
    table = Table(
        "file",
        "MB",
        "characters",
        "wall s",
        "CPU s",
        "target s",
        "peak MiB",
        "target MiB",
        title="Big files, each in a fresh child",
    )
    books: tuple[tuple[Callable[[], Path], float], ...] = (
        (lambda: generate_pdf(folder / "3000_pages.pdf", 3000, compressed=False), 10.0),
        (lambda: generate_txt(folder / "big.txt", 12_000_000), 0.3),
        (lambda: generate_epub(folder / "big.epub", 14_000_000), 1.5),
    )
    for make, target in books:
        path = make()
        async with SubprocessPool(1) as pool:
            small = generate_txt(folder / "small.txt", 1000)
            await SandboxedTextExtractor(pool).extract(small, MediaType.TEXT)
            cost = await Bench(pool).ours(path)
        size = path.stat().st_size / 1e6
        figures = (
            f"{size:.1f}",
            f"{cost.characters:,}",
            f"{cost.wall:.2f}",
            f"{cost.cpu:.2f}",
            f"{target}",
            f"{cost.peak_mib:.0f}",
            "80",
        )
        table.add_row(path.name, *figures)
    console.print(table)


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each PDF is read; the median counts")
    parser.add_argument("--big-only", action="store_true", help="only the big generated files")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as name:
        await big_files(console, Path(name))
        if not options.big_only:
            await compare(console, sample_pdfs(Path(name)), options.rounds)


if __name__ == "__main__":
    asyncio.run(main())
