"""What a package document says about its book: Dublin Core, refined as in EPUB 3 or by the attributes of EPUB 2."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from luminalib.adapters.text.cleaning import LONGEST_DESCRIPTION, clean_field
from luminalib.adapters.text.dates import year_in
from luminalib.adapters.text.language import declared_language
from luminalib.adapters.text.markup import to_texts
from luminalib.adapters.text.results import Metadata, make_metadata, only_isbn, valid_isbn
from luminalib.adapters.text.titles import real_title
from luminalib.adapters.text.xml import attribute, local_name, parse_markup

# MARC relators and the words that people write for them.
_AUTHORS = frozenset(("aut", "author", "authors", "cre", "creator", "writer", "autor", "autorin", "auteur", "autore", "verfasser"))
_OTHER_DATES = frozenset(("modification", "conversion", "creation", "modified", "ops-publication", "epub-publication"))
_FIRST_DATES = ("original-publication", "publication", "")
# Who makes new files of old books dates the file.
_REPRINTERS = re.compile(
    r"gutenberg|public domain|standardebooks|standard ebooks|feedbooks|wikisource|archive\.org|mobileread", re.IGNORECASE
)
_DIGITAL_AGE = 1990
_MOST = 500
"""More elements of a name nobody needs, and each is compared with its refinements."""
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]{2,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_LATER_TITLES = ("subtitle", "collection", "edition", "expanded", "extended", "short")


def metadata_of(root: etree._Element) -> Metadata:
    """The fields of a package document."""
    series, place = _series(root)
    return make_metadata(
        title=real_title(_main_title(root)),
        authors=_authors(root),
        isbn=_isbn(root),
        language=next((code for element in named(root, "language") if (code := declared_language(text_of(element)))), None),
        published_year=_year(root),
        description=_description(root),
        tags=[_plain(text_of(subject)) for subject in named(root, "subject")],
        series=series,
        series_index=place,
    )


def named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """The first elements of a local name, in their order."""
    return islice((element for element in root.iter(etree.Element) if local_name(element) == name), _MOST)


def text_of(element: etree._Element) -> str:
    """The words in an element."""
    return "".join(element.itertext()).strip()


def _main_title(root: etree._Element) -> str | None:
    """The title that is refined as main, else the first that is no subtitle (EPUB 3.3, 5.5.3.1.2)."""
    titles = [(text_of(element), _refinements(root, element, "title-type")) for element in named(root, "title") if text_of(element)]
    main = [title for title, kinds in titles if "main" in kinds]
    first = [title for title, kinds in titles if not set(kinds).intersection(_LATER_TITLES)]
    return next(iter([*main, *first, *(title for title, _ in titles)]), None)


def _authors(root: etree._Element) -> list[str]:
    """Those whose roles name them as author, contributors too; creators without a role; failing both, all creators."""
    creators, contributors = (
        [(element, _roles(root, element)) for element in named(root, name)] for name in ("creator", "contributor")
    )
    authors = [element for element, roles in creators if not roles or roles & _AUTHORS]
    authors += [element for element, roles in contributors if roles & (_AUTHORS - {"cre", "creator"})]
    chosen = authors or [element for element, _ in creators]
    return list(map(text_of, sorted(chosen, key=lambda element: _sequence(root, element))))


def _roles(root: etree._Element, element: etree._Element) -> set[str]:
    roles = [attribute(element, "role") or "", *_refinements(root, element, "role")]
    return {role for raw in roles if (role := re.split(r"[/#:]", raw.strip().lower())[-1])}


def _sequence(root: etree._Element, element: etree._Element) -> int:
    """The place that `display-seq` gives; without one the document's order."""
    place = next(iter(_refinements(root, element, "display-seq")), "")
    return int(place) if place.isascii() and place.isdigit() else 10**6


