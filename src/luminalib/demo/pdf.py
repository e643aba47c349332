"""A work of the shelf as a PDF, set in A5 with the fonts that every reader has."""

import hashlib
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

from luminalib.demo.markup import list_items, to_markup
from luminalib.demo.shelf import RIGHTS, Chapter, ShelfBook

_BODY = ParagraphStyle("Body", fontName="Times-Roman", fontSize=10.5, leading=14.5, spaceAfter=6)
_LIST = ParagraphStyle("List", parent=_BODY, leftIndent=12, bulletIndent=2, spaceAfter=3)
_CHAPTER = ParagraphStyle("Chapter", fontName="Times-Bold", fontSize=14, leading=18, spaceBefore=16, spaceAfter=8, keepWithNext=1)
_TITLE = ParagraphStyle("Title", fontName="Times-Bold", fontSize=22, leading=28, alignment=TA_CENTER, spaceAfter=14)
_LINE = ParagraphStyle("Line", parent=_BODY, alignment=TA_CENTER)


def render_pdf(book: ShelfBook) -> bytes:
    """The bytes of the file: a title page, the chapters with bookmarks, page numbers at the foot."""
    target = BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A5,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=book.title,
        author=", ".join(book.authors),
        subject=book.description,
        keywords=", ".join(book.tags),
        creator="LuminaLib demo shelf",
        lang=book.language,
        invariant=1,
        pageCompression=0,
    )
    document.afterFlowable = partial(_bookmark, document)
    document.build(_story(book), onFirstPage=_footer, onLaterPages=_footer, canvasmaker=partial(_timeless_canvas, book))
    return target.getvalue()


def _timeless_canvas(book: ShelfBook, *arguments: Any, **options: Any) -> Canvas:
    # Even when told to be invariant, reportlab puts SOURCE_DATE_EPOCH, where it is set, into the dates and the identifier.
    canvas = Canvas(*arguments, **options)
    canvas.setDateFormatter(lambda *_now: f"D:{book.year}0101000000Z")
    canvas._doc.signature = hashlib.md5(book.slug.encode(), usedforsecurity=False)  # noqa: SLF001 - there is no public way
    return canvas


def _story(book: ShelfBook) -> list[Any]:
    return [*_title_page(book), PageBreak(), *(part for chapter in book.chapters for part in _chapter(chapter))]


def _title_page(book: ShelfBook) -> list[Any]:
    series = [f"{book.series.name}, {book.series.position}"] if book.series else []
    lines = [*map(_marked, book.authors), *series, _marked(book.description), f"{book.year}. {RIGHTS}"]
    return [Spacer(1, 40 * mm), Paragraph(_marked(book.title), _TITLE), *(Paragraph(line, _LINE) for line in lines)]


def _chapter(chapter: Chapter) -> list[Any]:
    return [Paragraph(_marked(chapter.title), _CHAPTER), *(part for block in chapter.blocks for part in _block(block))]


def _block(block: str) -> list[Any]:
    items = list_items(block)
    if items is not None:
        return [Paragraph(_marked(item), _LIST, bulletText="-") for item in items]
    return [Paragraph(_marked(block), _BODY)]


def _marked(text: str) -> str:
    return to_markup(text, strong="b", emphasis="i")


def _bookmark(document: Any, part: Any) -> None:
    if getattr(part, "style", None) is _CHAPTER:
        key = f"chapter-{document.page}-{part.getPlainText()}"
        document.canv.bookmarkPage(key)
        document.canv.addOutlineEntry(part.getPlainText(), key)


def _footer(canvas: Any, document: Any) -> None:
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(A5[0] / 2, 11 * mm, str(document.page))
