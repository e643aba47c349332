"""Whether prose about readers' opinions says what the table of their opinions says."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from luminalib.domain.consensus import KNOWN_ASPECTS, AspectEvidence, overall
from luminalib.domain.content_checks import grounding, wording
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.function_words import is_telling
from luminalib.domain.intelligence import Sentiment

MOST_SENTENCES = 4
"""In one item of the list."""
Opinion = Callable[[str], float]
"""What a sentence in English thinks of its subject, -1.0 to 1.0."""
_CLEAR = 0.25
_TURN = re.compile(
    r"\s*(?:;|\b(?:but|although|though|however|whereas|while|yet|despite|except|aber|während|jedoch|obwohl|doch"
    r"|mais|tandis que|cependant|bien que)\b)\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,\s*(?:and|und|et)?|\b(?:and|und|et|with)\b)\s*", re.IGNORECASE)
_PRAISE = re.compile(
    r"\b(?:prais\w+|lov(?:e|es|ed)|admir\w+|enjoy\w*|applaud\w*|appreciat\w+|commend\w*|well[- ]received|favou?rable|strengths?"
    r"|highlights?|positive\w*|gelobt|loben\w*|lobt|gefallen|gefällt|geschätzt|positiv\w*|stärken?"
    r"|apprécie\w*|appréciée?s?|louée?s?|aime\w*|positi(?:f|ve)s?)\b",
    re.IGNORECASE,
)
_BLAME = re.compile(
    r"\b(?:critici\w+|blam\w+|dislik\w+|complain\w*|disappoint\w+|fault\w*|lacks?|lacking|weak\w*|drawbacks?|negative\w*"
    r"|kritisier\w+|bemängel\w*|getadelt|enttäusch\w+|schwach|schwäche\w*|negativ\w*"
    r"|critiqu\w+|déç\w+|décevant\w*|faible\w*|reproch\w+|négati\w+)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|nobody|never|without|hardly|nicht|kein\w*|niemand|pas|aucun\w*)\b", re.IGNORECASE)
_UNANIMOUS = re.compile(
    r"\b(?:all (?:of )?(?:the )?(?:readers|reviewers|reviews)|every(?:one|body| reader)|unanimous\w*|alle(?:n)? (?:leser|rezens)\w*"
    r"|einstimmig|tous les (?:lecteurs|avis)|unanim\w+)\b",
    re.IGNORECASE,
)
_THE_BOOK = re.compile(
    r"\b(?:overall|the (?:book|novel|work)|insgesamt|das buch|der roman|le livre|le roman|dans l'ensemble)\b", re.IGNORECASE
)
_HAD_BY_ALL_LIST = "plot characters writing pacing ending setting dialogue humour illustrations translation beginning"
_HAD_BY_ALL = frozenset(_HAD_BY_ALL_LIST.split())
_COUNT = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|both)\s+(?:of the\s+)?(?:readers?|reviewers?|reviews?)\b",
    re.IGNORECASE,
)
_DOUBLED = re.compile(r"\b(\w{4,})(?: and| or| und| et| for being) \1\b", re.IGNORECASE)
"""A judgement of a thing for itself, as of humour for its humour and humour."""
_MOST_ADDED = 1
_REPORTING_LIST = """
book books novel novels work story reader readers reviewer reviewers review reviews author critic critics opinion opinions
view views overall general aspect aspects point points part parts side sides reason mention mentions mentioned find finds
finding found call called describe described consider considered feel feels felt think thinks judge judged judgement differ
differs divided agree agrees say says said note noted rate rated rating average star stars mixed majority minority positive
negative criticism praise particular buch roman werk geschichte leser leserinnen lesende lesenden rezension rezensionen autor
autorin meinung meinungen insgesamt allgemein aspekt aspekte punkt punkte teil teile seite grund finden findet empfinden
genannt beschrieben gilt gelten uneins geteilt stern sterne sternen durchschnitt einig mehrheit kritik lob besonders livre
roman oeuvre histoire lecteur lecteurs lectrice lectrices avis critique critiques auteur autrice opinion opinions ensemble
general aspect aspects point points partie parties raison trouvent trouve jugent juge jugee juges jugees partages divises
etoile etoiles moyenne note majorite eloge libro novela obra historia lector lectores resena resenas autor autora opinion
opiniones general aspecto aspectos punto puntos parte partes razon encuentran consideran critican elogian valoran valorado
divididos estrella estrellas media mayoria critica elogio
"""
_REPORTING = frozenset(_REPORTING_LIST.split())
"""Words (in normal form) with which opinions are reported, whatever they are."""
_VALUES_LIST = "one two three four five six seven eight nine ten eleven twelve"
_VALUES = {word: at for at, word in enumerate(_VALUES_LIST.split(), 1)} | {"both": 2}


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is known: the aspects, the moods, and all of it as the model was given it, title and quotations included."""

    aspects: Sequence[AspectEvidence]
    moods: Mapping[Sentiment, int]
    source: Source
    instruction: str
    language: str | None
    title: str


