"""Amounts of money in a message: currency, k and million, and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from price_parser import Price

from luminalib.adapters.triage import words
from luminalib.domain.triage import Budget

_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
    "₩": "KRW",
    "₴": "UAH",
    "zł": "PLN",
    "US$": "USD",
    "$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "R$": "BRL",
    "MX$": "MXN",
    "S$": "SGD",
    "HK$": "HKD",
    "Kč": "CZK",
    "Ft": "HUF",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "kr": "SEK",
}

_NAMES = {
    "euros?": "EUR",
    "eur": "EUR",
    "us dollars?": "USD",
    "canadian dollars?": "CAD",
    "australian dollars?": "AUD",
    "dollars?": "USD",
    "dólares": "USD",
    "dollari": "USD",
    "bucks": "USD",
    "pounds?(?: sterling)?": "GBP",
    "quid": "GBP",
    "libras": "GBP",
    "sterline": "GBP",
    "swiss francs?": "CHF",
    "franken": "CHF",
    "francs suisses": "CHF",
    "francs?": "CHF",
    "yen": "JPY",
    "zł(?:otych|oty)?": "PLN",
    "zlotys?": "PLN",
    "swedish kronor": "SEK",
    "kronor": "SEK",
    "norwegian kroner": "NOK",
    "danish kroner": "DKK",
    "kroner": "DKK",
    "reais": "BRL",
    "rupees": "INR",
    "rand": "ZAR",
}
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "a": 1,
}
_FACTORS = {
    "k": 1e3,
    "thousand": 1e3,
    "tausend": 1e3,
    "mille": 1e3,
    "mila": 1e3,
    "mil": 1e3,
    "tsd.": 1e3,
    "tsd": 1e3,
    "tys.": 1e3,
    "tys": 1e3,
    "duizend": 1e3,
    "grand": 1e3,
    "hundred": 1e2,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mio.": 1e6,
    "million": 1e6,
    "millionen": 1e6,
    "millions": 1e6,
    "millones": 1e6,
    "milioni": 1e6,
    "milhões": 1e6,
    "miljoen": 1e6,
    "mln": 1e6,
}
_NUMBER = r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?"  # noqa: RUF001 -- typographic marks are meant
_FACTOR = "|".join(sorted(map(re.escape, _FACTORS), key=len, reverse=True))
_SIGN = "|".join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_CODE = "|".join(sorted(words.CODES))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_SIGN}|{_CODE})\s?(?:~|ca\.? ?)?)?"
    rf"(?:(?P<number>{_NUMBER})(?:\s?,-|\s?,–)?|(?P<word>{'|'.join(_WORDS)})(?= (?:hundred|thousand|million|grand)\b))"  # noqa: RUF001 -- meant
    rf"(?:\s?(?P<factor>{_FACTOR})(?![\w]))?(?: (?P<more>thousand)\b)?"
    rf"(?:\s?(?P<after>{_SIGN}|{_CODE}|{_NAME})(?!\w))?",
    re.IGNORECASE,
)


_PERIODS = {"year": re.compile(words.YEAR, re.IGNORECASE), "month": re.compile(words.MONTH, re.IGNORECASE)}
_CAN_SPEND = re.compile(words.CAN_SPEND, re.IGNORECASE)
_SPENT = re.compile(rf"(?:{words.SPENT})[^.!?\n]{{0,50}}$", re.IGNORECASE)
_OF_THINGS = re.compile(
    r" (?!(?:a|an|and|annually|at|available|budget|but|by|each|every|for|from|if|in|is|max|maximum|monthly|next|on|or|per|pro|this"
    r"|to|total|until|when|which|would|yearly|année|anno|año|im|jährlich|par|por|um|und)\b)[^\W\d_]{3,}",
    re.IGNORECASE,
)
"""A number without a currency that is followed by a name counts things: 40k books."""
_BEFORE, _AFTER = 70, 45


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """An amount of money and its place; `currency` is None where only a number such as 12k was said."""

    value: float
    currency: str | None
    period: str | None
    start: int
    stop: int


def amounts_in(message: str) -> list[Amount]:
    """All amounts that a currency or, as in 12k, a factor makes one."""
    return [amount for match in _AMOUNT.finditer(message) if (amount := _amount(message, match)) is not None]


def budget_in(message: str) -> Budget | None:
    """The amount that somebody can spend: words about it stand near; none that is paid already or that something else costs."""
    found = amounts_in(message)
    judged = [(_standing(message, amount), -at, amount) for at, amount in enumerate(found)]
    best = max(judged, default=None, key=lambda one: one[:2])
    if best is None or best[0] < 0:
        return None
    amount = best[2]
    currency = amount.currency or next((other.currency for other in found if other.currency), None)
    return Budget(amount=amount.value, currency=currency, period=amount.period) if currency or best[0] > 0 else None


def _amount(message: str, match: re.Match[str]) -> Amount | None:
    currency = _currency(match["before"]) or _currency(match["after"])
    factor = _FACTORS.get((match["factor"] or "").lower(), 1.0) * (1e3 if match["more"] else 1.0)
    if currency is None and (factor < 1e3 or (match["factor"] or "").lower() in ("m", "hundred")):  # noqa: PLR2004 -- a thousand
        return None
    number = _WORDS.get((match["word"] or "").lower()) or _number(match["number"] or "")
    if not number:
        return None
    rest = message[match.end() : match.end() + _AFTER].split("\n", maxsplit=1)[0]
    if currency is None and _OF_THINGS.match(rest):
        return None
    return Amount(
        value=round(number * factor, 2),
        currency=currency,
        period=_period(message, match, rest),
        start=match.start(),
        stop=match.end(),
    )


def _number(text: str) -> float | None:
    price = Price.fromstring(text.replace("’", "").replace("'", ""))  # noqa: RUF001 -- the Swiss separator
    return price.amount_float


def _currency(text: str | None) -> str | None:
    if not text:
        return None
    if text.upper() in words.CODES:
        return text.upper()
    if text in _SIGNS:
        return _SIGNS[text]
    return next((code for name, code in _NAMES.items() if re.fullmatch(name, text, re.IGNORECASE)), _SIGNS.get(text.lower()))


def _period(message: str, match: re.Match[str], rest: str) -> str | None:
    before = message[max(0, match.start() - 25) : match.start()]
    found = [(place.start(), name) for name, pattern in _PERIODS.items() if (place := pattern.search(rest))]
    if found:
        return min(found)[1]
    return next((name for name, pattern in _PERIODS.items() if pattern.search(before)), None)


def _standing(message: str, amount: Amount) -> int:
    before = _same_sentence(message[max(0, amount.start - _BEFORE) : amount.start], last=True)
    after = _same_sentence(message[amount.stop : amount.stop + _AFTER], last=False)
    can_spend = bool(_CAN_SPEND.search(before) or _CAN_SPEND.search(after))
    return 2 * can_spend - 3 * bool(_SPENT.search(before)) + (amount.currency is not None) - 1 + (not _SPENT.search(before))


def _same_sentence(text: str, *, last: bool) -> str:
    parts: Sequence[str] = re.split(r"[!?;\n]|\.(?=\s)", text)
    return parts[-1] if last else parts[0]
