"""Reviews, each read by itself so that none can speak for another, and the prose about all of them, worded from their table."""

import re
from collections.abc import Sequence
from typing import Any

from luminalib.adapters.llm.prompted.asking import Asker, Question, TooLong
from luminalib.adapters.llm.prompted.chunks import chunks_of
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.domain.consensus import AspectMention, ConsensusResult, ReviewReading, aspect_name, distinct, overall
from luminalib.domain.intelligence import ContextTooSmall, Sentiment
from luminalib.domain.llm import Purpose
from luminalib.domain.texts import sections_of
from luminalib.ports.llm import ConsensusRequest, ReviewText

ATTEMPTS = 8
_SPACE = re.compile(r"\s+")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})  # noqa: RUF001 -- typographic marks are meant


class ReviewReader:
    """Reads reviews and words what they say together."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def read(self, tenant_id: str, review: ReviewText) -> ReviewReading:
        """One review; one that is longer than the model's context is read in parts."""
        prompt = await self._asker.prompts.get("review-reading", tenant_id)
        budget = await self._asker.budget()
        for _ in range(ATTEMPTS):
            room = budget.room_for_text(prompt.render(_inputs("", review)), prompt.answer_characters)
            parts = chunks_of(sections_of([(None, review.text)]), room, budget.tokens_of) or [""]
            try:
                told = [await self._ask(tenant_id, Purpose.REVIEW, prompt, _inputs(part, review)) for part in parts]
            except TooLong:
                continue
            return self._reading(prompt, review, told)
        raise ContextTooSmall

    async def word(self, request: ConsensusRequest) -> ConsensusResult:
        """Prose from the table; aspects that do not fit into a small context are left out, the rarest first."""
        prompt = await self._asker.prompts.get("consensus-wording", request.tenant_id)
        aspects = [_aspect(request, at) for at in range(len(request.aspects))]
        while True:
            try:
                told = await self._ask(request.tenant_id, Purpose.CONSENSUS, prompt, _table(request, aspects))
            except TooLong as reason:
                if not aspects:
                    raise ContextTooSmall from reason
                aspects.pop()
                continue
            transport = self._asker.transport
            return ConsensusResult(text=told["consensus"], provider=transport.name, model=transport.model, prompt=prompt.id)

    async def _ask(self, tenant_id: str, purpose: Purpose, prompt: Prompt, inputs: dict[str, Any]) -> dict[str, Any]:
        return await self._asker.ask(Question(tenant_id=tenant_id, purpose=purpose, prompt=prompt, inputs=inputs))

    def _reading(self, prompt: Prompt, review: ReviewText, told: Sequence[dict[str, Any]]) -> ReviewReading:
        moods = [Sentiment(part["sentiment"]) for part in told]
        mentions = [
            AspectMention(name=name, sentiment=Sentiment(aspect["sentiment"]), quote=quoted(aspect["quote"], review.text))
            for part in told
            for aspect in part["aspects"]
            if (name := aspect_name(aspect["name"]))
        ]
        transport = self._asker.transport
        return ReviewReading(
            sentiment=moods[0] if len(moods) == 1 else overall({mood: moods.count(mood) for mood in moods}),
            aspects=distinct(mentions),
            provider=transport.name,
            model=transport.model,
            prompt=prompt.id,
        )


def quoted(quote: str, text: str) -> str:
    """The quotation as the text has it, whatever white space and quotation marks the model used; empty when it is not in it."""
    wanted = _SPACE.sub(" ", quote.translate(_STRAIGHT)).strip(" .\"'…")
    plain = _SPACE.sub(" ", text.translate(_STRAIGHT))
    at = plain.lower().find(wanted.lower()) if wanted else -1
    return _SPACE.sub(" ", text)[at : at + len(wanted)] if at >= 0 else ""


def _inputs(text: str, review: ReviewText) -> dict[str, Any]:
    return {"text": text, "rating": review.rating or 0}


def _aspect(request: ConsensusRequest, at: int) -> dict[str, Any]:
    aspect = request.aspects[at]
    counts = {name: getattr(aspect, name) for name in ("name", "mentions", "positive", "negative", "undecided")}
    return {**counts, "quotes": list(aspect.quotes)}


def _table(request: ConsensusRequest, aspects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": request.title,
        "reviews": request.review_count,
        "mean": round(request.mean or 0, 1),
        "moods": ", ".join(f"{count} {mood.value}" for mood, count in sorted(request.moods.items()) if count),
        "aspects": list(aspects),
    }
