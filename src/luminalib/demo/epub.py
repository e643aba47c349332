"""A work of the shelf as an EPUB 3."""

import uuid
import zipfile
from html import escape
from io import BytesIO

from luminalib.demo.cover import render_cover
from luminalib.demo.markup import list_items, to_markup
from luminalib.demo.shelf import RIGHTS, Chapter, Series, ShelfBook

_NAMESPACE = uuid.UUID("6d0f3a52-5c1e-4a3c-9a53-4c8e2f6b7d10")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP can name
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STYLE = """body { margin: 5%; line-height: 1.4; }
h1, h2 { text-align: left; }
p { margin: 0 0 0.7em; }
"""


def render_epub(book: ShelfBook) -> bytes:
    """The bytes of the file: an OCF container with a package document, a navigation document, a cover and a page per chapter."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, content in _parts(book).items():
            archive.writestr(_entry(path), content)
    return target.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EARLIEST)
    entry.create_system = 3  # it would say on which system it was made
    entry.external_attr = 0o644 << 16
    return entry


def _parts(book: ShelfBook) -> dict[str, bytes]:
    """The files of the container in their order; OCF wants `mimetype` first."""
    texts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": _package(book),
        "EPUB/nav.xhtml": _page(book, "Contents", _navigation(book)),
        "EPUB/style.css": _STYLE,
        "EPUB/title.xhtml": _page(book, book.title, _title_page(book)),
        **{f"EPUB/{_name(at)}": _page(book, chapter.title, _chapter(chapter)) for at, chapter in enumerate(book.chapters, 1)},
    }
    return {path: text.encode() for path, text in texts.items()} | {"EPUB/cover.png": render_cover(book.slug)}


def _name(number: int) -> str:
    return f"chapter-{number:02}.xhtml"


def _page(book: ShelfBook, title: str, body: str) -> str:
    language = escape(book.language)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{escape(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""


def _navigation(book: ShelfBook) -> str:
    items = "\n".join(f'<li><a href="{_name(at)}">{escape(one.title)}</a></li>' for at, one in enumerate(book.chapters, 1))
    return f'<nav epub:type="toc"><h1>{escape(book.title)}</h1>\n<ol>\n{items}\n</ol></nav>'


def _title_page(book: ShelfBook) -> str:
    by = escape(", ".join(book.authors))
    return (
        f'<p><img src="cover.png" alt=""/></p>\n<h1>{escape(book.title)}</h1>\n<p>{by}</p>\n'
        f"<p>{escape(book.description)}</p>\n<p>{book.year}. {escape(RIGHTS)}</p>"
    )


def _chapter(chapter: Chapter) -> str:
    return "\n".join([f"<h2>{escape(chapter.title)}</h2>", *map(_block, chapter.blocks)])


def _block(block: str) -> str:
    items = list_items(block)
    if items is not None:
        return "<ul>" + "".join(f"<li>{_marked(item)}</li>" for item in items) + "</ul>"
    return f"<p>{_marked(block)}</p>"


def _marked(text: str) -> str:
    return to_markup(text, strong="strong", emphasis="em")


def _package(book: ShelfBook) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{escape(book.language)}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{_metadata(book)}
</metadata>
<manifest>
{_manifest(book)}
</manifest>
<spine>
<itemref idref="title"/>
{_spine(book)}
</spine>
</package>
"""


def _metadata(book: ShelfBook) -> str:
    elements = [
        f'<dc:identifier id="id">urn:uuid:{uuid.uuid5(_NAMESPACE, book.slug)}</dc:identifier>',
        *_dublin("title", book.title),
        *_dublin("language", book.language),
        *_dublin("creator", *book.authors),
        *_dublin("date", str(book.year)),
        *_dublin("description", book.description),
        *_dublin("subject", *book.tags),
        *_dublin("publisher", "LuminaLib"),
        *_dublin("rights", RIGHTS),
        f'<meta property="dcterms:modified">{book.year}-01-01T00:00:00Z</meta>',
        '<meta name="cover" content="cover"/>',
    ]
    return "\n".join([*elements, *(_collection(book.series) if book.series else [])])


def _dublin(name: str, *values: str) -> list[str]:
    return [f"<dc:{name}>{escape(value)}</dc:{name}>" for value in values]


def _collection(series: Series) -> list[str]:
    return [
        f'<meta property="belongs-to-collection" id="series">{escape(series.name)}</meta>',
        '<meta refines="#series" property="collection-type">series</meta>',
        f'<meta refines="#series" property="group-position">{series.position}</meta>',
    ]


def _manifest(book: ShelfBook) -> str:
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        '<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>',
    ]
    names = map(_name, range(1, len(book.chapters) + 1))
    return "\n".join([*items, *(f'<item id="{_id(name)}" href="{name}" media-type="application/xhtml+xml"/>' for name in names)])


def _spine(book: ShelfBook) -> str:
    return "\n".join(f'<itemref idref="{_id(_name(number))}"/>' for number in range(1, len(book.chapters) + 1))


def _id(name: str) -> str:
    return name.removesuffix(".xhtml")
