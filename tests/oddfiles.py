"""Packages, pages and texts as they are in the wild, and how they are read."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bookfiles import make_zip
from luminalib.adapters.text.extractor import ExtractionLimits, reader_limits
from luminalib.ports.children import ChildTaskFailed

LIMITS = reader_limits(ExtractionLimits())
PROSE = "The keeper wrote down every ship that did not come, and the book was full before the winter was over. " * 8
CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>{}</rootfiles></container>'
ROOTFILE = '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>{}</body></html>'


def read(reader: Any, content: bytes, folder: Path, **said: Any) -> Any:
    path = folder / "a.book"
    path.write_bytes(content)
    return reader.extract(str(path), limits=LIMITS, progress=lambda _: None, **said)


def code(reader: Any, content: bytes, folder: Path) -> str:
    with pytest.raises(ChildTaskFailed) as failed:
        read(reader, content, folder)
    return failed.value.code


def words(found: Any) -> str:
    return "\n".join(text for _, text in found["sections"])


def package(
    metadata: str = "<dc:title>Salt</dc:title>",
    manifest: str = '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>',
    spine: str = '<itemref idref="c"/>',
    extra: str = "",
) -> str:
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata xmlns:dc="http://purl.org/dc/'
        f'elements/1.1/">{metadata}</metadata><manifest>{manifest}</manifest><spine>{spine}</spine>{extra}</package>'
    )


def book(opf: str, members: Mapping[str, str | bytes] | None = None, container: str = CONTAINER.format(ROOTFILE)) -> bytes:
    chapter = {"OEBPS/c.xhtml": XHTML.format(f"<p>{PROSE}</p>")}
    return make_zip({"META-INF/container.xml": container, "OEBPS/content.opf": opf, **chapter, **(members or {})})


def picture(size: tuple[int, int] = (60, 90), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return file.getvalue()
