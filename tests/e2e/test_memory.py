"""What threads have freed goes back to the system."""

import platform
import subprocess
import sys

import pytest

GLIBC = platform.libc_ver()[0] == "glibc"
PROGRAM = """
import asyncio, re
from pathlib import Path
from luminalib.cli import memory

def own_mib():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

def work():
    for _ in range(2):  # as a password is hashed: the second time glibc does not ask the system for it again
        b"x" * 20_000_000
    for _ in range(1_000):  # as texts are read: of each a little stays
        block = b"x" * 50_000
        kept.append(b"k" * 1_000)
        blocks.append(block)
    most = own_mib()
    blocks.clear()
    return most

kept, blocks = [], []

async def main():
    before = own_mib()
    during = await asyncio.to_thread(work)
    memory.GIVE_BACK_SECONDS = 0.0
    giving = asyncio.create_task(memory.give_back_now_and_then())
    for _ in range(300):
        if own_mib() - before < 10:
            break
        await asyncio.sleep(0.01)
    giving.cancel()
    print(during - before > 40, own_mib() - before < 10)

memory.share_one_heap()
asyncio.run(main())
"""


@pytest.mark.skipif(not GLIBC, reason="only glibc keeps a heap for each thread")
def test_what_a_thread_has_freed_goes_back() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split() == ["True", "True"]
