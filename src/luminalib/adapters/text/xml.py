"""XML and HTML of unknown origin, parsed so that nothing is fetched, expanded or nested without end."""

import codecs
import re
from html.entities import html5

from lxml import etree

from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.plain import decode

_DECLARED = re.compile(
    rb"\A[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)|<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE
)
_HEAD = 2048


def parse_xml(data: bytes) -> etree._Element | None:
    """The root of well-formed XML, None when it is not. Raises the failure `unsafe-xml` for entities that point outside or nest."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.internalDTD is not None or b"&" in data:
        _resolve_entities(root)
    return root


def parse_markup(data: bytes) -> etree._Element | None:
    """The root of an XHTML document, or of what an HTML parser makes of a broken one."""
    root = parse_xml(data)
    if root is not None:
        return root
    text = _as_utf_8(data)
    if b"<!ENTITY" in text:  # an HTML parser would print such a declaration; and who breaks XML this way means no good
        raise failure("unsafe-xml")
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return etree.fromstring(text, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _as_utf_8(data: bytes) -> bytes:
    """Re-coded, because libxml2's HTML parser does not read an XML declaration."""
    match = _DECLARED.search(data[:_HEAD])
    name = (match[1] or match[2]).decode("ascii") if match else ""
    if not name or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(data).encode("utf-8", "replace")
    try:
        return data.decode(name).encode("utf-8", "replace")
    except (LookupError, UnicodeDecodeError):
        return decode(data).encode("utf-8", "replace")


def _resolve_entities(root: etree._Element) -> None:
    """Replaces the references that the parser left in place: HTML's names, and plain short texts of the document's own."""
    own = _own_entities(root)
    for reference in list(root.iter(etree.Entity)):
        name = reference.name
        _replace_by_text(reference, own.get(name) or html5.get(f"{name};", ""))


def _own_entities(root: etree._Element) -> dict[str, str]:
    dtd = root.getroottree().docinfo.internalDTD
    entities = {entity.name: entity.content for entity in dtd.iterentities()} if dtd is not None else {}
    if any(content is None or "&" in content for content in entities.values()):
        raise failure("unsafe-xml")
    return {name: content for name, content in entities.items() if "<" not in content}


def _replace_by_text(node: etree._Element, text: str) -> None:
    parent, before = node.getparent(), node.getprevious()
    text += node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    node.tail = None
    parent.remove(node)
