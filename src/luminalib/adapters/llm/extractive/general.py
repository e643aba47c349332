"""Judgements of a book as a whole ("I loved it", "boring from the first page to the last"), which name nothing that books have."""
# ruff: noqa: E501, RUF001  (lists in several languages)

import re
from functools import cache

from luminalib.adapters.llm.extractive.idioms import FAULTED, PRAISED, with_turns

TURNED = re.compile(rf"{PRAISED}|{FAULTED}")
GENERAL = "overall"
"""The aspect under which they are counted."""
# Words for the book itself, and turns in which a reader judges it.
_BOOK = {
    "en": r"books?|novels?|read|reading|debut|masterpiece|classic|page[- ]?turner|memoir|thriller|(?:this|last|first|every) (?:one|page)|"
    r"(?:it|this|that)(?: \w+ly)?(?: is|['’]s| was| feels?| felt| seems?| seemed| made me| kept me| left me| bored me)(?! (?:where|when|what|about|the story|set)\b)|of all time|"
    r"(?:i|we)(?: \w+ly)? (?:was|were|am|felt|have never been)(?= (?!an?\b))|(?:i|we|really|absolutely|just|simply|truly)(?: \w+ly)? (?:found|love|loved|"
    r"adored?|enjoyed|enjoy|liked?|hated?|disliked|loathed|recommend|regret) (?:it|this|every|all of it)|"
    r"^\W*(?:loved|adored|enjoyed|liked|hated|disliked) (?:it|this|every)|recommend(?:ed)?|(?:your|my|the) (?:time|money)",
    "de": r"buch|büchern?|bücher|roman|krimi|lektüre|gelesen|lese\w+|meisterwerk|(?:mir|uns|mich|ich)\b.*\b(?:gefallen|gepackt|begeistert|"
    r"gefesselt|gelangweilt|enttäuscht|genossen|geliebt|verschlungen|abgebrochen|überzeugt|berührt|empfehlen)|"
    r"es (?:ist|war)|(?:hat|haben) mich|(?:ersten|letzten) seite|zeitverschwendung|aus der hand",
    "fr": r"livres?|romans?|lecture|lire|lu|chef-d['’]œuvre|j['’]ai(?: \w+)? (?:adoré|aimé|détesté|dévoré)|je (?:me suis|recommande|n['’]ai)|"
    r"m['’]a|c['’](?:est|était)|perte de temps|coup de cœur|déception",
    "es": r"libros?|novelas?|lectura|leer|leído|obra maestra|me (?:ha )?(?:encant|gust|abur|pareci|enganch|convenc|decepcion)\w+|"
    r"(?:es|fue) (?:un|una)|pérdida de tiempo|decepción",
    "it": r"libr[oi]|romanz[oi]|lettura|leggere|capolavoro|mi (?:è|ha)|perdita di tempo|delusione",
    "pt": r"livros?|romances?|leitura|ler|obra-prima|(?:adorei|amei|gostei|detestei)|perda de tempo",
    "nl": r"boek(?:en)?|roman|lezen|gelezen|meesterwerk|(?:ik|mij|me)\b.*\b(?:genoten|geboeid|verveeld|vond|tegengevallen)|aanrader|"
    r"vond (?:het|ik)|tijdverspilling",
}
# Who or what else a sentence may speak of: an article, or somebody's, and a word that is none for the book.
_OTHERS = {
    "en": r"(?:the|his|her|its|their|these|those|each|every|most|some|many|few|no|none|he|she|they|there)\b(?!\s+(?:\w+\s+)?(?:{book}|whole|"
    r"worst|best|most|first page)\b)|(?:an?|my)\s+(?:\w+\s+){{0,2}}(?:man|woman|boy|girl|king|queen|family|love|sister|brother|mother|father|"
    r"friend|wife|husband|son|daughter|child|copy|town|village|war)\b",
    "de": r"(?:der|die|das|den|dem|sein\w*|ihr\w*|er|sie|manche|viele|jede[rs]?)\b(?!\s+(?:\w+\s+)?(?:{book}|ganze|beste|schlechteste)\b)|"
    r"(?:eine?|mein\w*)\s+(?:\w+\s+){{0,2}}(?:mann|frau|junge|mädchen|könig|familie|schwester|bruder|mutter|vater|freund\w*|sohn|tochter)\b",
    "fr": r"(?:le|la|les|l['’]|son|sa|ses|leurs?|il|elle|ils|elles|chaque)\b(?!\s*(?:\w+\s+)?(?:{book}|meilleur|pire)\b)",
    "es": r"(?:el|la|los|las|su|sus|él|ella|ellos|cada)\b(?!\s+(?:\w+\s+)?(?:{book}|mejor|peor)\b)",
    "it": r"(?:il|lo|la|i|gli|le|l['’]|suo|sua|suoi|sue|lui|lei|ogni)\b(?!\s*(?:\w+\s+)?(?:{book}|miglior|peggior)\b)",
    "pt": r"(?:o|a|os|as|seu|sua|seus|suas|ele|ela|cada)\b(?!\s+(?:\w+\s+)?(?:{book}|melhor|pior)\b)",
    "nl": r"(?:de|zijn|haar|hun|hij|zij|ze|elke?)\b(?!\s+(?:\w+\s+)?(?:{book}|beste|slechtste)\b)",
}
_FRAGMENT_WORDS = 5
# Who acts, and what they do: an exclamation has neither.
_FINITE = {
    "en": r"i|we|you|it|he|she|they|is|are|was|were|has|had|have|does|did|do|will|would|can|could|falls?|goes|comes|kills?|killed|dies|died|loses?|lost",
    "de": r"ich|wir|er|sie|es|ist|sind|war|waren|hat|hatte|haben|wird|wurde|kann|konnte|geht|kommt|stirbt|liebt|hasst|tötet",
    "fr": r"je|j|il|elle|on|nous|est|sont|était|étaient|fut|a|ont|avait|va|vient|meurt|aime|tue",
    "es": r"yo|él|ella|es|son|era|eran|fue|está|ha|han|había|va|viene|muere|ama|mata",
    "it": r"è|sono|era|erano|fu|ha|hanno|aveva|va|viene|muore|ama|uccide",
    "pt": r"é|são|era|eram|foi|está|tem|têm|tinha|vai|vem|morre|ama|mata",
    "nl": r"ik|hij|zij|het|is|zijn|was|waren|heeft|had|hebben|wordt|werd|kan|kon|gaat|komt|sterft|houdt|doodt",
}


def judges_the_whole(clause: str, language: str) -> bool:
    """Whether what a clause judges is the book: it names it or its reader, or is an exclamation without a subject.

    That it judges at all is not asked here.
    """
    if language not in _BOOK:
        return False
    book, others, finite = _patterns(language)
    if others.match(clause):
        return False
    if language == "en" and TURNED.search(with_turns(clause)):
        return True
    return book.search(clause) is not None or (len(clause.split()) <= _FRAGMENT_WORDS and finite.search(clause) is None)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    book = _BOOK[language]
    return (
        re.compile(rf"(?:\b|(?=^))(?:{book})(?!\w)", re.IGNORECASE),
        re.compile(rf"\W*(?:{_OTHERS[language].format(book=book)})", re.IGNORECASE),
        re.compile(rf"\b(?:{_FINITE[language]})\b", re.IGNORECASE),
    )
