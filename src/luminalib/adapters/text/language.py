"""Which language a text is in: by its script, else by a vote of its most frequent small words; and by its name."""
# ruff: noqa: RUF001  (Cyrillic words are meant)

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from types import MappingProxyType

from luminalib.domain.languages import language_code

_WORDS = MappingProxyType(
    {
        "en": "the and of to in that it was is he for with his as you not but had her she at have which from they this",
        "de": "der die das und ist nicht ein eine zu den mit sich auf für von dem des im auch als wird es ich er sie",
        "fr": "le la les des de d l et est une un dans que qui qu pour pas sur au du il elle ce vous je à mes ne",
        "es": "el la los las de que y en un una es por con para no se del al lo como más su pero sus le yo",
        "it": "il di che la e un una per non con del della sono si gli le dei alla nel anche come più ma lo ho",
        "pt": "o a os as de que e do da em um uma não para com por dos das no na se mais como mas ao foi",
        "nl": "de het een en van is dat niet in op te zijn met voor hij er aan maar ook als bij om die ik ze",
        "sv": "och det att i en som är på inte av för med den till jag han var ett om hade men sig så vi hon",
        "da": "og det at i en som er på ikke af for med den til jeg han var et om havde men sig så vi hun de",
        "fi": "ja on ei se että oli hän mutta niin kuin myös ovat joka ole sen tai kun hänen minä mitä nyt jos",
        "pl": "i w nie na się z do to że jest o jak ale po co tak za od jego przez był tym już ich czy",
        "cs": "a se v na je že to s z do o i jako by ale k jsem za pro si jeho byl tak jsou když",
        "tr": "bir ve bu da de için ile çok ne daha gibi kadar olan var ben o ama onun her sonra değil olarak",
        "no": "og det at i en som er på ikke av for med den til jeg han var et om hadde men seg så vi hun de hvor noe",
        "ro": "de și în la a nu să cu pe este un o că din mai ce pentru se au dar era sunt fi lui ca care ei el",
        "ca": "el la els les de i que a en un una és per amb no del al ho com més però seva va ser aquest hi ni",
        "hu": "a az és hogy nem egy is ez meg csak de volt el van ki már mint még azt amely ha mert vagy aki be",
        "hr": "je i u na se da su za od sam nije što kao ali koji bi to iz s o ne samo ili kada već bio bila koje",
        "sk": "a sa v na je že to s do o ako by ale k som za pre si jeho bol tak keď aj nie od po čo",
        "sl": "je in v na se da so za ki bi ni pa kot ali od bil to iz s o ne samo ko že ga jo mu tudi",
        "et": "ja on ei et see oli ta ma mis kui aga ka oma siis või ning mida nagu seda tema olid veel",
        "lv": "un ir ar to ka no uz bija par tas es viņš kas nav bet vai arī pie lai kad viņa pēc tā",
        "lt": "ir yra kad su į tai iš buvo jis o ne bet kaip aš tik jo per ar prie dar tas jau jos",
        "vi": "là và của có không một người những cho đã được trong với này các đó ông tôi anh nó khi thì ra",
        "id": "yang dan di itu dengan untuk dari tidak ini dalam akan pada juga ke ada saya dia mereka kami bisa oleh",
        "sw": "na ya wa kwa ni katika la za hii kama yake lakini huo sana hiyo wao mtu cha kuwa alikuwa",
        "tl": "ang ng sa na mga at ay si ito niya siya para hindi ko isang kung nang ni may kanyang",
        "eo": "la kaj de en estas ne al ke li mi ĝi por kun sed kiu tio ili oni pri estis el",
        "bg": "и на да се за в от не е с по са но което като това до ще така че му ми си тя беше която",
        "sr": "је и у на се да су за од сам није што као али који би то из с о не само или када већ био",
        "ru": "и в не на что он с как это я а по но она к у его из за так же то был все мы",
        "uk": "і в не на що він з як це я а по але вона до у його із за так же то був все ми та є",
    }
)
# Single Latin letters are no evidence: formulas and initials are full of them.
_STOP_WORDS = MappingProxyType(
    {
        language: frozenset(word for word in words.split() if len(word) > 1 or not word.isascii())
        for language, words in _WORDS.items()
    }
)
_SCRIPTS = MappingProxyType(
    {
        "ja": re.compile(r"[\u3040-\u30ff]"),
        "ko": re.compile(r"[\uac00-\ud7af]"),
        "zh": re.compile(r"[\u4e00-\u9fff]"),
        "ar": re.compile(r"[\u0620-\u064a]"),
        "he": re.compile(r"[\u05d0-\u05ea]"),
        "el": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
        "th": re.compile(r"[\u0e00-\u0e7f]"),
        "hi": re.compile(r"[\u0900-\u097f]"),
        "bn": re.compile(r"[\u0980-\u09ff]"),
        "pa": re.compile(r"[\u0a00-\u0a7f]"),
        "gu": re.compile(r"[\u0a80-\u0aff]"),
        "ta": re.compile(r"[\u0b80-\u0bff]"),
        "te": re.compile(r"[\u0c00-\u0c7f]"),
        "kn": re.compile(r"[\u0c80-\u0cff]"),
        "ml": re.compile(r"[\u0d00-\u0d7f]"),
        "ka": re.compile(r"[\u10a0-\u10ff]"),
        "hy": re.compile(r"[\u0530-\u058f]"),
        "am": re.compile(r"[\u1200-\u137f]"),
    }
)
_KIN = MappingProxyType(
    {
        "ur": ("ar", re.compile(r"[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]"), 0.03),
        "fa": ("ar", re.compile(r"[\u067e\u0686\u0698\u06af\u06a9\u06cc]"), 0.03),
        "mr": ("hi", re.compile(r"\b(?:आहे|आणि|नाही|होते|त्या|हे)\b"), 0.004),
    }
)
_NOT_THEIR_LETTERS = MappingProxyType({"ru": "іїєґђјљњћџў", "uk": "ыэёъђјљњћџў", "bg": "ыэёіїєґђјљњћџў", "sr": "ыэёъьщйюяіїєґў"})
"""Letters that a language in Cyrillic does not have."""
_LETTERS = MappingProxyType(
    {
        "pl": ("ąęłńśźż", "ćó"),
        "cs": ("ěřů", "áčďéíňóšťúýž"),
        "sk": ("äĺľôŕ", "áčďéíňóšťúýž"),
        "hu": ("őű", "áéíóöúü"),
        "ro": ("ășțţ", "âîş"),
        "tr": ("ğış", "çöüâîû"),
        "az": ("ə", "çğıöşü"),
        "hr": ("đć", "čšž"),
        "lt": ("ėįų", "ąčęšūž"),
        "lv": ("ģķļņ", "āčēīšūž"),
    }
)
"""Of languages whose words change so much that few are small: letters that tell them apart, and others that they have, too."""
_LEAST_MARKED, _LEAST_OWN_WORDS, _OWN_LETTERS = 0.15, 3, 0.97
_STRAY = 2
_BEYOND_LATIN = re.compile(r"[\u0370-\uffff]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLES = 8
_SAMPLE_CHARACTERS = 800
_LEAST_WORDS = 12
_LEAST_SHARE = 0.08
_LEAD = 1.3
_SCRIPT_SHARE = 0.15
_SHORTEST_NAME = 4
_ENOUGH_TO_OVERRULE = 6000
_LEAST_SHARE_OF_MORE, _LEAD_OF_MORE = 0.25, 1.15

_LANGUAGES_IN_ONE = re.compile(r"\s*[,;/|]\s*|\s+(?:and|und|et|y)\s+")
_QUALIFIER = re.compile(r"\s*[(\[].*$")


def declared_language(value: str | None) -> str | None:
    """The code of a language's code or name, whichever language the name is in; the first where several are named.

    `en-GB`, `eng`, `English (UK)`, `Englisch` are all `en`.
    """
    for name in _LANGUAGES_IN_ONE.split((value or "").strip()[:100]):
        if code := language_code(name) or _by_name(_QUALIFIER.sub("", name)):
            return code
    return None


def _by_name(name: str) -> str | None:
    if name.isascii() and len(name) < _SHORTEST_NAME:
        return None
    import langcodes  # noqa: PLC0415 -- its names are 5 MB that most books do not need

    with suppress(LookupError):
        return language_code(langcodes.find(name).to_tag())
    return None


def detect_language(texts: Sequence[str]) -> str | None:
    """The language of a document's sections, judged by a few thousand words of it; None when unsure."""
    sample = _sample(texts)
    return _by_script(sample) or _by_words(sample) or _by_letters(sample) or _by_more_words(sample)


def language_of(texts: Sequence[str], declared: str | None) -> str | None:
    """The declared language, unless there is none or a long text is surely in another."""
    detected = detect_language(texts) if declared is None or _is_long(texts) else None
    return detected or declared


def _is_long(texts: Sequence[str]) -> bool:
    """Long enough to be believed more than what somebody has declared: a quotation may be in another language than its book."""
    return sum(map(len, texts)) >= _ENOUGH_TO_OVERRULE


def _sample(texts: Sequence[str]) -> str:
    step = max(len(texts) // _SAMPLES, 1)
    share = _SAMPLES * _SAMPLE_CHARACTERS // len(texts[::step]) if texts else 0
    return "\n".join(text[:share] for text in texts[::step])


def _by_script(sample: str) -> str | None:
    letters = sum(map(len, _WORD.findall(sample)))
    if sample.isascii() or len(_BEYOND_LATIN.findall(sample)) <= _SCRIPT_SHARE * letters:
        return None
    for language, script in _SCRIPTS.items():  # Japanese comes before Chinese: only its kana tell the two apart
        if len(script.findall(sample)) > _SCRIPT_SHARE * letters:
            return _of_one_script(language, sample)
    return None


def _of_one_script(language: str, sample: str) -> str:
    """The language among those that share a script: Persian and Urdu have letters of their own, Marathi its words."""
    letters = max(len(_SCRIPTS[language].findall(sample)), 1)
    for other, (base, own, share) in _KIN.items():
        if base == language and len(own.findall(sample)) > share * letters:
            return other
    return language


def _by_words(sample: str) -> str | None:
    counts = Counter(_WORD.findall(sample.lower()))
    foreign = _foreign_to(sample)
    total = counts.total()
    shares = (
        (sum(counts[word] for word in counts.keys() & words), language)
        for language, words in _STOP_WORDS.items()
        if language not in foreign
    )
    votes = sorted(shares, reverse=True)
    (best, language), (second, _) = votes[0], votes[1]
    is_sure = total >= _LEAST_WORDS and best >= _LEAST_SHARE * total and best >= _LEAD * second
    return language if is_sure else None


def _by_letters(sample: str) -> str | None:
    """By letters that one of the languages has, in many words, while hardly any other letter beyond ASCII is there."""
    words = Counter(_WORD.findall(sample.lower()))
    marked = {word: count for word, count in words.items() if not word.isascii()}
    if words.total() < _LEAST_WORDS or sum(marked.values()) < _LEAST_MARKED * words.total():
        return None
    letters = Counter(letter for word, count in marked.items() for letter in word * count if not letter.isascii())
    found = {}
    for language, (own, others) in _LETTERS.items():
        with_own = sum(not set(own).isdisjoint(word) for word in marked)
        is_whole = sum(letters[letter] for letter in own + others) >= _OWN_LETTERS * letters.total()
        if is_whole and with_own >= _LEAST_OWN_WORDS:
            found[language] = with_own
    return max(found, key=lambda language: found[language], default=None)


def _foreign_to(sample: str) -> set[str]:
    """The languages in Cyrillic that a text is not in, as it has letters that they do not: small words are much the same in all."""
    letters = Counter(sample.lower())
    return {language for language, others in _NOT_THEIR_LETTERS.items() if sum(letters[letter] for letter in others) > _STRAY}


def _by_more_words(sample: str) -> str | None:
    """By the stop words of a library, for the languages that the lists here lack; its lists are longer, so they must count more."""
    counts = Counter(_WORD.findall(sample.lower()))
    total = counts.total()
    shares = {
        language: sum(counts[word] for word in counts.keys() & words) / max(total, 1) for language, words in _more_words().items()
    }
    ranked = sorted(shares, key=lambda language: shares[language], reverse=True)
    best, second = ranked[0], ranked[1]
    is_sure = total >= _LEAST_WORDS and shares[best] >= _LEAST_SHARE_OF_MORE and shares[best] >= _LEAD_OF_MORE * shares[second]
    return language_code(best) if is_sure else None


@cache
def _more_words() -> dict[str, frozenset[str]]:
    from stopwordsiso import langs, stopwords  # noqa: PLC0415 -- for few books

    # Not Latin: what stands in its place in drafts (“Lorem ipsum”) is far more frequent.

    return {language: frozenset(word for word in stopwords(language) if len(word) > 1) for language in langs() if language != "la"}
