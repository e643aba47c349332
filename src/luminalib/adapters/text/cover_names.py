"""Where an EPUB keeps its cover: as its package says in one of many ways, else where e-readers look for it."""

from collections.abc import Iterator

from lxml import etree

from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.opf import media_type, named_items, open_package
from luminalib.adapters.text.xml import attribute, parse_markup

_PICTURES = (".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".svg")
_PAGES = (".xhtml", ".html", ".htm", ".xml")
_FEW_LETTERS = 200
_FIRST_PAGES = 2


def cover_names(archive: Archive) -> Iterator[str]:
    """The members that may be the cover's picture, the likeliest first, some of them perhaps missing; pages are looked into."""
    root, base = open_package(archive)
    items = [item for item in named_items(root, "item") if item.get("href")]
    for href in _said(root, items):
        yield from _pictures_at(archive, base, href)
    spine = [reference.get("idref") for reference in named_items(root, "itemref")]
    by_id = {item.get("id"): item for item in items}
    for item in map(by_id.get, spine[:_FIRST_PAGES]):
        if item is None:
            continue
        if media_type(item).startswith("image/"):
            yield archive.name_of(base, item.get("href", ""))[0]
        else:
            yield from _pictures_at(archive, base, item.get("href", ""), only_of_few_words=True)


def _said(root: etree._Element, items: list[etree._Element]) -> Iterator[str]:
    """What is marked or called so: the property of EPUB 3, EPUB 2's `meta` (an id or a path), its guide, items named cover."""
    yield from (item.get("href", "") for item in items if "cover-image" in (item.get("properties") or "").split())
    for meta in named_items(root, "meta"):
        if (meta.get("name") or "").strip().lower() in ("cover", "cover-image") and (named := (meta.get("content") or "").strip()):
            yield from (item.get("href", "") for item in items if item.get("id") == named)
            yield named
    for reference in named_items(root, "reference"):
        if "cover" in (reference.get("type") or "").lower() and reference.get("href"):
            yield reference.get("href", "")
    for wanted in (_is_picture, _is_page):
        for item in items:
            name = item.get("href", "").rpartition("/")[2].partition(".")[0]
            if wanted(item) and any("cover" in word.lower() for word in (item.get("id") or "", name)):
                yield item.get("href", "")


def _is_picture(item: etree._Element) -> bool:
    return media_type(item).startswith("image/") or item.get("href", "").lower().endswith(_PICTURES)


def _is_page(item: etree._Element) -> bool:
    href: str = item.get("href", "")
    return href.lower().endswith(_PAGES)


def _pictures_at(archive: Archive, base: str, href: str, *, only_of_few_words: bool = False) -> Iterator[str]:
    """The picture itself, or the pictures of a page."""
    name = archive.name_of(base, href)[0]
    if name.lower().endswith(_PICTURES):
        yield name
        return
    data = archive.read(name)
    root = parse_markup(data) if data else None
    if root is None:
        return
    if only_of_few_words and len("".join(root.itertext()).strip()) > _FEW_LETTERS:
        return
    for tag, reference in (("img", "src"), ("image", "href"), ("object", "data")):
        for element in named_items(root, tag):
            if target := attribute(element, reference):
                yield archive.name_of(name, target)[0]
