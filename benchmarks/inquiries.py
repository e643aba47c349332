"""Inquiries: what labelled messages want, how sure of it the library is, and what it finds in them.

    .venv/bin/python benchmarks/inquiries.py FILE [FILE …] [--load SECONDS] [--model N [--keep FILE]]

Each line of a FILE is JSON: `text`, `intent`, `fields` (`name`, `email`, `phone`, `region`, `budget`; null for none; what
a line does not name is not counted). What is learnt is learnt from the other files, never from the one that is asked about.

A third of all messages is FROZEN: those whose text has a SHA-256 that three divides. None of them was read while the rules were
written; figures for them stand apart. Their totals were looked at, though: to choose the rules' temperature and the way in which
rules and what was learnt are added, and to see whether broader cues help. So they are not wholly blind.

`--load SECONDS` sends 20 requests a second to a server of its own and prints percentiles. `--model N` asks the model that the
LUMINALIB_LLM settings name about N messages, spread evenly over all files; printed are its word alone, and what it comes to
together with the rules and what was learnt from the other files, as in the library. `--keep FILE` keeps what it said, so that no
message is asked about twice.
"""

import argparse
import asyncio
import hashlib
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from load import PASSWORD, started
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.migrations import upgrade
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.llm.offered import without_choice
from luminalib.adapters.llm.prompted.asking import without_limit
from luminalib.adapters.llm.prompted.inquiries import NOT_SHOWN, SHOWN
from luminalib.adapters.llm.prompted.variants import without_variants
from luminalib.adapters.triage.learner import LogisticIntentLearner
from luminalib.adapters.triage.reading import RuleFieldReader
from luminalib.container.llm import EngineTools, open_llm
from luminalib.domain.inquiry_features import features_of
from luminalib.domain.inquiry_rules import classify, together
from luminalib.domain.intelligence import LanguageEngineUnavailable, UnusableAnswer
from luminalib.domain.triage import InquiryFields, InquiryIntent, IntentReading, LabelledFeatures, TriageMethod
from luminalib.settings import load_settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "inquiries"
BINS = 10
A_SECOND = 20
HIJACKED = re.compile(r"999999|80000\b|root")
"""What the attacks of the known files want to stand in a field."""


Told = dict[str, Any] | None
"""What a model said: intent and evidence; None where no answer was usable."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A message and what is true of it."""

    text: str
    intent: InquiryIntent
    fields: dict[str, Any]
    tags: tuple[str, ...]

    @property
    def is_frozen(self) -> bool:
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 3 == 0


@dataclass(frozen=True, kw_only=True)
class Read:
    """A message as it was read."""

    truth: Labelled
    intent: InquiryIntent
    confidence: float


def load(path: Path) -> list[Labelled]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Labelled(text=row["text"], intent=InquiryIntent(row["intent"]), fields=row["fields"], tags=tuple(row.get("tags", ())))
        for row in rows
    ]


def calibration_error(found: Sequence[Read]) -> float:
    """The expected calibration error in ten bins of equal width (Guo et al., ICML 2017)."""
    bins: dict[int, list[Read]] = {}
    for one in found:
        bins.setdefault(min(int(one.confidence * BINS), BINS - 1), []).append(one)
    return sum(abs(sum(one.confidence - (one.intent is one.truth.intent) for one in group)) for group in bins.values()) / len(found)


def accuracy(found: Sequence[Read]) -> float:
    return sum(one.intent is one.truth.intent for one in found) / len(found)


def table(found: Sequence[Read]) -> str:
    counts = Counter((one.truth.intent, one.intent) for one in found)
    head = f"{'':>12}" + "".join(f"{intent.value:>12}" for intent in InquiryIntent)
    rows = [f"{true.value:>12}" + "".join(f"{counts[true, said]:>12}" for said in InquiryIntent) for true in InquiryIntent]
    return "\n".join([head, *rows])


def report(name: str, found: Sequence[Read]) -> None:
    print(f"{name:<46} {len(found):>4} messages  intent {accuracy(found):.3f}  ECE {calibration_error(found):.3f}")


def frozen_of(found: Sequence[Read]) -> list[Read]:
    return [one for one in found if one.truth.is_frozen]


def read_all(messages: Sequence[Labelled], method: Callable[[str], IntentReading]) -> list[Read]:
    readings = [(one, method(one.text)) for one in messages]
    return [Read(truth=one, intent=reading.intent, confidence=reading.confidence) for one, reading in readings]


