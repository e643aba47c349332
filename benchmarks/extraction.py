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
from luminalib.ports.children import ChildLimits, Progress, open_handed

SHARED = Path(os.environ.get("LUMINALIB_SHARED", Path(__file__).parents[1].parent / "shared"))
ROOMY = ChildLimits(wall_seconds=300, cpu_seconds=300, memory_bytes=4 << 30)
FEWEST_PAGES = 4
BOOK_PAGES = 10
MEBIBYTE = 1024 * 1024


def pypdf_text(*, path: str, progress: Progress) -> int:
    """A task for a child: the length of the text that pypdf finds."""
    from pypdf import PdfReader  # noqa: PLC0415 - only the child needs it

    del progress
    with open_handed(path) as file:
        return sum(len(page.extract_text()) for page in PdfReader(file).pages)


def bare_pdfium_text(*, path: str, progress: Progress) -> int:
    """A task for a child: the least that PDFium must do, which nobody who uses it can undercut."""
    import ctypes  # noqa: PLC0415 - only the child needs it

    import pypdfium2_raw as raw  # type: ignore[import-untyped]  # noqa: PLC0415 - same

    del progress
    raw.FPDF_InitLibrary()
    with open_handed(path) as file:
        content = file.read()
    document = raw.FPDF_LoadMemDocument64(content, len(content), None)
    characters = 0
    for number in range(raw.FPDF_GetPageCount(document)):
        page = raw.FPDF_LoadPage(document, number)
        text = raw.FPDFText_LoadPage(page)
        count = raw.FPDFText_CountChars(text)
        characters += raw.FPDFText_GetText(text, 0, count, (ctypes.c_ushort * (2 * count + 2))()) if count > 0 else 0
        raw.FPDFText_ClosePage(text)
        raw.FPDF_ClosePage(page)
    raw.FPDF_CloseDocument(document)
    return characters


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

    async def rival(self, task: str, path: Path) -> float:
        """CPU seconds of another reader."""
        before = self._child_cpu()
        await self.pool.call(f"extraction:{task}", {}, limits=ROOMY, files={"path": path})
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
    subprocess.run([program, str(path), os.devnull], check=True, capture_output=True)
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


def sample_pdfs(folder: Path) -> list[tuple[Path, int]]:
    """Paths and page counts."""
    listing = SHARED / "samples" / "SOURCES.json"
    if not listing.is_file():
        return [(generate_pdf(folder / f"generated_{pages}.pdf", pages, compressed=True), pages) for pages in (5, 20, 80, 150)]
    files: list[dict[str, Any]] = json.loads(listing.read_text("utf-8"))["files"]
    return [(listing.parent / file["file"], file["pages"]) for file in files if (file.get("pages") or 0) >= FEWEST_PAGES]


async def compare(console: Console, books: list[tuple[Path, int]], rounds: int) -> None:
    columns = ("PDF", "pages", "ours, CPU s", "pypdf / ours", "pdftotext / ours", "bare PDFium / ours")
    table = Table(*columns, title="How many times faster (above 1: we are)")
    ratios: list[tuple[int, list[float | None]]] = []
    for path, pages in books:
        mine, others = await medians(path, rounds)
        ratios.append((pages, [None if cost is None else cost / mine for cost in others]))
        table.add_row(path.name, str(pages), f"{mine:.4f}", *map(shown, ratios[-1][1]))
    table.add_section()
    for name, least in (("geometric mean, books (targets: 10, 1.1)", BOOK_PAGES), ("geometric mean, all", 0)):
        columns_of_ratios = zip(*(found for pages, found in ratios if pages >= least), strict=True)
        means = (geomean([ratio for ratio in column if ratio]) for column in columns_of_ratios)
        table.add_row(name, f">= {least}", "", *map(shown, means))
    console.print(table)


async def medians(path: Path, rounds: int) -> tuple[float, list[float | None]]:
    """CPU seconds of ours, and of pypdf, pdftotext and bare PDFium, taken in turns."""
    costs: list[tuple[float | None, ...]] = []
    async with SubprocessPool(1) as pool, SubprocessPool(1) as second, SubprocessPool(1) as third:
        ours, pypdf, bare = Bench(pool), Bench(second), Bench(third)
        for number in range(rounds + 1):
            cost = (await ours.ours(path)).cpu, await pypdf.rival("pypdf_text", path), pdftotext(path)
            least = await bare.rival("bare_pdfium_text", path)
            if number:  # the first round pays for the imports, once in the life of a child, for every side
                costs.append((*cost, least))
    mine, *others = (median([cost for cost in column if cost is not None]) for column in zip(*costs, strict=True))
    assert mine is not None
    return mine, others


def median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


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
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as name:
        await big_files(console, Path(name))
        if not options.big_only:
            await compare(console, sample_pdfs(Path(name)), options.rounds)


if __name__ == "__main__":
    asyncio.run(main())
