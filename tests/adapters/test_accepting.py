"""What is taken of a model's answers, and what it is asked for a second time."""

import json
from typing import Any

import pytest

from luminalib.adapters.llm.prompted.accepting import better, judged, of_fields
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.transport import ChatReply
from luminalib.domain.content_checks.faults import Check, Fault

SCHEMA = FilePrompts().find("part-notes").output


def reply(**answer: Any) -> ChatReply:
    return ChatReply(text=json.dumps(answer), tokens_in=1, tokens_out=1, is_whole=True)


def shouting(answer: dict[str, Any]) -> list[Fault]:
    """Finds fault with every sentence in capitals."""
    return [
        Fault(Check.ECHO, (field, at), "it shouts")
        for field in ("gist", "points")
        for at, text in enumerate(answer[field])
        if text.isupper()
    ]


def test_only_what_was_at_fault_is_asked_for_again_and_joins_what_was_right() -> None:
    first = judged(reply(gist=["Mira leaves.", "NO!"], points=["It is night."], names=["Mira"]), SCHEMA, shouting)
    assert (first.usable, first.faulty) == (None, frozenset({"gist"}))
    assert first.kept == {"gist": ["Mira leaves."], "points": ["It is night."], "names": ["Mira"]}
    assert list(of_fields(SCHEMA, first.faulty)["properties"]) == ["gist"]
    second = judged(reply(gist=["Mira leaves.", "She comes home."]), SCHEMA, shouting, first)
    assert second.faults == ()
    assert second.usable == {"gist": ["Mira leaves.", "She comes home."], "points": ["It is night."], "names": ["Mira"]}
    whole = judged(reply(gist=["One day.", "Two days.", "Three days."], points=["Other."], names=["Ada"]), SCHEMA, shouting, first)
    assert whole.usable == {"gist": ["Mira leaves.", "One day.", "Two days."], "points": ["It is night."], "names": ["Mira"]}
    worse = judged(reply(gist=["NO!", "NEVER!"]), SCHEMA, shouting, first)
    assert (worse.usable, better(first, worse).usable, better(second, worse)) == (None, None, second)


@pytest.mark.parametrize("fault", [Fault(Check.FORM, (), "no JSON"), Fault(Check.POLARITY, ("names",), "wrong")])
def test_an_answer_that_is_wrong_as_a_whole_is_asked_for_as_a_whole(fault: Fault) -> None:
    first = judged(reply(gist=["A.", "B."], points=["C."], names=[]), SCHEMA, lambda _: [fault])
    assert (first.faulty, of_fields(SCHEMA, first.faulty)) == (frozenset(), SCHEMA)
    second = judged(reply(gist=["D.", "E."], points=["F."], names=[]), SCHEMA, lambda _: [], first)
    assert second.usable == {"gist": ["D.", "E."], "points": ["F."], "names": []}
