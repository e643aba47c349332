"""The table of contents of an EPUB: which place in which document bears which title."""

from collections.abc import Iterator

from lxml import etree

from luminalib.adapters.text.archive import Archive
from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.markup import inner_text
from luminalib.adapters.text.opf import Package
from luminalib.adapters.text.xml import local_name, parse_markup

Contents = dict[str, dict[str, str]]
"""Titles by document and by fragment, "" for the document's beginning."""

_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_MOST_ENTRIES = 5000


def read_contents(archive: Archive, package: Package) -> Contents:
    """The titles of the nav document, else of the NCX; empty when there is neither. The first title of a place wins."""
    contents: Contents = {}
    for name, entries in ((package.navigation, _nav_entries), (package.ncx, _ncx_entries)):
        data = archive.read(name) if name else None
        root = parse_markup(data) if data else None
        if name is None or root is None:
            continue
        for count, (href, title) in enumerate(entries(root)):
            document, fragment = archive.name_of(name, href)
            if title and count < _MOST_ENTRIES:
                contents.setdefault(document, {}).setdefault(fragment, title)
        if contents:
            break
    return contents


def _nav_entries(root: etree._Element) -> Iterator[tuple[str, str | None]]:
    navs = [element for element in root.iter(etree.Element) if local_name(element) == "nav"]
    tocs = [nav for nav in navs if "toc" in (nav.get(_EPUB_TYPE) or nav.get("epub:type") or "").split()] or navs[:1]
    for link in (element for nav in tocs for element in nav.iter(etree.Element) if local_name(element) == "a"):
        if link.get("href"):
            yield link.get("href"), clean_field(inner_text(link))


def _ncx_entries(root: etree._Element) -> Iterator[tuple[str, str | None]]:
    for point in (element for element in root.iter(etree.Element) if local_name(element).lower() == "navpoint"):
        children = {local_name(child): child for child in point.iterchildren(etree.Element)}
        source, label = children.get("content"), children.get("navLabel", children.get("navlabel"))
        if source is not None and label is not None and source.get("src"):
            yield source.get("src"), clean_field(inner_text(label))
