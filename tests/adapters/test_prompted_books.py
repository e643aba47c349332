"""Whole books through a prompted model: parts, notes, levels, evidence, resuming, and what it costs to do it again."""

import asyncio
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from luminalib.adapters.llm.prompted.budget import Budget, longest_of
from luminalib.adapters.llm.prompted.chunks import chunks_of
from luminalib.adapters.llm.prompted.planning import LEAST_PARTS, affordable, chosen, estimated
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.summaries import is_beyond_repair, unmarked
from luminalib.domain.intelligence import ContextTooSmall, LanguageEngineUnavailable, SummaryResult
from luminalib.domain.sentences import sentences_of
from luminalib.domain.texts import Section, sections_of
from luminalib.ports.llm import SummaryRequest
from models import PROVIDERS, Model, prompted, transport
from modelserver import ModelServer, model_server, obliging, said

CHAPTERS = 24


def chapter(number: int) -> str:
    return " ".join(
        f"In k{number} the keeper of lighthouse {number} writes line {line} of his ledger and waits for the ship of captain "
        f"Marlow{number}, who has promised to bring him news from the mainland before the winter."
        for line in range(20)
    )


def schema_of(body: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = body.get("format") or body["response_format"]["json_schema"]["schema"]
    return schema


def book(chapters: int = CHAPTERS) -> SummaryRequest:
    sections = sections_of([(f"Chapter {number}", chapter(number)) for number in range(1, chapters + 1)])
    return SummaryRequest(tenant_id="main", title="The Ledgers", authors=("I. Calloway",), language="en", sections=sections)


def noting(body: dict[str, Any]) -> str:
    """A model that notes which chapters it was shown, so that a test sees what reached it."""
    chapters = sorted({int(number) for number in re.findall(r"(?:[Cc]hapter |\bk)(\d+)", said(body))})
    named = f"At {' '.join(f'k{number}' for number in chapters)} the keeper waits."
    answer = json.loads(obliging(body))
    if "gist" in answer:
        further = [f"Captain {name} has promised news from the mainland" for name in re.findall(r"Marlow\d+", said(body))[:1]]
        further += [
            "Line after line the ledger grows longer, and in winter the keeper waits for news that somebody brings from there",
            "Whoever brings news of a ship writes his own line of it, for captain and keeper have not said a word to one another",
        ]
        answer |= {
            "gist": [
                named,
                "Each lighthouse has a ledger of many lines, which its keeper writes before winter, and no captain has promised.",
            ],
            "points": [*further, "The mainland has no news of the ships"],
            "names": ["keeper"],
        }
    if "summary" in answer:
        answer["summary"] = [named, "A captain has promised to bring news.", "The mainland is far from each lighthouse."]
    return json.dumps(answer)


async def summarise(model: Model, request: SummaryRequest | None = None) -> tuple[SummaryResult, list[float]]:
    shares: list[float] = []
    return await model.llm.summarise(request or book(), shares.append), shares


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_every_part_of_a_long_book_reaches_the_summary(provider: str, tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        result, shares = await summarise(model)
    assert {int(number) for number in re.findall(r"\d+", result.summary)} == set(range(1, CHAPTERS + 1))
    assert (result.provider, result.model, result.prompt) == (provider, "tiny", "notes-summary@4")
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert shares[-1] >= 0.8
    notes = [said(body) for body in server.requests if "Part " in said(body)]
    assert [len(text) for text in notes] == pytest.approx([sum(map(len, notes)) / len(notes)] * len(notes), rel=0.25)


async def test_notes_carry_sentences_of_their_parts_as_evidence(tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        await summarise(model)
    quoted = re.findall(r"Quoted: (.+)", said(server.requests[-1]))
    assert quoted
    text = " ".join(section.text for section in book().sections)
    assert all(sentence in text for sentence in quoted)


async def test_notes_that_are_too_many_are_merged_level_by_level(tmp_path: Path) -> None:
    context = 1000
    async with (
        model_server(noting) as server,
        prompted(tmp_path, transport("ollama", server.ollama_url, context_length=context)) as model,
    ):
        result, _ = await summarise(model)
    merges = [said(body) for body in server.requests if "make one set of notes" in said(body)]
    labels = [re.findall(r"part (\d+)(?:-(\d+))? of", merge) for merge in merges]
    assert any(last for group in labels for _, last in group), "more than one level"
    assert {int(number) for number in re.findall(r"\d+", result.summary)} == set(range(1, CHAPTERS + 1))
    for body in server.requests:
        assert len(said(body)) / 4 + body["options"]["num_predict"] <= context


def parts_asked(server: ModelServer) -> list[int]:
    found = (re.search(r"Part (\d+) of", said(body)) for body in server.requests)
    return [int(part[1]) for part in found if part]


async def test_a_book_beyond_its_minutes_is_read_at_its_ends_and_where_it_is_most_central(provider: str, tmp_path: Path) -> None:
    """A server that says that each answer took ten minutes; the speed is known after the first and the last part."""
    odd = "Zebras graze on quartz; vexing jockeys hum waltzes by oboe. " * 60
    sections = [section.text for section in book().sections]
    texts = [*sections[:12], odd, *sections[12:]]
    request = replace(book(), sections=sections_of([(None, text) for text in texts]))
    small = {"context_length": 2000}
    async with model_server(noting) as server:
        server.timing = 600.0
        async with prompted(tmp_path, transport(provider, server.ollama_url, **small), at_once=1, minutes=60) as model:
            before = await model.llm.estimate("main", 5000)
            assert before is not None
            assert (before.minutes, before.calls > 6) == (None, True)
            result, shares = await summarise(model, request)
            assert result.parts is not None
            assert result.parts_read is not None
            assert (result.parts_read, result.parts > 8) == (len(set(parts_asked(server))), True)
            assert 3 <= result.parts_read < result.parts
            assert {1, result.parts} <= set(parts_asked(server))
            assert parts_asked(server)[:2] == [1, result.parts], "these two are read in any case, and tell the speed"
            assert not any("Zebras" in said(body) for body in server.requests), "what nothing else speaks of is left out"
            assert shares == sorted(shares)
            told = await model.llm.estimate("main", 5000)
            assert told is not None
            assert told.minutes is not None
            assert told.calls < before.calls
            asked = len(server.requests)
            assert (await summarise(model, request))[0] == result
            assert len(server.requests) == asked, "and all of it is kept"
        async with prompted(tmp_path, transport(provider, server.ollama_url, **small), minutes=10_000) as model:
            whole, _ = await summarise(model)
            assert whole.parts_read == whole.parts


async def test_waiting_in_line_is_not_the_models_time(provider: str, tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport(provider, server.ollama_url), at_once=1) as model:
        server.timing = 7.0
        await asyncio.gather(*(summarise(model, replace(book(1), title=f"Book {n}")) for n in range(3)))
        (usage,) = await model.usage()
        assert usage.calls == 3
        assert usage.seconds == pytest.approx(21)
        server.timing = 0.0
        await summarise(model, replace(book(1), title="Untold"))
        (usage,) = await model.usage()
        assert 21 < usage.seconds < 21 + 7, "a server that tells nothing is measured from when its turn came"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, [0, 2, 5]), (4, [0, 2, 3, 5]), (6, [0, 1, 2, 3, 4, 5])],
)
def test_beginning_and_end_and_what_is_most_central(count: int, expected: list[int]) -> None:
    assert chosen(count, [0.1, 0.1, 0.4, 0.2, 0.1, 0.1]) == expected


