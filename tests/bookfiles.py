"""Small real book files, made on the spot."""

import io
import zipfile
import zlib
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


def make_raw_pdf(objects: Mapping[int, bytes]) -> bytes:
    """A PDF of numbered objects, of which 1 is the catalogue."""
    content = b"%PDF-1.5\n"
    places = dict.fromkeys(range(1, max(objects) + 1), b"0000000000 65535 f \n")
    for number, written in objects.items():
        places[number] = b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, b"".join(places.values()))
    return b"%s%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (content, table, len(places) + 1, len(content))


def make_pdf_of_one_glyph(meaning: str, drawing: bytes) -> bytes:
    """A page with a font whose glyph 1 stands for `meaning`; `drawing` shows it."""
    mapping = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0001> <%s> endbfchar endcmap"
    return make_raw_pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>",
            3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            4: _stream(b"BT /F1 12 Tf 10 10 Td %s ET" % drawing),
            5: b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
            6: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            7: _stream(mapping % meaning.encode("utf-16-be").hex().encode()),
        }
    )


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
