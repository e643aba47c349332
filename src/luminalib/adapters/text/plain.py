"""Plain text files: which encoding, where a page ends, and what a Project Gutenberg header says."""

import codecs
import re
from collections.abc import Iterator

from luminalib.adapters.text.authors import people
from luminalib.adapters.text.cleaning import clean, join_cut_words
from luminalib.adapters.text.dates import first_published, year_in
from luminalib.adapters.text.encodings import (
    EAST_ASIAN,
    cyrillic_encoding,
    decode_pairs,
    east_asian_encoding,
    encoded_once,
    legacy_encoding,
)
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import declared_language, language_of
from luminalib.adapters.text.results import Extraction, Metadata, make_metadata, only_isbn
from luminalib.adapters.text.titles import from_first_page, real_title
from luminalib.domain.media import BINARY_CONTROLS, HEAD_BYTES
from luminalib.domain.utf16 import utf_16_of
from luminalib.ports.children import Progress, open_handed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
_TOO_SHORT_TO_GUESS = 64
_SHORT = 400
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
_BAD_BYTES_OF_UTF_8 = 0.01
_MOST_BYTES_A_CHARACTER = 4
_LEAST_UTF_8, _NO_CHANCE = 0.2, 6
_SENTENCES = re.compile(rb"(?<=[.\n])")
_UTF_8_LETTERS = re.compile(rb"((?:[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2})+)")
_PAGE = 3000
_PAGE_AT_LEAST, _PAGE_AT_MOST = 1800, 4200
_BREAKS = ("\n\n", "\n", ". ", " ")
_HEAD = 4000
_FIELD = re.compile(
    r"^(Title|Author|Language|Subject|Original publication):[ \t]*(\S.*(?:\n[ \t]{2,}\S.*)*)", re.MULTILINE | re.IGNORECASE
)
_FIELDS_OF_A_HEADER = 2


def probe(path: str, *, limits: dict[str, int], progress: Progress) -> Metadata:
    """What the first lines say."""
    del limits, progress
    with open_handed(path) as file:
        head = file.read(_SAMPLE_BYTES)
    return _metadata(clean(decode(head)[:_HEAD]))


def extract(path: str, *, limits: dict[str, int], progress: Progress, language: str | None = None) -> Extraction:
    """The text in page-like sections of about 3,000 characters, or as its form feeds divide it.

    `language` is what somebody has said it is in: of a short text in an old encoding the bytes alone do not tell.
    """
    text = _read(path, limits["characters"], language)
    head = clean(text[:_HEAD])
    notes = _notes(text)
    texts = []
    total = len(text)
    done = 0
    for page in _pages(text):
        done += len(page)
        if cleaned := clean(page):
            texts.append(cleaned)
        progress(done / total)
    if not any(character.isalnum() for page in texts for character in page[:_PAGE]):
        raise failure("no-text")
    metadata = _metadata(head)
    found = language_of(texts, metadata["language"])
    imprint = "\n".join([*texts[:2], texts[-1]])
    metadata["published_year"] = metadata["published_year"] or first_published(imprint)
    metadata["language"] = found
    if metadata["title"] is None:
        shown, author = from_first_page(texts, found)
        metadata["title"] = shown
        metadata["authors"] = metadata["authors"] or people([author])
    return Extraction(sections=[(None, page) for page in texts], metadata=metadata, language=found, notes=notes)


