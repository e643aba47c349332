"""XML and HTML of unknown origin, parsed so that nothing is fetched, expanded or nested without end."""

import codecs
import re
from functools import lru_cache
from html import escape, unescape
from html.entities import html5
from typing import Any

from lxml import etree

from luminalib.adapters.text.failures import failure
from luminalib.adapters.text.plain import decode

_DECLARED = re.compile(
    rb"\A[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)|<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE
)
_HEAD = 2048
_HARMLESS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}(?:\[.{0,20000}?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_AMPERSAND = re.compile(r"&(?:#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_TAG = re.compile(r"<[A-Za-z_][^<>]{0,4000}>")
_ATTRIBUTE = re.compile(r"""(\s[\w:.-]{1,100}\s{0,9}=\s{0,9})(?:"[^"]*"|'[^']*'|([^\s"'<>/][^\s"'<>]*?)(?=\s|/?>))""")
_REFERENCE = re.compile(r"&(?!#)|%\w+;")
_SUBSET = re.compile(r"<!DOCTYPE[^>\[]{0,500}\[(.*?)\]\s*>", re.IGNORECASE | re.DOTALL)
_LONGEST_SUBSET = 65_536
_ENTITY = re.compile(r"<!ENTITY\s+(\w[\w.-]*)\s+(?:\"([^\"]*)\"|'([^']*)'|(?:SYSTEM|PUBLIC))", re.IGNORECASE)
_NAMED = re.compile(r"&(\w[\w.-]*);")
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse_xml(data: bytes) -> etree._Element | None:
    """The root of well-formed XML, None when it is not. Raises the failure `unsafe-xml` for entities that point outside or nest."""
    parser = etree.XMLParser(**_HARMLESS)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.internalDTD is not None or b"&" in data:
        _resolve_entities(root)
    return root


def mended_xml(data: bytes) -> etree._Element | None:
    """The root of XML that is nearly well-formed, as programs write package documents.

    They leave ampersands and less-than signs bare, values without quotes, controls and HTML's names in the text, prefixes
    undeclared and tags unclosed.
    """
    root = parse_xml(data)
    if root is not None:
        return root
    text = _NO_XML_CHARACTER.sub("", _as_utf_8(data).decode("utf-8", "replace"))
    text = _DOCTYPE.sub("", text[:_LONGEST_SUBSET], count=1) + text[_LONGEST_SUBSET:]
    text = _AMPERSAND.sub(lambda found: _as_text(found[0]), _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n")))
    text = _TAG.sub(lambda tag: _ATTRIBUTE.sub(_quoted, tag[0]), _BARE_LESS.sub("&lt;", text))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without prefix or namespace, whether the prefix is declared or not."""
    return next((element.get(key) for key in element.keys() if _local(str(key)) == name), None)  # noqa: SIM118 -- no mapping


def parse_markup(data: bytes) -> etree._Element | None:
    """The root of an XHTML document, or of what an HTML parser makes of a broken one."""
    root = parse_xml(data)
    if root is not None:
        return root
    text = _without_declarations(_as_utf_8(data).decode("utf-8", "replace")).encode("utf-8", "replace")
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return etree.fromstring(text, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace or a prefix that nobody declares; empty for what is no element."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1000)
def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _as_text(reference: str) -> str:
    """A reference that XML does not know, as what it means; what is none, as an ampersand."""
    if reference in ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;") or reference.startswith("&#"):
        return reference
    return html5.get(reference[1:], "").replace("&", "&amp;").replace("<", "&lt;") or f"&amp;{reference[1:]}"


def _quoted(found: re.Match[str]) -> str:
    """An attribute with quotes round its value."""
    return found[0] if found[2] is None else f'{found[1]}"{found[2]}"'


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
    dtd = root.getroottree().docinfo.internalDTD
    own = {entity.name: entity.content for entity in dtd.iterentities()} if dtd is not None else {}
    for reference in list(root.iter(etree.Entity)):
        name = reference.name
        _replace_by_text(reference, _plain_entity(own[name]) if name in own else html5.get(f"{name};", ""))


def _plain_entity(content: str | None) -> str:
    """What a declared entity stands for. Raises the failure `unsafe-xml` for one that points outside or stands for others.

    References to characters are harmless: XHTML's own declarations of `lt` and `amp` are made of them.
    """
    if content is None or _REFERENCE.search(content):
        raise failure("unsafe-xml")
    text = unescape(unescape(content))
    return "" if "<" in text and len(text) > 1 else text


def _without_sections(text: str) -> str:
    """A document with its CDATA sections as escaped text: an HTML parser takes them for comments."""
    first, *sections = text.split("<![CDATA[")
    parts = [first]
    for section in sections:
        content, end, rest = section.partition("]]>")
        parts += [escape(content, quote=False), rest] if end else [section]
    return "".join(parts)


def _without_declarations(text: str) -> str:
    """A document that is no XML, without its own declarations, which an HTML parser would print; their references as text.

    Raises the failure `unsafe-xml` like `parse_xml`.
    """
    text = _without_sections(text)
    declared = _SUBSET.search(text[:_LONGEST_SUBSET])
    if declared is None:
        return text
    entities = {found[1]: found[2] or found[3] for found in _ENTITY.finditer(declared[1])}
    rest = text[declared.end() :]
    used = {name for name in entities if f"&{name};" in rest}
    own = {name: escape(_plain_entity(entities[name]), quote=False) for name in used}
    return _NAMED.sub(lambda found: own.get(found[1], found[0]), rest) if own else rest


def _replace_by_text(node: etree._Element, text: str) -> None:
    parent, before = node.getparent(), node.getprevious()
    text += node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    node.tail = None
    parent.remove(node)
