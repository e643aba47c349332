"""What a model's draft comes to: sentences that stand in what was found, said while others are still being written."""

from collections.abc import Sequence
from dataclasses import replace

from luminalib.domain.confidence import confidence_in_answer, is_near_in_meaning
from luminalib.domain.conversations import Answer, Citation, RefusalReason, Style, said
from luminalib.domain.grounding import Claim, Ground, Grounded, Grounds, adds_something, grounded
from luminalib.domain.questions import asked_for, holds
from luminalib.domain.quoting import Quote
from luminalib.ports.conversing import Draft
from luminalib.services.conversations.errand import Errand
from luminalib.services.conversations.extractive import cited, is_by_history, nearest_places


class Saying:
    """Sentences of one draft. What was said stays the beginning of the answer: nothing is said before it is sure to be kept."""

    def __init__(self, errand: Errand, quotes: Sequence[Quote]) -> None:
        self._errand = errand
        self._quotes = {quote.view.passage.id: quote for quote in quotes}
        self._grounds = Grounds(errand.grounds())
        self._known = " ".join([errand.question.text, *errand.queries])
        self._before = [turn.question for turn in errand.question.turns]
        self.situation = errand.situation(quotes)
        self.kept: list[Grounded] = []
        self.draft: Draft | None = None

    def hear(self, claims: Sequence[Claim]) -> None:
        """Keeps those of the claims that stand in a source, say something, and have not been heard before."""
        question = self._errand.question.text
        new = [claim for claim in claims if adds_something(claim.text, question, self._before) and not self._is_heard(claim.text)]
        self.kept += [one for one in self._grounds.standing(new, self._known) if not self._is_by_history(one)]

    def next_piece(self) -> str:
        """What can be said now and was not before. Nothing as long as the answer is not sure, or shall be worded once more."""
        errand = self._errand
        if not self.kept or errand.question.style is not Style.PLAIN or self._confidence() < errand.rules.sure:
            return ""
        whole = said(self._with_markers()[0], (), errand.rules.words, is_sure=True)
        piece, errand.said = whole[len(errand.said) :], whole
        return piece

    def conclude(self) -> None:
        """Takes the whole draft, where there is one. As long as nothing was said, it alone counts: it may be another one by now.

        Sentences of which none has the number, the year or the name that is asked for are no answer, however true.
        """
        if not self._errand.said:
            self.kept = []
        if self.draft is not None and self.draft.is_answerable:
            self.hear(self.draft.claims)
        if not self._errand.said and not any(one.source in self._errand.facts or self._holds_it(one) for one in self.kept):
            self.kept = []

    def answer(self, provider: str, model: str) -> Answer:
        """The sentences that were kept, as an answer, or as what is not sure."""
        confidence = self._confidence()
        is_sure = confidence >= self._errand.rules.sure
        sentences, citations = self._with_markers()
        further = [] if is_sure or not is_near_in_meaning(self._errand.evidence) else self._further(citations)
        citations += further
        return Answer(
            content=said(sentences, further, self._errand.rules.words, is_sure=is_sure),
            answered=is_sure,
            confidence=confidence,
            citations=citations,
            refusal_reason=None if is_sure else RefusalReason.NOT_SURE,
            tool_calls=list(self._errand.calls),
            provider=provider,
            model=model,
            prompt=self.draft.prompt if self.draft else None,
        )

    def reworded(self, texts: Sequence[str]) -> None:
        """Puts other words in the place of those kept, where the facts stay the same both ways."""
        grounds = self._errand.grounds()
        for at, (one, text) in enumerate(zip(self.kept, texts, strict=True)):
            again = grounded([Claim(text=text, source=one.source)], {one.source: grounds[one.source]}, self._known)
            says_all = grounded([Claim(text=one.text)], {0: Ground(text=text)}, "")
            self.kept[at] = replace(again[0], start=one.start, stop=one.stop) if again and says_all else one

    def _is_heard(self, text: str) -> bool:
        """Whether it was kept, in full or shortened: a whole answer is cut where it is too long."""
        return any(one.text.startswith(text) or text.startswith(one.text) for one in self.kept)

    def _is_by_history(self, one: Grounded) -> bool:
        passages = self._errand.passages
        return one.source in passages and is_by_history(self._errand, passages[one.source][0])

    def _confidence(self) -> float:
        """From what was found, how much of the question stands there, and how well the sentences do; not the model's word."""
        errand, found = self._errand, []
        for one in self.kept:
            if one.source in errand.facts:
                found.append(one.support)
                continue
            quote = self._quotes.get(errand.passages[one.source][0].passage.id)
            features = quote.features if quote else ()
            found.append(confidence_in_answer(errand.evidence, features, one.support, holds_it=self._holds_it(one)))
        return round(max(found), 4)

    def _holds_it(self, one: Grounded) -> bool:
        question, passages = self._errand.question.text, self._errand.passages
        is_named = one.source not in passages or self._errand.is_named(passages[one.source][0], one.start, one.stop)
        return is_named and holds(one.text, asked_for(question), question)

    def _further(self, citations: Sequence[Citation]) -> list[Citation]:
        """The other places that lie nearest in meaning, where what is said is not sure."""
        known = {citation.passage_id for citation in citations}
        nearest = nearest_places(self._errand, list(self._quotes.values()), 0.0).citations
        others = [one for one in nearest if one.passage_id not in known]
        return [replace(one, marker=marker) for marker, one in enumerate(others, len(citations) + 1)]

    def _with_markers(self) -> tuple[list[tuple[str, list[int]]], list[Citation]]:
        """The sentences with the markers of the places that they rest on, and these."""
        citations: list[Citation] = []
        return [(one.text, self._markers(one, citations)) for one in self.kept], citations

    def _markers(self, one: Grounded, citations: list[Citation]) -> list[int]:
        """The marker of the place that a sentence rests on, which joins the citations unless it is there; none for records."""
        if one.source not in self._errand.passages:
            return []
        view, _ = self._errand.passages[one.source]
        quote = self._quotes.get(view.passage.id)
        score = quote.score if quote else one.support
        citation = cited(len(citations) + 1, view, (one.start, one.stop), score, self._errand)
        for known in citations:
            if (known.document_id, known.start, known.stop) == (citation.document_id, citation.start, citation.stop):
                return [known.marker]
        citations.append(citation)
        return [citation.marker]
