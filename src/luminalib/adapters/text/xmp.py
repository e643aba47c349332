"""The XMP packet of a PDF (ISO 16684-1): it is stored in the open so that programs find it without parsing the file."""

import mmap
import os
from typing import Any, TypedDict

from luminalib.ports.children import open_handed

_OPENING, _CLOSING = b"<x:xmpmeta", b"</x:xmpmeta>"
_LONGEST_PACKET = 256 * 1024
_NAMESPACES = {"dc": "http://purl.org/dc/elements/1.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}


class Xmp(TypedDict, total=False):
    """The Dublin Core fields of a packet."""

    title: str | None
    authors: list[str]
    description: str | None
    tags: list[str]


def xmp_metadata(path: str) -> Xmp:
    """The fields of the last packet in the file (later ones replace earlier ones); nothing when there is none that can be read."""
    packet = _packet(path)
    if packet is None:
        return Xmp()
    from luminalib.adapters.text.xml import parse_xml  # noqa: PLC0415 - lxml is 10 MB that most PDFs do not need

    root = parse_xml(packet)
    if root is None:
        return Xmp()
    return Xmp(
        title=next(iter(_values(root, "title")), None),
        authors=_values(root, "creator"),
        description=next(iter(_values(root, "description")), None),
        tags=_values(root, "subject"),
    )


def _packet(path: str) -> bytes | None:
    with open_handed(path) as file:
        if os.fstat(file.fileno()).st_size == 0:
            return None
        return _last_packet(file.fileno())


def _last_packet(descriptor: int) -> bytes | None:
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        start = data.rfind(_OPENING)
        end = data.find(_CLOSING, start, start + _LONGEST_PACKET) if start >= 0 else -1
        return data[start : end + len(_CLOSING)] if end >= 0 else None


def _values(root: Any, name: str) -> list[str]:
    found = root.iterfind(f".//dc:{name}//rdf:li", _NAMESPACES)
    return [element.text for element in found if element.text]
