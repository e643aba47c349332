"""The XMP packet of a PDF (ISO 16684-1), the document's own: pictures in a file bring packets of theirs."""

import logging
import mmap
import os
import re
import zlib
from contextlib import suppress
from typing import Any, TypedDict

from luminalib.adapters.text.plain import decode
from luminalib.ports.children import open_handed

_LONGEST_PACKET = 512 * 1024
_LONGEST_DICTIONARY = 64 * 1024
_KINDS = (b"/Subtype/XML", b"/Subtype /XML", b"/Type/Metadata", b"/Type /Metadata")
_ROOT = re.compile(rb"/Root\s+(\d+)\s+(\d+)\s+R")
_METADATA = re.compile(rb"/Metadata\s+(\d+)\s+(\d+)\s+R")
_STREAM = re.compile(rb"stream\r?\n")
_DECLARATIONS = re.compile(r"<\?(?:xpacket|xml|adobe)[^>]{0,300}\?>")
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDF = "{http://ns.adobe.com/pdf/1.3/}"
_CALIBRE = "{http://calibre-ebook.com/xmp-namespace}"
_CALIBRE_SERIES = "{http://calibre-ebook.com/xmp-namespace-series-index}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class Xmp(TypedDict, total=False):
    """The fields of a packet that a catalogue wants."""

    title: str | None
    authors: list[str]
    description: str | None
    tags: list[str]
    identifiers: list[str]
    date: str | None
    series: str | None
    series_index: str | None


def xmp_metadata(path: str) -> Xmp:
    """The fields of the document's packet, however it is stored; nothing when there is none that can be read."""
    packet = _packet(path)
    if packet is None:
        return Xmp()
    from luminalib.adapters.text.xml import mended_xml  # noqa: PLC0415 - lxml is 10 MB that most PDFs do not need

    root = mended_xml(_DECLARATIONS.sub("", decode(packet)).strip().strip("\0").encode())
    if root is None:
        return Xmp()
    return Xmp(
        title=next(iter(_values(root, f"{_DC}title")), None),
        authors=_values(root, f"{_DC}creator"),
        description=next(iter(_values(root, f"{_DC}description")), None),
        tags=_values(root, f"{_DC}subject") or _values(root, f"{_PDF}Keywords"),
        identifiers=[*_values(root, f"{_DC}identifier"), *_ending(root, "isbn")],
        date=next(iter(_values(root, f"{_DC}date")), None),
        series=next(iter(_values(root, f"{_CALIBRE}series")), None),
        series_index=next(iter(_values(root, f"{_CALIBRE_SERIES}series_index")), None),
    )


def _packet(path: str) -> bytes | None:
    with open_handed(path) as file:
        if os.fstat(file.fileno()).st_size == 0:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if not any(data.find(kind) >= 0 for kind in _KINDS):
                return None
            packet = _own_packet(data)
    return packet or _packet_by_pypdf(path)


def _own_packet(data: mmap.mmap) -> bytes | None:
    """What the catalogue's /Metadata points to, where both stand in the open: no parser of PDFs is needed for that."""
    root = next(iter(_ROOT.findall(data)[::-1]), None)
    catalogue = _object(data, root) if root else None
    named = _METADATA.search(catalogue) if catalogue else None
    stream = _object(data, (named[1], named[2]), _LONGEST_PACKET) if named else None
    begin = _STREAM.search(stream) if stream else None
    if stream is None or begin is None:
        return None
    head, body = stream[: begin.start()], stream[begin.end() : stream.find(b"endstream", begin.end())]
    if b"/Filter" not in head:
        return body
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(body, _LONGEST_PACKET) if b"FlateDecode" in head else None
    return None


def _object(data: mmap.mmap, number: tuple[bytes, bytes], most: int = _LONGEST_DICTIONARY) -> bytes | None:
    """The last version of a numbered object."""
    header = re.compile(rb"(?<!\d)%s\s+%s\s+obj" % number)
    found = [match.end() for match in header.finditer(data)]
    if not found:
        return None
    end = data.find(b"endobj", found[-1], found[-1] + most)
    return data[found[-1] : end if end >= 0 else found[-1] + most]


def _packet_by_pypdf(path: str) -> bytes | None:
    """The same where the catalogue is compressed or encrypted."""
    from pypdf import PdfReader  # noqa: PLC0415 - 0.2 s that most PDFs do not need
    from pypdf.generic import StreamObject  # noqa: PLC0415 - as above

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with open_handed(path) as file:
            stream = PdfReader(file, strict=False).root_object.get("/Metadata")
            stream = stream.get_object() if stream is not None else None
            return stream.get_data()[:_LONGEST_PACKET] if isinstance(stream, StreamObject) else None
    except Exception:  # noqa: BLE001 - pypdf raises whatever the damage provokes, and the book has its text without
        return None


def _values(root: Any, name: str) -> list[str]:
    """The values of a property in each of its forms: a list, alternatives (the default first), an element, an attribute."""
    found: list[str] = []
    for element in root.iter(name):
        items = list(element.iter(f"{_RDF}li"))
        items.sort(key=lambda item: item.get(_LANGUAGE, "x-default") != "x-default")
        own = [element.findtext(f"{_RDF}value") or element.text or ""]
        found += [item.text or "" for item in items] or own
    found += [element.get(name, "") for element in root.iter(f"{_RDF}Description")]
    return [value.strip() for value in found if value.strip()]


def _ending(root: Any, name: str) -> list[str]:
    """The values of all properties of a local name, whoever defines them."""
    names = {element.tag for element in root.iter() if isinstance(element.tag, str) and element.tag.lower().endswith(f"}}{name}")}
    return [value for tag in sorted(names) for value in _values(root, tag)]
