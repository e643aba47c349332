"""From paragraphs to sentences, by the marks that end them in any script."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from luminalib.adapters.llm.extractive import lexicon_data as data

_OPENING = "\"'“‘«„‚「『(\\[¿¡*_—–\\-"
_CLOSING = "\"'”’»“‘」』)\\]*_"
_END = re.compile(
    # Possessive, and begun only at the first mark of a run: a page of dots must not take a minute.
    rf"(?<![.!?…؟۔।])(?P<mark>[.!?…؟۔।]++)[{_CLOSING}]*+(?=\s+(?P<next>[{_OPENING}\s]*\S))|"
    r"(?<=[a-z][a-z][a-z])\.(?=[A-Z][a-z]+ )|[。！？｡]++[」』）”]*+"
)
_NEXT_WORD = re.compile(r"\s+(\w+)\.")
_LAST_WORD = re.compile(r"[\w.]+$")
ABBREVIATIONS = frozenset(data.ABBREVIATIONS.split())
"""In small letters, without the full stop behind them."""
_MAY_END = frozenset(["etc", "ecc", "usw", "a.m", "p.m", "inc", "ltd", "co", "corp", "jr", "sr", "esq"])
MAXIMUM_CHARACTERS = 2000
"""A longer run without an end is no sentence but a table or a broken file; it is cut so that no later step has to fear it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence as it stands in the text, with white space made regular."""

    text: str
    position: float
    """How far into the text it stands, 0.0 to 1.0."""
    opens_paragraph: bool
    inside_quotation: bool
    """Begins while a quotation of the same paragraph is still open."""


def sentences_of(paragraphs: Sequence[str]) -> list[Sentence]:
    """All sentences in reading order."""
    total = sum(map(len, paragraphs)) or 1
    sentences: list[Sentence] = []
    passed = 0
    for paragraph in paragraphs:
        sentences.extend(_of_paragraph(paragraph, passed, total))
        passed += len(paragraph)
    return sentences


def _of_paragraph(paragraph: str, passed: int, total: int) -> Iterator[Sentence]:
    quotation = Quotation()
    at = 0
    for piece in split(paragraph):
        yield Sentence(text=piece, position=(passed + at) / total, opens_paragraph=at == 0, inside_quotation=quotation.open)
        quotation.read(piece)
        at += len(piece) + 1


def split(paragraph: str) -> list[str]:
    """The sentences of one paragraph; what follows the last end mark is the last piece."""
    pieces: list[str] = []
    start = 0
    for end in _END.finditer(paragraph):
        if _really_ends(paragraph, start, end):
            pieces.append(paragraph[start : end.end()])
            start = end.end()
    pieces.append(paragraph[start:])
    return [piece.strip()[:MAXIMUM_CHARACTERS] for piece in pieces if piece.strip()]


def _really_ends(paragraph: str, start: int, end: re.Match[str]) -> bool:
    if end["mark"] is None:
        return True
    following = end["next"][-1]
    if following.islower() or following in ",;:":
        return False
    if end["mark"] != ".":
        return True
    before = _LAST_WORD.search(paragraph, max(start, end.start() - 20), end.start())
    after = _NEXT_WORD.match(paragraph, end.end("mark"))
    if before is not None and after is not None and {before.group().lower(), after.group(1).lower()} <= _MAY_END:
        return False  # "Finch & Co. Ltd." is one name
    return before is None or not _is_abbreviation(before.group().lower(), following)


def _is_abbreviation(word: str, following: str) -> bool:
    """Also an initial (J. Smith), an acronym (U.S.) and an ordinal or list number (31. Dezember, 2. Results)."""
    if word.isdigit():
        return len(word) <= 2 and following.isalpha()  # noqa: PLR2004 - a year ends a sentence, a day's number does not
    if word in _MAY_END:
        return following.islower() or following.isdigit()
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isascii()) or ("." in word and len(word) <= 5)  # noqa: PLR2004


class Quotation:
    """Whether a quotation is open, counted over the text that was read."""

    def __init__(self) -> None:
        self.open = False

    def read(self, text: str) -> None:
        """Goes through one more piece of text."""
        for mark in re.findall('[“”"«»„]', text):
            if mark == '"':
                self.open = not self.open
            else:
                self.open = mark in "“«„" and not (mark == "“" and self.open)
