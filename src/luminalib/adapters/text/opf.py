"""The package document of an EPUB: its metadata, and which documents are read in which order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from luminalib.adapters.text.archive import Archive, resolve
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.language import declared_language
from luminalib.adapters.text.results import Metadata, make_metadata, valid_isbn
from luminalib.adapters.text.xml import local_name, parse_markup, parse_xml

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS = ("META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl")
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_READABLE = frozenset(
    ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document", "image/svg+xml", "")
)
_OPF = "{http://www.idpf.org/2007/opf}"
_EVENT = f"{_OPF}event"
_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class SpineItem:
    """A document in reading order."""

    name: str
    is_navigation: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A package document, taken apart. `navigation` is the EPUB 3 nav document, `ncx` its forerunner."""

    metadata: Metadata
    spine: tuple[SpineItem, ...]
    navigation: str | None
    ncx: str | None


def read_package(archive: Archive) -> Package:
    """The package that the container names. Raises the failures `corrupt`, `drm` and `unsafe-xml`."""
    name = _package_name(archive)
    root = _parsed(archive.read(name))
    if root is None:
        raise failure("corrupt")
    package = _package(root, name)
    _refuse_locked(archive, {item.name for item in package.spine})
    return package


def cover_name(archive: Archive) -> str | None:
    """The archive's name of the cover image: the EPUB 3 property, else what EPUB 2's `meta name="cover"` points to."""
    base = _package_name(archive)
    root = _parsed(archive.read(base))
    if root is None:
        return None
    items = [item for item in _named(root, "item") if item.get("href")]
    marked = next((item for item in items if "cover-image" in item.get("properties", "").split()), None)
    named = next((meta.get("content") for meta in _named(root, "meta") if meta.get("name") == "cover"), None)
    item = marked if marked is not None else next((item for item in items if named and item.get("id") == named), None)
    return None if item is None else resolve(base, item.get("href"))[0]


def _package_name(archive: Archive) -> str:
    container = _parsed(archive.read(_CONTAINER))
    rootfiles = _named(container, "rootfile") if container is not None else ()
    name = next((path for element in rootfiles if (path := element.get("full-path"))), None)
    if name is None:
        raise failure("corrupt")
    return resolve("", name)[0]


def _parsed(data: bytes | None) -> etree._Element | None:
    if not data:
        return None
    root = parse_xml(data)
    return root if root is not None else parse_markup(data)


def _package(root: etree._Element, base: str) -> Package:
    manifest = {identity: item for item in _named(root, "item") if (identity := item.get("id")) and item.get("href")}
    spine = next(_named(root, "spine"), None)
    toc = manifest.get(spine.get("toc", "")) if spine is not None else None
    navigation = next((item for item in manifest.values() if "nav" in item.get("properties", "").split()), None)
    return Package(
        metadata=_metadata(root),
        spine=tuple(_spine_items(root, manifest, base)),
        navigation=resolve(base, navigation.get("href"))[0] if navigation is not None else None,
        ncx=resolve(base, toc.get("href"))[0] if toc is not None else None,
    )


def _spine_items(root: etree._Element, manifest: dict[str, etree._Element], base: str) -> Iterator[SpineItem]:
    """In order of the spine, a repeated item repeatedly (EPUB 3.3 wants each recognised); what is not linear comes last."""
    references = sorted(_named(root, "itemref"), key=lambda reference: reference.get("linear") == "no")
    for reference in references:
        item = manifest.get(reference.get("idref", ""))
        if item is not None and item.get("media-type", "").lower() in _READABLE:
            is_navigation = "nav" in item.get("properties", "").split()
            yield SpineItem(name=resolve(base, item.get("href"))[0], is_navigation=is_navigation)


def _refuse_locked(archive: Archive, documents: set[str]) -> None:
    """Obfuscated fonts are harmless (OCF 3.3, 4.2); an encrypted chapter is digital rights management."""
    encryption = _parsed(archive.read(_ENCRYPTION))
    for data in _named(encryption, "EncryptedData") if encryption is not None else ():
        method = next((element.get("Algorithm") for element in _named(data, "EncryptionMethod")), None)
        targets = {resolve("", element.get("URI", ""))[0] for element in _named(data, "CipherReference")}
        if method not in _FONT_OBFUSCATION and (targets & documents or any(name in archive for name in _RIGHTS)):
            raise failure("drm")


def _metadata(root: etree._Element) -> Metadata:
    series = _series(root)
    identifiers = [" ".join(filter(None, (element.get(f"{_OPF}scheme"), _text(element)))) for element in _named(root, "identifier")]
    return make_metadata(
        title=_main_title(root),
        authors=_authors(root),
        isbn=next((isbn for text in identifiers if (isbn := valid_isbn(text[:200]))), None),
        language=next((code for element in _named(root, "language") if (code := declared_language(_text(element)))), None),
        published_year=_year(root),
        description=_plain(next(map(_text, _named(root, "description")), "")),
        tags=map(_text, _named(root, "subject")),
        series=series[0],
        series_index=series[1],
    )


def _main_title(root: etree._Element) -> str | None:
    """The title that is refined as main, else the first (EPUB 3.3, 5.5.3.1.2)."""
    titles = [element for element in _named(root, "title") if _text(element)]
    main = (element for element in titles if _refinement(root, element, "title-type") == "main")
    element = next(main, titles[0] if titles else None)
    return None if element is None else _text(element)


def _authors(root: etree._Element) -> list[str]:
    creators = [
        (_text(element), element.get(f"{_OPF}role") or _refinement(root, element, "role")) for element in _named(root, "creator")
    ]
    return [name for name, role in creators if role in (None, "", "aut")] or [name for name, _ in creators]


def _year(root: etree._Element) -> int | None:
    """Of the publication, not of the file's last change."""
    dates = [element for element in _named(root, "date") if element.get(_EVENT) != "modification"]
    dates.sort(key=lambda element: element.get(_EVENT) not in ("publication", "original-publication"))
    match = next((found for element in dates if (found := _YEAR.search(_text(element)[:40]))), None)
    return int(match[1]) if match else None


def _series(root: etree._Element) -> tuple[str | None, str | None]:
    """Name and place: what EPUB 3 calls a collection of the type series (EPUB 3.3, D.3.3), else what calibre writes.

    A collection without a type is taken for a series, one of another type (`set`) is none.
    """
    collections = [meta for meta in _named(root, "meta") if meta.get("property") == "belongs-to-collection" and _text(meta)]
    kinds = [(_refinement(root, meta, "collection-type") or "") for meta in collections]
    for wanted in ("series", ""):
        for meta, kind in zip(collections, kinds, strict=True):
            if kind.strip().lower() == wanted:
                return _text(meta), _refinement(root, meta, "group-position")
    return _named_content(root, "calibre:series"), _named_content(root, "calibre:series_index")


def _named_content(root: etree._Element, name: str) -> str | None:
    """The content of EPUB 2's `meta` of that name."""
    return next((meta.get("content") for meta in _named(root, "meta") if meta.get("name") == name), None)


def _refinement(root: etree._Element, element: etree._Element, name: str) -> str | None:
    identity = element.get("id")
    metas = (meta for meta in _named(root, "meta") if meta.get("property") == name and meta.get("refines") == f"#{identity}")
    return next(map(_text, metas), None) if identity else None


def _plain(text: str) -> str:
    """Descriptions often hold escaped HTML."""
    return re.sub(r"<[^<>]{1,200}>", " ", text[:20_000])


def _named(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter(etree.Element) if local_name(element) == name)


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()
