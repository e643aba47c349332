"""E-mail addresses and telephone numbers in a message."""

import re
from collections.abc import Iterator

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatch, PhoneNumberMatcher

from luminalib.adapters.triage import words
from luminalib.domain.normalisation import normalised

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[^\s@<>()\[\],;:\"'!?]{3,255}")
_AT, _DOTS = r"[\[({]\s?(?:at|ät|arroba)\s?[\])}]", r"(?:\.|[\[({]\s?(?:dot|punkt|point|punto)\s?[\])}])"
_SPELT = re.compile(
    rf"(?P<local>[\w.+-]{{1,64}})\s{{0,3}}{_AT}\s{{0,3}}(?P<domain>[\w-]{{1,63}}(?:\s{{0,3}}{_DOTS}\s{{0,3}}[\w-]{{1,63}}){{1,4}})",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"(?:\bfrom|\bold|instead of|no longer|not|formerly|\bde|\bvon|statt|\bdall?a|antiguo|ancienne?) *(?:address|adresse)? *:? *$",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"(?:reach|contact|reply|write|mail|kontakt|\b(?:to|à|a|an|unter)|correo|indirizzo)\W{0,3}(?:(?:me|us|is|at|to) ){0,3}\W{0,3}$",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s*[\[({]\s?(?:dot|punkt|point|punto)\s?[\])}]\s*", re.IGNORECASE)
_LOOK_BACK = 40
_CALL = re.compile(rf"(?:{words.CALL})[^\n]{{0,30}}$", re.IGNORECASE)
_NO_PHONE = re.compile(rf"(?:{words.NO_PHONE})\b[ .:#№-]{{0,4}}(?:number |no\.? |nr\.? )?$", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_LONGEST_SCAN = 10_000


def email_in(message: str, name: str | None) -> str | None:
    """The address to answer to: one of the writer's name before others, the last one where nothing tells them apart."""
    found = list(_emails(message))
    if not found:
        return None
    return max(enumerate(found), key=lambda one: (_standing(message, one[1], name), one[0]))[1][1]


def _emails(message: str) -> Iterator[tuple[int, str]]:
    for match in _EMAIL.finditer(message):
        if address := checked_email(match.group().rstrip(".…»”’*").removeprefix("mailto:")):  # noqa: RUF001 -- typographic marks are meant
            yield match.start(), address
    for match in _SPELT.finditer(message):
        if address := checked_email(f"{match['local']}@{_DOT.sub('.', match['domain']).replace(' ', '')}"):
            yield match.start(), address


def checked_email(text: str) -> str | None:
    """The address as it was written when its syntax is right (RFC 5322), else None; nothing is asked of the network."""
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized


def _standing(message: str, found: tuple[int, str], name: str | None) -> int:
    at, address = found
    before = message[max(0, at - _LOOK_BACK) : at]
    local = address.partition("@")[0].lower()
    known = [normalised(part, "NFKD").encode("ascii", "ignore").decode().lower() for part in (name or "").split()]
    is_theirs = any(len(part) > 1 and part in local for part in known)
    return 3 * is_theirs + bool(_REACH.search(before)) - 3 * bool(_OLD.search(before))


def phone_in(message: str, region: str | None) -> str | None:
    """The number to call, in E.164: one after a word such as “phone” before others, then the last one."""
    found = [match for match in _numbers(message[:_LONGEST_SCAN], region) if _is_phone(message, match)]
    if not found:
        return None
    best = max(
        enumerate(found), key=lambda one: (bool(_CALL.search(message[max(0, one[1].start - _LOOK_BACK) : one[1].start])), one[0])
    )
    return phonenumbers.format_number(best[1].number, PhoneNumberFormat.E164)


def checked_phone(text: str, region: str | None) -> str | None:
    """A number that somebody gave as theirs, in E.164; None when it cannot be one."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else None


def _numbers(message: str, region: str | None) -> Iterator[PhoneNumberMatch]:
    """Numbers that may exist: those given out for films and examples are possible, but not valid."""
    yield from PhoneNumberMatcher(message, region, leniency=Leniency.POSSIBLE)


def _is_phone(message: str, match: PhoneNumberMatch) -> bool:
    before, raw = message[max(0, match.start - _LOOK_BACK) : match.start], match.raw_string
    if _MOMENT.search(raw) or _NO_PHONE.search(before) or message[match.end : match.end + 1] in ("%", "€", "$", "£", "@"):
        return False
    if before[-1:] in ("€", "$", "£", "¥", "#", "/", "-"):
        return False
    if raw.startswith(("+", "00")) or phonenumbers.is_valid_number(match.number):
        return True
    is_alone = not message[match.end :].split("\n", 1)[0].strip(" .)") or message[match.end :].lstrip()[:1] == "("
    return is_alone or bool(_CALL.search(before))
