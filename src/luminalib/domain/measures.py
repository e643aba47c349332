"""What a number has to be a number of, for it to answer: years for an age, money for a price, the thing itself for a count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.search import are_kin
from luminalib.domain.spelling import PlacedWords, fold, words_in

_AGE_LIST = "old age aged alt"
_AGED = re.compile(
    r"\b(?:age|aged|ages? of|age de|agee de|l'age de|(?:man|woman|boy|girl|lad|child|fille|garcon|homme|femme|enfant) (?:of|de)"
    r"|edad de|eta di)(?: \w+)?\W+$"
)
_MONEY_LIST = """
pound pounds shilling shillings penny pence dollar dollars cent cents euro euros franc francs guinea guineas crown crowns
pfund pfennig mark taler gulden livre livres sou sous ecu ecus peseta pesetas peso pesos real reales lira lire usd eur gbp
"""
_TIME_LIST = """
second seconds minute minutes hour hours day days night nights week weeks month months year years decade decades century
centuries sekunde sekunden minuten stunde stunden tag tage tagen nacht woche wochen monat monate monaten jahr jahre jahren
jahrhundert seconde secondes heure heures jour jours semaine semaines mois an ans annee annees siecle segundo segundos minuto
minutos hora horas dia dias semana semanas mes meses ano anos siglo secondi minuti ora ore giorno giorni settimana settimane
mese mesi anno anni secolo
"""
_LENGTH_LIST = """
mile miles metre metres meter meters foot feet inch inches yard yards kilometre kilometres kilometer kilometers km cm mm m
centimetre centimetres centimeter millimetre millimetres millimeter league leagues fathom fathoms cable acre acres hectare
hectares square meile meilen fuss zoll zentimeter millimeter elle ellen pied pieds pouce pouces lieue lieues metro metri
metros chilometri pie pies pulgada pulgadas legua calibre times mal fois
"""
_WEIGHT_LIST = """
ton tons tonne tonnes kilogram kilograms kilogramme kilogrammes kg gram grams gramme grammes g ounce ounces hundredweight
stone tonnen kilo kilos kilogramm gramm livres quintal kilogrammi grammi toneladas tonnellate pound pounds pfund
"""
_YEARS_LIST = "years year jahre jahren jahr ans an anos anni months mois monate"
_YEARS = frozenset(_YEARS_LIST.split())
_DEGREE_LIST = "degree degrees celsius fahrenheit kelvin grad degre degres grado grados gradi c f"
_AGE, _MONEY, _TIME = frozenset(_AGE_LIST.split()), frozenset(_MONEY_LIST.split()), frozenset(_TIME_LIST.split())
_LENGTH, _WEIGHT, _DEGREE = frozenset(_LENGTH_LIST.split()), frozenset(_WEIGHT_LIST.split()), frozenset(_DEGREE_LIST.split())
_OF = (
    (re.compile(r"\b(?:how old|what age|wie alt|quel age|que edad|quanti anni ha|cuantos anos tiene)\b"), _AGE),
    (re.compile(r"\b(?:temperature|temperatur|temperatura)\b"), _DEGREE),
    (
        re.compile(
            r"\b(?:how much money|(?:how much|combien)\b.*\b(?:offer\w*|get for|got for|ask for|sell|sold|buy\w*|bought"
            r"|ow(?:e|es|ed)|insured|premium|rent|fee|fortune|income|demand\w*|offr\w*|vend\w*|achet\w*)|costs?|price|paid|pays?"
            r"|wages?|salary|worth|earns?|earned|kostet\w*|preis|bezahlt|verdient\w*|coutent|coute\w*|prix"
            r"|paye\w*|gagne\w*|cuesta\w*|precio|costa\w*|prezzo)\b"
        ),
        _MONEY,
    ),
    (re.compile(r"\b(?:how long|wie lange?|combien de temps|cuanto tiempo|quanto tempo)\b"), _TIME | _LENGTH),
    (re.compile(r"\b(?:how (?:far|tall|high|deep|wide|large|big|thick)|wie (?:weit|hoch|tief|gross|breit|dick))\b"), _LENGTH),
    (re.compile(r"\b(?:how heavy|wie schwer|weigh\w*|wiegt|pese\w*|peso)\b"), _WEIGHT),
)
_COUNTED = re.compile(r"\b(?:how many|wie viele|wieviele|combien d[e']|cuant[oa]s|quant[ie])\s*")
_HELD = 3
"""So many words may stand between a number and what it counts."""
_IS = re.compile(r"\b(?:is|was|am|are|were|be|ist|war|bin|est|etait|avait|es|era|ha|aveva)(?: \w+)?\W+$")
_OF_THEM = re.compile(r" (?:of (?:them|these|those|which)|davon|von ihnen|d'entre|de (?:ellos|ellas)|di (?:loro|essi|esse))\b")
_ARTICLES = frozenset(["a", "an", "un", "une", "ein", "eine", "einen", "einem", "einer", "una", "uno", "d'un", "d'une"])
_HALVES_OF_THE_DAY = (["a", "m"], ["p", "m"])
"""Ten a.m. is no length of ten metres."""
_SIGNS = "\u00a3$\u20ac"


@dataclass(frozen=True, slots=True)
class Measure:
    """What numbers must be of: some of the `units`, or things of the name `counted`; of anything when neither is known."""

    units: frozenset[str] = frozenset()
    counted: str = ""

    def fits(self, text: str, placed: PlacedWords, at: int) -> bool:
        """Whether the number that is word `at` of a text is such a number."""
        if not self.units and not self.counted:
            return True
        begun, ended = placed.starts[at], placed.stops[at]
        following = [bare(word) for word in placed.words[at + 1 : at + 1 + _HELD]]
        if self.counted:
            return _OF_THEM.match(fold(text[ended : ended + 20])) is not None or any(
                are_kin(self.counted, word) for word in following
            )
        if following[:2] in _HALVES_OF_THE_DAY:
            return False
        if self.units == _MONEY and begun and text[begun - 1] in _SIGNS:
            return True
        if self.units == _AGE and self._is_age(text, begun, ended, following):
            return True
        return any(word in self.units for word in following[: 1 if self.units == _AGE else _HELD])

    def is_one(self, placed: PlacedWords, at: int) -> bool:
        """Whether word `at` is the article of a single unit, as in “a year”. An age is told otherwise."""
        if not self.units or placed.words[at] not in _ARTICLES or at + 1 == len(placed.words):
            return False
        unit = placed.words[at + 1]
        return len(unit) > 1 and unit in self.units and self.units != _AGE

    @property
    def is_plain(self) -> bool:
        """Whether a text that gives such a number says plainly what it is of: an age, or money."""
        return self.units in (_AGE, _MONEY)

    @staticmethod
    def _is_age(text: str, begun: int, ended: int, following: Sequence[str]) -> bool:
        """Somebody is fifteen, or fifteen years; is a girl of fifteen, or aged fifteen. Fifteen years by themselves are none."""
        before = fold(text[max(0, begun - 24) : begun])
        is_years = bool(following) and following[0] in _YEARS
        is_all = is_years or text[ended : ended + 1] in ("", ".", ",", ";")
        is_age = is_years and (bool(_AGE.intersection(following[1:2])) or following[1:3] == ["of", "age"])
        return is_age or _AGED.search(before) is not None or (is_all and _IS.search(before) is not None)


@lru_cache(maxsize=1024)
def measure_of(question: str) -> Measure:
    """What a question for a number wants it to be of."""
    plain = fold(question)
    units = next((units for words, units in _OF if words.search(plain)), frozenset[str]())
    counted = _COUNTED.search(plain)
    if not counted or (units and units != _MONEY):  # how many men were lost to better wages
        return Measure(units)
    head = next((bare(word) for _, _, word in words_in(plain[counted.end() :]) if is_telling(word)), "")
    return Measure(counted=head)