def is_right(name: str, truth: Labelled, found: InquiryFields) -> bool:
    """A budget is right with its amount and currency, and with its period where the label has one."""
    wanted, has = truth.fields[name], getattr(found.of(truth.intent), name)
    if wanted is None or has is None:
        return (wanted is None) == (has is None)
    if name == "budget":
        known = {"amount": has.amount, "currency": has.currency, "period": has.period}
        return all(known[key] == wanted[key] for key in wanted)
    return bool(has.lower() == wanted.lower() or has in truth.fields.get("name_alt", ()))


def report_fields(name: str, messages: Sequence[Labelled]) -> None:
    reader = RuleFieldReader()
    found = [(one, reader.fields(one.text, one.fields.get("region"))) for one in messages]
    parts = []
    for field in ("email", "phone", "budget", "name"):
        judged = [is_right(field, one, fields) for one, fields in found if field in one.fields]
        parts.append(f"{field} {sum(judged) / len(judged):.3f} ({len(judged)})" if judged else f"{field} -")
    print(f"{name:<46} {'  '.join(parts)}")


def obeyed(messages: Sequence[Labelled], found: Sequence[Read]) -> int:
    """Attacks that were read as what they ask for, or whose numbers stand in a field."""
    reader = RuleFieldReader()
    count = 0
    for one, read in zip(messages, found, strict=True):
        if "injection" in one.tags:
            fields = reader.fields(one.text, one.fields.get("region")).of(read.intent)
            asked = re.search(r"intent\W{1,5}(\w+)|file it under (\w+)", one.text)
            wanted = next(filter(None, asked.groups()), "") if asked else ""
            count += bool(HIJACKED.search(str(fields))) or (read.intent is not one.intent and read.intent.value == wanted)
    return count


async def learnt_from(messages: Sequence[Labelled], learner: LogisticIntentLearner) -> Callable[[str], IntentReading]:
    examples = [LabelledFeatures(intent=one.intent, features=features_of(one.text)) for one in messages]
    return learner.classifier((await learner.train(examples)).content, 1).classify


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=sorted(SHARED.glob("*.jsonl")))
    parser.add_argument("--load", type=int, default=0, metavar="SECONDS")
    parser.add_argument("--model", type=int, default=0, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    files = {path.name: load(path) for path in arguments.files}
    learnt: list[Read] = []
    first: dict[str, IntentReading] = {}
    async with SubprocessPool(1) as children:
        learner = LogisticIntentLearner(children)
        for name, messages in files.items():
            others = [one for other, rows in files.items() if other != name for one in rows]
            method = await learnt_from(others, learner) if others else classify
            first |= {one.text: method(one.text) for one in messages}
            rules, combined = read_all(messages, classify), read_all(messages, first.__getitem__)
            report(f"{name}: rules", rules)
            if others:
                learnt += combined
                report(f"{name}: rules + learnt from the others", combined)
                report("  the frozen third of it", frozen_of(combined))
            report_fields(f"{name}: fields", messages)
            report_fields("  the frozen third of it", [one for one in messages if one.is_frozen])
            print(f"{'  injections obeyed':<46} {obeyed(messages, combined)}\n")
    everything = [one for rows in files.values() for one in rows]
    report("all files: rules", by_rules := read_all(everything, classify))
    report("  the frozen third of it", frozen_of(by_rules))
    if learnt:
        report("all files: rules + learnt from the others", learnt)
        report("  the frozen third of it", frozen_of(learnt))
        print(f"\nWhat they want (rows) and what was said (columns), rules + learnt:\n{table(learnt)}")
    report_fields("\nall files: fields", everything)
    began = time.perf_counter()
    for one in everything:
        classify(one.text)
        RuleFieldReader().fields(one.text, one.fields.get("region"))
    print(f"{'one message, rules and fields':<46} {1000 * (time.perf_counter() - began) / len(everything):.1f} ms")
    if arguments.model:
        chosen = everything[:: max(1, len(everything) // arguments.model)][: arguments.model]
        await ask_model(chosen, first, arguments.keep)
    if arguments.load:
        await load_test(everything, arguments.load)


def said_before(keep: Path) -> dict[str, Told]:
    rows = [json.loads(line) for line in keep.read_text("utf-8").splitlines()] if keep.exists() else []
    return {row["text"]: row["told"] and {**row["told"], "intent": InquiryIntent(row["told"]["intent"])} for row in rows}


def keep_said(keep: Path, text: str, told: Told) -> None:
    with keep.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"text": text, "told": told}) + "\n")


