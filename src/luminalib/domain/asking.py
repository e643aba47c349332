"""What in a text obliges its readers, and what makes it a story, which asks nobody for anything."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections.abc import Iterator

from luminalib.domain.sentences import sentences_in
from luminalib.domain.spelling import words_in

_OTHERS = r"(?<!they )(?<!there )(?<!he )(?<!she )(?<!it )(?<!\bi )(?<!who )(?<!this )(?<!that )"
"""Before "must" these tell what others have to do, or what is likely, and ask nothing of the reader."""
_DONE = (
    r"(?:not |always |never |also |first )*be (?!(?:pleased|surprised|interested|tired|married)\b)"
    r"[a-z]{2,}(?:ed|en|pt|nt|ne|wn|ld|ut)\b"
)

_OPENING = """
there here these those this that then when where what some many most once but and yet nor for from with after before under over
until although though because unless while whether than like within without about above across against along among around behind
below beneath beside between beyond despite down during except inside into near off onto outside per since through throughout till
toward towards upon via both either neither such only even just almost not never perhaps maybe now soon today tonight thus hence
therefore however still also too very quite rather more much less few several another each every all any who whom whose which why
how such they she his her our your their its you one two three four five six seven eight nine ten half
"""
"""Words that open a statement where a demand has its verb."""

ASKING = {
    "en": (
        r"(?<!you )(?<!to )\bplease\b(?! (?:him|her|them|me|us|everyone))",
        (
            rf"{_OTHERS}\b(?:must|shall) (?:not |always |never |also |first )*(?!be\b|have\b|not\b)[a-z]{{3,}}|\b(?:must|"
            rf"shall) {_DONE}|"
            r"\b(?:you|users|readers|members|students|staff|applicants) (?:have|need) to\b|\b(?:is|are) required to\b|"
            r"make sure that|ensure that"
        ),
        (
            rf"\b(?:you|we|users|readers|members|students|staff|applicants|one) should\b|\bshould {_DONE}|"
            r"\bit is (?:recommended|advisable|essential)\b|\bwe recommend\b"
        ),
        (
            r"^(?:always|never|do not|don['’]t|avoid|remember|check|use|install|keep|read|follow|contact|set|choose|wash|"
            r"take|add|remove|"
            r"write|start|stop|eat|drink|try|see that|turn|open|close|select|enter|click|report|review|submit|send|call) \w"
            r"(?!.*, and (?:the|a|an|it|you|they|we|he|she|there|this|that)\b)"
        ),
    ),
    "fr": (
        r"\bveuillez\b|s['’]il vous plaît",
        r"\b(?:il faut|doit|doivent|devez|devons|est obligatoire)\b",
        r"\b(?:il est conseillé|devrait)\b",
    ),
    "de": (
        r"\bbitte\b",
        r"\b(?:müssen sie|sie müssen|ist erforderlich|ist zu beachten|muss .{1,80} werden)\b",
        r"\b(?:man sollte|sollten? sie|sie sollten|sollten? .{1,80} werden)\b|\bempfiehlt sich\b",
    ),
    "es": (r"\bpor favor\b", r"\b(?:debe|deben|debemos|hay que|es obligatorio)\b", r"\b(?:debería|deberían|se recomienda)\b"),
    "it": (r"\bper favore\b", r"\b(?:deve|devono|dobbiamo|bisogna|è obbligatorio)\b", r"\b(?:dovrebbe|si consiglia)\b"),
    "pt": (r"\bpor favor\b", r"\b(?:deve|devem|devemos|é preciso|é obrigatório)\b", r"\b(?:deveria|recomenda-se)\b"),
    "nl": (r"\b(?:alstublieft|gelieve)\b", r"\b(?:moet|moeten|is verplicht)\b", r"\b(?:dient te|wordt aanbevolen)\b"),
}
"""Patterns of obligation per language, the strongest first."""

OBLIGING = {
    "en": (
        r"\b(?:must|should|shall|ought to|needs? to|ha(?:s|ve) to|(?:is|are) (?:asked|to be|advised|encouraged) )",
        (
            rf"^(?:\W|\d)*(?!(?:{'|'.join(_OPENING.split())})\b)[a-z]{{3,}}(?<!ing)(?<!ed)(?<!s)"
            r" (?:the|a|an|each|every|all|both|two|three|four|your|it|them|one|enough|some|any|no|for|with|from|in|on|until)\b"
        ),
    ),
    "de": (r"\b(?:muss|müssen|soll(?:en|te|ten)?|darf nicht|dürfen nicht)\b|\b(?:ist|sind) .{1,80} zu \w+en\b", r"^\W*\w+en sie\b"),
    "fr": (r"\b(?:faut|doit|doivent|devra|devront|devrait|convient de)\b", r"^\W*\w+ez\b"),
    "es": (r"\b(?:debe|deben|deberá|hay que)\b",),
    "it": (r"\b(?:deve|devono|bisogna|occorre)\b",),
    "pt": (r"\b(?:deve|devem|deverá|é preciso)\b",),
    "nl": (r"\b(?:moet|moeten|dient|dienen)\b",),
}
"""Weaker signs: enough to believe somebody who says what a text asks for, not enough to quote it for that."""

PERSONAL = {
    "en": "i me my he him his she her hers myself himself herself",
    "fr": "je j me m mon ma il elle lui tu te son sa",
    "de": "ich mich mir mein meine er ihn ihm du dich dir",
    "es": "yo me mi él ella tú te le",
    "it": "io mi mio mia lui lei egli ella tu ti gli",
    "pt": "eu me meu minha ele ela tu te lhe",
    "nl": "ik mij mijn hij hem zij haar jij jou",
}
"""Pronouns of persons, frequent in stories."""
_STORY_PRONOUNS, _STORY_DIALOGUE = 0.016, 0.12
_SPEECH = re.compile(r"[\"“„«]\s?[\w’']+[ ,.!?]")
"""A quoted word alone is a term, not speech."""
_FEW_SENTENCES = 8


def is_story(text: str, language: str | None) -> bool:
    """Much talk of "he", "she" and "I", or much dialogue."""
    personal = set(PERSONAL.get((language or "en")[:2].lower(), "").split())
    words = [word for _, _, word in words_in(text)]
    sentences = sentences_in(text)
    spoken = sum(_SPEECH.search(text, start, stop) is not None for start, stop in sentences)
    is_told = len(sentences) >= _FEW_SENTENCES and spoken > _STORY_DIALOGUE * len(sentences)
    return is_told or sum(word in personal for word in words) > _STORY_PRONOUNS * max(1, len(words))


def asking_sentences(text: str, language: str | None) -> Iterator[str]:
    """The sentences that ask somebody for something: by a word of obligation, or by the verb that they begin with."""
    short = (language or "en")[:2].lower()
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in (*ASKING.get(short, ()), *OBLIGING.get(short, ()))]
    for start, stop in sentences_in(text):
        sentence = text[start:stop].strip()
        if not sentence.endswith("?") and any(pattern.search(sentence) for pattern in patterns):
            yield sentence
