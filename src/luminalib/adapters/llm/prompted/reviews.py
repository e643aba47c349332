"""Reviews, each read by itself so that none can speak for another, and the prose about all of them, worded from their table."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from luminalib.adapters.llm.extractive.opinions_abroad import SPOKEN, words_abroad
from luminalib.adapters.llm.prompted.asking import Asker, TooLong
from luminalib.adapters.llm.prompted.chunks import chunks_of
from luminalib.adapters.llm.prompted.prompts import Prompt, language_name
from luminalib.adapters.llm.prompted.questions import Question
from luminalib.domain.consensus import (
    AspectMention,
    ConsensusResult,
    ReviewReading,
    agreed_mood,
    aspect_name,
    distinct,
    overall,
)
from luminalib.domain.content_checks.consensus import Opinion, Table, faults_of_consensus
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.reviews import faults_of_reading
from luminalib.domain.content_checks.wording import ended
from luminalib.domain.intelligence import ContextTooSmall, Sentiment
from luminalib.domain.llm import Purpose
from luminalib.domain.quotations import quoted
from luminalib.domain.text_languages import language_of
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ConsensusRequest, ReviewText

ATTEMPTS = 8
BYTES_PER_ASPECT = 25
"""Of UTF-8: "The prose is lovely" is about the shortest that judges one."""
_READ_BY_WORDS = (*SPOKEN, "en", None)
"""The languages whose judging words the other engine knows; what is too short to tell is mostly in one of them."""
_VERDICTS = {Sentiment.POSITIVE: "praised", Sentiment.NEGATIVE: "criticised"}


class ReviewReader:
    """Reads reviews and words what they say together; `opinion` is what the prose is held against the table with."""

    def __init__(self, asker: Asker, opinion: Opinion) -> None:
        self._asker = asker
        self._opinion = opinion

    async def read(self, tenant_id: str, review: ReviewText, other: ReviewReading) -> ReviewReading:
        """One review; one that is longer than the model's context is read in parts. `other` is a reading that needs no model."""
        prompt = await self._asker.prompts.get("review-reading", tenant_id, review.text)
        budget = await self._asker.budget()
        for _ in range(ATTEMPTS):
            room = budget.room_for_text(prompt.render(_inputs("", review)), prompt.answer_characters)
            parts = chunks_of(sections_of([(None, review.text)]), room, budget.tokens_of) or [""]
            try:
                told = [await self._read(tenant_id, prompt, part, review) for part in parts]
            except TooLong:
                continue
            return self._reading(prompt, review, told, other)
        raise ContextTooSmall

    async def word(self, request: ConsensusRequest) -> ConsensusResult:
        """Prose from the table; aspects that do not fit into a small context are left out, the rarest first.

        Raises UnusableAnswer when it says something else than the table.
        """
        prompt = await self._asker.prompts.get("consensus-wording", request.tenant_id, request.subject)
        aspects = [_aspect(request, at) for at in range(len(request.aspects))]
        while True:
            try:
                told = await self._worded(request, prompt, aspects)
            except TooLong as reason:
                if not aspects:
                    raise ContextTooSmall from reason
                aspects.pop()
                continue
            transport = self._asker.transport
            return ConsensusResult(
                text=" ".join(map(ended, told["consensus"])), provider=transport.name, model=transport.model, prompt=prompt.id
            )

    async def _read(self, tenant_id: str, prompt: Prompt, part: str, review: ReviewText) -> dict[str, Any]:
        question = Question(
            tenant_id=tenant_id,
            purpose=Purpose.REVIEW,
            prompt=_held_to(prompt, part),
            inputs=_inputs(part, review),
            examine=lambda answer: tuple(faults_of_reading(answer, part)),
        )
        return await self._asker.ask(question)

    async def _worded(self, request: ConsensusRequest, prompt: Prompt, aspects: Sequence[dict[str, Any]]) -> dict[str, Any]:
        language = language_of(" ".join(quote for aspect in request.aspects for quote in aspect.quotes)) or "en"
        inputs = _inputs_of(request, aspects, language)
        table = Table(
            aspects=request.aspects,
            moods=request.moods,
            source=Source(prompt.render(inputs)[-1].content, *(words_abroad(one.name, language) for one in request.aspects)),
            instruction=prompt.system,
            language=language,
            title=request.title,
        )
        question = Question(
            tenant_id=request.tenant_id,
            purpose=Purpose.CONSENSUS,
            prompt=prompt,
            inputs=inputs,
            examine=lambda answer: faults_of_consensus(answer["consensus"], table, self._opinion),
            is_enough=lambda left: bool(left["consensus"]),
        )
        return await self._asker.ask(question)

    def _reading(self, prompt: Prompt, review: ReviewText, told: Sequence[dict[str, Any]], other: ReviewReading) -> ReviewReading:
        moods = [Sentiment(part["sentiment"]) for part in told]
        mentions = [
            AspectMention(name=name, sentiment=Sentiment(aspect["sentiment"]), quote=quoted(aspect["quote"], review.text))
            for part in told
            for aspect in part["aspects"]
            if (name := aspect_name(aspect["name"]))
        ]
        said = moods[0] if len(moods) == 1 else overall({mood: moods.count(mood) for mood in moods})
        transport, aspects = self._asker.transport, distinct(mentions)
        is_read = language_of(review.text) in _READ_BY_WORDS
        return ReviewReading(
            sentiment=agreed_mood(said, aspects, other.sentiment if is_read else None, review.rating),
            aspects=aspects,
            provider=transport.name,
            model=transport.model,
            prompt=prompt.id,
        )


def _held_to(prompt: Prompt, text: str) -> Prompt:
    """The prompt with a schema of no more aspects than a text of its length judges, and no quotations that are longer than it."""
    size, properties = len(text.encode()), prompt.output["properties"]
    aspects, quote = properties["aspects"], properties["aspects"]["items"]["properties"]["quote"]
    shorter = {**aspects["items"]["properties"], "quote": {**quote, "maxLength": max(1, min(quote["maxLength"], len(text)))}}
    limited = {
        **aspects,
        "maxItems": min(aspects["maxItems"], 1 + size // BYTES_PER_ASPECT),
        "items": {**aspects["items"], "properties": shorter},
    }
    return replace(prompt, output={**prompt.output, "properties": {**properties, "aspects": limited}})


def _inputs(text: str, review: ReviewText) -> dict[str, Any]:
    return {"text": text, "rating": review.rating or 0}


def _aspect(request: ConsensusRequest, at: int) -> dict[str, Any]:
    aspect = request.aspects[at]
    return {
        "name": aspect.name,
        "verdict": _VERDICTS.get(aspect.verdict, "judged differently by different readers"),
        "positive": aspect.positive,
        "negative": aspect.negative,
        "quotes": list(aspect.quotes),
    }


def _inputs_of(request: ConsensusRequest, aspects: Sequence[dict[str, Any]], language: str) -> dict[str, Any]:
    return {
        "language": language_name(language),
        "title": request.title,
        "reviews": request.review_count,
        "mean": round(request.mean or 0, 1),
        "moods": ", ".join(f"{count} {mood.value}" for mood, count in sorted(request.moods.items()) if count),
        "aspects": list(aspects),
    }
