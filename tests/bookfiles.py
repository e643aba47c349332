"""Small real book files, made on the spot."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

_MARGIN, _LEADING, _SIZE = 50.0, 14.0, 11.0
_CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def make_pdf(
    pages: Sequence[str], *, title: str | None = None, author: str | None = None, header: str = "", password: str | None = None
) -> bytes:
    """A PDF with one page per text (Latin letters only); a blank line ends a paragraph. `header` may contain `{page}`."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A5, encrypt=password, invariant=1)
    canvas.setTitle(title or "")
    canvas.setAuthor(author or "")
    canvas.setSubject("")
    for number, page in enumerate(pages, 1):
        canvas.setFont("Helvetica", _SIZE)
        if header:
            canvas.drawString(_MARGIN, A5[1] - 30, header.format(page=number))
        _draw_paragraphs(canvas, page.split("\n\n"))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_paragraphs(canvas: Canvas, paragraphs: Iterable[str]) -> None:
    y = A5[1] - 2 * _MARGIN
    for paragraph in paragraphs:
        for line in simpleSplit(paragraph, "Helvetica", _SIZE, A5[0] - 2 * _MARGIN):
            canvas.drawString(_MARGIN, y, line)
            y -= _LEADING
        y -= _LEADING


def make_epub(
    chapters: Sequence[tuple[str, str]],
    *,
    title: str = "A Book",
    authors: Sequence[str] = ("An Author",),
    language: str = "en",
    isbn: str | None = None,
    metadata: str = "",
    extra: Mapping[str, str | bytes] | None = None,
    documents: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An EPUB 3 of (title, text) chapters; a blank line ends a paragraph.

    `metadata` is XML for the package, `extra` adds members by full name, `documents` replaces `chapter1.xhtml` and so on.
    """
    names = [f"chapter{number}.xhtml" for number in range(1, len(chapters) + 1)]
    members: dict[str, str | bytes] = {"META-INF/container.xml": _CONTAINER}
    members["OEBPS/content.opf"] = _package(names, title, authors, language, isbn, metadata)
    members["OEBPS/nav.xhtml"] = _navigation(names, [heading for heading, _ in chapters])
    for name, (heading, text) in zip(names, chapters, strict=True):
        members[f"OEBPS/{name}"] = (documents or {}).get(name, _chapter(heading, text))
    return make_zip(members | dict(extra or {}))


def make_zip(members: Mapping[str, str | bytes], mimetype: str = "application/epub+zip") -> bytes:
    """An EPUB container with any members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _package(names: Sequence[str], title: str, authors: Sequence[str], language: str, isbn: str | None, metadata: str) -> str:
    creators = "".join(f"<dc:creator>{escape(author)}</dc:creator>" for author in authors)
    items = "".join(f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names))
    references = "".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    identifier = f"urn:isbn:{isbn}" if isbn else "urn:uuid:0"
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">{identifier}</dc:identifier>
<dc:title>{escape(title)}</dc:title>{creators}<dc:language>{language}</dc:language>{metadata}</metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>
<spine>{references}</spine></package>"""


def _navigation(names: Sequence[str], headings: Sequence[str]) -> str:
    links = "".join(f'<li><a href="{name}">{escape(heading)}</a></li>' for name, heading in zip(names, headings, strict=True))
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f'<body><nav epub:type="toc"><ol>{links}</ol></nav></body></html>'
    )


def _chapter(heading: str, text: str) -> str:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h1>{escape(heading)}</h1>{paragraphs}</body></html>'