def _isbn(root: etree._Element) -> str | None:
    """From the identifiers, else the source, which is the printed book, properties of that name, the description, and a relation.

    Of several related books none is said to be this one.
    """
    for name in ("identifier", "source"):
        for element in named(root, name):
            text = " ".join(filter(None, (attribute(element, "scheme"), text_of(element))))[:200]
            if isbn := valid_isbn(text):
                return isbn
    metas = (text_of(meta) or meta.get("content") or "" for meta in named(root, "meta") if "isbn" in _property(meta))
    found = next((isbn for text in metas if (isbn := valid_isbn(text[:200]))), None)
    related = {isbn for element in named(root, "relation") if (isbn := valid_isbn((text_of(element) or "")[:200]))}
    return found or only_isbn(_description(root) or "") or (related.pop() if len(related) == 1 else None)


def _property(meta: etree._Element) -> str:
    return (meta.get("property") or meta.get("name") or "").lower()


def _year(root: etree._Element) -> int | None:
    """Of the publication: neither of the file's last change, nor of the file itself where it is a new one of an old book."""
    dates = [((attribute(element, "event") or "").lower(), text_of(element)) for element in named(root, "date")]
    issued = [("publication", text_of(element)) for element in named(root, "issued")]
    issued += [
        ("publication", text_of(meta) or meta.get("content") or "")
        for meta in named(root, "meta")
        if _property(meta) in ("dcterms:issued", "dcterms.issued", "dcterms:date", "dc:date", "dc.date")
    ]
    ranked = sorted(
        ((event, text) for event, text in (*dates, *issued) if event not in _OTHER_DATES),
        key=lambda found: _FIRST_DATES.index(found[0]) if found[0] in _FIRST_DATES else len(_FIRST_DATES),
    )
    for event, text in ranked:
        year = year_in(text)
        if year and (event == "original-publication" or year < _DIGITAL_AGE or not _is_reprint(root)):
            return year
    return None


def _is_reprint(root: etree._Element) -> bool:
    said = (text_of(element) for name in ("identifier", "source", "publisher", "rights") for element in named(root, name))
    return any(_REPRINTERS.search(text[:500]) for text in said)


def _description(root: etree._Element) -> str | None:
    """The words of the first description; many hold HTML, escaped once or twice."""
    element = next((element for element in named(root, "description") if text_of(element)), None)
    if element is None:
        return None
    return _plain(text_of(element) if not len(element) else _inner(element))


def _plain(written: str) -> str:
    """The words of what may be HTML."""
    for _ in range(2):
        if not _MARKUP.search(written):
            break
        written = _words(written[: 8 * LONGEST_DESCRIPTION])
    return written


def _inner(element: etree._Element) -> str:
    children = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return (element.text or "") + children


def _words(markup: str) -> str:
    root = parse_markup(f"<html><body>{markup}</body></html>".encode())
    return "" if root is None else " ".join(text for _, text in to_texts(root, ()))


def _series(root: etree._Element) -> tuple[str | None, str | None]:
    """Name and place: what EPUB 3 calls a collection of the type series (EPUB 3.3, D.3.3), else what calibre writes.

    A collection without a type is taken for a series, one of another type (`set`) is none.
    """
    collections = [meta for meta in named(root, "meta") if meta.get("property") == "belongs-to-collection" and text_of(meta)]
    kinds = [next(iter(_refinements(root, meta, "collection-type")), "") for meta in collections]
    for wanted in ("series", ""):
        for meta, kind in zip(collections, kinds, strict=True):
            if kind.strip().lower() == wanted:
                return text_of(meta), next(iter(_refinements(root, meta, "group-position")), None)
    return _content(root, "calibre:series"), _content(root, "calibre:series_index")


def _content(root: etree._Element, name: str) -> str | None:
    """The content of EPUB 2's `meta` of that name, or the text of EPUB 3's of that property."""
    found = (meta.get("content") or text_of(meta) for meta in named(root, "meta") if _property(meta) == name)
    return next((clean for text in found if (clean := clean_field(text))), None)


def _refinements(root: etree._Element, element: etree._Element, name: str) -> list[str]:
    """What EPUB 3 says more of an element under a name."""
    identity = element.get("id")
    if not identity:
        return []
    return [
        text_of(meta)
        for meta in named(root, "meta")
        if meta.get("property") == name and (meta.get("refines") or "").lstrip("#").strip() == identity
    ]
