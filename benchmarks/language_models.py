"""What a small language model makes of the library's questions: how much is accepted at once, after a repair, and not at all.

Ten texts of 300 to 12,000 words (English, German, French; stories, how-tos and a business report) are summarised, ten tables of
opinions are worded, and the moods of labelled reviews are read. All that would be stored is printed in full, for a person to judge.
Texts from ../shared are left out where it is not there. With `--keep FOLDER` each reply of the model is kept there and not asked
for again, so that checks can be measured without it.

Usage: python benchmarks/language_models.py --url http://127.0.0.1:18080/v1 --model qwen15 [--parts texts tables reviews]
    [--titles TITLE …] [--reviews N] [--runs N] [--context TOKENS] [--minutes PER_BOOK] [--keep FOLDER]
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kept_replies import KeptReplies
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.llm.extractive.provider import ExtractiveLLM
from luminalib.adapters.llm.fallback import FallbackLLM
from luminalib.adapters.llm.openai import OpenAITransport
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.adapters.llm.prompted.provider import PromptedLLM
from luminalib.adapters.llm.prompted.resilience import ResilientTransport
from luminalib.adapters.llm.prompted.transport import ChatTransport
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.demo.shelf import load_shelf
from luminalib.domain.consensus import AspectEvidence
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ConsensusRequest, LLMProvider, ReviewText, SummaryRequest

HERE = Path(__file__).parent
SAMPLES = HERE.resolve().parents[1] / "shared" / "samples"
SHELF = (
    "The Committee for the Duck",
    "Der Leuchtturm, der nicht schlafen konnte",
    "La relieuse de la rue des Tanneurs",
    "Sew Your Own Notebook",
    "A Short Weight of Salt",
    "How a Lighthouse Works",
)
LONG = (
    ("entre_nous_utf8.txt", "Entre nous", "fr", 3000),
    ("christmas_carol.txt", "A Christmas Carol", "en", 5000),
    ("alice_in_wonderland.txt", "Alice in Wonderland", "en", 12_000),
)
PARTS = ("texts", "tables", "reviews")


async def main(arguments: argparse.Namespace) -> None:
    print(f"model {arguments.model} at {arguments.url}; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        database = SqlDatabase(f"sqlite+aiosqlite:///{Path(folder) / 'calls.db'}")
        await upgrade(database)
        async with SubprocessPool(1) as children:
            uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), SystemClock())
            for run in range(arguments.runs):
                print(f"\n=== run {run + 1}")
                await measure(arguments, uow, children, run)
        await database.close()


async def measure(arguments: argparse.Namespace, uow: SqlUnitOfWorkFactory, children: SubprocessPool, run: int) -> None:
    tenant = f"run-{run}"
    reader, clock = RuleFieldReader(), SystemClock()
    own = ExtractiveLLM(children, reader)
    server: ChatTransport = OpenAITransport(
        base_url=arguments.url, api_key="", model=arguments.model, context_length=arguments.context
    )
    if arguments.keep:
        server = KeptReplies(server, arguments.keep / f"run-{run}")
    transport = ResilientTransport(server, clock, seconds=3600, at_once=1)
    model = PromptedLLM(transport, FilePrompts(), uow, children, reader, clock, own=own, at_once=1, minutes=arguments.minutes)
    if not arguments.keep:
        report = await model.probe(tenant)
        print("\n".join(f"  {finding.check}: {finding.detail}" for finding in report.findings))
    llm = FallbackLLM(model, own)
    if "reviews" in arguments.parts:
        await moods(llm, tenant, arguments.reviews)
    if "tables" in arguments.parts:
        await worded(llm, tenant)
    if "texts" in arguments.parts:
        by_whom = Counter([await summarised(llm, request) for request in chosen(arguments, tenant)])
        print(f"\nsummaries by the model itself: {by_whom['model']} of {by_whom.total()}")
    async with uow.reading(tenant) as unit:
        for usage in await unit.llm.usage(date.min, date.max):
            at_once = usage.calls - usage.cached - usage.repaired - usage.failed
            failed = dict(usage.failed_checks)
            print(
                f"{usage.purpose.value}: {usage.calls} questions, {at_once} accepted at once, {usage.repaired} after repair, "
                f"{usage.failed} not; {usage.tokens_in} + {usage.tokens_out} tokens, {usage.seconds:.0f} s; {failed}"
            )
    await transport.close()


async def summarised(llm: LLMProvider, request: SummaryRequest) -> str:
    begun = time.monotonic()
    told = await llm.summarise(request)
    words = sum(len(section.text.split()) for section in request.sections)
    took = time.monotonic() - begun
    print(f"\n{request.title} ({words:,} words, {request.language}; {took:.0f} s) [{told.provider}, {told.prompt}]")
    print(f"  {told.summary}\n  topics: {', '.join(told.key_topics)}\n  mood: {told.sentiment.value}")
    for mark, lines in (("*", told.insights), ("!", told.action_items)):
        for line in lines:
            print(f"  {mark} {line}", flush=True)
    return "fallback" if "fallback" in told.provider else "model"


def chosen(arguments: argparse.Namespace, tenant: str) -> list[SummaryRequest]:
    return [request for request in requests(tenant) if not arguments.titles or request.title in arguments.titles]


def requests(tenant: str) -> Iterator[SummaryRequest]:
    """The texts, the shorter ones first."""
    report = (HERE / "data" / "quarterly_report.txt").read_text("utf-8")
    yield request_of(tenant, "Report for the third quarter", "en", [(None, report)])
    books = {book.title: book for book in load_shelf()}
    for title in SHELF:
        book = books[title]
        yield request_of(
            tenant, title, book.language, [(part.title, "\n\n".join(part.blocks)) for part in book.chapters], book.authors
        )
    for name, title, language, words in LONG:
        if (SAMPLES / name).is_file():
            text = (SAMPLES / name).read_text("utf-8").split("***", 2)[-1]
            paragraphs = text.split("\n\n")
            kept, count = [], 0
            for paragraph in paragraphs:
                if count < words:
                    kept.append(paragraph)
                    count += len(paragraph.split())
            yield request_of(tenant, title, language, [(None, "\n\n".join(kept))])


def request_of(
    tenant: str, title: str, language: str | None, parts: Sequence[tuple[str | None, str]], authors: Sequence[str] = ()
) -> SummaryRequest:
    return SummaryRequest(tenant_id=tenant, title=title, authors=tuple(authors), language=language, sections=sections_of(parts))


async def worded(llm: LLMProvider, tenant: str) -> None:
    by_whom: Counter[str] = Counter()
    for table in json.loads((HERE / "data" / "opinion_tables.json").read_text("utf-8")):
        told = await llm.synthesise_consensus(table_of(tenant, table))
        by_whom["own" if "fallback" in told.provider else "model"] += 1
        verdicts = ", ".join(f"{row['name']} +{row['positive']} -{row['negative']}" for row in table["aspects"])
        print(f"\n{table['title']}: {verdicts} [{told.provider}]\n  {told.text}", flush=True)
    print(f"\nconsensus worded by the model itself: {by_whom['model']} of {by_whom.total()}")


def table_of(tenant: str, table: dict[str, Any]) -> ConsensusRequest:
    moods_told = {Sentiment(mood): count for mood, count in table["moods"].items()}
    aspects = [AspectEvidence(**{**row, "quotes": tuple(row["quotes"])}, undecided=0) for row in table["aspects"]]
    return ConsensusRequest(
        tenant_id=tenant,
        title=table["title"],
        review_count=sum(moods_told.values()),
        mean=table["mean"],
        moods=moods_told,
        aspects=aspects,
    )


async def moods(llm: LLMProvider, tenant: str, count: int) -> None:
    lines = (HERE / "labelled" / "starred_reviews.tsv").read_text("utf-8").splitlines()
    labelled = [line.split("\t") for line in lines if not line.startswith("#")]
    chosen = labelled[:: max(1, len(labelled) // count)][:count]
    told = await llm.read_reviews(tenant, [ReviewText(text=text, rating=int(stars)) for stars, _, text in chosen])
    right = sum(reading.sentiment.value == mood for reading, (_, mood, _) in zip(told, chosen, strict=True))
    print(f"\nmoods of {len(chosen)} reviews with their stars: {right} right ({right / len(chosen):.0%})")
    for reading, (stars, mood, text) in zip(told, chosen, strict=True):
        if reading.sentiment.value != mood:
            print(f"  {stars} stars, {mood}, read as {reading.sentiment.value}: {text}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--titles", nargs="+", help="of the texts; all when not given")
    parser.add_argument("--reviews", type=int, default=60)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--context", type=int, help="tokens; what the server says when not given")
    parser.add_argument("--minutes", type=int, default=0, help="the longest that a book may take; 0 for no limit")
    parser.add_argument("--keep", type=Path, help="a folder for the model's replies")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(parsed()))
