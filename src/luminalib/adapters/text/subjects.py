"""What a book is about, as tags that a reader would click: subject headings and keyword lists taken apart."""
# ruff: noqa: RUF001  (signs of many scripts)

import re
from collections.abc import Iterable
from html import unescape

from luminalib.adapters.text.cleaning import clean_field

_STRONG = re.compile(r"\s+-{1,2}\s+|\s*--\s*|\s*[;|\n；、•]\s*|\s+/\s+|\s+>\s+|\s+[–—]\s+")
_COMMA = re.compile(r"\s*[,，]\s*")
_CHARACTER = re.compile(r"^(?P<name>.*?)\s*\((?:fictitious|fictional|legendary)[^()]*\)$", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*\([^()]*\)$")
# “Detective and mystery stories, English”: the heading is the first part.
_NATION = re.compile(
    r"^(?:english|american|british|french|german|italian|spanish|russian|irish|scottish|welsh|canadian|australian|japanese|chinese|indian|"
    r"latin|greek|norse|scandinavian|dutch|portuguese|polish|african|asian|european|ancient|medieval|modern|"
    r"juvenile|etc\.?|general)$",
    re.IGNORECASE,
)
# Class marks (PR, PZ7, 823.8) and codes of the trade (FIC019000) are for librarians; a heading that says nothing is for nobody.
_NO_TAG = re.compile(
    r"^(?:[A-Z]{1,3}\d*(?:\.\d+)*|[A-Z]{3}\d{6}|\d+(?:\.\d+)*|https?:.*|(?i:general|etc\.?|other|misc(?:ellaneous)?|unknown|none|n/?a)|\w)$"
)
_LONGEST_OF_A_LIST = 4
_LONGEST_TAG = 60


def tags_of(subjects: Iterable[str | None]) -> list[str]:
    """The tags in some subjects, each once whatever its case, in their order."""
    found = (tag for subject in subjects for tag in _of_one(clean_field(unescape(unescape(subject or "")), 2000) or ""))
    once: dict[str, str] = {}
    for tag in found:
        once.setdefault(tag.casefold(), tag)
    return list(once.values())


def _of_one(subject: str) -> list[str]:
    parts = [tag for part in _STRONG.split(subject) for tag in _of_part(part.strip(" .,"))]
    return [tag for tag in parts if any(map(str.isalpha, tag)) and len(tag) <= _LONGEST_TAG and not _NO_TAG.match(tag)]


def _of_part(part: str) -> list[str]:
    if character := _CHARACTER.match(part):
        surname, comma, forename = character["name"].partition(",")
        return [f"{forename.strip()} {surname}" if comma else surname]
    pieces = [piece for piece in _COMMA.split(_QUALIFIER.sub("", part)) if piece]
    while len(pieces) > 1 and _NATION.match(pieces[-1]):
        pieces.pop()
    if len(pieces) > 1 and all(len(piece.split()) <= _LONGEST_OF_A_LIST for piece in pieces):
        return pieces
    return [", ".join(pieces)]
