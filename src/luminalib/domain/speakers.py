"""Who speaks in a text: “said Tom” names the speaker, and nobody that is spoken of."""

from collections.abc import Sequence

from luminalib.domain.questions import is_title

_SAYING_LIST = """
said says asked cried replied answered exclaimed remarked whispered muttered shouted added continued observed returned inquired
sagte sagt fragte fragt antwortete rief ruft meinte erwiderte murmelte schrie dit dis repondit repond demanda demande cria crie
s'ecria s'ecrie ajouta reprit murmura dijo pregunto respondio exclamo grito anadio disse chiese rispose esclamo grido mormoro
"""
_SAYING = frozenset(_SAYING_LIST.split())


def is_speaker(words: Sequence[str], at: int) -> bool:
    """Whether word `at` of a text, in normal form, names the one who says something; what people are called by may precede it."""
    before = at - 1
    while before > 0 and is_title(words[before]):
        before -= 1
    return before >= 0 and words[before] in _SAYING
