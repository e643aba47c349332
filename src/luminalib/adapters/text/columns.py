"""Columns of a page that was painted row by row, whose lines PDFium joins across the gutter: apart where it runs down the page.

A table has a gutter, too: only what is set as prose on both sides is read column by column.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from luminalib.adapters.text.layout import PageLines

Origins = Callable[[list[int]], tuple["array[float]", "array[float]"]]
"""Where the characters at some places of a page's text stand."""
_WIDE = 3.0
"""Times the mean width of a letter: a gap between the beginnings of two neighbouring letters that words in a line hardly have."""
_LEAST_GUTTER = 1.0
"""The same, for the strip that no line of a column runs into."""
_LEAST_LINES, _MOST_LINES = 6, 200
"""No page is set in more; each line is held against those below it."""
_LEAST_LENGTH, _LEAST_FILLED = 20, 0.6
"""Characters of a usual line on each side, and its share of the longest one."""
_ON_BOTH_SIDES = 0.67
"""The share of such lines; a table has cells of several lines beside shorter ones."""
_ALIGNED, _ALIGNED_SHARE = 3.0, 0.6
"""Points, and so many lines of the right column that begin so near to its edge."""


class _Gap(NamedTuple):
    """Between two words of a line: the place of the second one, where the first one ends and where the second one begins."""

    at: int
    left: float
    right: float


class _Line(NamedTuple):
    text: str
    start: int
    is_cut: bool
    gaps: list[_Gap]
    left: float
    right: float


