"""A book as the methods need it: its language, its sentences, their words."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from luminalib.adapters.llm.extractive.boilerplate import is_notice, notice_phrases_in, speaks_to_a_machine
from luminalib.adapters.llm.extractive.capitals import in_small_letters
from luminalib.adapters.llm.extractive.languages import language_of
from luminalib.adapters.llm.extractive.lexicons import Lexicon, lexicon_for
from luminalib.adapters.llm.extractive.matter import foreign
from luminalib.adapters.llm.extractive.paragraphs import paragraphs_of
from luminalib.adapters.llm.extractive.sentences import Sentence, sentences_of
from luminalib.adapters.llm.extractive.words import bare, length_in_words, normal, terms_of, words_of

MAXIMUM_CHARACTERS = 4_000_000
"""Longer texts are read in even samples, so that no file can take the engine's time away from the others."""
_FREQUENT_SHARE = 0.06
_AFTER_A_COMMAND = 2
_STORY_PRONOUNS = 0.016
_STORY_DIALOGUE = 0.12
_QUOTED = re.compile(r"[\"“„«]\s?[\w’']+[ ,.!?]")
"""A quoted word alone is a term, not speech."""
_SMALL_WORDS, _FEW_SMALL_WORDS = 0.22, 0.05
"""The least share of function words in a sentence; Arabic writes many of them as a part of the next word."""
_CAPITALS, _CAPITALS_OF_NOUNS = 0.45, 0.65
_NEARLY_ALL = 0.95
_FEW_SMALL = "ru"
"""The language whose function words are too few to count."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read; `title` and `authors` as the library knows them."""

    title: str
    authors: tuple[str, ...]
    language: str | None
    lexicon: Lexicon
    sentences: Sequence[Sentence]
    words: Sequence[list[str]]
    """Per sentence."""
    length: int
    """In words, of the whole text and not of a sample."""

    @cached_property
    def empty(self) -> frozenset[str]:
        """Words without meaning of their own; measured in the text where the language is unknown."""
        known = self.lexicon.empty
        if self.lexicon.function_words:
            return known
        counts = Counter(word for words in self.words for word in {normal(word) for word in words})
        return known | frozenset(word for word, count in counts.items() if count > max(2, _FREQUENT_SHARE * len(self.words)))

    @cached_property
    def foreign(self) -> list[bool]:
        """Per sentence, whether it stands among words of another language."""
        return foreign(self.words, self.lexicon)

    @cached_property
    def end(self) -> float:
        """Where the work ends, 0.0 to 1.0: before the word list behind it, where there is one."""
        own = [sentence.position for sentence, is_foreign in zip(self.sentences, self.foreign, strict=True) if not is_foreign]
        return own[int(_NEARLY_ALL * len(own))] if own and len(own) < _NEARLY_ALL * len(self.sentences) else 1.0

    @cached_property
    def prose(self) -> list[bool]:
        """Per sentence, whether its words are one of the text's language, and no list, heading, formula or foreign gloss."""
        small = self.lexicon.function_words
        written = frozenset(word for word in {word for words in self.words for word in words} if {normal(word), bare(word)} & small)
        told = zip(self.words, self.foreign, strict=True)
        return [not is_foreign and _is_prose(words, written, self.lexicon) for words, is_foreign in told]

    @cached_property
    def spoken(self) -> list[bool]:
        """Per sentence, whether it has quotation marks or stands inside a quotation."""
        return [sentence.inside_quotation or bool(_QUOTED.search(sentence.text)) for sentence in self.sentences]

    @cached_property
    def dialogue(self) -> float:
        """The share of sentences that are spoken."""
        return sum(self.spoken) / (len(self.sentences) or 1)

    @cached_property
    def is_story(self) -> bool:
        """Much talk of "he", "she" and "I", or much dialogue."""
        counts = Counter(word for words in self.words for word in words)
        persons = sum(count for word, count in counts.items() if normal(word) in self.lexicon.personal)
        return persons > _STORY_PRONOUNS * counts.total() or self.dialogue > _STORY_DIALOGUE

    @cached_property
    def terms(self) -> list[list[str]]:
        """Per sentence, its meaningful stems."""
        return [terms_of(words, self.empty) for words in self.words]


def read(title: str, authors: Sequence[str], language: str | None, texts: Sequence[str]) -> Reading:
    """Cleans and splits the texts of a book's sections."""
    paragraphs = paragraphs_of(in_small_letters(texts, language))
    length = sum(map(length_in_words, paragraphs))
    sampled = _sample(paragraphs)
    code = language_of(sampled, language)
    sentences = _without_boilerplate(sentences_of(sampled))
    words = [words_of(sentence.text) for sentence in sentences]
    return Reading(
        title=title,
        authors=tuple(authors),
        language=code,
        lexicon=lexicon_for(code),
        sentences=sentences,
        words=words,
        length=length,
    )


def _is_prose(words: Sequence[str], function_words: frozenset[str], lexicon: Lexicon) -> bool:
    """Function words make the sentence, and capitals the list of names."""
    if not words or not lexicon.function_words or lexicon.code == _FEW_SMALL:
        return bool(words)
    small = sum(map(function_words.__contains__, words))
    capitals = sum(word[0].isupper() for word in words)
    most = _CAPITALS_OF_NOUNS if lexicon.nouns_are_capitalised else _CAPITALS
    return small >= (_FEW_SMALL_WORDS if lexicon.code == "ar" else _SMALL_WORDS) * len(words) and capitals <= most * len(words)


def _sample(paragraphs: Sequence[str]) -> Sequence[str]:
    step = sum(map(len, paragraphs)) // MAXIMUM_CHARACTERS + 1
    return paragraphs[::step]


def _without_boilerplate(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Drops notices, repetitions, and a command to a machine together with what follows it in its paragraph."""
    kept: list[Sentence] = []
    seen: set[str] = set()
    muted = 0
    phrases = notice_phrases_in("\n".join(sentence.text for sentence in sentences))
    for sentence in sentences:
        muted = 0 if sentence.opens_paragraph else max(0, muted - 1)
        if speaks_to_a_machine(sentence.text):
            muted = _AFTER_A_COMMAND + 1
        key = sentence.text.casefold()
        if not muted and key not in seen and not is_notice(sentence.text, phrases):
            kept.append(sentence)
        seen.add(key)
    return kept
