"""The line for passwords: bounded, and fair between networks."""

import asyncio

import pytest

from luminalib.adapters.security.turns import TooBusy, Turns
from luminalib.domain.auth import TooManyRequests


class Desk:
    """Notes in which order visitors got their turn; each is done when it is told so."""

    def __init__(self, *, waiting: int = 100, per_origin: int = 10) -> None:
        self.turns = Turns(at_once=1, waiting=waiting, per_origin=per_origin)
        self.order: list[str] = []
        self.release = asyncio.Semaphore(0)
        self.visitors: list[asyncio.Task[str]] = []

    async def _visit(self, origin: str | None, name: str) -> str:
        try:
            async with self.turns.turn(origin):
                self.order.append(name)
                await self.release.acquire()
        except (TooManyRequests, TooBusy) as refusal:
            return type(refusal).__name__
        return "done"

    async def send(self, origin: str | None, *names: str) -> None:
        self.visitors += [asyncio.create_task(self._visit(origin, name)) for name in names]
        await asyncio.sleep(0)

    async def outcomes(self) -> list[str]:
        for _ in self.visitors:
            self.release.release()
        async with asyncio.timeout(10):
            return [str(outcome) for outcome in await asyncio.gather(*self.visitors, return_exceptions=True)]


async def test_a_flood_from_one_network_makes_others_wait_for_one_turn_only() -> None:
    desk = Desk()
    await desk.send("flood", *(f"f{n}" for n in range(9)))
    await desk.send("ada", "a0", "a1")
    await desk.send("eve", "e0")
    assert await desk.outcomes() == ["done"] * 12
    assert desk.order[:6] == ["f0", "f1", "a0", "e0", "f2", "a1"]


async def test_a_network_has_so_many_places_and_is_told_so() -> None:
    desk = Desk(per_origin=2)
    await desk.send("flood", "f0", "f1", "f2", "f3", "f4")
    await desk.send("ada", "a0")
    assert await desk.outcomes() == ["done", "done", "done", "TooManyRequests", "TooManyRequests", "done"]


async def test_a_full_line_takes_who_has_nobody_in_it_in_place_of_who_has_many() -> None:
    desk = Desk(waiting=3)
    await desk.send("flood", "f0", "f1", "f2", "f3")
    await desk.send("ada", "a0")
    assert await desk.outcomes() == ["done", "done", "done", "TooBusy", "done"]


async def test_a_line_of_many_networks_has_an_end() -> None:
    desk = Desk(waiting=3)
    for n in range(6):
        await desk.send(f"network {n}", f"n{n}")
    assert await desk.outcomes() == ["done"] * 4 + ["TooBusy"] * 2


async def test_of_two_in_line_the_second_makes_room_and_of_one_nobody() -> None:
    desk = Desk(waiting=2)
    await desk.send("flood", "f0", "f1", "f2")
    await desk.send("ada", "a0")
    await desk.send("eve", "e0")
    assert await desk.outcomes() == ["done", "done", "TooBusy", "done", "TooBusy"]


async def test_who_leaves_the_line_keeps_nobody_up() -> None:
    desk = Desk()
    await desk.send("ada", "a0", "a1", "a2", "a3")
    desk.visitors[1].cancel()
    await asyncio.sleep(0)
    desk.release.release()
    await asyncio.sleep(0)
    desk.visitors[2].cancel()  # it may have been given its turn already
    outcomes = await desk.outcomes()
    assert [outcomes[0], outcomes[3]] == ["done", "done"]
    await desk.send("eve", "e0")
    desk.release.release()
    async with asyncio.timeout(10):
        assert await desk.visitors[-1] == "done"


@pytest.mark.parametrize("origin", [None, "house"])
async def test_turns_are_given_back_after_errors(origin: str | None) -> None:
    turns = Turns(at_once=1, waiting=0, per_origin=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"):
            async with turns.turn(origin):
                raise ValueError("x")
