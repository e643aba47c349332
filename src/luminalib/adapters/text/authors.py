"""Who wrote a book, by name: several people in one string, and the names that programs and accounts leave there."""
# ruff: noqa: RUF001  (signs of many languages)

import re
from collections.abc import Iterable
from html import unescape

from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.placeholders import PLACEHOLDER_NAME

_ROLE = re.compile(
    r"\s*[(\[](?:author|auth?\.?|ed(?:itor)?s?\.?|hrsg\.?|hg\.?|eds\.|illustrat\w*|ill\.?|transl?\w*\.?|trl|üb\w*\.?|trad\w*\.?|writer|aut)[)\]]\s*",
    re.IGNORECASE,
)
_AUTHOR_ROLE = re.compile(r"[(\[](?:author|auth?\.?|writer|aut)[)\]]", re.IGNORECASE)
_OTHER_ROLE = re.compile(
    r"[^,;&|]+[(\[](?:ed(?:itor)?s?\.?|hrsg\.?|hg\.?|illustrat\w*|ill\.?|transl?\w*\.?|trl|üb\w*\.?|trad\w*\.?)[)\]]", re.IGNORECASE
)
_LIFE = re.compile(r",?\s*[(\[]?(?:(?:ca?|b|d|geb|fl)\.\s*)?\d{3,4}\??\s*(?:[-–]\s*(?:\d{3,4}\??)?)?[)\]]?\s*(?=$|[;|])")
"""Years of birth and death, as catalogues write them behind a name."""
_ADDRESS = re.compile(r"\s*[(\[<]?[^\s()\[\]<>;,|]{1,64}@[^\s()\[\]<>;,|]{1,255}[)\]>]?")
"""Of an e-mail, behind a name."""
_LEADING = re.compile(r"^(?:(?:written |edited )?by|von|author:|autor:|auteur:)\s+", re.IGNORECASE)
_AND_OTHERS = re.compile(r"[,;]?\s*\b(?:et\.? al(?:ii|ia|\.)?|and others|u\. ?a\.|et alii|e altri|y otros)\s*$", re.IGNORECASE)
_STRONG = re.compile(r"\s*(?:;|\||\n|；|、|·)\s*")
_WEAK = re.compile(r"\s*(?:&|\+)\s*|\s+(?:and|und|et|y|e|og|och|en|i|и|ve|ja|with)\s+|(?<=\w\w)\s*/\s*(?=\w\w)")
_COMMA = re.compile(r"\s*[,，]\s*(?![^()]*\))")
"""Not within parentheses, which tell of the name before: “W3C (MIT, ERCIM, Keio)”."""
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[\s-]?){1,4}$")
_SUFFIX = re.compile(
    r"^(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?\s?d|esq|m\.?a|b\.?a|d\.?d|ll\.?d|md|frs|obe|sj|prof|dr)\.?$", re.IGNORECASE
)
_BODY = re.compile(
    r"\b(?:ministry|department|institut\w*|universit\w*|organi[sz]ation|society|association|committee|office|company|press|inc|ltd|llc|gmbh|"
    r"bureau|commission|council|museum|library|cent(?:er|re)|foundation|board|bank|fund|union|agency|school|college|group|project|verlag|"
    r"gesellschaft|verein|ministerium|amt)\b",
    re.IGNORECASE,
)
_PARTICLE = re.compile(
    r"^(?:d[aeiou]|dos|del|della|de[rns]|van|vo[nm]|zu[rm]?|l[ae]s?|el|al|bin|ibn|te[nr]|a[fv]|y|e|st\.?|ma?c|o')$", re.IGNORECASE
)
_PAIR = 2


def people(lines: Iterable[str | None], *, of_a_program: bool = False) -> list[str]:
    """The names in some strings, each once, in their order. `of_a_program`: one small word is the account that it ran under."""
    found = (name for line in lines for name in _names(clean_field(unescape(unescape(line or "")), 2000) or ""))
    return list(dict.fromkeys(name for name in found if not (of_a_program and _is_account(name))))


def is_placeholder(name: str) -> bool:
    """Whether a name is one that programs put there."""
    return PLACEHOLDER_NAME.match(name) is not None


def _names(line: str) -> list[str]:
    if _AUTHOR_ROLE.search(line):
        line = _OTHER_ROLE.sub("", line)
    line = _ADDRESS.sub("", line)
    line = _LIFE.sub("", _AND_OTHERS.sub("", _LEADING.sub("", _ROLE.sub(" ", line).strip())))
    if _BODY.search(line):
        return [name for name in _STRONG.split(line) if name.strip() and not is_placeholder(name)]
    names = [name for part in _STRONG.split(line) for name in _of_part(part)]
    stripped = (name.strip(" ,;") for name in names)
    return [name for name in stripped if any(map(str.isalpha, name)) and not is_placeholder(name)]


def _of_part(part: str) -> list[str]:
    """The names of a part without semicolons: by commas first, then by `and`."""
    sides = [side for side in _WEAK.split(part) if side]
    if len(sides) > 1 and all(map(_is_turned, sides)):
        return sides
    pieces = [piece for piece in _COMMA.split(part) if piece]
    if len(pieces) <= 1:
        return _by_and(part)
    if _is_inverted(pieces):
        return [", ".join(pieces[place : place + _PAIR]) for place in range(0, len(pieces), _PAIR)]
    if len(pieces) == _PAIR and (_SUFFIX.match(pieces[1]) or not _is_full(pieces[0])):
        # “Lund, Mira and Per Aas” are two, “Lund, Mira” is one.
        first, *more = filter(None, _WEAK.split(pieces[1]))
        return [f"{pieces[0]}, {first}", *more] if all(map(_is_full, more)) else [part]
    names: list[str] = []
    for piece in pieces:
        if names and _SUFFIX.match(piece):
            names[-1] = f"{names[-1]}, {piece}"
        else:
            names += _by_and(re.sub(r"^(?:and|und|et|y|e|og|och)\s+", "", piece))
    return names


def _is_turned(name: str) -> bool:
    """Whether it is one name with the surname first: `Lund, Mira`."""
    pieces = [piece for piece in _COMMA.split(name) if piece]
    return len(pieces) == _PAIR and not _is_full(pieces[0]) and not _SUFFIX.match(pieces[1])


def _is_inverted(pieces: list[str]) -> bool:
    """Whether surname and forename take turns: `Lund, M., Aas, P.` and `Lund, Mira, Aas, Per`."""
    if len(pieces) % _PAIR or len(pieces) == _PAIR:
        return False
    surnames, forenames = pieces[::_PAIR], pieces[1::_PAIR]
    return all(map(_INITIALS.match, forenames)) or not any(map(_is_full, (*surnames, *forenames)))


def _by_and(text: str) -> list[str]:
    names = [name for name in _WEAK.split(text) if name]
    # “Simon & Schuster” and “Food and Drink” are one: who stands beside another has two names.
    return names if len(names) > 1 and all(map(_is_full, names)) else [text]


def _is_full(name: str) -> bool:
    """Whether there are at least two words beside particles, or signs that need no spaces."""
    words = [word for word in name.split() if not _PARTICLE.match(word)]
    return len(words) >= _PAIR or any("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" for character in name)


def _is_account(name: str) -> bool:
    return name.isascii() and name.islower() and " " not in name
