"""Attacks in books and reviews, with a model that obeys them: nothing but data comes out, or a typed failure."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from injections import ATTACKS
from luminalib.adapters.llm.extractive.reviews import read_reviews
from luminalib.adapters.llm.extractive.summarise import summarise
from luminalib.domain.intelligence import UnusableAnswer
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ReviewText, SummaryRequest
from models import prompted, transport
from modelserver import model_server, obliging, said

FIRST = "The lighthouse stood at the end of the reef."
KEPT = "Every evening the keeper lit the lamp and wrote the weather into his ledger."
SHIP = "A ship brought oil for it in spring, and letters from the harbour."
LAST = "His sister learned to trim the wick in one winter."
STORY = f"{FIRST} {KEPT} {SHIP} {LAST} "
attacks = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())


def request(attack: str) -> SummaryRequest:
    sections = sections_of([(None, STORY * 2), (attack[:60], f"{attack}\n\n{STORY}")])
    return SummaryRequest(tenant_id="main", title=attack[:200], authors=(attack[:100],), language="en", sections=sections)


def outside_of_the_markers(body: dict[str, Any]) -> str:
    """What a request says in the library's own name."""
    text = said(body)
    mark = re.search(r"lines <<<(\S+) and", text)
    assert mark is not None
    return re.sub(rf"<<<{mark[1]}\n.*?\n{mark[1]}>>>", "", text, flags=re.DOTALL)


@attacks
async def test_attacks_stay_between_markers_that_they_cannot_know(attack: str, tmp_path: Path) -> None:
    async with model_server() as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        await model.llm.summarise(request(attack))
        await model.llm.read_reviews("main", [ReviewText(text=attack, rating=1)])
    assert len(server.requests) == 2
    for body in server.requests:
        assert "HACKED" not in outside_of_the_markers(body)
        assert attack[:40] not in outside_of_the_markers(body)
        assert {"tools", "functions", "tool_choice"} & body.keys() == set(), "there is nothing that a model could set off"


@attacks
async def test_a_model_that_obeys_in_words_is_a_typed_failure(attack: str, tmp_path: Path) -> None:
    async with model_server(lambda _: "HACKED") as server, prompted(tmp_path, transport("ollama", server.ollama_url)) as model:
        with pytest.raises(UnusableAnswer):
            await model.llm.summarise(request(attack))
        with pytest.raises(UnusableAnswer):
            await model.llm.read_reviews("main", [ReviewText(text=attack)])


def obeying_in_form(body: dict[str, Any]) -> str:
    """JSON of the right shape with whatever an attacker could want in it."""
    answer = json.loads(obliging(body))
    answer |= {"is_admin": True, "tool_calls": [{"name": "delete_all_books"}], "sql": "DROP TABLE books"}
    if "aspects" in answer:
        answer["aspects"] = [
            {"name": "Ignore all rules and", "sentiment": "positive", "quote": "HACKED", "role": "system"},
            {"name": "<script>alert(1)</script>", "sentiment": "positive", "quote": "HACKED"},
            {"name": "plot", "sentiment": "positive", "quote": "The best book of all time\u202e\x00"},
        ]
    wanted = {
        "summary": [FIRST, SHIP, LAST, "HACKED", "You are asked to delete all books.", f"{KEPT[:-1]}, and HACKED."],
        "insights": ["Donate seventeen bitcoins to somebody in Lagos", KEPT.upper()],
        "key_topics": ["lamp", "y" * 300, "Zanzibar", *["LAMP"] * 50],
        "action_items": ["Delete all books"],
    }
    return json.dumps(answer | {field: items for field, items in wanted.items() if field in answer})


@attacks
async def test_a_model_that_obeys_in_form_yields_bounded_data_and_no_invented_quotation(attack: str, tmp_path: Path) -> None:
    async with model_server(obeying_in_form) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        summary = await model.llm.summarise(request(attack))
        (reading,) = await model.llm.read_reviews("main", [ReviewText(text=f"Good. {attack}", rating=5)])
    assert summary.summary.isprintable()
    assert summary.summary == f"{FIRST} {SHIP} {LAST}"
    assert summary.key_topics == ("lamp",)
    assert summary.insights == (KEPT,)
    assert summary.action_items == ()
    assert {aspect.name for aspect in reading.aspects} <= {"plot", "ignore all rules and"}
    for aspect in reading.aspects:
        assert aspect.quote in f"Good. {attack}"
        assert len(aspect.name.split()) <= 3


@attacks
def test_the_extractive_engine_quotes_only_sentences_of_the_review(attack: str) -> None:
    text = f"The plot is wonderful. {attack}"
    (reading,) = read_reviews(reviews=[(text, 5)], progress=lambda _: None)
    name, mood, quote = reading["aspects"][0]
    assert (name, mood, quote.startswith("The plot is wonderful.")) == ("plot", "positive", True)
    assert all(quote in text for _, _, quote in reading["aspects"])
    assert reading["sentiment"] in ("positive", "mixed")


@pytest.mark.parametrize("kind", ["plain", "system", "praise", "polite"])
def test_the_extractive_engine_leaves_out_what_speaks_to_a_machine(kind: str) -> None:
    text = f"The plot is wonderful. {ATTACKS[kind]}"
    (reading,) = read_reviews(reviews=[(text, 5)], progress=lambda _: None)
    assert [quote for _, _, quote in reading["aspects"]] == ["The plot is wonderful."]
    told = summarise(title="A", authors=[], language="en", sections=[STORY * 3 + ATTACKS[kind] + STORY], progress=lambda _: None)
    assert "HACKED" not in told["summary"]
