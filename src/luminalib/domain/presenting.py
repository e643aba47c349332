"""Where a text that tells no story says of itself what it is: "This guide makes one notebook", or the heading of a report."""
# ruff: noqa: RUF001  (marks of several languages are meant)

import re

from luminalib.domain.asking import is_story
from luminalib.domain.function_words import is_telling
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import words_in

_KINDS = {
    "en": r"guide(?:book)?s?|handbook|manual|book(?:let)?|report|article|paper|essay|study|survey|course|tutorial|primer|pamphlet|"
    r"brochure|leaflet|thesis|review|memorandum|memo|proposal|statement|minutes|newsletter|white ?paper|policy|plan|agenda",
    "de": r"buch|handbuch|büchlein|heft|bericht|(?:quartals|jahres|geschäfts)bericht|anleitung|leitfaden|ratgeber|artikel|"
    r"aufsatz|beitrag|studie|arbeit|kurs|lehrbuch|broschüre|protokoll|gutachten|denkschrift|merkblatt|rundbrief|richtlinie|konzept",
    "fr": r"livre|livret|guide|manuel|rapport|article|ouvrage|essai|étude|cours|brochure|mémoire|compte[- ]rendu|procès-verbal|"
    r"notice|traité|mode d['’]emploi|proposition|plan",
}
"""What texts call themselves."""
_THIS = {
    "en": r"(?:this|the present)",
    "de": r"(?:diese[rsmn]?|d(?:er|ie|as) vorliegende)",
    "fr": r"(?:ce|cet|cette|le présent|la présente)",
}
_PRESENTING = {
    code: re.compile(rf"^\W*(?:\w+,? ){{0,2}}{_THIS[code]} (?:\w+ )?(?:{kinds})\b", re.IGNORECASE) for code, kinds in _KINDS.items()
}
_KIND = {code: re.compile(rf"\b(?:{kinds})\b", re.IGNORECASE) for code, kinds in _KINDS.items()}
_EARLY = 0.25
"""Of the text; later "this report" may be another one."""
_LONGEST_SENTENCE, _LONGEST_HEADING = 320, 160
_NEW_WORDS = 2
"""That a heading says beyond the title."""
_OPEN = re.compile(r"[^.!?…:;,]$")


def presenting(text: str, title: str, language: str | None) -> str | None:
    """The sentence by which a text says what it is, else its first line where that is a heading that says more than the title.

    On one line. None for stories, in languages whose words for texts are not known, and where there is neither.
    """
    code = (language or "en")[:2].lower()
    if code not in _KINDS or is_story(text, language):
        return None
    for start, stop in sentences_in(text):
        if start > _EARLY * len(text):
            break
        sentence = " ".join(text[start:stop].split())
        if len(sentence) <= _LONGEST_SENTENCE and not _OPEN.search(sentence) and _PRESENTING[code].match(sentence):
            return sentence
    return _heading(text, title, code)


def is_heading(line: str) -> bool:
    """Whether what a text says of itself is no sentence, but the line above it."""
    return _OPEN.search(line) is not None


def _heading(text: str, title: str, code: str) -> str | None:
    first = " ".join(text.strip().split("\n\n", 1)[0].split())
    known = {word for _, _, word in words_in(title)}
    new = {word for _, _, word in words_in(first) if is_telling(word)} - known
    is_one = len(first) <= _LONGEST_HEADING and is_heading(first) and _KIND[code].search(first) is not None
    return first if is_one and len(new) >= _NEW_WORDS else None
