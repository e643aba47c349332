"""From sections, as extractors leave them, to paragraphs: lines that were wrapped are joined, verse becomes stanzas."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from luminalib.adapters.llm.extractive.boilerplate import is_noise_line, own_text

_BLANK = re.compile(r"\n\s*\n")
_SPACES = re.compile(r"\s+")
_NUMBERS = re.compile(r"[\divxlc]+\b", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…:؟۔。！？][\"'”’»“)\]*_]*$")
_STARTS_ITEM = re.compile(r"^(?:[•▪●○◦*–—·-]\s|\d{1,3}[.)]\s|\([a-z\d]{1,3}\)\s)")
_MONTHS = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jan|Feb|Aug|Sept?|Okt|Nov|Dez"
_ITEM_MARK = re.compile(
    rf"^(?:[•▪●○◦*·]\s+|\d{{1,3}}[.)]\s+(?!(?:{_MONTHS})\b)|\([a-z\d]{{1,3}}\)\s+|"
    r"-\s+(?!.*[.!?…][\"'”’»“)\]*_]*$))"
)
"""What stands before an item is none of its words; a dash in front of a whole sentence is that of somebody who speaks,
and a number in front of a month is a day."""
_SHORT_LINE = 0.6
_REPEATED = 3
_LONGEST = 20_000
"""Characters; no writer makes a longer paragraph, and joining without an end would take ever longer."""
_VERSE_LINE = 60
_VERSE_SHARE = 0.7
_VERSE_BLOCKS = 20


def paragraphs_of(texts: Sequence[str]) -> list[str]:
    """The paragraphs of a book without what its publisher, printer and file format put around them."""
    running = _running_heads(texts)
    pages = [_without_running_heads(text, running) for text in texts]
    kept = own_text(pages)
    width = _line_width(kept)
    blocks = [block for page in kept for block in _blocks(page, width)]
    # An empty block stands for a heading: a stanza ends there, while a paragraph may go on behind a page's head.
    joined = _stanzas(blocks) if _is_verse(blocks) else _continued(blocks)
    return [paragraph for paragraph in joined if paragraph]


def _running_heads(texts: Sequence[str]) -> frozenset[str]:
    """First and last lines that return on at least three pages, whatever their page number."""
    edges = Counter(edge for text in texts for edge in {_shape(line) for line in _edges(text)})
    return frozenset(edge for edge, count in edges.items() if count >= _REPEATED)


def _edges(text: str) -> list[str]:
    lines = text.strip().splitlines()
    return [lines[at] for at in (0, 1, -2, -1) if len(lines) > 4]  # noqa: PLR2004 - two lines on each side need a middle


def _shape(line: str) -> str:
    return _SPACES.sub(" ", _NUMBERS.sub("#", line)).strip().lower()


def _without_running_heads(text: str, running: frozenset[str]) -> str:
    lines = text.strip().splitlines()
    last = len(lines) - 1
    return "\n".join(
        line
        for at, line in enumerate(lines)
        if not ((at < 2 or at > last - 2) and _shape(line) in running)  # noqa: PLR2004
    )


def _line_width(texts: Iterable[str]) -> int:
    """The usual length of a full line; long where lines are whole paragraphs."""
    lengths = sorted(len(line) for text in texts for line in text.splitlines() if line.strip())
    return lengths[len(lengths) * 3 // 4] if lengths else 0


def _blocks(page: str, width: int) -> Iterator[str]:
    for block in _BLANK.split(page):
        lines = [_SPACES.sub(" ", line).strip() for line in block.splitlines()]
        running = [line for line in lines if line and not is_noise_line(line)]
        yield from _joined(running, width)
        if any(lines) and not running:
            yield ""


def _joined(lines: list[str], width: int) -> Iterator[str]:
    """Joins wrapped lines; a clearly short line ends its paragraph, or is a heading, and a list mark starts one."""
    current = ""
    is_list = sum(_STARTS_ITEM.match(line) is not None for line in lines) > 1
    for at, line in enumerate(lines):
        if current and _STARTS_ITEM.match(line):
            yield current
            current = ""
        # A number at the beginning of a single line may be one that a sentence was wrapped at.
        current = _append(current, _ITEM_MARK.sub("", line) if is_list or at == 0 else line)
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if _breaks_after(line, following, width) or len(current) > _LONGEST:
            yield current
            current = ""
    if current:
        yield current


def _breaks_after(line: str, following: str, width: int) -> bool:
    if not following or following[0].islower() or len(line) >= _SHORT_LINE * width:
        return False
    return line[-1] not in ",;-–—" or bool(_ENDS.search(line))


def _append(text: str, line: str) -> str:
    if not text:
        return line
    if text.endswith(("-", "\u00ad", "\u2010")) and len(text) > 1 and text[-2].isalpha() and line[0].islower():
        return text[:-1] + line
    return f"{text} {line}"


def _is_verse(blocks: Sequence[str]) -> bool:
    short = sum(len(block) < _VERSE_LINE for block in blocks)
    unended = sum(not _ENDS.search(block) for block in blocks)
    return len(blocks) > _VERSE_BLOCKS and min(short, 1.5 * unended) > _VERSE_SHARE * len(blocks)


def _stanzas(blocks: Iterable[str]) -> Iterator[str]:
    """Lines of verse, joined up to the end of their sentence."""
    current = ""
    for block in blocks:
        if not block:
            yield current
            current = ""
            continue
        current = f"{current} {block}".strip()
        if _ENDS.search(block) or len(current) > _LONGEST:
            yield current
            current = ""
    yield current


def _continued(blocks: Iterable[str]) -> Iterator[str]:
    """Joins a paragraph that a page break cut: it does not end, and what follows starts in lower case."""
    current = ""
    for block in filter(None, blocks):
        if len(current) < _LONGEST and current and block[0].islower() and not _ENDS.search(current) and len(current) > _VERSE_LINE:
            current = _append(current, block)
        else:
            yield current
            current = block
    yield current
