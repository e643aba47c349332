"""From XHTML to text: blocks become paragraphs, the rest flows; cut where the table of contents points."""

import re
from collections.abc import Collection

from lxml import etree

from luminalib.adapters.text.cleaning import clean
from luminalib.adapters.text.xml import attribute, local_name

# Private characters mark where blocks and lines end and parts begin, while the white space of the source is folded.
_PARAGRAPH, _LINE, _CUT = "\ue00d", "\ue00e", "\ue00f"
_PARAGRAPH_TAGS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "details",
            "dialog",
            "div",
            "dl",
            "fieldset",
            "figcaption",
        ),
        *(
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hgroup",
            "hr",
            "main",
            "math",
            "nav",
            "ol",
            "p",
        ),
        *("pre", "section", "svg", "table", "ul"),
    )
)
_LINE_TAGS = frozenset(("li", "dt", "dd", "tr", "caption", "summary", "legend", "option", "br"))
_CELL_TAGS = frozenset(("td", "th"))
_DROPPED_TAGS = frozenset(
    (
        *("head", "script", "style", "template", "noscript", "rp", "rt", "iframe", "object", "audio", "video", "canvas"),
        *("metadata", "defs", "title", "desc", "annotation", "annotation-xml"),
    )
)
_PAGE_NUMBER = re.compile(r"^[\[({]?\s*(?:pg\.?|p\.?|page|s\.?|seite)?\s*(?:\d{1,4}|[ivxlc]{1,8})\s*[\])}]?$", re.IGNORECASE)
_NOTE_MARK = re.compile(r"^[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z])[\])]?$")
_HEADINGS = frozenset(("h1", "h2", "h3"))
_LONGEST_HEADING = 120


def to_texts(root: etree._Element, cuts: Collection[str]) -> list[tuple[str, str]]:
    """The text of a document in parts: (id, text), where a new part begins at each element whose id is among `cuts`.

    The first part has the id "" and may be empty. The tree is used up.
    """
    _drop_unread(root)
    order = [_mark(element, cuts) for element in root.iter(etree.Element)]
    text = str(etree.tostring(root, method="text", encoding="unicode", with_tail=False))
    return list(zip(["", *filter(None, order)], map(_finish, _fold(text).split(_CUT)), strict=False))


def first_heading(root: etree._Element) -> str | None:
    """The first non-empty heading, on one line; None when it is too long for a title."""
    for element in root.iter(etree.Element):
        if local_name(element) in _HEADINGS and not _is_unread(element):
            words = " ".join(inner_text(element).split())
            if words:
                return words if len(words) <= _LONGEST_HEADING else None
    return None


def inner_text(element: etree._Element) -> str:
    """The text of a heading as it is read out: with a space for each line break, without readings and marks of notes."""
    parts = [element.text or ""]
    for child in element.iterchildren(etree.Element):
        if local_name(child) == "br":
            parts.append(" ")
        elif not _is_unread(child) and not _is_note_mark(child):
            parts.append(inner_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _is_note_mark(element: etree._Element) -> bool:
    is_marked = "noteref" in _kinds(element) or local_name(element) in ("sup", "a")
    return is_marked and _NOTE_MARK.match("".join(element.itertext()).strip()) is not None


def _is_note_of_a_heading(element: etree._Element) -> bool:
    """Whether an element is the link to a note behind the words of a heading."""
    if local_name(element) != "a" or not _is_note_mark(element):
        return False
    is_note = "noteref" in _kinds(element) or any(
        local_name(one) == "sup" for one in (element.getparent(), *element) if one is not None
    )
    heading = next((above for above in element.iterancestors() if local_name(above) in _HEADINGS), None)
    return is_note and heading is not None and any(map(str.isalpha, inner_text(heading)))


def _kinds(element: etree._Element) -> set[str]:
    """What `epub:type` and `role` call an element."""
    return {kind.removeprefix("doc-") for name in ("type", "role") for kind in (attribute(element, name) or "").lower().split()}


def _is_unread(element: etree._Element) -> bool:
    """Whether nobody sees an element: hidden, a machine's, a number of the printed page, a branch that is not taken."""
    name = local_name(element)
    if name in _DROPPED_TAGS:
        return True
    if name in ("case", "default") and not _is_branch_taken(element, name):
        return True
    # Most elements have no attributes, and a long book has hundreds of thousands.
    return bool(element.keys()) and _is_called_unread(element, name)


def _is_called_unread(element: etree._Element, name: str) -> bool:
    """Whether its attributes say so."""
    if element.get("hidden") is not None or _is_hidden_by_style(element):
        return True
    if "pagebreak" in _kinds(element):
        return True
    is_page_number = any("page" in part for part in (element.get("class") or "").lower().split())
    return (
        is_page_number and name in ("span", "a", "div", "p") and _PAGE_NUMBER.match("".join(element.itertext()).strip()) is not None
    )


def _is_hidden_by_style(element: etree._Element) -> bool:
    return "display:none" in _style(element)


def _style(element: etree._Element) -> str:
    told = element.get("style")
    return "".join(told.lower().split()) if told else ""


def _is_branch_taken(element: etree._Element, name: str) -> bool:
    """Of a `switch` (OPS 2.0.1, 2.6.3.1) the default, as no namespace of a case is ours to draw; without one the first case."""
    parent = element.getparent()
    if parent is None or local_name(parent) != "switch":
        return True
    branches = [local_name(child) for child in parent.iterchildren(etree.Element)]
    return name == "default" or ("default" not in branches and element.getprevious() is None)


def _drop_unread(root: etree._Element) -> None:
    """Takes out what a reader never sees, and keeps what follows it."""
    for element in list(root.iter(etree.Element)):
        if _is_unread(element) or _is_note_of_a_heading(element):
            parent, before = element.getparent(), element.getprevious()
            if parent is None:
                continue
            if before is not None:
                before.tail = (before.tail or "") + (element.tail or "")
            else:
                parent.text = (parent.text or "") + (element.tail or "")
            parent.remove(element)


def _mark(element: etree._Element, cuts: Collection[str]) -> str | None:
    """Puts the separators round an element's text; returns its id when a part begins with it."""
    name = local_name(element)
    if name == "pre":
        _keep_lines(element)
    has_attributes = bool(element.keys())
    if has_attributes and "position:absolute" in _style(element):
        element.tail = f" {element.tail or ''}"  # words that are placed one by one need no spaces in the source
    mark = _PARAGRAPH if name in _PARAGRAPH_TAGS else _LINE if name in _LINE_TAGS else " " if name in _CELL_TAGS else ""
    if mark and name != "br":
        element.text = mark + (element.text or "")
    # Only one line end between two list items or rows: the next one brings its own.
    if mark == _PARAGRAPH or name == "br" or (mark and (element.tail or "").strip()):
        element.tail = mark + (element.tail or "")
    identity: str | None = (element.get("id") or element.get("name")) if has_attributes else None
    if identity is None or identity not in cuts:
        return None
    element.text = _CUT + (element.text or "")
    return identity


def _keep_lines(element: etree._Element) -> None:
    for node in element.iter(etree.Element):
        node.text = (node.text or "").replace("\n", _LINE)
        if node is not element:
            node.tail = (node.tail or "").replace("\n", _LINE)


def _fold(text: str) -> str:
    """Every run of white space as one space, and none next to a mark."""
    text = " ".join(text.split())
    for mark in (_PARAGRAPH, _LINE, _CUT):
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return text.replace(_PARAGRAPH * 2, _PARAGRAPH)


def _finish(part: str) -> str:
    return clean(part.replace(_PARAGRAPH, "\n\n").replace(_LINE, "\n"))