def faults_of_consensus(sentences: Sequence[str], table: Table, opinion: Opinion) -> list[Fault]:
    """The faults of the sentences, one of each; and of the whole, where nothing is left of what the table praises or criticises."""
    found: list[Fault] = []
    kept: list[str] = []
    for at, text in enumerate(sentences):
        against = next(((check, reason) for check, reason in _of_sentence(text, kept, table, opinion) if reason), None)
        if against is None:
            kept.append(text)
        else:
            found.append(Fault(against[0], ("consensus", at), str(against[1])))
    is_read = table.language == "en"  # the words of judgement of other languages are few
    if (found or is_read) and (left_out := _one_sided(kept, table, opinion)):
        found.append(Fault(Check.POLARITY, ("consensus",), left_out))
    return found


def _of_sentence(text: str, before: Sequence[str], table: Table, opinion: Opinion) -> Iterator[tuple[Check, str | None]]:
    yield Check.CUT_OFF, wording.cut_off(text)
    yield Check.SENTENCES, wording.sentence_count(text, 1, MOST_SENTENCES)
    yield Check.ECHO, wording.echo(text, table.instruction, table.source)
    yield Check.REPETITION, wording.loop(text) or _doubled(text) or wording.repeated(text, before)
    yield Check.LANGUAGE, wording.language(text, table.language)
    yield Check.NUMBER, grounding.unfounded_number(text, table.source) or _miscounted(text, table)
    yield Check.NAME, grounding.unfounded_name(text, table.source, table.language, (table.title,))
    yield Check.POLARITY, next(contradictions(text, table, opinion), None)
    yield Check.UNFOUNDED, next(filter(None, (_added(piece, table) for piece in _pieces(text, opinion))), None)


def _added(piece: str, table: Table) -> str | None:
    """What a model says beyond the table and the quotations: one word may be its own, more are embroidery."""
    words = [word for word in dict.fromkeys(grounding.words_of(piece)) if is_telling(word)]
    added = [
        word
        for word in words
        if not (
            word in _REPORTING or word in KNOWN_ASPECTS or table.source.holds(word) or _PRAISE.search(word) or _BLAME.search(word)
        )
    ]
    return f"no reader says “{' … '.join(added)}”" if len(added) > _MOST_ADDED else None


def _doubled(text: str) -> str | None:
    found = _DOUBLED.search(text)
    return f"it says “{found[0]}”" if found else None


def _one_sided(kept: Sequence[str], table: Table, opinion: Opinion) -> str | None:
    """What is said by the table and by no sentence that is left: praise alone is untrue of a book that readers criticise, too."""
    told = {side_of(piece, opinion) for text in kept for piece in _pieces(text, opinion)}
    verdicts = {aspect.verdict for aspect in table.aspects} & {*_OPPOSITE}
    words = {Sentiment.POSITIVE: "praised", Sentiment.NEGATIVE: "criticised"}
    return next((f"what is {words[side]} is left out" for side in _OPPOSITE if side in verdicts - told), None)