def decode(data: bytes, language: str | None = None) -> str:
    """Text of bytes in an unnamed encoding: a byte order mark, UTF-16's zeros, UTF-8 (even slightly damaged), else a good guess."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").removeprefix("\ufeff")
    if BINARY_CONTROLS.intersection(data[:HEAD_BYTES]) and (order := utf_16_of(data[:HEAD_BYTES])):
        return data.decode(order, "replace")
    if _ISO_2022_JP.search(data[:_SAMPLE_BYTES]):
        return data.decode("iso2022_jp", "replace")
    data = data.replace(b"\r\n", b"\n")  # here already, because bytes are the smallest form
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        damaged = _damaged_utf_8(data, error.start) or _partly_utf_8(data, language)
        return damaged or _in_old_encoding(data, _guess(data, error.start, language))


def _in_old_encoding(data: bytes, encoding: str) -> str:
    known = codecs.lookup(encoding).name
    return decode_pairs(data, known) if known in EAST_ASIAN else data.decode(known, "replace")


def _read(path: str, most_characters: int, language: str | None) -> str:
    with open_handed(path) as file:
        content = file.read(most_characters * _MOST_BYTES_A_CHARACTER + 1)
    if len(content) > most_characters * _MOST_BYTES_A_CHARACTER:
        raise failure("limit-text")
    text = decode(content, language)
    text = encoded_once(text) or text
    if len(text) > most_characters:
        raise failure("limit-text")
    return join_cut_words(text.replace("\r\n", "\n").replace("\r", "\n"))


def _damaged_utf_8(data: bytes, first_bad: int) -> str | None:
    """UTF-8 in which few bytes are wrong, such as a file cut inside a character; None when it is something else."""
    beyond_ascii = _beyond_ascii(data)
    if len(data) - first_bad < _MOST_BYTES_A_CHARACTER and beyond_ascii >= _MOST_BYTES_A_CHARACTER:
        return data[:first_bad].decode("utf-8")
    repaired = data.decode("utf-8", "replace")
    return repaired if repaired.count("\ufffd") <= _BAD_BYTES_OF_UTF_8 * beyond_ascii else None


def _partly_utf_8(data: bytes, language: str | None) -> str | None:
    """UTF-8 with sentences in another encoding among its own, as when files were put together; None when it is something else.

    Of an old encoding hardly a sentence with letters beyond ASCII is UTF-8 by chance; of those of East Asia a short one may be.
    """
    sentences = _SENTENCES.split(data)
    least = _NO_CHANCE if east_asian_encoding(data[:_SAMPLE_BYTES]) else 1
    sure = sum(count for one in sentences if (count := _beyond_ascii(one)) >= least and _is_utf_8(one))
    if sure < max(_MOST_BYTES_A_CHARACTER, _LEAST_UTF_8 * _beyond_ascii(data)):
        return None
    others = b"".join(one for one in sentences if not _is_utf_8(one))
    encoding = _guess(others, 0, language)
    if codecs.lookup(encoding).name in EAST_ASIAN:
        return "".join(one.decode("utf-8") if _is_utf_8(one) else _in_old_encoding(one, encoding) for one in sentences)
    parts = [part for one in sentences for part in ((one,) if _is_utf_8(one) else _UTF_8_LETTERS.split(one))]
    return "".join(part.decode("utf-8") if _is_utf_8(part) else _in_old_encoding(part, encoding) for part in parts)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _beyond_ascii(data: bytes) -> int:
    return len(data.translate(None, bytes(range(128))))


def _guess(data: bytes, first_bad: int, language: str | None) -> str:
    """The encoding by its statistics, from where the text stops to be ASCII; by its language where it is too short for that."""
    start = first_bad if first_bad > _SAMPLE_BYTES else 0
    sample = data[start : start + _SAMPLE_BYTES]
    if found := east_asian_encoding(sample):
        return found
    usual = legacy_encoding(language) or (cyrillic_encoding(data) if len(data) < _SHORT else None)
    if len(data) < (_SHORT if usual else _TOO_SHORT_TO_GUESS):
        return usual or "cp1252"
    import chardet  # noqa: PLC0415 - 30 ms that most files do not need

    encoding = chardet.detect(sample)["encoding"] or usual or "cp1252"
    return "cp1252" if encoding.lower() in ("ascii", "iso-8859-1") else encoding


def _pages(text: str) -> Iterator[str]:
    for leaf in text.split("\f") if "\f" in text else [text]:
        start = 0
        while start < len(leaf):
            end = _page_end(leaf, start)
            yield leaf[start:end]
            start = end


def _page_end(text: str, start: int) -> int:
    """Behind the last paragraph that fits; failing that, behind a line, a sentence, a word."""
    if len(text) - start <= _PAGE_AT_MOST:
        return len(text)
    for boundary in _BREAKS:
        for until in (_PAGE, _PAGE_AT_MOST):
            found = text.rfind(boundary, start + _PAGE_AT_LEAST, start + until)
            if found >= 0:
                return found + len(boundary)
    return start + _PAGE


def _metadata(head: str) -> Metadata:
    found = {match[1].lower(): " ".join(match[2].split()) for match in reversed(list(_FIELD.finditer(head)))}
    isbn = only_isbn(head)
    if len(found) < _FIELDS_OF_A_HEADER:
        return make_metadata(isbn=isbn)
    return make_metadata(
        title=real_title(found.get("title")),
        authors=[found.get("author")],
        isbn=isbn,
        language=declared_language(found.get("language")),
        published_year=year_in(found.get("original publication", "")),
        tags=[found.get("subject")],
    )


def _notes(text: str) -> list[str]:
    damaged = text.count("\ufffd")
    return [f"{damaged} characters could not be decoded and show as \ufffd."] if damaged else []
