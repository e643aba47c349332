"""Checks of how an answer is worded, whatever it is about; each gives the reason against a text, or None."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from luminalib.domain.content_checks.grounding import Source, normal_text, words_of
from luminalib.domain.function_words import bare, is_telling
from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import fold
from luminalib.domain.text_languages import is_in_another_language

ECHO_LENGTH = 5
"""So many words in a row that stand in the instruction, and not in the material, are no chance."""
_ECHO_TELLING = 2
_ALIKE = 0.75
_ROOT = 5
_LOOP_LENGTH, _LOOP_TIMES = 3, 3
_RICHNESS, _RICH_FROM = 2.0, 12
"""Guiraud's index: different words by the root of all words. Prose has 5 and more, a model that has lost its way less than 1."""
_ENDED = re.compile("[.!?\u061f\u0964\u06d4\u3002\uff01\uff1f][\"'”\u2019\u00bb“)\\]\u300d\u300f\uff09]*$")
_CUT = "it ends in the middle of a sentence"
_OPEN_END = re.compile(r"(?:[,;:(\u2013\u2014-]|\u2026|\.\.\.)[\"'”\u2019\u00bb)]*$")
_LEADING_LIST = """
a an the of to and or but with by for from at as into than whose which who because if while his their its my your our
der die das des dem den ein eine einen einem einer und oder aber mit von zu zum zur als wenn weil dass sein ihre
le la les un une des du de et ou mais avec par pour dans que qui sur son sa ses leur leurs au aux
el los las una y o con por para del il lo gli e di da
"""
_LEADING = frozenset(_LEADING_LIST.split())
"""Words after which a sentence must go on."""


def echo(text: str, instruction: str, source: Source) -> str | None:
    """A run of five words that the instruction has and the material has not, or a short text that stands in the instruction."""
    own, words = normal_text(instruction), words_of(text)
    for at in range(len(words) - ECHO_LENGTH + 1):
        run = words[at : at + ECHO_LENGTH]
        if sum(map(is_telling, run)) >= _ECHO_TELLING and _stands_in(run, own) and not source.says(run):
            return f"it repeats the instruction (“{' '.join(run)}”) instead of telling about the material"
    is_short = len(words) < ECHO_LENGTH and sum(map(is_telling, words)) >= _ECHO_TELLING
    if is_short and _stands_in(words, own) and not source.says(words):
        return "it repeats words of the instruction instead of telling about the material"
    return None


def _stands_in(words: Sequence[str], text: str) -> bool:
    return f" {' '.join(words)} " in text


def cut_off(text: str) -> str | None:
    """A text that ends where its sentence has to go on. One that only lacks its full stop is whole."""
    plain = text.strip()
    if _OPEN_END.search(plain):
        return _CUT
    words = [] if _ENDED.search(plain) else words_of(plain)
    return _CUT if len(words) > 1 and words[-1] in _LEADING else None


def ended(text: str) -> str:
    """Prose with a full stop behind its last sentence."""
    plain = text.strip()
    return plain if not plain or _ENDED.search(plain) or not plain[-1].isalnum() else f"{plain}."


def sentence_count(text: str, least: int, most: int) -> str | None:
    """A text of fewer or more sentences than were asked for."""
    count = len(sentences_in(text))
    if least <= count <= most:
        return None
    return f"it has {count} sentence{'s' if count != 1 else ''}; write {least} to {most}"


def loop(text: str) -> str | None:
    """A sentence that is said twice, some words that come again and again, or hardly any others than a few."""
    sentences = [fold(text[start:stop]) for start, stop in sentences_in(text)]
    twice = next((one for at, one in enumerate(sentences) if any(alike(one, other) for other in sentences[:at])), None)
    if twice:
        return f"it says the same twice (“{twice[:60]}”)"
    words = words_of(text)
    counted = Counter(tuple(words[at : at + _LOOP_LENGTH]) for at in range(len(words) - _LOOP_LENGTH + 1))
    for run, times in counted.items():
        if times >= _LOOP_TIMES and sum(map(is_telling, run)) >= _ECHO_TELLING:
            return f"it says “{' '.join(run)}” {times} times"
    is_babble = len(words) >= _RICH_FROM and len(set(words)) < _RICHNESS * len(words) ** 0.5
    return "it says the same few words over and over" if is_babble else None


def repeated(text: str, before: Sequence[str]) -> str | None:
    """A text that says what one of those before it says, in about the same words."""
    return "another sentence says the same already" if any(alike(text, other) for other in before) else None


def put_together(text: str, before: Sequence[str]) -> str | None:
    """A text that says what several of those before it say together."""
    own, said = _roots([text]), _roots(before)
    is_known = len(before) > 1 and len(own) > ECHO_LENGTH and len(own & said) >= _ALIKE * len(own)
    return "other sentences say the same already" if is_known else None


def repeated_term(term: str, before: Sequence[str]) -> str | None:
    """A topic or name that stands in the list already, in capitals or small letters, in one number or another."""
    own = _stems(term)
    return next((f"it stands in the list already (“{other}”)" for other in before if own == _stems(other)), None)


def language(text: str, code: str | None) -> str | None:
    """A text that is clearly in another language than was asked for."""
    return f'it is not in the language "{code}"' if code and is_in_another_language(text, code) else None


def alike(one: str, other: str) -> bool:
    """Whether two statements share most of their telling words, or the shorter one stands in the longer one as a whole."""
    first, second = _telling(one), _telling(other)
    if not first or not second:
        return fold(one).strip(" .!?") == fold(other).strip(" .!?")
    shared = len(first & second)
    return shared >= _ALIKE * len(first | second) or (
        min(len(first), len(second)) >= ECHO_LENGTH and shared == min(len(first), len(second))
    )


@lru_cache(maxsize=2048)  # each sentence of an answer is held against each of its material
def _telling(text: str) -> frozenset[str]:
    return frozenset(bare(word)[:8] for word in words_of(text) if is_telling(word))


def _roots(texts: Sequence[str]) -> set[str]:
    """The beginnings of the telling words: one climbs, two climb."""
    return {word[:_ROOT] for text in texts for word in _telling(text)}


def _stems(term: str) -> frozenset[str]:
    words = words_of(term)
    return frozenset(bare(word).removesuffix("s") for word in [one for one in words if is_telling(one)] or words)


def pieces(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:stop] for start, stop in sentences_in(text)]
