"""README's tour, pasted as it stands into a fresh shell against a library with the demo shelf: it prints what README shows."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from luminalib.container import open_container
from luminalib.demo.loading import load_demo
from luminalib.main import create_app
from luminalib.settings import Settings
from streaming import serving
from waiting import indexed

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```sh\n(?P<block>.*?)```\n(?:\n(?P<shown>(?:    [^\n]*\n)+))?", re.DOTALL)
MARK = "@@@"


def tour() -> list[tuple[str, str]]:
    """The blocks of the section, each with what it shows."""
    section = README.read_text().partition("## Five minutes\n")[2].partition("\n## ")[0]
    return [(found["block"], found["shown"] or "") for found in BLOCK.finditer(section)]


def pattern_of(shown: str) -> re.Pattern[str]:
    """What README shows: `…` stands for anything, white space for none."""
    parts = "".join(shown.split()).split("…")
    return re.compile(".*".join(re.escape(part) for part in parts))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough: nothing here is about the database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'luminalib.db'}"


async def test_the_tour_prints_what_readme_shows(settings: Settings, tmp_path: Path) -> None:
    blocks = tour()
    assert len(blocks) > 12
    async with open_container(settings) as container:
        services = container.services
        await load_demo(services.auth, services.intake, services.books, settings.data_dir)
        await indexed(container)
        app = create_app(settings, container)
        app.state.services = services
        async with serving(app, container) as url:
            script = "\n".join(f"echo; echo {MARK}\n{block}" for block, _ in blocks)
            shell = await asyncio.create_subprocess_exec(
                *("bash", "-c", script),
                cwd=tmp_path,
                env={"PATH": os.environ["PATH"], "B": url},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await shell.communicate()
    printed = said.decode().split(f"\n{MARK}\n")[1:]
    assert len(printed) == len(blocks)
    for (block, shown), output in zip(blocks, printed, strict=True):
        assert pattern_of(shown).fullmatch("".join(output.split())), f"{block}\nprints\n{output}\nand not\n{shown}"