def in_columns(texts: Sequence[str], starts: Sequence[int], cuts: set[int], origins: Origins) -> PageLines | None:
    """The lines of a page in the order of its columns; None where it has none that were joined.

    `texts` are the lines, `starts` their places in the page's text; those in `cuts` end in a cut word.
    """
    if not _LEAST_LINES <= len(texts) <= _MOST_LINES:
        return None
    long = [at for at, text in enumerate(texts) if len(text) > 2 * _LEAST_LENGTH]
    if not any(
        _may_have_a_gap(texts[at], starts[at], origins) for at in (long[len(long) // 3 :][:1] + long[2 * len(long) // 3 :][:1])
    ):
        return None
    lines = [_line(text, start, at in cuts, origins) for at, (text, start) in enumerate(zip(texts, starts, strict=True))]
    ordered = list(_in_order(lines))
    if len(ordered) == len(lines):
        return None
    found = PageLines()
    for line, x, y in zip(ordered, *origins([line.start for line in ordered]), strict=True):
        found.add(line.text, x, y, is_cut=line.is_cut)
    return found


def _in_order(lines: Sequence[_Line]) -> Iterator[_Line]:
    """The lines, those of columns apart; of what stands right of the first there may be more."""
    for region, gutter in _regions(lines):
        if gutter is None:
            yield from region
        else:
            sides = [_sides(line, gutter) for line in region]
            for column in zip(*sides, strict=True):
                yield from _in_order([line for line in column if line is not None])


def _may_have_a_gap(text: str, start: int, origins: Origins) -> bool:
    """Whether the middle of a line has a wider gap than a plain page has: two lines of each page are looked at, so it is quick."""
    edges = len(text) // 4
    spaces = [at for at in range(edges, len(text) - edges) if text[at] == " "]
    xs, _ = origins([start, start + len(text) - 1, *(start + at + side for at in spaces for side in (-1, 1))])
    wide = _WIDE * (xs[1] - xs[0]) / len(text)
    return any(behind - before > wide for before, behind in zip(xs[2::2], xs[3::2], strict=True))


def _line(text: str, start: int, is_cut: bool, origins: Origins) -> _Line:  # noqa: FBT001 -- a field
    spaces = [at for at in range(1, len(text) - 1) if text[at].isspace() and not text[at - 1].isspace()]
    after = [next(place for place in range(at, len(text)) if not text[place].isspace()) for at in spaces]
    places = [0, *(at - 1 for at in spaces), *after, len(text) - 1]
    xs, _ = origins([start + place for place in places])
    letter = (xs[-1] - xs[0]) / max(1, len(text) - 1)
    gaps = [
        _Gap(at, before + letter, behind)
        for at, before, behind in zip(after, xs[1 : 1 + len(spaces)], xs[1 + len(spaces) : -1], strict=True)
        if behind - before > _WIDE * letter > 0
    ]
    return _Line(text, start, is_cut, gaps, xs[0], xs[-1])


def _regions(lines: Sequence[_Line]) -> Iterator[tuple[Sequence[_Line], tuple[float, float] | None]]:
    """Neighbouring lines, with the strip between two columns where they are set in such."""
    at = 0
    while at < len(lines):
        end, gutter = _column_from(lines, at)
        if gutter is None:
            end = at + 1
        yield lines[at:end], gutter
        at = end


def _column_from(lines: Sequence[_Line], first: int) -> tuple[int, tuple[float, float] | None]:
    """How far the columns reach that begin with a line, and the strip between them."""
    best: tuple[int, tuple[float, float] | None] = (first + 1, None)
    for gap in lines[first].gaps:
        letter = (lines[first].right - lines[first].left) / max(1, len(lines[first].text))
        left, right, end = gap.left, gap.right, first
        for line in lines[first:]:
            narrowed = _narrowed(line, left, right, _LEAST_GUTTER * letter)
            if narrowed is None:
                break
            (left, right), end = narrowed, end + 1
        if end > best[0] and _is_prose(lines[first:end], (left, right)):
            best = (end, (left, right))
    return best


def _narrowed(line: _Line, left: float, right: float, least: float) -> tuple[float, float] | None:
    """The strip without what the line reaches into; None where it runs across."""
    if line.right < left or line.left >= right - 1:  # on one side alone
        return left, right
    strips = [(max(left, gap.left), min(right, gap.right)) for gap in line.gaps]
    return max((strip for strip in strips if strip[1] - strip[0] >= least), key=lambda strip: strip[1] - strip[0], default=None)


def _is_prose(lines: Sequence[_Line], gutter: tuple[float, float]) -> bool:
    """Whether most lines have text on both sides, full lines on each, and those on the right begin below one another."""
    found = [(at, line, gap) for at, line in enumerate(lines) if (gap := _gap_at(line, gutter)) is not None]
    if len(found) < _LEAST_LINES or len(found) < _ON_BOTH_SIDES * (found[-1][0] - found[0][0] + 1):
        return False
    gaps = [gap for *_, gap in found]
    parts = [[gap.at for gap in gaps], [len(line.text) - gap.at for _, line, gap in found]]
    is_full = all(median(part) >= max(_LEAST_LENGTH, _LEAST_FILLED * max(part)) for part in parts)
    edge = min(gap.right for gap in gaps)
    return is_full and sum(gap.right - edge <= _ALIGNED for gap in gaps) >= _ALIGNED_SHARE * len(gaps)


def _gap_at(line: _Line, gutter: tuple[float, float]) -> _Gap | None:
    return next((gap for gap in line.gaps if gap.left <= gutter[0] + 1 and gap.right >= gutter[1] - 1), None)


def _sides(line: _Line, gutter: tuple[float, float]) -> tuple[_Line | None, _Line | None]:
    """What stands left and right of the strip."""
    gap = _gap_at(line, gutter)
    if gap is None:
        return (line, None) if line.left < gutter[0] else (None, line)
    text, at = line.text[: gap.at].rstrip(), gap.at
    is_cut = len(text) > 1 and text[-1] in "-\u2010" and text[-2].isalpha()
    left = _Line(text[: -1 if is_cut else None], line.start, is_cut, [one for one in line.gaps if one.at < at], line.left, gap.left)
    behind = [one._replace(at=one.at - at) for one in line.gaps if one.at > at]
    return left, _Line(line.text[at:], line.start + at, line.is_cut, behind, gap.right, line.right)
