"""A server that is killed between sending a message and recording it, again and again: the same message comes once more."""

import asyncio
import os
import random
import signal
from pathlib import Path

import httpx

from journeys import logged_in, server
from receiver import receiving

KILLS = int(os.environ.get("LUMINALIB_TEST_KILLS", "2"))
CHANGES = 8
END = "The end"


async def test_no_message_is_lost_and_each_keeps_its_id(tmp_path: Path, database_url: str) -> None:
    (tmp_path / ".env").write_text("LUMINALIB_WEBHOOKS_ALLOW=127.0.0.0/8\nLUMINALIB_RATE_LIMITS=off\n")
    dice = random.Random(KILLS)  # noqa: S311 -- at which message the server dies, not a secret
    done = 0
    async with receiving() as receiver:
        async with server(tmp_path, database_url) as (url, _), logged_in(url) as client:
            book = (await client.post("/books", files={"file": ("a.txt", b"A light on the reef.")})).json()["id"]
            body = {"url": f"{receiver.url}/200", "types": ["book.updated"]}
            hook = (await client.post("/webhooks", json=body)).raise_for_status().json()["id"]
        for turn in range(KILLS):
            async with server(tmp_path, database_url) as (url, process), logged_in(url) as client:
                fatal = len(receiver.requests) + dice.randint(1, 5)
                receiver.before_answer = lambda fatal=fatal, process=process: (
                    process.send_signal(signal.SIGKILL) if len(receiver.requests) == fatal else None
                )
                try:
                    for n in range(CHANGES):
                        answer = await client.patch(f"/books/{book}", json={"title": f"{turn} {n}"})
                        done += answer.is_success
                except httpx.TransportError:
                    pass
                await process.wait()
        receiver.before_answer = None
        async with server(tmp_path, database_url) as (url, _), logged_in(url) as client:
            (await client.patch(f"/books/{book}", json={"title": END})).raise_for_status()
            async with asyncio.timeout(60):
                while not receiver.requests or receiver.requests[-1].json["data"]["title"] != END:
                    await receiver.until(len(receiver.requests) + 1)
                sequences = {one.id: one.json["sequence"] for one in receiver.requests}
                while (await client.get(f"/webhooks/{hook}/attempts")).json()["total"] < len(sequences):
                    await asyncio.sleep(0.05)
            attempts = (await client.get(f"/webhooks/{hook}/attempts")).json()["total"]
    assert all(one.json["sequence"] == sequences[one.id] for one in receiver.requests)
    assert sorted(sequences.values()) == list(range(1, len(sequences) + 1)), "each message that was committed has come"
    assert len(sequences) > done
    assert len(receiver.requests) == len(sequences) + KILLS, "what was under way came again, with the same id"
    assert attempts == len(sequences), "and was recorded once"
