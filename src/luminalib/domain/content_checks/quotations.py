"""Whether what an answer quotes stands in its material, and what exactly stands there."""

from collections.abc import Iterator, Sequence

from luminalib.domain.content_checks import wording
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.content_checks.grounding import Source, words_of
from luminalib.domain.function_words import is_telling
from luminalib.domain.quotations import quoted

_LEAST = 3
"""Telling words; fewer stand in too many sentences to point at one."""


def own_sentence(text: str, source: Source) -> str | None:
    """The sentence of the material that a text quotes, letter by letter or nearly; None when there is none.

    What has the words of the material but says something else is near no single sentence of it.
    """
    words = words_of(text)
    if sum(map(is_telling, words)) < _LEAST:
        return None
    run = f" {' '.join(words)} "
    exact = next((sentence for sentence, normal in source.normal_sentences if run in normal), None)
    return exact or next((sentence for sentence in source.sentences if wording.alike(text, sentence)), None)


def faults_of_quotations(quotes: Sequence[str], field: str, text: str) -> Iterator[Fault]:
    """Of a list of quotations: each stands in the text, and once."""
    seen: set[str] = set()
    for at, quote in enumerate(quotes):
        found = quoted(quote, text).casefold()
        if not found:
            yield Fault(Check.QUOTATION, (field, at), "it does not stand in the text; copy it letter by letter")
        elif found in seen:
            yield Fault(Check.REPETITION, (field, at), "it stands in the list already")
        seen.add(found)
