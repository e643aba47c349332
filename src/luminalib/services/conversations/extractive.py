"""Answers by the library's own sentences: the best quotations, judged by what was found."""

from collections.abc import Sequence
from itertools import islice

from luminalib.domain.confidence import HOPELESS, confidence_in_quote, is_near_in_meaning
from luminalib.domain.conversations import Answer, Citation, RefusalReason, worded
from luminalib.domain.function_words import telling_words
from luminalib.domain.passages import QUOTED
from luminalib.domain.questions import deed_of
from luminalib.domain.quoting import Quote, is_about
from luminalib.domain.search import PassageView, snippet_of
from luminalib.domain.spelling import all_words, words_in
from luminalib.services.conversations.errand import Errand

CITED = 3
"""So many places an answer quotes at most."""
NEAREST = 5
"""So many where it can only be said that they lie near in meaning."""
NEARLY_AS_GOOD = 0.8
"""A further place is cited when it is worth that much of the best."""
UNTOLD = 0.9
"""What is quoted of somebody of whom is not said that he did what is asked is this much of sure at most."""
NOWHERE = 1.0
"""How rare a word is that no text of the library has."""
TOLD = 2
"""So many quotations are the answer itself; what else is cited can be looked up."""
AS_GOOD = 1.0
"""The second is among them when it is worth less than the first by this at most; of five that were, one was right."""


def confidence_in(errand: Errand, quote: Quote | None) -> float:
    """From what was found and how much of the question stands in a quotation of it; 0.0 where there is none."""
    if quote is None:
        return 0.0
    is_told = quote.tells_deed or errand.rarity.get(deed_of(errand.question.text), 0.0) < NOWHERE
    confidence = confidence_in_quote(errand.evidence, quote.features, holds_it=quote.holds_it and is_told)
    return round(confidence if quote.tells_deed else min(confidence, UNTOLD * errand.rules.sure), 4)


def is_by_history(errand: Errand, view: PassageView) -> bool:
    """Whether only the turns before can have found this: they help to find, but are no reason to answer."""
    question = errand.question
    return bool(question.turns) and errand.evidence.meaning is None and not is_about(question.text, view)


def quoted_answer(errand: Errand) -> Answer:
    """Quotations, as an answer or as the nearest places; or the refusal."""
    quotes = _about_the_question(errand)
    confidence = confidence_in(errand, quotes[0] if quotes else None)
    if quotes and confidence < errand.rules.sure and is_near_in_meaning(errand.evidence):
        return nearest_places(errand, quotes, confidence)
    if not quotes or confidence < HOPELESS:
        return refused(errand, confidence)
    shown = [quote for quote in quotes[:CITED] if quote.score >= NEARLY_AS_GOOD * quotes[0].score]
    citations = [cited(marker, quote.view, (quote.start, quote.stop), quote.score, errand) for marker, quote in enumerate(shown, 1)]
    is_sure = confidence >= errand.rules.sure
    quotations = _in_same_words(citations)
    as_good = sum(quote.order >= shown[0].order - AS_GOOD for quote in shown)
    told = [places for places in quotations if places[0].marker <= as_good][:TOLD] if is_sure else quotations
    further = [one for places in quotations if places not in told for one in places]
    return Answer(
        content=worded(told, further, errand.question.style, errand.rules.words, is_sure=is_sure),
        answered=is_sure,
        confidence=confidence,
        citations=citations,
        refusal_reason=None if is_sure else RefusalReason.NOT_SURE,
        tool_calls=list(errand.calls),
    )


def _in_same_words(citations: Sequence[Citation]) -> list[list[Citation]]:
    """The places of each quotation: several editions have the same words, which are said once."""
    places: dict[tuple[str, ...], list[Citation]] = {}
    for one in citations:
        places.setdefault(tuple(all_words(one.quote)), []).append(one)
    return list(places.values())


def _about_the_question(errand: Errand) -> list[Quote]:
    """The best quotations; where there were turns before, no more than are shown, as each has to be looked at for that."""
    quotes = errand.quotes()
    if not errand.question.turns or errand.evidence.meaning is not None:
        return quotes
    return list(islice((quote for quote in quotes if not is_by_history(errand, quote.view)), CITED))


def nearest_places(errand: Errand, quotes: Sequence[Quote], confidence: float) -> Answer:
    """The places that lie nearest in meaning, as what they are, in the order of the search: words in common say little of them."""
    ranks = {view.passage.id: score for view, score in errand.passages.values()}
    shown = sorted(quotes, key=lambda quote: -ranks[quote.view.passage.id])[:NEAREST]
    citations = [cited(marker, quote.view, (quote.start, quote.stop), quote.score, errand) for marker, quote in enumerate(shown, 1)]
    return Answer(
        content=worded(_in_same_words(citations), (), errand.question.style, errand.rules.words, is_sure=False),
        answered=False,
        confidence=confidence,
        citations=citations,
        refusal_reason=RefusalReason.NOT_SURE,
        tool_calls=list(errand.calls),
    )


def refused(errand: Errand, confidence: float) -> Answer:
    """The refusal, word by word."""
    return Answer(
        content=errand.rules.refusal,
        answered=False,
        confidence=confidence,
        refusal_reason=RefusalReason.NOTHING_FOUND,
        tool_calls=list(errand.calls),
    )


def cited(marker: int, view: PassageView, place: tuple[int, int], score: float, errand: Errand) -> Citation:
    """The quotation at a place of a passage, cut to what somebody may see who has not borrowed the book."""
    start, stop = place
    is_open = view.book_id is None or view.book_id in errand.readable
    if stop - start > QUOTED and not is_open:
        words = telling_words([word for _, _, word in words_in(errand.question.text)])
        cut = snippet_of(view.passage.text[start:stop], words)
        start, stop = start + cut.start, start + cut.stop
    return Citation.of(marker, view, start, stop, score)
