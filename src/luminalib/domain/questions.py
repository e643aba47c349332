"""What a question asks for, as far as its words say so, and whether a text holds such a thing."""

import re
from enum import StrEnum
from functools import lru_cache

from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.measures import measure_of
from luminalib.domain.sentences import is_inside
from luminalib.domain.spelling import fold, placed_words, words_in


class Asked(StrEnum):
    """What must stand in an answer."""

    YEAR = "year"
    NUMBER = "number"
    NAME = "name"
    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    REASON = "reason"
    COLOUR = "colour"
    CONDITION = "condition"
    MEANING = "meaning"
    ANYTHING = "anything"


MUST_HOLD = frozenset((Asked.YEAR, Asked.NUMBER, Asked.NAME))
"""What is told so plainly apart from other words that a sentence without it is no answer."""
_YEAR = re.compile(
    r"\b(?:what year|which year|in welchem jahr|welches jahr|quelle annee|en quelle annee|que ano|che anno|in quale anno)\b"
)
_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|long|large|big|tall|high|far|often|deep|wide|heavy|thick)"
    r"|what (?:age|price|number|temperature|percentage)"
    r"|at what (?:age|price|temperature|hour|time)|wie ?viele?|wie (?:alt|lange|hoch|weit|gross|oft|tief|schwer)"
    r"|combien|quel (?:age|prix)"
    r"|cuantos?|cuantas?|quanto|quanti|quante|quanta)\b"
)
_NAME = re.compile(
    r"\b(?:what|which) (?:is|was|were) the (?:full |first |real |christian )*names?\b|(?:christian|first|maiden|real) name"
    r"|\bwie hiess|\bwie heisst|vorname|comment s'appel|prenom\b"
)
_COLOUR = re.compile(
    r"\b(?:(?:what|which)(?: (?:is|was|were) the)? colou?rs?|welche farben?|quelles? couleurs?|que color"
    r"|cual\w* (?:es|era) el color|che colore)\b"
)
_FIRST = (
    (  # not which day
        Asked.CONDITION,
        r"(?:when|wann|quand|cuando|quando) (?:is|are|does|heisst|ist|nennt man|est|es|e) (?:a|an|ein|eine|einen|un|une|una|uno)",
    ),
    (Asked.PERSON, r"who|whom|whose|wer|wen|wem|wessen|qui|a qui|quien|quienes|chi"),
    (
        Asked.TIME,
        r"when|(?:on |at )?(?:what|which) (?:day|date|month)|wann|(?:an|zu) welchem tag|quand|cuando|que dia|quando|a che ora",
    ),
    (
        Asked.PLACE,
        r"where|(?:in |to |from )?(?:what|which) (?:country|city|town|place|street)|wo|wohin|woher|ou|d'ou|donde|adonde|dove",
    ),
    (Asked.REASON, r"why|for what reason|warum|weshalb|wieso|pourquoi|por que|perche"),
    (Asked.ANYTHING, r"what|which|how|welch\w*|was|wie|que|quel\w*|qu'est-ce|comment|cual\w*|como|quale?|quali|che|come"),
)
_OPENING = [(kind, re.compile(rf"^(?:\W*(?:and|but|so|then|und|aber|et|mais|y|e|o) )?(?:{words})\b")) for kind, words in _FIRST]
_MEANING = re.compile(
    r"^(?:what (?:is|are|was|were) |what (?:does|do) .* mean|was (?:ist|sind|bedeutet|besagt) |qu'est-ce que |que (?:es|son) "
    r"|che cos|who (?:is|was|are|were) [a-z .]+\?*$|wer (?:ist|war) |qui (?:est|etait) )"
)
_POST = re.compile(
    r"^(?:who (?:is|was|are|were) (?:the )?[\w' -]+? (?:of|in|at|on) |wer (?:ist|war) (?:der|die|das) \w+ (?:von|vom|des|der|in) "
    r"|qui (?:est|etait) (?:le |la |l')\w+ (?:de |du |des |d')|quien (?:es|era|fue) (?:el|la) \w+ (?:de|del) "
    r"|chi (?:e|era|fu) (?:il |la |lo |l')\w+ (?:di|del|della|dello) )"
)
_WHICH = re.compile(
    r"\b(?:which|what (?:kinds?|sorts?) of|welche[nmrs]?|quel(?:le)?s?|cual(?:es)?|quale?|quali)(?: (?:kinds?|sorts?) of)? (\w+)"
    r"|\bwhat (?:(?:kinds?|sorts?) of )?(\w+) (?:is|are|was|were|do|does|did|has|had|can|must|should)\b"
)
_LONGEST_TERM = 3
"""Telling words of what is to be explained; who asks with more wants to be told something of it."""
_NUMBER_WORDS_LIST = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half quarter dozen score once twice first
second third eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig vierzig funfzig hundert tausend
halb deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze vingt trente quarante cinquante soixante
cent mille demi dos tres cuatro cinco seis siete ocho nueve diez cien mil due tre quattro cinque sei sette otto nove dieci
cento
"""
_NUMBER_WORDS = frozenset(_NUMBER_WORDS_LIST.split())
_COMPOUND = re.compile(r"^(?:hundert|tausend|ein|zwei|drei|vier|funf|sechs|sieben|acht|neun)\w*(?:zig|ssig|zehn|hundert|tausend)$")
_HAS_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_TIMES_LIST = """
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december spring summer autumn winter morning noon afternoon evening night midnight today yesterday tomorrow dawn dusk
year years month months week weeks day days hour hours minute minutes century centuries o'clock easter christmas age era
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz mai juni juli oktober dezember fruhling sommer
herbst morgen mittag abend nacht heute gestern jahr jahre jahren monat monate woche wochen tag tage stunde stunden jahrhundert
uhr lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin juillet aout septembre octobre
novembre decembre printemps ete automne hiver matin midi soir nuit minuit hier demain an ans annee annees mois semaine
semaines jour jours heure heures siecle lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo
junio julio agosto septiembre octubre noviembre diciembre primavera verano otono invierno manana tarde noche ayer ano anos mes
semana dia dias hora horas siglo lunedi martedi mercoledi giovedi venerdi domenica gennaio febbraio aprile maggio giugno
luglio settembre ottobre dicembre estate autunno inverno mattina sera notte oggi ieri anno anni mese mesi settimana giorno
giorni ora ore secolo
"""
_TIMES = frozenset(_TIMES_LIST.split())
_REASONS_LIST = """
because since for so therefore reason as owing due lest weil denn damit deshalb darum um wegen parce puisque car afin pour
cause porque pues para perche poiche siccome per
"""
_REASONS = frozenset(_REASONS_LIST.split())
_WHO = frozenset(("who", "wer", "qui", "quien", "quienes", "chi"))
_HAVING_LIST = """
has have had was were is are first ever then a ont avait avaient etait est hat hatte haben hatten wurde wird ha habia fue es era
aveva
"""
_HAVING = frozenset(_HAVING_LIST.split())
_CONDITIONS_LIST = """
if when whenever provided iff wenn falls sofern sobald si lorsque quand cuando siempre se qualora
"""
_CONDITIONS = frozenset(_CONDITIONS_LIST.split())
_NAMING_LIST = """
name names named called christened heisst hiess heissen namens name genannt nom noms nomme nommee appelle appelait appelee prenom
nombre llama llamaba llamado llamada nome chiama chiamava chiamato chiamata
"""
_NAMING = frozenset(_NAMING_LIST.split())
_TITLES_LIST = """
mr mrs ms miss sir lady lord madam dr doctor captain colonel professor herr frau fraulein monsieur madame mademoiselle m mme mlle
senor senora don dona signor signora
"""
_TITLES = frozenset(_TITLES_LIST.split())
_COLOURS_LIST = """
red green blue yellow white black brown grey gray pink purple violet orange scarlet crimson golden silver rot grun blau gelb weiss
schwarz braun grau rosa lila violett orangefarben rote roter rotes roten blaue blauer blaues blauen gelbe gelber gelbes gelben
grune gruner grunes grunen weisse weisser weisses weissen schwarze schwarzer schwarzes schwarzen rouge rouges vert verte verts
vertes bleu bleue bleus bleues jaune jaunes blanc blanche blancs blanches noir noire noirs noires brun brune gris grise rose roses
rojo roja rojos rojas verde verdes azul azules amarillo amarilla blanco blanca negro negra marron rosso rossa rossi rosse verdi
azzurro azzurra blu giallo gialla bianco bianca nero nera bruno bruna grigio grigia
"""
_COLOUR_NAMES_LIST = "colour colours color colors farbe farben couleur couleurs colore colori colores"
_COLOUR_NAMES = frozenset(_COLOUR_NAMES_LIST.split())
_COLOURS = frozenset(_COLOURS_LIST.split())
_PLACES_LIST = """
in at on from to into near behind under beside between by upon above below im am an auf aus bei nach vor hinter unter zu zum
zur dans a au aux chez sur sous derriere pres en sobre bajo cerca nel nella nei al alla sul sulla da dal
"""
LEADING_TO_PLACES = frozenset(_PLACES_LIST.split())
"""Words in normal form that lead to a place."""
_IS = re.compile(
    r"^[\"'\u201d\u2019*_)\]]*(?:, (?:a|an|the|one|ein|eine|der|die|das|un|une|le|la|el|il|uno|una)\b"
    r"| ?[,(]? ?(?:is|are|was|were|means?|meant|ist|sind|war|waren|heisst|bedeutet|est|sont|etait|es|son|era|e|sono)\b"
    r"|\s*[:(=\u2013\u2014])"
)
_CALLED = re.compile(
    r"\b(?:called|named|known as|name of|genannt|heisst|namens|appele\w*|nomme\w*|dit|dite|llamad\w|chiamat\w)"
    r"[\s\"'\u201c\u2018*_,]*(?:the |a |an |der |die |das |le |la |l'|el |il )?$"
)


@lru_cache(maxsize=1024)
def asked_for(question: str) -> Asked:
    """The kind of thing that a question wants to be told."""
    plain = fold(question.strip())
    if _YEAR.search(plain):
        return Asked.YEAR
    if _NUMBER.search(plain):
        return Asked.NUMBER
    if _NAME.search(plain):
        return Asked.NAME
    if _COLOUR.search(plain):
        return Asked.COLOUR
    if (
        _MEANING.search(plain)
        and 0 < sum(is_telling(word) for _, _, word in words_in(plain)) <= _LONGEST_TERM
        and " of " not in plain
        and not measure_of(question).units
    ):
        return Asked.MEANING
    opening = plain.lstrip("\u00bf\u00a1 ")
    return next((kind for kind, words in _OPENING if words.search(opening)), Asked.ANYTHING)


@lru_cache(maxsize=1024)
def which_of(question: str) -> str:
    """The noun in normal form of which one is asked for: “acid” of “Which acid is used?”; empty where there is none."""
    found = _WHICH.search(fold(question))
    return found[1] or found[2] if found and is_telling(found[1] or found[2]) else ""


def asks_for_post(question: str) -> bool:
    """Whether a question asks who has a place somewhere, as captain of a ship: there are others who have one elsewhere."""
    return _POST.search(fold(question.strip()).lstrip("\u00bf\u00a1 ")) is not None


@lru_cache(maxsize=1024)
def deed_of(question: str) -> str:
    """The verb in normal form of a question for who did it: “stole” of “Who stole the tarts?”; empty for others, and for names."""
    (_, _, who), *rest = [*words_in(question)] or [(0, 0, "")]
    after = [one for one in rest if one[2] not in _HAVING]
    if who not in _WHO or not after:
        return ""
    is_last = who == "wer" and len(after) < len(rest)  # as in “Wer hat es erfunden?”
    start, _, word = after[-1 if is_last else 0]
    return bare(word) if question[start].islower() and is_telling(word) else ""


def holds(text: str, asked: Asked, question: str) -> bool:
    """Whether a text has a number, a year or a name that the question did not have itself; of other kinds nothing is demanded."""
    if asked not in MUST_HOLD:
        return True
    said = {word for _, _, word in words_in(question)}
    if asked is Asked.YEAR:
        return any(year not in said for year in _HAS_YEAR.findall(text))
    if asked is Asked.NUMBER:
        placed, measure = placed_words(text), measure_of(question)
        numbers = (at for at, word in enumerate(placed.words) if word not in said and is_number(word))
        is_one = any(measure.is_one(placed, at) for at in range(len(placed.words)))
        return is_one or any(not measure.is_plain or measure.fits(text, placed, at) for at in numbers)
    return any(
        text[start].isupper() and word not in said and stop - start > 1 and is_inside(text, start)
        for start, stop, word in words_in(text)
    )


@lru_cache(maxsize=10_000)
def is_number(word: str) -> bool:
    """Whether a word in normal form is a number, in digits or not."""
    return word[0].isdigit() or word in _NUMBER_WORDS or _COMPOUND.match(word) is not None


def is_time(word: str) -> bool:
    """Whether a word in normal form tells when something was."""
    return word in _TIMES or word[0].isdigit()


def names(word: str) -> bool:
    """Whether a word in normal form tells that something has a name."""
    return word in _NAMING


def is_title(word: str) -> bool:
    """Whether a word in normal form is what people are called by, rather than a name."""
    return word in _TITLES


def gives_reason(word: str) -> bool:
    """Whether a word in normal form begins a reason or a purpose."""
    return word in _REASONS


def gives_condition(word: str) -> bool:
    """Whether a word in normal form begins a condition."""
    return word in _CONDITIONS


def names_colour(word: str) -> bool:
    """Whether a word in normal form asks for a colour without being one."""
    return word in _COLOUR_NAMES


def is_colour(word: str) -> bool:
    """Whether a word in normal form is a colour."""
    return word in _COLOURS


def explains(before: str, after: str) -> bool:
    """Whether what stands before and after a term, in normal form, says what it is: “X is …”, “X, a …”, “… is called X”."""
    return _IS.match(after) is not None or _CALLED.search(before) is not None


_VALUES = {word: str(value) for value, word in enumerate(_NUMBER_WORDS_LIST.split()[:20], start=1)}
_VAGUE = frozenset(("one", "once", "first", "second", "third", "half", "quarter", "score", "un", "due", "tre", "mil"))
"""Number words that are as often something else."""


def numbers_in(text: str) -> set[str]:
    """The numbers that a text names, in digits where its words for them are small and English."""
    found = (word for _, _, word in words_in(text) if word not in _VAGUE and (word in _NUMBER_WORDS or word[0].isdigit()))
    return {_VALUES.get(word, word) for word in found}
