"""File names as clients send them, and the titles that they stand for."""

import re
from pathlib import PurePosixPath

from luminalib.domain.media import MediaType
from luminalib.domain.normalisation import normalised

FILENAME_MAX = 255
RAW_FILENAME_MAX = 4096
"""How much of the end of a path is looked at."""
_ENDING_MAX = 8
_ENDING = re.compile(r"(?:\.[^.\s]{1,8})?\.[^.\s]{1,8}$|\.$")
_RUNS_OF_WORDS = re.compile(r"^[^\W\d_]+(?:-[^\W_]+){2,}$")
_DOTTED = re.compile(r"^[^\W\d_]+(?:\.[^\W_]+){2,}$")
_ADDED = re.compile(
    r"\s*(?:\(\d{1,2}\)|\[[^\[\]]*\]|\(z-?lib[^()]*\)|\b(?:final|copy|kopie|copie)\b\s*(?:v?\d+)?|\bv\d{1,2}(?:\.\d+)?|-?\s*(?:ocr|scan))\s*$",
    re.IGNORECASE,
)
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def safe_filename(raw: str, media_type: MediaType | None = None) -> str:
    """The last part of a path that a client sent, without what could mislead a person, a terminal or a header."""
    name = PurePosixPath(raw[-RAW_FILENAME_MAX:].replace("\\", "/")).name
    name = " ".join(_UNSAFE_IN_NAMES.sub("", normalised(name, "NFC")).split())
    ending = media_type.extension if media_type else ""
    if not name.strip(". "):
        return f"unnamed{ending}"
    if len(name) <= FILENAME_MAX:
        return name
    stem, dot, suffix = name.rpartition(".")
    kept = f".{suffix}" if dot and len(suffix) <= _ENDING_MAX else ""
    return (stem or name)[: FILENAME_MAX - len(kept)] + kept


def title_from_filename(filename: str) -> str:
    """A title to begin with: the name as words, without its ending and what scanners and shops add to it."""
    stem = _ENDING.sub("", filename) if "." in filename[1:] else filename
    words = _ADDED.sub("", stem.replace("_", " ").replace("+", " "))
    if " " not in words.strip() and (_RUNS_OF_WORDS.match(words) or _DOTTED.match(words)):
        words = words.replace("-", " ").replace(".", " ")
    title = " ".join(words.split()).strip(" -\u2013,")
    if title.islower() and " " in title:
        title = title[0].upper() + title[1:]
    return title if any(map(str.isalnum, title)) else filename
