"""From the lines of PDF pages to paragraphs: running heads off, cut words joined, wrapped lines unwrapped.

Everything is judged by where lines begin (one cheap question per line to the PDF library) and how long they are.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import sub

from luminalib.adapters.text.cleaning import clean, compounds_in, join_halves

_SPACES = re.compile(r"[ \t\xa0]{2,}")
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlcdm]{1,7}\Z", re.IGNORECASE)
_NUMBER_ONLY = re.compile(r"\W*(?:(?:page|seite|p\.)\s*)?#(?:\s*(?:/|of|von|de)\s*#)?\W*\Z", re.IGNORECASE)
_SENTENCE_ENDS = (".", "!", "?", ":", "…", "。", "！", "？")  # noqa: RUF001 - the full-width ones are meant
_CLOSING_MARKS = "\"'”’»«)]"  # noqa: RUF001 - quotation marks are meant
_LONGEST_RUNNING_HEAD = 150
_RUNNING_ON_PAGES = 3
_EDGE_LINES = 3
_MEASURED_PAGES = 40
_USUAL_LEADING = 12.0
_LEAST_LEADING = 4.0
_WIDE_GAP = 1.3
_GAP_OF_FORMULA = 4.0
_SAME_LINE = 0.55
_INDENT_FROM, _INDENT_TO = 4.0, 45.0
_SHORT = 0.6


@dataclass(slots=True)
class PageLines:
    """The lines of a page in reading order.

    Each has its text and the place where it begins (PDF units, y grows upwards); those in `cuts` end in a cut word.
    """

    texts: list[str] = field(default_factory=list)
    xs: "array[float]" = field(default_factory=lambda: array("f"))
    ys: "array[float]" = field(default_factory=lambda: array("f"))
    cuts: set[int] = field(default_factory=set)

    def add(self, text: str, x: float, y: float, *, is_cut: bool = False) -> None:
        """Appends a line; one that is empty only tells its place and is dropped."""
        text = text.strip()
        if text:
            if is_cut:
                self.cuts.add(len(self.texts))
            self.texts.append(text)
            self.xs.append(x)
            self.ys.append(y)


def compose(pages: list[PageLines]) -> Iterator[str]:
    """The clean text of every page, in order. Empties `pages` on the way, so that a big book is not held twice."""
    measure = _Measure.of(pages)
    compounds = compounds_in("\n".join(page.texts) for page in pages if page.cuts) if any(p.cuts for p in pages) else frozenset()
    running = _running_lines(pages, measure.leading)
    for number, page in enumerate(pages):
        dropped = running.get(number)
        everything = range(len(page.texts))
        kept = [index for index in everything if index not in dropped] if dropped else everything
        text = _flow(page, kept or everything, measure, compounds)
        pages[number] = PageLines()
        yield clean(text)


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a document: the distance of two lines of a paragraph and the length of a full line."""

    leading: float
    full_line: int

    @classmethod
    def of(cls, pages: Sequence[PageLines]) -> "_Measure":
        steps: Counter[float] = Counter()
        lengths: Counter[int] = Counter()
        for page in pages[:: len(pages) // _MEASURED_PAGES + 1]:
            lengths.update(map(len, page.texts))
            steps.update([round(drop, 1) for drop in map(sub, page.ys, page.ys[1:]) if drop > _LEAST_LEADING])
        return cls(steps.most_common(1)[0][0] if steps else _USUAL_LEADING, _upper_quartile(lengths))


def _upper_quartile(lengths: Counter[int]) -> int:
    # By characters, not by lines: the many short lines of tables and formulas must not decide what a full line is.
    wanted = sum(length * count for length, count in lengths.items()) / 2
    for length in sorted(lengths):
        wanted -= length * lengths[length]
        if wanted <= 0:
            return length
    return 1


def _running_lines(pages: Sequence[PageLines], leading: float) -> dict[int, set[int]]:
    """Per page the lines at its edges that come back at the same height on neighbouring pages: heads, feet, page numbers."""
    places: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for number, page in enumerate(pages):
        for index in _edge_lines(page, leading):
            places[_fingerprint(page, index)].append((number, index))
    running: defaultdict[int, set[int]] = defaultdict(set)
    for found in places.values():
        numbers = {number for number, _ in found}
        if len(numbers) >= _RUNNING_ON_PAGES:
            for number, index in found:
                if numbers & {number - 2, number - 1, number + 1, number + 2}:
                    running[number].add(index)
    return running


def _edge_lines(page: PageLines, leading: float) -> Iterator[int]:
    """The lines above and below the body, told from it by a wide gap or by being nothing but a number."""
    by_height = sorted(range(len(page.texts)), key=page.ys.__getitem__)
    for side in (by_height, by_height[::-1]):
        block = side[: _EDGE_LINES + 1]
        heights = [page.ys[index] for index in block]
        gaps = [place for place in range(1, len(block)) if abs(heights[place] - heights[place - 1]) > _WIDE_GAP * leading]
        until = gaps[0] if gaps else 0
        yield from (index for index in block[:until] if len(page.texts[index]) <= _LONGEST_RUNNING_HEAD)
        if not until and block and _NUMBER_ONLY.match(_without_numbers(page.texts[block[0]])):
            yield block[0]


def _fingerprint(page: PageLines, index: int) -> tuple[str, int]:
    return _without_numbers(page.texts[index]), round(page.ys[index] / 3)


def _without_numbers(text: str) -> str:
    return "#" if _ROMAN.match(text) else _DIGITS.sub("#", text)


def _flow(page: PageLines, kept: Sequence[int], measure: _Measure, compounds: frozenset[str]) -> str:
    """The lines of a page as one text: paragraphs apart, wrapped lines joined, short lines (verse, lists) left as they are."""
    if not kept:
        return ""
    texts, xs, ys, cuts = page.texts, page.xs, page.ys, page.cuts
    full, close = _SHORT * measure.full_line, _WIDE_GAP * measure.leading
    before = kept[0]
    last, x, y = texts[before], xs[before], ys[before]
    parts = [last]
    begins = True  # whether the last line begins a paragraph
    for here in kept[1:]:
        text, next_x, next_y = texts[here], xs[here], ys[here]
        if before in cuts and here == before + 1:
            parts[-1] = join_halves(parts[-1], text, compounds)
            begins = False
        elif len(last) >= full and 0 < y - next_y <= close and -_INDENT_FROM <= next_x - x <= _INDENT_FROM:
            parts += (" ", text)  # by far the most lines: full, and the next one close below it
            begins = False
        else:
            separator = _separator(page, before, here, measure, begins=begins)
            begins = separator == "\n\n"
            parts += (separator, text)
        before, last, x, y = here, text, next_x, next_y
    text = "".join(parts)
    return _SPACES.sub(" ", text) if "  " in text else text


def _separator(page: PageLines, before: int, here: int, measure: _Measure, *, begins: bool) -> str:
    """What stands between two neighbouring lines that `_flow` does not just join: a space, a line end or a paragraph end."""
    drop = page.ys[before] - page.ys[here]
    indent = page.xs[here] - page.xs[before]
    if abs(drop) < _SAME_LINE * measure.leading and indent > 0:
        return " "  # a superscript, or the next column of a table
    last = page.texts[before]
    is_short = len(last) < _SHORT * measure.full_line
    is_close = drop <= _WIDE_GAP * measure.leading
    is_end = last.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_ENDS)
    runs_on = not is_end and page.texts[here][0].islower()
    if not is_close:  # a formula in a line pushes the next one away too
        return " " if runs_on and not is_short and drop < _GAP_OF_FORMULA * measure.leading else "\n\n"
    # From a paragraph's indented first line back to the margin is no new paragraph.
    if is_end and (is_short or drop < 0 or abs(indent) > _INDENT_FROM) and not (begins and -_INDENT_TO < indent < 0):
        return "\n\n"
    if drop < 0 or abs(indent) > _INDENT_TO:  # another column, or round a picture
        return "\n\n" if is_short else " "
    stays_short = is_short and (not runs_on or abs(indent) > _INDENT_FROM)
    return "\n" if stays_short else " "
