"""The journey of a letter, pasted as `docs/journey.md` has it into a fresh shell beside a server of its own."""

import os
import socket
import sys
from pathlib import Path

from journeys import server
from tours import blocks_of, paste

PAGE = Path(__file__).parents[2] / "docs" / "journey.md"


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


async def test_a_letter_goes_all_the_way_and_no_other_library_sees_it(tmp_path: Path, sqlite_url: str) -> None:
    blocks = blocks_of(PAGE.read_text())
    assert len(blocks) > 9
    (tmp_path / ".env").write_text("LUMINALIB_WEBHOOKS_ALLOW=127.0.0.1\n")
    shell = {"HOOK_PORT": free_port(), "CARDS_PORT": free_port(), "LUMINALIB_DATABASE_URL": sqlite_url}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    async with server(tmp_path, sqlite_url) as (url, _):
        await paste(blocks, tmp_path, B=url, PATH=path, **shell)
