"""Which language a piece of text is written in, by its function words and its script."""

import re
from collections.abc import Sequence

from luminalib.domain.function_words import FUNCTION_WORDS, share_of
from luminalib.domain.spelling import words_in

LEAST_WORDS = 6
"""Of fewer words nobody can tell."""
_CLEAR, _LEAST_SHARE = 1.5, 0.2
"""A text has 35 to 60 % function words of its own language, and under 15 % of most others; neighbours share more."""
_SCRIPTS = {
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7a3]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_MOST = 0.5


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language whose function words a text has most of; None where that is not clear."""
    shares = _shares(text)
    best = max(shares, key=lambda code: shares[code], default=None)
    return best if best and shares[best] >= _LEAST_SHARE else None


def is_in_another_language(text: str, code: str) -> bool:
    """Whether a text is clearly not in the language `code` (a region behind it is ignored); never of a text that is too short."""
    short = code[:2].lower()
    if _is_in_another_script(text, short):
        return True
    shares = _shares(text)
    if short not in shares:
        return False
    other = max((share for known, share in shares.items() if known != short), default=0.0)
    return other >= max(_LEAST_SHARE, _CLEAR * shares[short])


def _is_in_another_script(text: str, code: str) -> bool:
    letters = len(_LETTER.findall(text))
    foreign = sum(
        len(pattern.findall(text)) for known, pattern in _SCRIPTS.items() if known not in (code, "zh" if code == "ja" else "")
    )
    own = len(_SCRIPTS[code].findall(text)) if code in _SCRIPTS else letters - foreign
    return letters > LEAST_WORDS and own < _MOST * letters


def _shares(text: str) -> dict[str, float]:
    words: Sequence[str] = [word for _, _, word in words_in(text)]
    return {code: share_of(words, code) for code in FUNCTION_WORDS} if len(words) >= LEAST_WORDS else {}
