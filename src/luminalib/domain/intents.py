"""What is asked that needs no search of the books."""

import re
from enum import StrEnum

from luminalib.domain.spelling import fold

_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|bonjour|salut|hola|buenos dias|ciao|ola)"
    r"(?: (?:there|library|all|everybody|zusammen|alle))?[ !.,]*"
)
_THANKS = re.compile(
    r"(?:many thanks|thanks?|thank you|danke|vielen dank|merci|gracias|grazie|obrigad[oa])"
    r"(?: (?:very much|a lot|so much|you|sehr|schon|beaucoup|bien))?[ !.,]*"
)
_LOANS = re.compile(
    r"(?:what|which)(?: books?)? (?:do|have|did) i (?:have |got |currently |still )*"
    r"(?:on loan|borrowed|checked out|borrow)|my (?:open )?loans"
    r"|what (?:is|are) my loans?|when (?:is|are|do) (?:my|i) .*(?:due|return)"
    r"|(?:was|welche bucher) habe ich (?:aus)?geliehen|meine ausleihen"
    r"|quels livres ai-je empruntes|mes emprunts"
)


class Intent(StrEnum):
    """How a question is answered."""

    BOOKS = "books"
    LOANS = "loans"
    GREETING = "greeting"
    THANKS = "thanks"


def intent_of(question: str) -> Intent:
    """By whole sentences that leave no doubt; everything else is about the books."""
    plain = " ".join(fold(question).split())
    if _GREETING.fullmatch(plain):
        return Intent.GREETING
    if _THANKS.fullmatch(plain):
        return Intent.THANKS
    return Intent.LOANS if _LOANS.match(plain) else Intent.BOOKS
