"""A whole book, however long: notes on each part, merged level by level with evidence, and one summary of them at the end.

Each note is a question of its own whose answer is kept: a restart goes on where it was, and the same bytes cost nothing again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import structlog

from luminalib.adapters.llm.prompted.accepting import Examine
from luminalib.adapters.llm.prompted.asking import REPAIR, Asker, TooLong
from luminalib.adapters.llm.prompted.budget import Budget
from luminalib.adapters.llm.prompted.choosing import SentenceChooser
from luminalib.adapters.llm.prompted.chunks import chunks_of
from luminalib.adapters.llm.prompted.notes import Note, groups_of, sample_of, size_of, written
from luminalib.adapters.llm.prompted.persons import Examiner, introduced, person_of
from luminalib.adapters.llm.prompted.planning import LEAST_PARTS, affordable, chosen, estimated
from luminalib.adapters.llm.prompted.progress import PartsProgress, between, forward
from luminalib.adapters.llm.prompted.prompts import Prompt, language_name
from luminalib.adapters.llm.prompted.questions import Question
from luminalib.adapters.llm.prompted.summaries import (
    MADE_UP_FOR,
    in_order,
    is_beyond_repair,
    least_of,
    longest_of,
    most_of,
    presented,
    unmarked,
    with_at_most,
)
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.summaries import Material, Person, faults_of_notes, in_own_words
from luminalib.domain.content_checks.wording import ended
from luminalib.domain.intelligence import ContextTooSmall, Sentiment, SummaryResult
from luminalib.domain.llm import Estimate, Purpose
from luminalib.domain.texts import SECTION_BREAK, Section, sections_of
from luminalib.ports.children import ChildError, ChildLimits, ChildProcesses, Progress
from luminalib.ports.llm import SummaryRequest

OWN_TASK = "luminalib.adapters.llm.extractive.boilerplate:own_pages"
EVIDENCE_TASK = "luminalib.adapters.llm.extractive.evidence:evidence"
EVIDENCE_LIMITS = ChildLimits(wall_seconds=120.0, cpu_seconds=90.0, memory_bytes=2 * 1024**3)
CENTRAL_TASK = "luminalib.adapters.llm.extractive.central:central"
EVIDENCE_PER_NOTE = 2
LONGEST_EVIDENCE, SHORTEST_EVIDENCE = 200, 100
"""Characters. Where the context is too small for such sentences beside each note, only a note that has nothing else has some."""
EVIDENCE_SHARE = 20
ATTEMPTS = 8
"""Each time that the context turns out smaller than thought, the book is cut into more parts."""
_NOTES_SHARE, _MERGED_SHARE, _ASKED_SHARE = 0.8, 0.9, 0.99
"""Of the progress: notes on the parts are most of the work."""
_SMALLEST_GROUP = 2
log = structlog.get_logger(__name__)
T = TypeVar("T")


class BookReader:
    """Summarises books of any length with a model of any context. `at_once` parts are read at a time.

    A book that would take longer than `minutes` (0 for no limit) is read in parts only: beginning, end, and the most central ones.
    """

    def __init__(self, asker: Asker, children: ChildProcesses, *, at_once: int, minutes: int = 0) -> None:
        self._minutes = minutes
        self._asker = asker
        self._children = children
        self._at_once = at_once
        self._chooser = SentenceChooser(asker, children)

    async def summarise(self, request: SummaryRequest, on_progress: Progress | None) -> SummaryResult:
        """See LLMProvider."""
        budget = await self._asker.budget()
        tell = forward(on_progress)
        own = replace(request, sections=await self._own(request))
        for _ in range(ATTEMPTS):
            try:
                return await self._summarise(own, budget, tell)
            except TooLong as reason:
                log.info("llm.smaller_parts", reason=str(reason), context=budget.context)
        raise ContextTooSmall

    async def _own(self, request: SummaryRequest) -> Sequence[Section]:
        """The work without the licence, contents, preface and notes around it, as the built-in engine reads it."""
        texts = [section.text for section in request.sections]
        try:
            return sections_of(
                [(None, page) for page in await self._children.call(OWN_TASK, {"texts": texts}, limits=EVIDENCE_LIMITS)]
            )
        except ChildError as error:
            log.warning("llm.matter_kept", reason=str(error))
            return request.sections

    async def estimate(self, tenant_id: str, words: int) -> Estimate:
        """See LLMProvider."""
        prompt = await self._asker.prompts.get("part-notes", tenant_id)
        return estimated(words, self._asker.known_budget, prompt, await self._asker.speed(tenant_id), self._minutes)

    async def _summarise(self, request: SummaryRequest, budget: Budget, tell: Progress) -> SummaryResult:
        known = {"title": request.title, "language": language_name(request.language or "en")}
        credited = {**known, "authors": list(request.authors)}
        at_once = await self._prompt("text-summary", request)
        text = SECTION_BREAK.join(section.text for section in request.sections)
        whole = Source(text)
        person = await person_of(request, whole, self._children)
        if budget.tokens_of(text) <= _room(budget, at_once, {**credited, "text": ""}):
            inputs = {**credited, "text": text}
            told = await self._ask(request, at_once, inputs, whole, between(tell, 0.0, _ASKED_SHARE), person)
            return await self._result(request, at_once, told, whole, person)
        notes, parts = await self._notes(request, budget, known, tell)
        read = len(notes)
        last = await self._prompt("notes-summary", request)
        room = _room(budget, last, {**credited, "notes": []})
        while size_of(notes, budget, parts) > room:
            notes = await self._merged(request, budget, known, notes, parts, whole)
            tell(_MERGED_SHARE)
        given = {**credited, "notes": [note.as_input(parts) for note in notes]}
        told = await self._ask(request, last, given, whole, between(tell, _MERGED_SHARE, _ASKED_SHARE), person)
        return await self._result(request, last, told, whole, person, parts, read)

    async def _notes(
        self, request: SummaryRequest, budget: Budget, known: Mapping[str, str], tell: Progress
    ) -> tuple[list[Note], int]:
        """Notes on the parts that are read, and how many parts there are."""
        prompt = await self._prompt("part-notes", request)
        room = _room(budget, prompt, {**known, "part": 1, "parts": 1, "text": ""})
        chunks = chunks_of(request.sections, room, budget.tokens_of)

        async def ask(at: int, on_share: Callable[[float], None] | None = None) -> dict[str, Any]:
            inputs = {**known, "part": at + 1, "parts": len(chunks), "text": chunks[at]}
            return await self._ask(request, prompt, inputs, Source(chunks[at]), on_share)

        read = await self._chosen(request, chunks, budget, ask)
        texts = [chunks[at] for at in read]
        longest = min(LONGEST_EVIDENCE, room // EVIDENCE_SHARE)
        evidence = await self._evidence(request, texts, max(longest, SHORTEST_EVIDENCE))

        progress = PartsProgress(tell, len(read), _NOTES_SHARE)

        async def take(part: int, at: int, sentences: tuple[str, ...]) -> Note:
            told = await ask(at, progress.of(part))
            progress.of(part)(1.0)
            has_room = longest >= SHORTEST_EVIDENCE or not (told["gist"] or told["points"])
            return Note(first=at + 1, last=at + 1, text=written(told), evidence=sentences if has_room else ())

        taken = enumerate(zip(read, evidence, strict=True))
        notes = await self._all([partial(take, part, at, sentences) for part, (at, sentences) in taken])
        return notes, len(chunks)

    async def _chosen(
        self, request: SummaryRequest, chunks: Sequence[str], budget: Budget, ask: Callable[[int], Awaitable[object]]
    ) -> Sequence[int]:
        """The parts that are read: all, or as many as there is time for.

        A model whose speed is not known reads the first and the last one before, as it does in any case; the answers are kept.
        """
        if not self._minutes or len(chunks) <= LEAST_PARTS:
            return range(len(chunks))
        if await self._asker.speed(request.tenant_id) is None:
            await ask(0)
            await ask(len(chunks) - 1)
        speed = await self._asker.speed(request.tenant_id)
        count = affordable(len(chunks), sum(map(budget.tokens_of, chunks)) // len(chunks), speed, self._minutes)
        if count == len(chunks):
            return range(count)
        try:
            central = await self._children.call(CENTRAL_TASK, {"texts": list(chunks)}, limits=EVIDENCE_LIMITS)
        except ChildError as error:
            log.warning("llm.no_centrality", reason=str(error))
            central = [0.0] * len(chunks)
        log.info("llm.parts_chosen", read=count, parts=len(chunks), minutes=self._minutes)
        return chosen(count, central)

    async def _merged(
        self,
        request: SummaryRequest,
        budget: Budget,
        known: Mapping[str, str],
        notes: Sequence[Note],
        parts: int,
        whole: Source,
    ) -> list[Note]:
        """One level up: neighbours in groups of about the same size, as large as the context allows."""
        prompt = await self._prompt("merged-notes", request)
        room = _room(budget, prompt, {**known, "notes": []})
        most = room // max(size_of([note], budget, parts) for note in notes)
        if most < _SMALLEST_GROUP or len(notes) < _SMALLEST_GROUP:
            raise ContextTooSmall(f"{ContextTooSmall.__doc__} Two notes do not fit into {budget.context} tokens.")

        async def merge(group: Sequence[Note]) -> Note:
            told = await self._ask(request, prompt, {**known, "notes": [note.as_input(parts) for note in group]}, whole)
            return Note(first=group[0].first, last=group[-1].last, text=written(told), evidence=sample_of(group))

        return await self._all([partial(merge, group) for group in groups_of(notes, most)])

    async def _evidence(self, request: SummaryRequest, chunks: Sequence[str], longest: int) -> list[tuple[str, ...]]:
        """Sentences of each part, of at most so many characters."""
        arguments = {"language": request.language, "texts": list(chunks), "count": EVIDENCE_PER_NOTE, "longest": longest}
        try:
            found = await self._children.call(EVIDENCE_TASK, arguments, limits=EVIDENCE_LIMITS)
        except ChildError as error:
            log.warning("llm.no_evidence", reason=str(error))
            return [()] * len(chunks)
        return [tuple(sentences) for sentences in found]

    async def _all(self, makers: Sequence[Callable[[], Coroutine[Any, Any, T]]]) -> list[T]:
        """Results in order; the first failure ends the others."""
        slots = asyncio.Semaphore(self._at_once)

        async def bounded(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
            async with slots:
                return await make()

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(bounded(make)) for make in makers]
        except* Exception as failures:  # noqa: BLE001 -- unpacked: callers know single errors
            raise _first(failures) from None
        return [task.result() for task in tasks]

    async def _prompt(self, name: str, request: SummaryRequest) -> Prompt:
        return await self._asker.prompts.get(name, request.tenant_id, request.subject)

    async def _ask(
        self,
        request: SummaryRequest,
        prompt: Prompt,
        inputs: dict[str, Any],
        source: Source,
        on_share: Callable[[float], None] | None = None,
        person: Person | None = None,
    ) -> dict[str, Any]:
        """The answer, held against `source`, the text that it is about, and the notes where it was shown these; see Material."""
        shown = Source(*(note["text"] for note in inputs["notes"])) if "notes" in inputs else None
        repair = await self._prompt(REPAIR, request)
        material = Material(
            source=source,
            instruction=f"{prompt.own_words}\n{repair.own_words}",
            language=request.language or "en",
            known=(request.title, *request.authors),
            shown=shown,
            person=person,
        )
        is_last = "summary" in prompt.output["properties"]
        if is_last:
            prompt = await asyncio.to_thread(lambda: with_at_most(prompt, most_of(material), longest_of(material)))
        examine: Examine = Examiner(material) if is_last else partial(faults_of_notes, material=material)
        question = Question(
            tenant_id=request.tenant_id,
            purpose=Purpose.SUMMARY,
            prompt=prompt,
            inputs=inputs,
            examine=examine,
            on_share=on_share,
            may_lack=MADE_UP_FOR,
            is_enough=partial(is_beyond_repair, text=source.text),
        )
        return await asyncio.to_thread(in_own_words, await self._asker.ask(question), material)

    async def _result(
        self,
        request: SummaryRequest,
        prompt: Prompt,
        told: dict[str, Any],
        source: Source,
        person: Person | None,
        parts: int = 1,
        read: int = 1,
    ) -> SummaryResult:
        """Where too little is left of a summary, it is sentences of the text that the model chooses."""
        if len(told["summary"]) < least_of(source.text):
            sentences, prompt = await self._chooser.choose(request, source)
            told = {**told, "summary": sentences}
        said = await asyncio.to_thread(presented, in_order(told["summary"], source), request, source)
        summary = introduced(said, person, source, request.language)
        return SummaryResult(
            summary=" ".join(map(ended, map(unmarked, summary))),
            key_topics=tuple(told["key_topics"]),
            sentiment=Sentiment(told["sentiment"]),
            insights=tuple(unmarked(one) for one in told["insights"] if one not in {*summary, *told["action_items"]}),
            action_items=tuple(map(unmarked, told["action_items"])),
            provider=self._asker.transport.name,
            model=self._asker.transport.model,
            prompt=prompt.id,
            parts=parts,
            parts_read=read,
        )


def _room(budget: Budget, prompt: Prompt, empty: dict[str, Any]) -> int:
    return budget.room_for_text(prompt.render(empty), prompt.answer_characters)


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
