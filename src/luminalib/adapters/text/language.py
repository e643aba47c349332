"""Which language a text is in: by its script, else by a vote of its most frequent small words."""
# ruff: noqa: RUF001  (Cyrillic words are meant)

import re
from collections import Counter
from collections.abc import Sequence
from types import MappingProxyType

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
    }
)
_BEYOND_LATIN = re.compile(r"[\u0370-\uffff]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLES = 8
_SAMPLE_CHARACTERS = 800
_LEAST_WORDS = 12
_LEAST_SHARE = 0.08
_LEAD = 1.3
_SCRIPT_SHARE = 0.15

_BY_NAME = MappingProxyType(
    {
        "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt", "dutch": "nl",
        "swedish": "sv", "danish": "da", "finnish": "fi", "polish": "pl", "czech": "cs", "turkish": "tr", "russian": "ru",
        "ukrainian": "uk", "japanese": "ja", "korean": "ko", "chinese": "zh", "arabic": "ar", "hebrew": "he", "greek": "el",
        "thai": "th", "hindi": "hi", "latin": "la", "esperanto": "eo", "norwegian": "no", "hungarian": "hu", "catalan": "ca",
    }
)  # fmt: skip
_THREE_LETTERS = MappingProxyType(
    {
        "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt", "nld": "nl",
        "dut": "nl", "swe": "sv", "dan": "da", "fin": "fi", "pol": "pl", "ces": "cs", "cze": "cs", "tur": "tr", "rus": "ru",
        "ukr": "uk", "jpn": "ja", "kor": "ko", "zho": "zh", "chi": "zh", "ara": "ar", "heb": "he", "ell": "el", "gre": "el",
    }
)  # fmt: skip


def declared_language(value: str | None) -> str | None:
    """The primary subtag of a BCP 47 tag, or the code of an English name: `en-GB`, `eng` and `English` are all `en`."""
    name = (value or "").strip().lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    match = re.match(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*\Z", name)
    code = _THREE_LETTERS.get(match[1], match[1]) if match else None
    return None if code in ("und", "mul", "zxx") else code


def detect_language(texts: Sequence[str]) -> str | None:
    """The language of a document's sections, judged by a few thousand words of it; None when unsure."""
    sample = _sample(texts)
    return _by_script(sample) or _by_words(sample)


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
            return language
    return None


def _by_words(sample: str) -> str | None:
    counts = Counter(_WORD.findall(sample.lower()))
    total = counts.total()
    shares = ((sum(counts[word] for word in counts.keys() & words), language) for language, words in _STOP_WORDS.items())
    votes = sorted(shares, reverse=True)
    (best, language), (second, _) = votes[0], votes[1]
    is_sure = total >= _LEAST_WORDS and best >= _LEAST_SHARE * total and best >= _LEAD * second
    return language if is_sure else None