def test_what_a_book_will_take() -> None:
    budget, prompt = Budget(8192), FilePrompts().find("part-notes")
    short, long = (estimated(words, budget, prompt, None, 0) for words in (1000, 100_000))
    assert (short.calls, short.minutes, long.minutes) == (1, None, None)
    assert long.calls > 20
    assert long.tokens > 150_000
    timed = estimated(100_000, budget, prompt, 20.0, 0)
    assert timed.minutes == pytest.approx(timed.tokens / 20 / 60, abs=0.1)
    bounded = estimated(100_000, budget, prompt, 20.0, 60)
    assert bounded.calls < timed.calls
    assert bounded.minutes is not None
    assert bounded.minutes <= 60
    assert affordable(50, 4000, 1.0, 1) == LEAST_PARTS, "the least that can be called a summary"


async def test_a_text_that_fits_is_read_at_once(tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        result, _ = await summarise(model, book(2))
    assert (len(server.requests), result.prompt) == (1, "text-summary@5")


def inventing(body: dict[str, Any]) -> str:
    """A model that summarises another book, and can choose."""
    answer = json.loads(obliging(body))
    if "summary" in answer:
        answer["summary"] = [f"Ahab hunts {whale} whales off Nantucket" for whale in ("white", "sperm", "killer")]
    return json.dumps(answer)


async def test_a_model_that_words_nothing_true_chooses_sentences_of_the_text(provider: str, tmp_path: Path) -> None:
    async with model_server(inventing) as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
        result, _ = await summarise(model, book(2))
        asked = len(server.requests)
        assert (await summarise(model, book(2)))[0] == result
        assert len(server.requests) == asked, "both questions are kept"
    assert (result.provider, result.prompt) == (provider, "sentence-choice@3")
    text = " ".join(" ".join(section.text for section in book(2).sections).split())
    sentences = sentences_of(result.summary)
    assert len(sentences) == 4
    assert all(sentence in text for sentence in sentences)
    assert sorted(sentences, key=text.index) == sentences, "one of each quarter"
    numbers = [rule["enum"] for rule in schema_of(server.requests[-1])["properties"].values()]
    assert [number for own in numbers for number in own] == list(range(1, sum(map(len, numbers)) + 1))


async def test_where_hardly_a_sentence_is_right_the_model_is_not_asked_for_them_again(provider: str, tmp_path: Path) -> None:
    """It would invent others: it chooses at once. Where two are right, it is told what is wrong with the rest."""

    def half_right(body: dict[str, Any]) -> str:
        answer = json.loads(noting(body))
        if "summary" in answer:
            answer["summary"][2] = "Ahab hunts white whales off Nantucket"
        return json.dumps(answer)

    asked = []
    for answering in (inventing, half_right):
        async with model_server(answering) as server, prompted(tmp_path, transport(provider, server.ollama_url)) as model:
            await summarise(model, replace(book(2), title=answering.__name__))
            asked.append(["first" if "summary" not in schema_of(body)["properties"] else "all" for body in server.requests])
    assert [[*dict.fromkeys(one)] for one in asked] == [["all", "first"], ["all", "first"]]
    assert [one.count("all") for one in asked] == [1, 2]


def test_of_a_text_of_little_all_that_a_summary_needs_has_to_be_right() -> None:
    two = {"summary": ["It rained.", "He wept."], "key_topics": ["rain"]}
    assert is_beyond_repair(two, "x" * 999)
    assert not is_beyond_repair({**two, "summary": ["It rained.", "He wept.", "She left."]}, "x" * 999)
    assert not is_beyond_repair(two, "x" * 1000)
    assert is_beyond_repair(two, "x" * 599), "of a few sentences nothing is asked again"


@pytest.mark.parametrize("answering", [noting, inventing])
async def test_of_a_text_of_a_few_sentences_little_is_asked(answering: Callable[[dict[str, Any]], str], tmp_path: Path) -> None:
    own = replace(book(1), sections=sections_of([(None, sentences_of(chapter(1))[0] + " " + sentences_of(chapter(1))[1])]))
    async with model_server(answering) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        result, _ = await summarise(model, own)
    lists = schema_of(server.requests[0])["properties"]
    assert {name: rule["maxItems"] for name, rule in lists.items() if "maxItems" in rule} == {
        "summary": 2,
        "key_topics": 3,
        "insights": 1,
        "action_items": 0,
    }
    assert lists["summary"]["minItems"] == 2
    assert len(sentences_of(result.summary)) == 2
    assert result.prompt == ("text-summary@5" if answering is noting else "sentence-choice@3")


async def test_what_stands_around_a_work_is_not_shown_to_the_model(tmp_path: Path) -> None:
    around = (
        "The Keeper's Tale\nA Ghost Story\n\nby Charlotte Brunel\n\n"
        "Produced by Ada Byron and the Distributed Proofreaders\n\n  ADA BYRON, TEACHER AT\n  THE SCHOOL OF LEEDS.\n\n"
        "PREFACE\n\nDear friends, may this haunt you pleasantly.\n\n"
        "CONTENTS\n\nStave  I: The Keeper\n\nStave  II: The Captain\n\n\nSTAVE I: THE KEEPER\n\n"
    )
    text = f"{around}{chapter(1)}\n\nSTAVE II: THE CAPTAIN\n\n{chapter(2)}\n\nCopyright 1906, all rights reserved.\n"
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        await summarise(model, replace(book(1), sections=sections_of([(None, text)])))
    shown = said(server.requests[0])
    assert "captain Marlow1," in shown
    assert "captain Marlow2," in shown
    assert "STAVE I: THE KEEPER" in shown, "the list that stood before them ends where the first chapter does begin"
    assert not [word for word in ("Produced", "Ghost", "Brunel", "LEEDS", "haunt", "CONTENTS", "Copyright") if word in shown]


async def test_a_guide_opens_with_what_it_says_of_itself(tmp_path: Path) -> None:
    guide = "This guide tells how the keepers of two lighthouses write their ledgers."
    rest = f"{chapter(1)}\n\n{chapter(2)}".replace("his ledger", "the ledger").replace("bring him news", "bring news")
    own = replace(book(2), sections=sections_of([(None, f"{guide}\n\n{rest}")]))
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        result, _ = await summarise(model, own)
    assert (result.prompt, sentences_of(result.summary)[0]) == ("text-summary@5", guide)
    assert len(sentences_of(result.summary)) == 4


async def test_what_a_text_asks_for_is_not_told_twice_nor_with_half_of_its_signs(tmp_path: Path) -> None:
    asked = "**Fold the sheets.** Make sure that the *long* edge is even. Please write the date on each one."
    rest = f"{chapter(1)}\n\n{chapter(2)}".replace("his ledger", "the ledger").replace("bring him news", "bring news")

    def repeating(body: dict[str, Any]) -> str:
        answer = json.loads(noting(body))
        if "action_items" in answer:
            demands = ["Make sure that the *long* edge is even.", "Please write the date on each one."]
            answer |= {"insights": demands[:1], "action_items": demands}
        return json.dumps(answer)

    own = replace(book(2), sections=sections_of([(None, f"{asked}\n\n{rest}")]))
    async with model_server(repeating) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        result, _ = await summarise(model, own)
    assert result.insights == ()
    assert result.action_items == ("Fold the sheets. Make sure that the long edge is even.", "Please write the date on each one.")
    assert (
        unmarked("Fold the sheets.** Take four of *them*, 5 * 3, snake_case.")
        == "Fold the sheets. Take four of them, 5 * 3, snake_case."
    )


async def test_after_a_restart_only_what_is_missing_is_asked(provider: str, tmp_path: Path) -> None:
    async with model_server(noting) as server:
        async with prompted(tmp_path, transport(provider, server.ollama_url), at_once=1) as model:
            server.script = ["", "", "status:401"]
            with pytest.raises(LanguageEngineUnavailable):
                await summarise(model)
            assert len(server.requests) == 3
        async with prompted(tmp_path, transport(provider, server.ollama_url), at_once=1) as model:
            await summarise(model)
            asked = [said(body).replace("\n", " ") for body in server.requests]
            parts = [re.search(r"Part (\d+) of", text) for text in asked]
            assert [int(part[1]) for part in parts if part][:4] == [1, 2, 3, 3], "the third failed and is the first of the rest"
            assert (await model.calls())["cached"] == 2


async def test_the_same_bytes_cost_nothing_again(tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        first, _ = await summarise(model)
        asked = len(server.requests)
        again, _ = await summarise(model)
        assert (again, len(server.requests)) == (first, asked)
        calls = await model.calls()
        assert (calls["calls"], calls["cached"], calls["failed"]) == (2 * asked, asked, 0)


async def test_another_tenant_has_its_own_answers(tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport("openai", server.ollama_url)) as model:
        request = book(1)
        for tenant in ("main", "other"):
            await model.llm.summarise(
                SummaryRequest(tenant_id=tenant, title=request.title, sections=request.sections, language="en")
            )
        assert len(server.requests) == 2


async def test_a_context_that_is_smaller_than_the_server_says_is_found_out(tmp_path: Path) -> None:
    """llama.cpp answers 400 and names the reason by its type; others stop in the middle of an answer."""
    async with model_server(noting) as server, prompted(tmp_path, transport("ollama", server.ollama_url)) as model:
        server.script = ["status:400", "status:400"]
        result, _ = await summarise(model)
        assert {int(number) for number in re.findall(r"\d+", result.summary)} == set(range(1, CHAPTERS + 1))


async def test_a_context_that_is_too_small_for_anything_says_so(tmp_path: Path) -> None:
    async with (
        model_server(noting) as server,
        prompted(tmp_path, transport("ollama", server.ollama_url, context_length=256)) as model,
    ):
        with pytest.raises(ContextTooSmall):
            await summarise(model)
        assert server.requests == []


async def test_ollama_is_told_how_much_context_it_needs_and_is_not_believed_when_it_had_less(tmp_path: Path) -> None:
    async with model_server(noting) as server, prompted(tmp_path, transport("ollama", server.ollama_url)) as model:
        await summarise(model)
        for body in server.requests:
            assert body["options"]["num_ctx"] == 8192
            assert body["format"]["type"] == "object"


def test_chunks_begin_where_sections_do() -> None:
    sections = sections_of([(f"Chapter {n}", f"Sentence one of {n}. " * 10) for n in range(8)])
    chunks = chunks_of(sections, 500, len)
    assert all(chunk.startswith("Chapter") for chunk in chunks)
    assert max(map(len, chunks)) <= 500


@pytest.mark.parametrize("limit", [40, 100, 1000, 10**6])
@pytest.mark.parametrize(
    "text", ["word " * 500, "x" * 1000, "Line.\n" * 200, "段落。" * 300, "One.\n\nTwo.\n\n" * 100], ids=range(5)
)
def test_chunks_hold_every_word_in_order_and_keep_the_limit(text: str, limit: int) -> None:
    sections = [Section(ordinal=0, start=0, text=text)]
    chunks = chunks_of(sections, limit, len)
    assert "".join("".join(chunks).split()) == "".join(text.split())
    assert max(map(len, chunks)) <= limit


def test_the_longest_answer_is_known_from_its_schema() -> None:
    sentence = {"type": "string", "maxLength": 100}
    lists = {
        "type": "object",
        "properties": {"gist": {"type": "array", "maxItems": 2, "items": sentence}, "sentiment": {"enum": ["bad"]}},
    }
    assert 2 * 100 < longest_of(lists) < 2 * 100 + 80
    assert longest_of({"type": "object"}) == math.inf
    none = {"type": "object", "properties": {"gist": {"type": "array", "maxItems": 0, "items": sentence}}}
    assert longest_of(none) < 20, "a list that must be empty"


def test_a_text_without_words_has_no_chunks() -> None:
    assert chunks_of(sections_of([(None, "  \n ")]), 100, len) == []


def test_the_budget_is_measured_and_errs_on_the_safe_side() -> None:
    budget = Budget.measured(8192, tokens=110)
    for text in ("A plain sentence in English, of the usual length.", "Ein Satz über Übergrößen.", "日本語の文章です。"):
        assert budget.tokens_of(text) >= len(text) / 4
    byte_wise = Budget.measured(8192, tokens=600)
    assert byte_wise.tokens_of("x" * 1000) > 4 * budget.tokens_of("x" * 1000)
