"""PDF files: PDFium reads them; pypdf tries once more where PDFium gives up."""

import re
from collections.abc import Iterable
from typing import Any

from luminalib.adapters.text import pdfium
from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import declared_language, detect_language
from luminalib.adapters.text.layout import PageLines, compose
from luminalib.adapters.text.results import Extraction, Metadata, make_metadata, only_isbn
from luminalib.adapters.text.xmp import xmp_metadata
from luminalib.ports.children import Progress

_IMPRINT_PAGES = 6
_READING_SHARE = 0.9
_PROGRAM_PREFIX = re.compile(r"(?i)^(?:microsoft (?:word|powerpoint) - )+")
_FILE_NAME = re.compile(r"(?i)\.(?:docx?|odt|rtf|tex|dvi|indd|qxd|pptx?|pdf|txt|fm)$")
_PLACEHOLDER = re.compile(r"(?i)^\(?(?:untitled|unnamed|unknown|unspecified|anonymous|document|title|author)\)?[\s\d-]*$")


def probe(path: str, *, limits: dict[str, int], progress: Progress) -> Metadata:
    """What the information dictionary, the catalogue and the XMP packet say; fails when the file does not open."""
    del progress
    try:
        with pdfium.opened(path) as document:
            _checked_count(document, limits["pages"])
            return _metadata(document, path)
    except pdfium.NotAPdf:
        metadata: Metadata = _fallback().probe(path)
        return metadata


def extract(path: str, *, limits: dict[str, int], progress: Progress) -> Extraction:
    """Page by page: the paragraphs without running heads and page numbers."""
    try:
        with pdfium.opened(path) as document:
            count = _checked_count(document, limits["pages"])
            titles = pdfium.bookmarks(document)
            metadata = _metadata(document, path)
            pages, notes = _read_pages(document, count, limits["characters"], progress)
    except pdfium.NotAPdf:
        pages, metadata, notes = _fallback().read(path, limits=limits, progress=progress)
        titles = {}
    return _extraction(compose(pages), titles, metadata, notes)


def _extraction(texts: Iterable[str], titles: dict[int, str], metadata: Metadata, notes: list[str]) -> Extraction:
    sections = [(clean_field(titles.get(number)), text) for number, text in enumerate(texts)]
    if not any(character.isalnum() for _, text in sections for character in text):
        raise failure("no-text-layer")
    contents = [text for _, text in sections]
    metadata["isbn"] = only_isbn("\n".join(contents[:_IMPRINT_PAGES]))
    # The text before the declaration: programs fill that in from their own settings.
    language = detect_language(contents) or metadata.get("language")
    return Extraction(sections=sections, metadata=metadata, language=language, notes=notes)


def _checked_count(document: Any, most: int) -> int:
    count = pdfium.page_count(document)
    if count > most:
        raise failure("limit-pages")
    if count < 1:
        raise failure("corrupt")
    return count


def _read_pages(document: Any, count: int, most_characters: int, progress: Progress) -> tuple[list[PageLines], list[str]]:
    pages: list[PageLines] = []
    broken = []
    left = most_characters
    for number in range(count):
        page = pdfium.read_page(document, number, left)
        if page is None:
            broken.append(number + 1)
        pages.append(page or PageLines())
        left -= sum(map(len, pages[-1].texts))
        progress(_READING_SHARE * (number + 1) / count)
    if len(broken) == count:
        raise failure("corrupt")
    return pages, _notes(broken)


def _notes(broken: list[int]) -> list[str]:
    if not broken:
        return []
    shown = ", ".join(map(str, broken[:10])) + (" …" if len(broken) > 10 else "")  # noqa: PLR2004 - a line's worth
    return [f"Pages that could not be read: {shown}."]


def _metadata(document: Any, path: str) -> Metadata:
    title, author = _real_title(pdfium.information(document, "Title")), _information(document, "Author")
    xmp = {} if title and author else xmp_metadata(path)
    return make_metadata(
        title=title or _real_title(xmp.get("title")),
        authors=_people(author) if author else xmp.get("authors", []),
        language=declared_language(pdfium.language(document)),
        description=_information(document, "Subject") or xmp.get("description"),
        tags=re.split(r"[;,]", (_information(document, "Keywords") or "")[:2000]) or xmp.get("tags", []),
    )


def _information(document: Any, key: str) -> str | None:
    value = pdfium.information(document, key)
    return None if value and _PLACEHOLDER.match(value) else value


def _real_title(title: str | None) -> str | None:
    """The title unless it is what a program puts there by itself, such as a file name."""
    line = _PROGRAM_PREFIX.sub("", clean_field(title) or "")
    return None if _PLACEHOLDER.match(line) or _FILE_NAME.search(line) else line or None


def _people(author: str) -> list[str]:
    # A comma may stand between two people or between a surname and a forename: only a space on both sides of it tells.
    line = clean_field(author) or ""
    separator = r";|\s+(?:and|und|et|y)\s+|\s*&\s*"
    return re.split(separator, line) if line.count(",") != 1 or ";" in line else [line]


def _fallback() -> Any:
    from luminalib.adapters.text import pypdf_fallback  # noqa: PLC0415 - pypdf takes 0.3 s to import and is rarely needed

    return pypdf_fallback
