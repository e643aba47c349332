"""Small word lists per language: what carries no meaning of its own, and what marks a noun, a pronoun or an obligation."""

from dataclasses import dataclass, replace
from functools import cache

from luminalib.adapters.llm.extractive import lexicon_data as data
from luminalib.adapters.llm.extractive import lexicon_patterns as patterns
from luminalib.domain.asking import ASKING, PERSONAL
from luminalib.domain.function_words import FUNCTION_WORDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """What is known about one language; every list may be empty, and then the rules that need it do not fire."""

    code: str
    function_words: frozenset[str] = frozenset()
    """Articles, pronouns, prepositions, auxiliaries: a real sentence has many of them."""
    general_words: frozenset[str] = frozenset()
    """Common words that tell nothing about one book: say, little, time, way."""
    determiners: frozenset[str] = frozenset()
    """Words that a noun follows."""
    dangling: frozenset[str] = frozenset()
    """Words that a sentence starts with when it leans on the one before."""
    personal: frozenset[str] = frozenset()
    """Pronouns of persons, frequent in stories."""
    narrating: frozenset[str] = frozenset()
    """Pronouns of whoever tells the story."""
    locative: frozenset[str] = frozenset()
    """Words before a place and hardly ever before a person."""
    near: frozenset[str] = frozenset()
    """Words before places and persons alike."""
    acting: frozenset[str] = frozenset()
    """Verbs for what persons say, think and do, beside their names."""
    past: tuple[str, ...] = ()
    """How most verbs end in which stories are told."""
    articles: frozenset[str] = frozenset()
    plot: frozenset[str] = frozenset()
    """Words of events and relations, by which a story says what happens in it."""
    scene: frozenset[str] = frozenset()
    """Words of bodies, furniture and gestures: the stage business of a story."""
    asking: tuple[str, ...] = ()
    """Patterns of obligation, the strongest first."""
    cues: str = ""
    """A pattern of phrases by which a text says what it is about (Edmundson's cue method)."""
    nouns_are_capitalised: bool = False

    @property
    def empty(self) -> frozenset[str]:
        """Words that may not stand alone as a topic."""
        return self.function_words | self.general_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lexicon(code: str) -> Lexicon:
    return Lexicon(
        code=code,
        function_words=FUNCTION_WORDS[code],
        general_words=_words(data.GENERAL_WORDS.get(code, "")),
        determiners=_words(data.DETERMINERS.get(code, "")),
        dangling=_words(data.DANGLING.get(code, "")),
        personal=_words(PERSONAL.get(code, "")),
        narrating=_words(data.NARRATING.get(code, "")),
        locative=_words(data.LOCATIVE.get(code, "")),
        near=_words(data.NEAR.get(code, "")),
        acting=_words(data.ACTING.get(code, "")),
        past=tuple(data.PAST.get(code, "").split()),
        articles=_words(data.ARTICLES.get(code, "")),
        plot=_words(data.PLOT.get(code, "")),
        scene=_words(data.SCENE.get(code, "")),
        asking=ASKING.get(code, ()),
        cues=patterns.CUES.get(code, ""),
        nouns_are_capitalised=code == "de",
    )


LEXICONS = {code: _lexicon(code) for code in FUNCTION_WORDS}
UNKNOWN = Lexicon(code="")
WELL_KNOWN = frozenset(("en", "fr", "de", "es", "it", "pt", "nl", "la"))


def lexicon_for(code: str | None) -> Lexicon:
    """The lists for an ISO 639-1 code (a region behind it is ignored); empty ones for a language that has none."""
    short = (code or "")[:2].lower()
    known = LEXICONS.get(short)
    if known is not None and short in WELL_KNOWN:
        return known
    return _completed(short, known or UNKNOWN)


@cache
def _completed(code: str, known: Lexicon) -> Lexicon:
    """The lists of a language that has few of its own, with a library's: what is in these is no topic."""
    from stopwordsiso import has_lang, stopwords  # noqa: PLC0415 -- for texts in these languages only

    listed = stopwords(code) if code and has_lang(code) else _words(data.MORE_EMPTY_WORDS.get(code, ""))
    others = listed | _words(data.GENERAL_WORDS.get(code, ""))
    return replace(known, code=code, general_words=known.general_words | others)
