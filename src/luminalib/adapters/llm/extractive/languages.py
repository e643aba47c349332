"""Which language a text is written in, as far as the word lists know it."""

from collections import Counter
from collections.abc import Sequence

from luminalib.adapters.llm.extractive.lexicons import LEXICONS
from luminalib.adapters.llm.extractive.words import bare, normal, words_of

_SAMPLE_CHARACTERS = 60_000
_CONFIDENT = 0.12
"""Texts have 35% to 60% function words of their own language and under 15% of another's."""
_SCRIPTS = (("ja", "\u3040", "\u30ff"), ("ko", "\uac00", "\ud7a3"), ("zh", "\u4e00", "\u9fff"), ("th", "\u0e00", "\u0e7f"))
_SCRIPT_SHARE = 0.1


def language_of(paragraphs: Sequence[str], declared: str | None) -> str | None:
    """An ISO 639-1 code: what the text shows where that is clear, else what the book says about itself, else None."""
    sample = _sample(paragraphs)
    return _by_script(sample) or _by_function_words(sample) or ((declared or "")[:2].lower() or None)


def _sample(paragraphs: Sequence[str]) -> str:
    """Paragraphs from all over the text: a preface may be in another language than the book."""
    step = max(1, sum(map(len, paragraphs)) // _SAMPLE_CHARACTERS)
    return " ".join(paragraphs[::step])[:_SAMPLE_CHARACTERS]


def _by_script(sample: str) -> str | None:
    if sample.isascii():
        return None
    for code, first, last in _SCRIPTS:
        if sum(first <= char <= last for char in sample) > _SCRIPT_SHARE * len(sample):
            return code
    return None


def _by_function_words(sample: str) -> str | None:
    words = Counter(part for word in words_of(sample) for part in {normal(word), bare(word)})
    total = sum(words.values()) or 1
    share = {code: sum(words[word] for word in lexicon.function_words) / total for code, lexicon in LEXICONS.items()}
    best = max(share, key=lambda code: share[code])
    return best if share[best] >= _CONFIDENT else None