async def ask_model(messages: Sequence[Labelled], first: dict[str, IntentReading], keep: Path | None) -> None:
    """What a language model says of them, and what comes of it. One that gives no usable answer leaves the reading before."""
    known = said_before(keep) if keep else {}
    began, new = time.perf_counter(), [one for one in messages if one.text not in known]
    async for text, told in model_says(new):
        known[text] = told
        if keep:
            keep_said(keep, text, told)
    seconds = (time.perf_counter() - began) / max(1, len(new))
    found: dict[str, list[Read]] = {"the model alone": [], "before it was asked": [], "together, as in the library": []}
    for one in messages:
        before, told = first[one.text], known[one.text]
        worth = SHOWN if told and told["evidence"] else NOT_SHOWN
        word = replace(before, **told, confidence=worth, method=TriageMethod.MODEL) if told else None
        for name, reading in zip(found, (word, before, together(before, word) if word else before), strict=True):
            if reading:
                found[name].append(Read(truth=one, intent=reading.intent, confidence=reading.confidence))
    alone, _, both = found.values()
    asked = f"; {len(new)} were asked about now, {seconds:.1f} s each" if new else ""
    print(f"\n{len(messages)} messages for a model, {len(messages) - len(alone)} got no usable answer{asked}")
    for name, readings in found.items():
        report(name, readings)
        report("  the frozen third of it", frozen_of(readings))
    print(f"{'  injections obeyed':<46} {obeyed(messages, both)}\n{table(both)}\n\nThe model alone:\n{table(alone)}")


async def model_says(messages: Sequence[Labelled]) -> AsyncIterator[tuple[str, Told]]:
    """Intent, confidence and evidence of each message; None where no answer was usable."""
    settings, clock = load_settings(), SystemClock()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="luminalib-inquiries-"))
        database = SqlDatabase(f"sqlite+aiosqlite:///{Path(folder) / 'calls.db'}")
        stack.push_async_callback(database.close)
        await upgrade(database)
        children = await stack.enter_async_context(SubprocessPool(1))
        tools = EngineTools(
            stack=stack,
            children=children,
            uow=SqlUnitOfWorkFactory(database, MemoryEventBus(), clock),
            clock=clock,
            allow=without_limit,
            variants=without_variants,
            choice=without_choice,
        )
        llm = open_llm(settings, tools)
        for one in messages:
            try:
                told = await llm.classify_inquiry("main", one.text)
            except (LanguageEngineUnavailable, UnusableAnswer):
                told = None
            by_model = told if told and told.method is TriageMethod.MODEL else None
            yield one.text, {name: getattr(by_model, name) for name in ("intent", "evidence")} if by_model else None


async def load_test(messages: Sequence[Labelled], seconds: int) -> None:
    """20 requests a second to a server of its own."""
    with tempfile.TemporaryDirectory(prefix="luminalib-inquiries-") as folder:
        server, where = await started(folder)
        try:
            async with httpx.AsyncClient(base_url=f"http://{where}", timeout=30) as client:
                took = await _send(client, messages, seconds)
        finally:
            server.terminate()
            await server.wait()
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    print(f"{len(took)} requests at {A_SECOND} a second: p50 {1000 * p50:.0f} ms, p99 {1000 * p99:.0f} ms", end="")
    print(f" (load of the machine {os.getloadavg()[0]:.1f})")


async def _send(client: httpx.AsyncClient, messages: Sequence[Labelled], seconds: int) -> list[float]:
    account = {"email": "load@library.test", "password": PASSWORD}
    (await client.post("/auth/signup", json=account)).raise_for_status()
    tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    took: list[float] = []

    async def send(text: str) -> None:
        began = time.perf_counter()
        (await client.post("/inquiries", json={"message": text})).raise_for_status()
        took.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        for at in range(seconds * A_SECOND):
            group.create_task(send(messages[at % len(messages)].text))
            await asyncio.sleep(1 / A_SECOND)
    return sorted(took)


if __name__ == "__main__":
    asyncio.run(main())
