"""The year in which a book was published, from dates and imprints as people write them."""

import re

_COMPACT = re.compile(r"^(?:D:)?(1[0-9]{3}|20[0-9]{2})(?:0[0-9]|1[0-2])(?:[0-3][0-9])?(?![0-9])")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_ROMAN = re.compile(r"(?<!\w)M(?:CM|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})(?!\w)")
_VALUES = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_FIRST = re.compile(
    r"(?:(?:first|originally)\s+(?:published|printed|issued)|original publication|"
    r"erstmals\s+(?:erschienen|veröffentlicht)|erstausgabe|"
    r"première édition|primera edición|prima edizione|primeira edição)[^\n]{0,80}?(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"(?:copyright|©|\(c\)|published(?: in)?)[^\n]{0,40}?(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])", re.IGNORECASE
)
_EARLIEST, _LATEST = 1000, 2100
_SHORTEST_ROMAN = 3


def year_in(text: str) -> int | None:
    """The year that a date names: `2010-05-01`, `D:20090807`, `20110405`, `c1999`, `[1851]`, `2000年5月`, `MCMLXXXIV`."""
    text = text.strip()[:80]
    match = _COMPACT.match(text) or _YEAR.search(text)
    year = int(match[1]) if match else _roman(text)
    return year if year and _EARLIEST <= year <= _LATEST else None


def first_published(imprint: str) -> int | None:
    """The year of the first publication, where an imprint page tells it."""
    match = _FIRST.search(imprint)
    return int(match[1]) if match else None


def year_of_rights(imprint: str) -> int | None:
    """The earliest year for which an imprint page claims rights or names a publication."""
    return min((int(match[1]) for match in _RIGHTS.finditer(imprint)), default=None)


def _roman(text: str) -> int | None:
    found = _ROMAN.search(text)
    if found is None or len(found[0]) < _SHORTEST_ROMAN:
        return None
    values = [_VALUES[letter] for letter in found[0]]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
