"""What stands around a work in its own book: prefaces, notes, glossaries, words on its author and other books."""
# ruff: noqa: E501, RUF001  (headings in several languages)

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from luminalib.adapters.llm.extractive.lexicons import LEXICONS, WELL_KNOWN, Lexicon
from luminalib.adapters.llm.extractive.words import normal

_HEADING = re.compile(
    r"^\W*(?:(?:author['’]s |editor['’]s |translator['’]s |publisher['’]s )?(?:preface|foreword|notes?)(?: (?:by|on|to) .{1,60})?|"
    r"préface|avant-propos|notes|vorwort|anmerkungen|prólogo del (?:autor|editor|traductor)|prefacio|notas|prefazione|note|"
    r"prefácio|voorwoord|aantekeningen|"
    r"about the (?:author|translator|publisher|illustrator)s?|(?:other|more|further) (?:books|titles|works|novels) by (?:the same author|(?-i:[A-Z].{1,60}))|also by (?-i:[A-Z][\w .'’-]{1,50})|"
    r"(?:books |also )?by the same author|also available|über (?:den autor|die autorin|die autoren)|"
    r"(?:weitere|andere) (?:bücher|titel|werke) (?:von (?-i:[A-Z].{1,60})|(?:des|der) autor\w*)|à propos de l['’]auteure?|du même auteur|de la même auteure?|"
    r"(?:sobre|acerca de) (?:el autor|la autora)|otros (?:libros|títulos) de (?-i:[A-Z].{1,60})|(?:l['’]autore|l['’]autrice|dello stesso autore)|"
    r"sobre (?:o autor|a autora)|do mesmo autor|over de auteur|van dezelfde auteur|glossary|vocabulary|glossaire|vocabulaire|glossar|glosario|vocabulario|glossario|woordenlijst)"
    r"\W*$",
    re.IGNORECASE,
)
_CHAPTER = re.compile(
    r"^\W*(?:(?:chapter|kapitel|chapitre|capítulo|capitolo|stave|book|part|act|hoofdstuk|teil|livre|partie|parte|libro|canto)\b.{0,60}|"
    r"[ivxlc]{1,6}\.?|\d{1,3}\.?)$",
    re.IGNORECASE,
)
_MOST = 0.4
"""Where more than that share of a text seems to stand around the work, it is the work."""
_NOTES_FROM = 0.6
_LONGEST_HEADING = 90
_WINDOW = 6
_LEAST_FOREIGN, _FOREIGN_AGAINST_OWN = 0.06, 0.3


def is_chapter(line: str) -> bool:
    """Whether a line is the heading of a chapter, by its word or by its number."""
    return _CHAPTER.match(line) is not None


def without_matter(pages: Sequence[str]) -> list[str]:
    """The pages without prefaces, to the end of their page, and without notes and glossaries at the end, to the next chapter."""
    kept: list[str] = []
    is_around = False
    whole, passed = sum(map(len, pages)), 0
    for page in pages:
        is_around = is_around and passed > _NOTES_FROM * whole
        lines: list[str] = []
        for line in page.splitlines():
            if len(line) <= _LONGEST_HEADING:
                is_around = bool(_HEADING.match(line)) or (is_around and not is_chapter(line))
            if not is_around:
                lines.append(line)
        kept.append("\n".join(lines))
        passed += len(page)
    return kept if sum(map(len, kept)) >= (1 - _MOST) * whole else list(pages)


def foreign(words: Sequence[Sequence[str]], lexicon: Lexicon) -> list[bool]:
    """For each sentence, whether it stands where another language is as much at home, as in a list of words with translations."""
    own = lexicon.function_words
    if lexicon.code not in WELL_KNOWN:
        return [False] * len(words)
    others = _small_words_of_others(own)
    found: list[bool] = [False] * len(words)
    counted = [Counter(others.get(normal(word)) for word in sentence) for sentence in words]
    ours = list(accumulate((sum(normal(word) in own for word in sentence) for sentence in words), initial=0))
    total = list(accumulate(map(len, words), initial=0))
    for code in {code for counts in counted for code in counts if code}:
        theirs = list(accumulate((counts[code] for counts in counted), initial=0))
        for at in range(len(words)):
            start, stop = max(0, at - _WINDOW), min(len(words), at + _WINDOW + 1)
            share = theirs[stop] - theirs[start]
            found[at] |= share >= _LEAST_FOREIGN * (total[stop] - total[start]) and share >= _FOREIGN_AGAINST_OWN * (
                ours[stop] - ours[start]
            )
    return found


def _small_words_of_others(own: frozenset[str]) -> dict[str, str]:
    """The small words that one other language alone has, and the text's own has not."""
    counts = Counter(word for code in WELL_KNOWN for word in LEXICONS[code].function_words)
    return {
        word: code
        for code in sorted(WELL_KNOWN)
        for word in LEXICONS[code].function_words
        if counts[word] == 1 and word not in own and len(word) > 1
    }
