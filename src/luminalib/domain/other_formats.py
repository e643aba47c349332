"""Formats that look like plain text and are no books: what they are, and what somebody who has one can do."""

import re

_RTF = re.compile(r"\A\s*\{\\rtf")
_DOCTYPE = re.compile(r"\A\s*<!doctype\s+html", re.IGNORECASE)
_FICTION_BOOK = re.compile(r"\A[^\n]{0,200}\s*<FictionBook\b")
_KEY = re.compile(
    r"\A\s*(?:-----BEGIN (?!PGP SIGNED)[A-Z0-9 ]{3,40}-----\s*$|Bag Attributes\s*$|Certificate:\s*\n\s+Data:)", re.MULTILINE
)
_XML = re.compile(r"\A\s*<(?:\?(?:xml|xpacket)|svg\b|!doctype|[A-Za-z][\w.-]*:[\w.-]+\s)", re.IGNORECASE)
_TAG = re.compile(r"\A\s*<(?:!--|!doctype|/?[a-z][a-z0-9]{0,11}(?:\s+[^<>]{0,500})?/?>)", re.IGNORECASE)
_CLOSED = re.compile(
    r"</(?:p|div|span|a|b|i|em|strong|h[1-6]|ul|ol|li|table|tr|td|body|html|head|title|script|style|font|center|section|article)\s*>",
    re.IGNORECASE,
)
_JSON = re.compile(
    r'\A\s*(?:\{\s*(?:"[^"\n]{0,200}"\s*:|\}\s*\Z)|\[\s*(?:\{|\[|"[^"\n]{0,500}"\s*[,\]]|-?\d+(?:\.\d+)?\s*[,\]]|\]\s*\Z))'
)
_CODE_START = re.compile(r"\A(?:#!\s*/|<\?php|#include\s*[<\"]|package\s+[\w.]+;|%!PS|\\documentclass|\\input\b|---\s*\n[\w-]+:)")
_CODE_LINE = re.compile(
    r"[;{}]\s*\Z|\)\s*:\s*\Z|^\s*(?://|/\*|\*/|#\s?\w+\s*=|def\s+\w+\(|class\s+\w+|import\s+[\w.]+\s*;?\Z|from\s+[\w.]+\s+import\b|"
    r"function\s+\w+|(?:var|let|const)\s+\w+\s*=|(?:public|private|static)\s+\w+|return\b.*[\w)\]]\Z|(?:if|for|while)\s*\(|else\s*:?\Z|"
    r"elif\b|[\w.\[\]\"']+\s*=\s*\S)"
)
_MAIL = re.compile(
    r"\A(?:From \S+ .*\n|\d+[ ]*\n)?(?=(?:.+\n){0,60}?(?:MIME-Version|Message-ID|Received|Return-Path):)"
    r"(?:[A-Z][\w-]{1,60}:(?:[ \t].*)?\n(?:[ \t]+.*\n)*){3}",
    re.IGNORECASE,
)
_CARD = re.compile(r"\A\s*BEGIN:V(?:CARD|CALENDAR)\b", re.IGNORECASE)
_SUBTITLES = re.compile(r"\A\s*(?:WEBVTT\b|\d+\s*\n\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->)")
_LONG_CELL = 12
_LEAST_ROWS, _LEAST_LINES_OF_CODE, _CODE_SHARE = 5, 8, 0.7
_KINDS = {
    "a table": "csv tsv",
    "data": "json jsonl geojson yaml yml toml ini log sql properties bib ris enw dxf stl afm mif hdr dif",
    "a web page": "htm html xhtml xht mht mhtml",
    "XML": "svg xml opf ncx rss xsl xmp",
    "a FictionBook (FB2)": "fb2",
    "a key or a certificate": "pem crt cer key csr",
    "PostScript or TeX": "tex sty cls ps eps",
    "rich text (RTF)": "rtf",
    "an e-mail": "eml mbox",
    "a calendar or an address": "ics vcf vcs",
    "a file of subtitles": "srt vtt ass ssa",
    "source code": (
        "py js ts jsx tsx java c h cpp hpp cs go rs rb php sh bat ps1 css kt swift r pl lua scala vue asm diff patch m dot gv ipynb"
    ),
}
_ENDINGS = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_ADVICE = {
    "a table": "Save it as a PDF if it is to be read.",
    "data": "Put what is to be read into a text document and save that as PDF, EPUB or plain text.",
    "a web page": "Print it into a PDF, or save its text.",
    "XML": "Convert it to EPUB or PDF.",
    "a FictionBook (FB2)": "Convert it to EPUB, with calibre for example.",
    "a key or a certificate": "Keep it where keys are kept: what is uploaded here is for readers.",
    "rich text (RTF)": "Open it in a word processor and save it as PDF, EPUB or plain text.",
    "an e-mail": "Print it into a PDF, or save its text.",
    "a calendar or an address": "Put what is to be read into a text document and save that as PDF, EPUB or plain text.",
    "a file of subtitles": "Put what is said into a text document and save that as PDF, EPUB or plain text.",
    "source code": "Print it into a PDF if it is to be read.",
    "PostScript or TeX": "Make a PDF of it.",
}


def advice_for(kind: str) -> str:
    """What somebody can do who has a file of a kind that `foreign_format` names."""
    return _ADVICE[kind]


def foreign_format(head: str, filename: str, *, is_whole: bool) -> str | None:
    """What a file is that consists of characters and is no text for readers; None for one that is.

    `head` is its beginning, the whole file when `is_whole`. The name counts where the content could be either.
    """
    head = head.lstrip("\ufeff")
    lines = [line.rstrip("\r") for line in head.split("\n")]
    lines = [line for line in (lines if is_whole else lines[:-1]) if line.strip()]
    marks = {
        "rich text (RTF)": _RTF.match(head),
        "a web page": _TAG.match(head) and (_CLOSED.search(head) or _DOCTYPE.match(head)),
        "a key or a certificate": _KEY.match(head),
        "a FictionBook (FB2)": _FICTION_BOOK.match(head),
        "XML": _XML.match(head),
        "data": _JSON.match(head),
        "an e-mail": _MAIL.match("\n".join(lines) + "\n"),
        "a calendar or an address": _CARD.match(head),
        "a file of subtitles": _SUBTITLES.match(head),
        "PostScript or TeX": head.startswith(("%!PS", "\\documentclass")),
        "a table": _is_table(lines),
        "source code": _CODE_START.match(head) or _is_code(lines),
    }
    found = next((kind for kind, is_so in marks.items() if is_so), None)
    return found or (_ENDINGS.get(filename.lower().rstrip().rpartition(".")[2]) if "." in filename else None)


def _is_table(lines: list[str]) -> bool:
    """Whether every line has the same number of separators, at least two, and no cell is a sentence."""
    for separator in ("\t", ";", ",", "|"):
        counts = {line.count(separator) for line in lines}
        if len(lines) >= _LEAST_ROWS and len(counts) == 1 and min(counts) >= 2:  # noqa: PLR2004 -- three columns
            return not any(map(_is_sentence, (cell for line in lines for cell in line.split(separator))))
    return False


def _is_sentence(cell: str) -> bool:
    return len(cell.split()) > _LONG_CELL or cell.rstrip().endswith((".", "!", "?"))


def _is_code(lines: list[str]) -> bool:
    """Whether most lines are statements of a programming language."""
    return len(lines) >= _LEAST_LINES_OF_CODE and sum(map(bool, map(_CODE_LINE.search, lines))) >= _CODE_SHARE * len(lines)
