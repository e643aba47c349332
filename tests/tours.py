"""Blocks of a page, pasted into a fresh shell as they stand, and what the page says that they print."""

import asyncio
import os
import re
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

BLOCK = re.compile(r"```sh\n(?P<block>.*?)```\n(?:\n(?P<shown>(?:    [^\n]*\n)+))?", re.DOTALL)
MARK = "@@@"
SECONDS = 300
"""A page that waits for something which never comes fails the test instead of holding it up."""


def blocks_of(text: str) -> list[tuple[str, str]]:
    """The blocks of a text, each with what it shows."""
    return [(found["block"], found["shown"] or "") for found in BLOCK.finditer(text)]


def pattern_of(shown: str) -> re.Pattern[str]:
    """What a page shows: `…` stands for anything, white space for none."""
    parts = "".join(shown.split()).split("…")
    return re.compile(".*".join(re.escape(part) for part in parts))


async def paste(blocks: Sequence[tuple[str, str]], folder: Path, **environment: str) -> None:
    """Pastes all of them into one shell. Fails for the first that prints something else than it shows."""
    script = "\n".join(f"echo; echo {MARK}\n{block}" for block, _ in blocks)
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-c", script),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = await asyncio.wait_for(shell.communicate(), SECONDS)
    finally:
        with suppress(ProcessLookupError):  # what it has left running
            os.killpg(shell.pid, signal.SIGKILL)
    printed = said.decode().split(f"\n{MARK}\n")[1:]
    assert len(printed) == len(blocks)
    for (block, shown), output in zip(blocks, printed, strict=True):
        assert pattern_of(shown).fullmatch("".join(output.split())), f"{block}\nprints\n{output}\nand not\n{shown}"
