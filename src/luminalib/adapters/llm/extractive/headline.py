"""The numbers of a book's reviews as a line that people read, in the language of the reviews."""

from collections.abc import Sequence

from luminalib.adapters.llm.extractive.general import GENERAL
from luminalib.adapters.llm.extractive.languages import language_of
from luminalib.adapters.llm.extractive.opinions_abroad import called_abroad
from luminalib.domain.consensus import AspectEvidence
from luminalib.ports.llm import ConsensusRequest

MOST_NAMED = 3
_WHOLE = frozenset(["the book as a whole", GENERAL])
# Language: "{mean} of 5 from one reader", the same from several, "Praised", "Criticised", the sign before tenths.
_WORDS = {
    "en": ("{mean} of 5 from one reader", "{mean} of 5 from {count} readers", "Praised", "Criticised", "."),
    "de": ("{mean} von 5 aus einer Bewertung", "{mean} von 5 aus {count} Bewertungen", "Gelobt", "Kritisiert", ","),
    "fr": ("{mean} sur 5 d'un lecteur", "{mean} sur 5 de {count} lecteurs", "Apprécié", "Critiqué", ","),
    "es": ("{mean} de 5 de un lector", "{mean} de 5 de {count} lectores", "Elogiado", "Criticado", ","),
    "it": ("{mean} su 5 da un lettore", "{mean} su 5 da {count} lettori", "Lodato", "Criticato", ","),
    "pt": ("{mean} de 5 de um leitor", "{mean} de 5 de {count} leitores", "Elogiado", "Criticado", ","),
    "nl": ("{mean} van 5 van één lezer", "{mean} van 5 van {count} lezers", "Geprezen", "Bekritiseerd", ","),
}


def headline(request: ConsensusRequest) -> str:
    """Mean and count, what most praise and criticise, as in “3.8 of 5 from 6 readers. Praised: plot. Criticised: pacing.”."""
    if request.mean is None:
        return ""
    quotes = [quote for aspect in request.aspects for quote in aspect.quotes]
    language = language_of(quotes, None) or "en"
    one, several, praised, criticised, point = _WORDS.get(language, _WORDS["en"])
    mean = f"{request.mean:.1f}".replace(".", point)
    told = [(one if request.review_count == 1 else several).format(mean=mean, count=request.review_count)]
    for word, side in ((praised, "positive"), (criticised, "negative")):
        if names := _led(request.aspects, side):
            told.append(f"{word}: {', '.join(called_abroad(name, language) for name in names)}")
    return ". ".join(told) + "."


def _led(aspects: Sequence[AspectEvidence], side: str) -> list[str]:
    """The aspects that most readers are on that side about."""
    led = sorted(aspects, key=lambda aspect: -getattr(aspect, side))
    return [aspect.name for aspect in led if getattr(aspect, side) and aspect.name not in _WHOLE][:MOST_NAMED]
