"""PDF files: PDFium reads them; pypdf tries once more where PDFium gives up."""

import re
from typing import Any

from luminalib.adapters.text import pdfium
from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.dates import first_published, year_of_rights
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import detect_language
from luminalib.adapters.text.layout import PageLines, compose
from luminalib.adapters.text.pdf_annotations import form_of, is_xfa
from luminalib.adapters.text.pdf_metadata import pdf_metadata, with_first_page, without_slug
from luminalib.adapters.text.readability import without_unreadable
from luminalib.adapters.text.results import Extraction, Metadata, only_isbn
from luminalib.ports.children import Progress

_IMPRINT_PAGES = 6
_READING_SHARE = 0.9
_NOTICE_WORDS = 90
_XFA_NOTICE = re.compile(r"please wait|adobe reader|bitte warten|veuillez patienter|espere", re.IGNORECASE)
_PORTFOLIO_NOTICE = re.compile(r"portfolio|porte-documents|carpeta|portafoglio", re.IGNORECASE)


def probe(path: str, *, limits: dict[str, int], progress: Progress) -> Metadata:
    """What the information dictionary, the catalogue and the XMP packet say; fails when the file does not open."""
    del progress
    try:
        with pdfium.opened(path) as document:
            _checked_count(document, limits["pages"])
            return without_slug(pdf_metadata(document, path))
    except pdfium.NotAPdf:
        metadata: Metadata = _fallback().probe(path)
        return metadata


def extract(path: str, *, limits: dict[str, int], progress: Progress) -> Extraction:
    """Page by page: the paragraphs without running heads and page numbers."""
    try:
        with pdfium.opened(path) as document, form_of(document) as form:
            count = _checked_count(document, limits["pages"])
            titles = pdfium.bookmarks(document)
            metadata = pdf_metadata(document, path)
            reader = _Reader(path, document, form, limits["characters"])
            pages = reader.read(count, progress)
            is_form, attached = is_xfa(document), pdfium.attachments(document)
    except pdfium.NotAPdf:
        pages, metadata, notes = _fallback().read(path, limits=limits, progress=progress)
        return _extraction(list(compose(pages)), {}, metadata, notes)
    texts = list(compose(pages))
    _refuse_notices(texts, is_form=is_form, attached=attached)
    texts, unread = without_unreadable(texts)
    notes = reader.notes(unread, attached)
    if not any(map(str.isalnum, "".join(texts))):
        raise failure("no-letters" if unread or reader.silent else "no-text-layer")
    return _extraction(texts, titles, metadata, notes)


def _extraction(texts: list[str], titles: dict[int, str], metadata: Metadata, notes: list[str]) -> Extraction:
    if not any(character.isalnum() for text in texts for character in text):
        raise failure("no-text-layer")
    # The text before the declaration: programs fill that in from their own settings.
    language = detect_language(texts) or metadata.get("language")
    sections = [(clean_field(titles.get(number)), text) for number, text in enumerate(texts)]
    imprint = "\n".join(texts[:_IMPRINT_PAGES])
    found = with_first_page(metadata, texts, language)
    found["isbn"] = found["isbn"] or only_isbn(imprint)
    found["published_year"] = first_published(imprint) or found["published_year"] or year_of_rights(imprint)
    found["language"] = language
    return Extraction(sections=sections, metadata=found, language=language, notes=notes)


def _refuse_notices(texts: list[str], *, is_form: bool, attached: int) -> None:
    """Raises the failures `xfa-form` and `portfolio` for files whose pages only say how to open what is in them."""
    words = " ".join(texts[:3]).split()
    if len(words) > _NOTICE_WORDS:
        return
    text = " ".join(words)
    if _XFA_NOTICE.search(text) and (is_form or "content" in text.lower()):
        raise failure("xfa-form")
    if _PORTFOLIO_NOTICE.search(text) and (attached or "pdf portfolio" in text.lower()):
        raise failure("portfolio")


def _checked_count(document: Any, most: int) -> int:
    count = pdfium.page_count(document)
    if count > most:
        raise failure("limit-pages")
    if count < 1:
        raise failure("corrupt")
    return count


class _Reader:
    """Reads the pages of one document, and notes what could not be read."""

    def __init__(self, path: str, document: Any, form: Any, most_characters: int) -> None:
        self._path = path
        self._document = document
        self._form = form
        self._left = most_characters
        self.broken: list[int] = []
        self.silent: list[int] = []
        self.pictures: list[int] = []

    def read(self, count: int, progress: Progress) -> list[PageLines]:
        """The lines of all pages. Raises the failures `corrupt` and `limit-text`."""
        pages: list[PageLines] = []
        odd: list[int] = []
        for number in range(count):
            page = pdfium.read_page(self._document, number, self._left, self._form)
            pages.append(page.lines if page else PageLines())
            self._left -= sum(map(len, pages[-1].texts))
            if page is None:
                self.broken.append(number + 1)
            elif page.has_odd_codes:
                odd.append(number)
            elif page.is_silent:
                pages[-1] = PageLines()  # the few letters among its codes mean nothing
                self.silent.append(number + 1)
            elif page.has_pictures:
                self.pictures.append(number + 1)
            progress(_READING_SHARE * (number + 1) / count)
        if len(self.broken) == count:
            raise failure("corrupt")
        if odd:
            self._read_again(odd, pages)
        return pages

    def _read_again(self, numbers: list[int], pages: list[PageLines]) -> None:
        """Pages whose fonts name their letters in a way that PDFium does not know: pypdf knows it."""
        for number, lines in _fallback().read_pages(self._path, numbers, self._left):
            if _letters(lines) > _letters(pages[number]):
                pages[number] = lines
            elif not _letters(pages[number]):
                self.silent.append(number + 1)

    def notes(self, unread: list[int], attached: int) -> list[str]:
        """What a reader should know."""
        told = (
            (self.broken, "Pages that could not be read"),
            (sorted({*unread, *self.silent}), "Pages whose fonts do not tell their letters, so that they need OCR"),
            (self.pictures, "Pages that are pictures without text, so that they need OCR"),
        )
        found = [f"{what}: {_listed(pages)}." for pages, what in told if pages]
        files = "one file" if attached == 1 else f"{attached} files"
        return [*found, f"Packed into the document, and not read: {files}."] if attached else found


def _letters(lines: PageLines) -> int:
    return sum(map(str.isalnum, "".join(lines.texts)))


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:10])) + (" …" if len(pages) > 10 else "")  # noqa: PLR2004 - a line's worth


def _fallback() -> Any:
    from luminalib.adapters.text import pypdf_fallback  # noqa: PLC0415 - pypdf is slow to import and rarely needed

    return pypdf_fallback
