"""How fast a model is, measured by the stream of its tokens where the server says nothing of its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from luminalib.adapters.llm.prompted.pace import Pace
from luminalib.adapters.llm.prompted.transport import ChatReply
from luminalib.ports.llm import ReviewText
from models import PROVIDERS, prompted, transport
from modelserver import call, model_server, obliging

WRITTEN, READ, EACH = 21, 100, 0.5


def reply(seconds: float = 0.0, tokens_in: int = READ) -> ChatReply:
    return ChatReply(text="", tokens_in=tokens_in, tokens_out=WRITTEN, is_whole=True, seconds=seconds)


def heard(first: float, pieces: int = WRITTEN, told: list[int] | None = None) -> Pace:
    """What is heard of an answer whose first token comes after so many seconds, each other after half a second."""
    times: Iterator[float] = iter([0.0, 0.1, *(first + EACH * at for at in range(pieces)), 1000.0])
    pace = Pace(told.append if told is not None else None, lambda: next(times))
    for count in range(1, pieces + 2):  # one piece names the role
        pace.hear(count)
    return pace


def test_reading_and_writing_are_told_apart_by_the_first_token() -> None:
    timed = heard(first=4.0).timed(reply())
    assert timed.first_token == 4.0
    assert timed.seconds == pytest.approx(4.0 + (WRITTEN - 1) * EACH)


def test_waiting_in_line_is_not_the_models_time() -> None:
    """To read a hundred tokens takes no longer than to write as many."""
    timed = heard(first=600.0).timed(reply())
    assert timed.first_token == 600.0
    assert timed.seconds == pytest.approx(READ * EACH + (WRITTEN - 1) * EACH)


def test_what_the_server_tells_itself_counts() -> None:
    timed = heard(first=600.0).timed(reply(seconds=3.0))
    assert (timed.seconds, timed.first_token) == (3.0, 600.0)


@pytest.mark.parametrize("pieces", [0, 1, 5])
def test_where_hardly_a_stream_is_heard_the_whole_time_counts(pieces: int) -> None:
    assert heard(4.0, pieces).timed(reply()).seconds >= 4.0
    assert Pace(None, iter([10.0, 25.0]).__next__).timed(reply()).seconds == 15.0


def test_of_a_server_that_counts_nothing_all_that_passed_before_the_first_token_was_reading() -> None:
    assert heard(first=600.0).timed(reply(tokens_in=0)).seconds == pytest.approx(600.0 + (WRITTEN - 1) * EACH)


def test_who_wants_to_know_how_much_has_come_is_told_as_before() -> None:
    told: list[int] = []
    heard(4.0, 3, told)
    assert told == [1, 2, 3, 4]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("timing", [0.0, 2.0])
async def test_only_a_server_that_tells_no_time_is_asked_for_streams(provider: str, timing: float, tmp_path: Path) -> None:
    async with model_server() as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        server.timing = timing
        for text in ("The people are alive.", "The middle drags."):
            await model.llm.read_reviews("main", [ReviewText(text=text)])
        assert all(bool(body.get("stream")) == (not timing) for body in server.requests), "the first that is asked, a sample, told"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_the_probe_says_when_the_first_token_comes_and_offers_tools_without_a_stream(provider: str, tmp_path: Path) -> None:
    def answer(body: dict[str, object]) -> str:
        return call("search_library", {"query": "When?"}) if body.get("tools") else obliging(body)

    async with model_server(answer) as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        report = await model.llm.probe("main")
        (speed,) = [finding.detail for finding in report.findings if finding.check == "speed"]
        assert "The first one came after " in speed
        assert {finding.check: finding.is_fine for finding in report.findings}["tools"], "calls come whole"
