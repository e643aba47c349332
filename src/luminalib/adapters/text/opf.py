"""The package document of an EPUB: where it is, its metadata, and which documents are read in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from luminalib.adapters.text.archive import Archive, resolve
from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.opf_metadata import metadata_of
from luminalib.adapters.text.results import Metadata
from luminalib.adapters.text.xml import local_name, mended_xml

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS = ("META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl")
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PACKAGE_TYPE = "application/oebps-package+xml"
_READABLE_ENDINGS = (".xhtml", ".html", ".htm", ".xht", ".xml", ".txt")
_LONGEST_FALLBACK = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class SpineItem:
    """A document in reading order. `is_plain` is one without markup."""

    name: str
    is_navigation: bool
    is_plain: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A package document, taken apart. `navigation` is the EPUB 3 nav document, `ncx` its forerunner.

    `unreadable` are the places of the spine that hold no text and name none to read in their stead.
    """

    metadata: Metadata
    spine: tuple[SpineItem, ...]
    navigation: str | None
    ncx: str | None
    unreadable: tuple[str, ...] = field(default=())


def read_package(archive: Archive) -> Package:
    """The package that the container names. Raises the failures `corrupt`, `drm` and `unsafe-xml`."""
    root, base = open_package(archive)
    package = _package(archive, root, base)
    _refuse_locked(archive, {item.name for item in package.spine})
    return package


def open_package(archive: Archive) -> tuple[etree._Element, str]:
    """The root of the package document and its name: what the container names, else the only one there. Raises `corrupt`."""
    for name in (*_rootfiles(archive), *archive.ending(".opf")):
        root = _parsed(archive.read(name))
        if root is not None and next(named_items(root, "manifest"), None) is not None:
            return root, name
    raise failure("corrupt")


def named_items(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """The elements of a local name, in their order."""
    return (element for element in root.iter(etree.Element) if local_name(element) == name)


def media_type(item: etree._Element) -> str:
    """An item's media type without parameters, in small letters."""
    return (item.get("media-type") or "").partition(";")[0].strip().lower()


def _rootfiles(archive: Archive) -> list[str]:
    data = archive.read(_CONTAINER)
    if data is None:  # then it is some other archive (OCF 3.3, 4.2.6.3.1)
        raise failure("corrupt")
    container = _parsed(data)
    found = [element for element in named_items(container, "rootfile") if element.get("full-path")] if container is not None else []
    found.sort(key=lambda element: media_type(element) != _PACKAGE_TYPE)
    return [archive.name_of("", element.get("full-path", ""))[0] for element in found]


def _parsed(data: bytes | None) -> etree._Element | None:
    return mended_xml(data) if data else None


def _package(archive: Archive, root: etree._Element, base: str) -> Package:
    manifest = {identity: item for item in named_items(root, "item") if (identity := item.get("id")) and item.get("href")}
    spine = next(named_items(root, "spine"), None)
    toc = manifest.get(spine.get("toc", "")) if spine is not None else None
    if toc is None:
        toc = next((item for item in manifest.values() if media_type(item) == "application/x-dtbncx+xml"), None)
    navigation = next((item for item in manifest.values() if "nav" in item.get("properties", "").split()), None)
    items, unreadable = _spine(archive, root, manifest, base)
    return Package(
        metadata=metadata_of(root),
        spine=tuple(items),
        unreadable=tuple(unreadable),
        navigation=archive.name_of(base, navigation.get("href", ""))[0] if navigation is not None else None,
        ncx=archive.name_of(base, toc.get("href", ""))[0] if toc is not None else None,
    )


def _spine(
    archive: Archive, root: etree._Element, manifest: dict[str, etree._Element], base: str
) -> tuple[list[SpineItem], list[str]]:
    """In order of the spine, a repeated item repeatedly (EPUB 3.3 wants each recognised); what is not linear comes last."""
    by_href = {item.get("href", "").strip(): item for item in manifest.values()}
    items: list[SpineItem] = []
    unreadable: list[str] = []
    for reference in sorted(named_items(root, "itemref"), key=lambda reference: reference.get("linear") == "no"):
        identity = (reference.get("idref") or "").strip()
        first = manifest.get(identity)
        first = first if first is not None else by_href.get(identity)
        item = next((item for item in _fallbacks(first, manifest) if _is_readable(item)), None)
        if item is not None:
            name = archive.name_of(base, item.get("href", ""))[0]
            is_navigation = "nav" in item.get("properties", "").split()
            items.append(SpineItem(name=name, is_navigation=is_navigation, is_plain=_is_plain(item)))
        else:
            unreadable.append(first.get("href", "") if first is not None else identity)
    return items, unreadable


def _fallbacks(item: etree._Element | None, manifest: dict[str, etree._Element]) -> Iterator[etree._Element]:
    """The item and what its manifest names to read in its stead (EPUB 3.3, 3.5)."""
    for _ in range(_LONGEST_FALLBACK):
        if item is None:
            return
        yield item
        item = manifest.get(item.get("fallback", ""))


def _is_readable(item: etree._Element) -> bool:
    """Whether an item holds text: by its type, however that is spelled, else by the ending of its name."""
    kind = media_type(item)
    if kind == "image/svg+xml" or "html" in kind or kind in ("", "text/plain", "application/x-dtbook+xml", "text/x-oeb1-document"):
        return True
    is_xml = kind.endswith(("/xml", "+xml"))
    ends_so = item.get("href", "").strip().lower().partition("#")[0].endswith(_READABLE_ENDINGS)
    is_other = kind.startswith(("image/", "audio/", "video/", "font/")) or kind in ("text/css", "application/x-dtbncx+xml")
    return (is_xml or ends_so) and not is_other


def _is_plain(item: etree._Element) -> bool:
    return media_type(item) == "text/plain"


def _refuse_locked(archive: Archive, documents: set[str]) -> None:
    """Obfuscated fonts are harmless (OCF 3.3, 4.2); an encrypted chapter is digital rights management."""
    encryption = _parsed(archive.read(_ENCRYPTION))
    for data in named_items(encryption, "EncryptedData") if encryption is not None else ():
        method = next((element.get("Algorithm") for element in named_items(data, "EncryptionMethod")), None)
        targets = {resolve("", element.get("URI", ""))[0] for element in named_items(data, "CipherReference")}
        if method not in _FONT_OBFUSCATION and (targets & documents or any(name in archive for name in _RIGHTS)):
            raise failure("drm")
