"""The writer's name, and the people and organisations that a message names."""

import re
from collections.abc import Iterator

from luminalib.adapters.triage import words

_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"(?:{_UPPER}[\w’'.-]{{0,30}}|[\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]{{1,6}})"  # noqa: RUF001 -- typographic marks are meant
_PARTICLE = r"(?:de|da|do|dos|das|del|della|di|du|des|la|le|van|von|der|den|ter|ten|zu|af|al|el|bin|ibn|y|e|Ní|Mac|O')"
_NAME = rf"{_WORD}(?:[ -](?:{_PARTICLE} ){{0,2}}{_WORD}){{0,3}}"
_TITLE = (
    r"(?:Prof|Dr|Mr|Mrs|Ms|Mx|Miss|Herr|Frau|Mme|Mlle|Sr|Sra|Srta|Dott|Dott\.ssa|Ing|Dipl|Mag|Rev|Sir|Lady|Col|Capt|Barrister|Professor"
    r"|Doctor|Señora?|Signora?|Monsieur|Madame)"
)
_TITLES = re.compile(rf"^(?:{_TITLE}\.?(?: \(ret\.\))? )+")
_CONTACT = r"(?:[,;:(]|[ ]?[-–|]| at |\s*\+?\(?\d|\s*<?[\w.+-]+@|$)"  # noqa: RUF001 -- dashes are meant
_SAYS = re.compile(rf"(?:{words.INTRODUCES})\s+(?P<name>(?-i:(?:[A-Z][a-z]{{0,4}}\.? )?{_NAME}))", re.IGNORECASE)
_SIGNED = re.compile(
    rf"(?:^|[.!?,)\n]\s{{0,3}})(?:{words.CLOSING})\s{{0,3}}[,.!]?\s{{0,4}}(?P<name>[^\n,!?(|;@\d]{{1,60}})", re.IGNORECASE
)
_DASHED = re.compile(r"(?:^|\s)[-–—~]\s?(?P<name>[^\n,.!?(;@\d–—-][^\n,.!?(;@\d]{0,50})(?:$|\n|[,(]|[\w.+-]+@)")  # noqa: RUF001 -- dashes are meant
_LAST = re.compile(rf"(?:^|[.!?\n…]\s{{0,3}})(?P<name>(?:[\w.]+ ?(?:\(ret\.\) )?)?{_NAME}){_CONTACT}")
_TITLED = re.compile(rf"\b{_TITLE}\.? (?P<name>{_NAME})")
_TAIL = 200
_WHOLE = re.compile(rf"{_NAME}")

_WHOSE = re.compile(rf"{_TITLE}\.? .*?\b(?:of|de|du|der|für|and|&) ")
_ORGANISATION = re.compile(rf"(?P<name>(?:{_WORD} (?:(?:of|de|du|der|für|and|&) )?){{1,4}}(?:{words.BODY})\b\.?)")


def name_in(message: str) -> str | None:
    """The writer's name: as they sign, as they introduce themselves, or as the last words before how to reach them."""
    text = message.rstrip()
    for pattern in (_SIGNED, _DASHED, _SAYS):
        found = [name for match in pattern.finditer(text) if (name := cleaned(match["name"], is_signed=pattern is _SIGNED))]
        if found:
            return found[0] if pattern is _SAYS else found[-1]
    last = [name for match in _LAST.finditer(text[-_TAIL:]) if (name := cleaned(match["name"]))]
    return last[-1] if last else None


def cleaned(text: str, *, is_signed: bool = False) -> str | None:
    """The name without titles; None when it is none. Who signs may write in small letters."""
    name = _TITLES.sub("", " ".join(text.split()).strip(" ,.;:*_-–—")).strip()  # noqa: RUF001 -- dashes are meant
    parts = name.split()
    if not parts or len(parts) > 4 or parts[0].lower() in words.NO_NAMES:  # noqa: PLR2004 -- names of people are short
        return None
    if is_signed and len(parts) == 1 and re.fullmatch(r"[^\W\d_]{2,20}", parts[0]):
        return name
    return name if _WHOLE.fullmatch(name) and not any(word.lower() in words.NO_NAMES for word in parts) else None


def people_in(message: str) -> Iterator[tuple[int, int]]:
    """The places of names that are signed, introduced or preceded by a title."""
    for pattern in (_SIGNED, _DASHED, _SAYS, _TITLED):
        for match in pattern.finditer(message):
            name = cleaned(match["name"])
            at = match["name"].find(name) if name else -1
            if name and at >= 0:
                yield match.start("name") + at, match.start("name") + at + len(name)


def organisations_in(message: str) -> Iterator[tuple[int, int]]:
    """The places of names that hold a word for a body, such as Library or GmbH; whoever is of it is not part of its name."""
    for match in _ORGANISATION.finditer(message):
        start, stop = match.span("name")
        whose = _WHOSE.match(match["name"])
        yield start + (whose.end() if whose else 0), stop
