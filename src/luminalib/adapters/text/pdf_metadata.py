"""What a PDF says about its book: the information dictionary, the XMP packet, the catalogue, and what its first page shows."""

from collections.abc import Sequence
from typing import Any

from luminalib.adapters.text import pdfium
from luminalib.adapters.text.authors import is_placeholder, people
from luminalib.adapters.text.dates import year_in
from luminalib.adapters.text.encodings import encoded_once
from luminalib.adapters.text.language import declared_language
from luminalib.adapters.text.results import Metadata, make_metadata, valid_isbn
from luminalib.adapters.text.titles import from_first_page, is_slug, real_title, spaced
from luminalib.adapters.text.xmp import Xmp, xmp_metadata


def pdf_metadata(document: Any, path: str) -> Metadata:
    """The fields of an open document; a title that is a file's name in disguise is left to `with_first_page`."""
    title = real_title(_information(document, "Title"))
    authors = people([_information(document, "Author")], of_a_program=True)
    keywords = _said(_information(document, "Keywords"))
    xmp = Xmp() if title and authors and keywords else xmp_metadata(path)
    return make_metadata(
        title=title or real_title(xmp.get("title")),
        authors=authors or people(xmp.get("authors", []), of_a_program=True),
        isbn=next((isbn for text in xmp.get("identifiers", []) if (isbn := valid_isbn(text[:200]))), None),
        language=declared_language(pdfium.language(document)),
        published_year=year_in(xmp.get("date") or ""),
        description=_said(_information(document, "Subject")) or _said(xmp.get("description")),
        tags=(keywords or "")[:2000].split(",") if keywords else xmp.get("tags", []),
        series=xmp.get("series"),
        series_index=xmp.get("series_index"),
    )


def _information(document: Any, key: str) -> str | None:
    """A value of the information dictionary; many programs write UTF-8 there without the mark that says so."""
    told = pdfium.information(document, key)
    return told and (encoded_once(told, of_pdf=True) or told)


def without_slug(metadata: Metadata) -> Metadata:
    """The metadata without a title that is a file's name in disguise: reading the pages may find a better one."""
    title = metadata.get("title")
    return Metadata(**{**metadata, "title": None if title and is_slug(title) else title})


def with_first_page(metadata: Metadata, texts: Sequence[str], language: str | None) -> Metadata:
    """The metadata with the title and author of the first page where they are missing, or only a file's name."""
    title = metadata.get("title")
    is_missing = title is None or is_slug(title)
    if not is_missing and metadata.get("authors"):
        return metadata
    shown, author = from_first_page(texts, language)
    if is_missing:
        metadata["title"] = shown or (spaced(title) if title else None)
    if author and not metadata.get("authors"):
        metadata["authors"] = people([author])
    return metadata


def _said(value: str | None) -> str | None:
    return None if value is None or is_placeholder(value.strip()) else value
