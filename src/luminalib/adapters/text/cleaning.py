"""From what a file holds to what people read: characters, white space and words that a line end has cut in two."""

import re
from collections.abc import Iterable

from luminalib.domain.normalisation import normalised

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LINE_ENDS = dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n")
_SPACES = dict.fromkeys("\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " ")
_REPLACED = _LIGATURES | _LINE_ENDS | _SPACES
# C0 and C1 controls, DEL, soft hyphen, zero-width space, byte order mark, lone surrogates and the non-characters: a database
# refuses some of them, the rest breaks words or shows as boxes, as do the pieces of big brackets at the end of the private
# area. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
_REMOVED = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\uf8e5-\uf8ff"
_SPECIAL = re.compile(f"[{_REMOVED}{''.join(_REPLACED)}]")
_PLAIN_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n"
_TERMINAL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_TRAILING_SPACE = re.compile(r"[ \t]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_BIDI_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CUT_WORD = re.compile(r"([^\W\d_]{2,})-\n([^\W\d_]{2,})")
_COMPOUND = re.compile(r"[^\W\d_]{2,}-[^\W\d_]{2,}")
# With the hyphen on the other side: "half-a-" and "crown", "hide-" and "and-seek" are parts of longer compounds.
_LAST_WORD = re.compile(r"(-?)([^\W\d_]+)\Z")
_FIRST_WORD = re.compile(r"([^\W\d_]+)(-?)")
_HYPHENATED_SHARE = 0.02
_SUSPENDED = frozenset(["and", "und", "oder", "sowie"])
"""What follows a hyphen that stands for a word to come: "Vor- und Nachteile"."""
_ALWAYS_HYPHENATED = re.compile(
    r"well-(?!spring|head|hole|ness|ing|blech|pappe)|self-(?!ish|less|same|hood)|half-(?!way|penny|pence|tone|back|wegs)|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty-(?:one|two|three|four|five|six|seven|eight|nine|first|second|third|\w+th)\b"
)
"""Compounds whose hyphen is their own, wherever a line ends: well-known, self-made, twenty-one; not selfish, nor wellspring."""
_CUT_AT_HYPHEN = re.compile(rf"(?<=[^\n]{{40}}[^\W\d_])-\n(?!(?:{'|'.join(sorted(_SUSPENDED))})\b)(?=[^\W\d_]{{2}})")
"""At the end of a full line; a short one may be a verse, or break off."""

LONGEST_FIELD = 300
LONGEST_DESCRIPTION = 4000


def clean(text: str) -> str:
    """Text for people: NFC, no control characters, plain spaces and line ends, at most one blank line in a row; idempotent."""
    text = clean_characters(text)
    if " \n" in text or "\t\n" in text:
        text = _TRAILING_SPACE.sub("\n", text)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def clean_characters(text: str) -> str:
    """Only what concerns single characters; the white space keeps its extent."""
    if "\x1b" in text:
        text = _TERMINAL_SEQUENCE.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _has_special(text):
        text = _SPECIAL.sub(_replacement, text)
    return normalised(text, "NFC")


def clean_field(value: str | None, longest: int = LONGEST_FIELD) -> str | None:
    """One line of metadata, without what could turn the reading direction around; None when nothing is left."""
    # A hostile field may hold megabytes; nobody needs to wait until all of them are clean.
    line = _BIDI_CONTROLS.sub("", clean_characters((value or "")[: 4 * longest]))
    return clean_characters(" ".join(line.split())[:longest].rstrip()) or None


def join_cut_words(text: str) -> str:
    """Joins words that typesetting cut at line ends, when the text shows that it was typeset so.

    In a text that was never justified a hyphen at a line end is the author's own, and stays; the word goes on behind it.
    """
    cuts = len(_CUT_WORD.findall(text)) if "-\n" in text else 0
    if cuts < 3 or cuts < _HYPHENATED_SHARE * text.count("\n"):  # noqa: PLR2004 - fewer are no habit
        return _CUT_AT_HYPHEN.sub("-", text)
    compounds = compounds_in([text])
    return _CUT_WORD.sub(lambda match: join_halves(match[1], match[2], compounds), text)


def compounds_in(texts: Iterable[str]) -> frozenset[str]:
    """The words that are written with a hyphen in the middle of a line, in lower case."""
    hyphenated = (word for text in texts if "-" in text for word in text.split() if "-" in word)
    return frozenset(compound.lower() for word in hyphenated for compound in _COMPOUND.findall(word))


def join_halves(left: str, right: str, compounds: frozenset[str]) -> str:
    """One word of two halves: with its hyphen when it is a compound, else without."""
    head, tail = _LAST_WORD.search(left), _FIRST_WORD.match(right)
    if head is None or tail is None or not tail[1][0].islower():
        return f"{left}-{right}"
    if tail[1] in _SUSPENDED and not tail[2]:
        return f"{left}- {right}"
    whole = f"{head[2]}-{tail[1]}".lower()
    is_compound = bool(head[1] or tail[2]) or whole in compounds or _ALWAYS_HYPHENATED.match(whole) is not None
    return f"{left}-{right}" if is_compound else left + right


def _has_special(text: str) -> bool:
    # Without its plain ASCII a Latin text is nearly nothing, and two passes in C are faster than one of a regular expression.
    odd = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_BYTES)
    return bool(odd) and _SPECIAL.search(odd.decode("utf-8", "surrogatepass")) is not None


def _replacement(match: re.Match[str]) -> str:
    return _REPLACED.get(match[0], "")