def contradictions(text: str, table: Table, opinion: Opinion) -> Iterator[str]:
    """What the prose says against the table, in words."""
    for sentence in wording.pieces(text):
        for piece in _pieces(sentence, opinion):
            side, named = side_of(piece, opinion), [aspect for aspect in table.aspects if is_named(aspect.name, piece)]
            yield from _against(piece, side, named)
            if side is not None:
                yield from _unknown(piece, table)
            if side is not None and not named:
                yield from _against_all(piece, side, table)


def side_of(piece: str, opinion: Opinion) -> Sentiment | None:
    """Whether a piece of a sentence praises or criticises; None where it does neither, or both."""
    praised, blamed = bool(_PRAISE.search(piece)), bool(_BLAME.search(piece))
    if praised == blamed:
        score = opinion(piece)
        return None if praised or abs(score) < _CLEAR else Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
    is_turned = _NOT.search(piece) is not None
    return Sentiment.POSITIVE if praised != is_turned else Sentiment.NEGATIVE


def is_named(aspect: str, piece: str) -> bool:
    """Whether a piece of a sentence names an aspect, by its own or by another word for it."""
    words = grounding.words_of(piece)
    own = grounding.words_of(aspect)
    return any(words[at : at + len(own)] == own for at in range(len(words))) or any(
        KNOWN_ASPECTS.get(word) == aspect and word not in _LOOSE for word in words
    )


_LOOSE_LIST = "people place world opening start end size message subject information example examples feeling feelings"
_LOOSE = frozenset(_LOOSE_LIST.split())
"""Words for aspects that mean other things as often."""


def _pieces(sentence: str, opinion: Opinion) -> Iterator[str]:
    """Clauses; one that praises and criticises is taken apart at "and", too."""
    for clause in filter(None, map(str.strip, _TURN.split(sentence))):
        parts = [part for part in _AND.split(clause) if part]
        sides = {side_of(part, opinion) for part in parts} - {None}
        if len(sides) < 2:  # noqa: PLR2004 -- both
            yield clause
            continue
        last: Sentiment | None = None
        joined = ""
        for part in parts:
            side = side_of(part, opinion)
            if side is not None and last is not None and side is not last:
                yield joined
                joined = part
            else:
                joined = f"{joined}, {part}" if joined else part
            last = side or last
        yield joined


def _against(piece: str, side: Sentiment | None, named: Sequence[AspectEvidence]) -> Iterator[str]:
    for aspect in named:
        if side is not None and aspect.verdict in _OPPOSITE and aspect.verdict is not side:
            word = {Sentiment.POSITIVE: "praise", Sentiment.NEGATIVE: "criticise"}[aspect.verdict]
            yield f"most readers {word} the {aspect.name}, and the text says the opposite"
        elif _UNANIMOUS.search(piece) and aspect.positive and aspect.negative:
            yield f"readers are not all of one opinion about the {aspect.name}"


_OPPOSITE = (Sentiment.POSITIVE, Sentiment.NEGATIVE)


def _against_all(piece: str, side: Sentiment, table: Table) -> Iterator[str]:
    mood = overall(table.moods)
    if mood in _OPPOSITE and mood is not side and not any(aspect.verdict is side for aspect in table.aspects):
        if _THE_BOOK.search(piece):
            yield "what it says of the whole book is the opposite of what most readers say"
        elif not any(aspect.positive if side is Sentiment.POSITIVE else aspect.negative for aspect in table.aspects):
            yield "no reader is quoted with anything of the kind"


def _unknown(piece: str, table: Table) -> Iterator[str]:
    known = {aspect.name for aspect in table.aspects}
    for word in grounding.words_of(piece):
        name = KNOWN_ASPECTS.get(word)
        if name in _HAD_BY_ALL and word not in _LOOSE and name not in known and not table.source.holds(word):
            yield f"no reader says anything about the {name}"


def _miscounted(text: str, table: Table) -> str | None:
    for found in _COUNT.finditer(text):
        if str(_VALUES[found[1].lower()]) not in table.source.numbers:
            return f"“{found[0]}” is not in the table"
    return None
