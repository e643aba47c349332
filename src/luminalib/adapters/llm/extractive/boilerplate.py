"""What stands in a book's file and is not the book: licences, contents, notices, notes of transcribers, words to a machine."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re
from collections.abc import Sequence

from luminalib.adapters.llm.extractive.matter import is_chapter, without_matter
from luminalib.ports.children import Progress

_START = re.compile(r"^\W*(?:START OF (?:THE|THIS) PROJECT GUTENBERG|\*END\*? ?THE SMALL PRINT).*$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(
    r"^\W*(?:END OF (?:THE |THIS )?PROJECT GUTENBERG|START: FULL LICENSE|THE FULL PROJECT GUTENBERG LICENSE).*$",
    re.IGNORECASE | re.MULTILINE,
)
_BACK_MATTER = re.compile(
    r"^\W*(?:(?:alphabetical |general |subject )?index|bibliograph(?:y|ie)|bibliografía|works cited|references|"
    r"literatur(?:verzeichnis)?|"
    r"stichwortverzeichnis|symbolverzeichnis|abbildungsverzeichnis|footnotes|endnotes|transcriber['’]s? notes?|"
    r"original transcriber['’]s notes|"
    r"table of contents|brief contents|contents|table des matières|inhaltsverzeichnis|índice|indice|inhoud|copyright(?: page|"
    r" notice)?|"
    r"impressum|bildquellen|colophon|list of (?:illustrations|figures|tables)|guide|acknowledge?ments|revision history)\W*$",
    re.IGNORECASE,
)
_NOTICE_PHRASES = (
    "gutenberg", "©", "copyright", "all rights reserved", "trademark", "public domain", "creative commons", "licensed under",
    "licenced under", "terms of use", "proofread", "transcriber", "transcribed", "produced by", "electronic work", "printed in the",
    "printed by", "printed and bound", "première édition", "first published", "published by", "library of congress", "this ebook",
    "this e-book", "tous droits réservés", "alle rechte vorbehalten", "todos los derechos", "tutti i diritti",
    "alle rechten voorbehouden", "character set encoding", "livre électronique", "erreurs typographiques", "dieses ebook",
    "libro electrónico", "typographical error", "spelling has been", "http://", "https://", "www.", "arxiv:", "doi:",
)  # fmt: skip
_NOTICE = re.compile(
    r"\bclick on\b|"
    r"\b(?:(?:e-?books?|e-?texts?)\b.{0,60}\b(?:files?|formats?|editions?)\b|(?:e-?books?|e-?texts?)\b.{0,40}(?:\breleased?\b|licen[cs]e|\bproduced\b|#)|(?:isbn|issn|etext)\b|"
    r"donations?\b.{0,60}\b(?:tax|foundation|archive)|"
    r"(?:bilder|abbildungen|images|photos|photographs|illustrations|figures|drawings)\b.{0,60}\b(?:erstellt|stammen|entnommen|"
    r"courtesy|permission|credits?|(?:created|taken|drawn|made|provided) by)\b)|"
    r"\b(?:itali(?:cs?|ques?)|cursief|kursiv\w*|gesperrt\w*)\b.{0,60}(?<!\w)[_=+*]\w+[_=+*](?!\w)|"
    r"\(c\) ?\d{4}|\S@\S+\.\w|\w\.(?:com|org|net)\b"
)
_MACHINE_HINTS = (
    "ignor", "disregard", "forget", "overrid", "prompt", "repl", "respond", "answer", "output", "print", "you are", "as an ai",
    "negeer", "<", "[", "dear ", "note to", "attention", "hey ", "hello ",
)  # fmt: skip
"""One of these is in every match of the pattern below; looking for them first is ten times as fast."""
_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|foregoing|all|your|these)\b.{0,30}"
    r"\b(?:instructions?|prompts?|rules|directions|guidelines)\b|\bsystem prompt\b|"
    r"\b(?:reply|respond|answer|output|print)\b (?:only |solely |just |exclusively )?with\b.{0,30}\b(?:word|text|phrase|"
    r"string|following)\b|"
    r"\byou are (?:now )?(?:an? )?(?:ai|assistant|chatbot|language model|llm|in \w+ mode)\b|\bas an ai\b|"
    r"\b(?:dear|note to|attention|hey|hello)\b.{0,15}\b(?:ai|llms?|language models?|chatbots?)\b|"
    r"\bignore[zr]\b.{0,40}\binstructions\b|\bignoriere\w*\b.{0,40}\b(?:anweisung|instruktion)\w*|"
    r"\bignor[ae]\w*\b.{0,40}\b(?:instrucciones|istruzioni|instruções)\b|\bnegeer\b.{0,40}\binstructies\b|"
    r"</?(?:system|assistant|user|instructions?)>|\[/?inst\]|<\|\w+\|>",
)
_NOISE_LINE = re.compile(
    r"^(?:[\W\d_]+|[ivxlcdm]+\.?|page \d+.*|(?:chapter|kapitel|chapitre|capítulo|capitolo|stave|book|part|hoofdstuk|"
    r"section)\s+[\divxlc]+\b.{0,60}|"
    r".*\.{4,}.*|.*(?:\. ){4,}.*|\[(?:illustration|image|footnote|sidenote|abbildung).*|.*_{4,}.*|"
    r"(?:figure|fig\.|table|tabelle|abbildung|tableau|illustration)\s*[\divx.]+.{0,120})$",
    re.IGNORECASE,
)
_SMALL = 400
"""Characters of a section that may be a title page as a whole."""
_BLOCK = re.compile(r"\n\s*\n")
_LONGEST_TITLE_PAGE = 1500
_ENDS = 0.1
"""Of a text, at its beginning and at its end: there notices stand."""


def own_text(pages: Sequence[str]) -> list[str]:
    """The pages without licence, contents and notices around the text proper; never empty where other words remain."""
    text_pages = _between_markers(pages)
    return without_matter([_without_back_matter(page) for page in text_pages])


def own_pages(*, texts: Sequence[str], progress: Progress) -> list[str]:
    """The task for those who read a work as it stands: its pages as `own_text` leaves them.

    Without notices and the lines in capitals of title pages at either end.
    """
    pages = own_text(texts)
    whole, passed = sum(map(len, pages)), 0
    phrases = notice_phrases_in("\n".join(pages))
    kept: list[str] = []
    for page in pages:
        blocks: list[str] = []
        in_capitals = _is_loud(page)
        for block in _BLOCK.split(page):
            is_at_an_end = min(passed, whole - passed) < _ENDS * whole and len(block) <= _SMALL
            if not is_at_an_end or not ((_is_title(block) and not in_capitals) or is_notice(" ".join(block.split()), phrases)):
                blocks.append(block)
            passed += len(block)
        kept.append("\n\n".join(blocks).strip())
    kept[:1] = map(_without_title_page, kept[:1])
    progress(1.0)
    return kept if any(kept) else list(texts)


def _without_title_page(page: str) -> str:
    """What stands before the heading of the first chapter goes where it is no prose: title, author, edition."""
    blocks = _BLOCK.split(page)
    first = next((at for at, block in enumerate(blocks) if is_chapter(block.strip().split("\n")[0])), 0)
    before = blocks[:first]
    if sum(map(len, before)) > _LONGEST_TITLE_PAGE:
        return page
    return "\n\n".join([block for block in before if any(map(_is_prose, block.splitlines()))] + blocks[first:])


def _between_markers(pages: Sequence[str]) -> list[str]:
    """Cuts before the last start mark and after the first end mark behind it, wherever the extractor put section breaks."""
    kept = list(pages)
    for at in reversed(range(len(kept))):
        if marks := list(_START.finditer(kept[at])):
            kept = [kept[at][marks[-1].end() :], *kept[at + 1 :]]
            break
    for at, page in enumerate(kept):
        if mark := _END.search(page):
            return [*kept[:at], page[: mark.start()]]
    return kept


def _without_back_matter(page: str) -> str:
    """Drops a list such as an index or the contents: from its heading to the next line that is prose, or that it has listed."""
    lines: list[str] = []
    listed: list[str] | None = None
    for line in page.splitlines():
        plain = " ".join(line.casefold().split())
        if _BACK_MATTER.match(line):
            listed = []
        elif listed is not None and (_is_prose(line) or (is_chapter(line) and any(one.startswith(plain) for one in listed))):
            listed = None
        if listed is None:
            lines.append(line)
        else:
            listed.append(plain)
    return "\n".join(lines)


def _is_prose(line: str) -> bool:
    """Long, or ended like a sentence, and mostly in lower case."""
    words = line.split()
    small = sum(word[0].islower() for word in words)
    return len(words) > 5 and small > 0.6 * len(words) and line.strip()[-1] not in "0123456789"  # noqa: PLR2004


def is_noise_line(line: str) -> bool:
    """A line that is not running text: number, heading, caption, dotted leader, notice, words to a machine, all capitals."""
    if len(line) > _SMALL:
        return False
    return bool(_NOISE_LINE.match(line)) or speaks_to_a_machine(line) or _is_loud(line)


def _is_title(block: str) -> bool:
    return all(_is_loud(line) and not is_chapter(line) for line in block.splitlines() if line.strip())


def _is_loud(line: str) -> bool:
    letters = [char for char in line if char.isalpha()]
    return len(letters) > 3 and sum(char.isupper() for char in letters) > 0.8 * len(letters)  # noqa: PLR2004


def notice_phrases_in(text: str) -> list[str]:
    """Those that occur at all, which are few in a book: looking for them alone is ten times as fast."""
    lowered = text.lower()
    return [phrase for phrase in _NOTICE_PHRASES if phrase in lowered]


def is_notice(sentence: str, phrases: Sequence[str] = _NOTICE_PHRASES) -> bool:
    """Whether a sentence speaks about the file, its rights or its makers instead of being a part of the work."""
    lowered = sentence.lower()
    return any(phrase in lowered for phrase in phrases) or bool(_NOTICE.search(lowered))


def speaks_to_a_machine(sentence: str) -> bool:
    """Whether a sentence tries to instruct a language model."""
    lowered = sentence.lower()
    return any(hint in lowered for hint in _MACHINE_HINTS) and bool(_TO_A_MACHINE.search(lowered))
