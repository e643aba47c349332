"""The demo shelf holds works worth finding, and renders each one to the same proper file everywhere."""

import hashlib
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from luminalib.demo.markup import list_items, to_markup, to_plain
from luminalib.demo.rendering import filename, render
from luminalib.demo.shelf import Chapter, Format, Series, ShelfBook, load_shelf, parse
from luminalib.domain.media import ContentSniffer, MediaType

SHELF = load_shelf()
KINDS = {Format.TXT: MediaType.TEXT, Format.EPUB: MediaType.EPUB, Format.PDF: MediaType.PDF}
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def of_format(wanted: Format) -> list[ShelfBook]:
    return [book for book in SHELF if book.format is wanted]


def name(book: ShelfBook) -> str:
    return book.slug


def squeezed(text: str) -> str:
    return "".join(text.split())


def words(book: ShelfBook) -> int:
    return sum(len(block.split()) for chapter in book.chapters for block in chapter.blocks)


def archive_of(book: ShelfBook) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(render(book)))


def package_of(book: ShelfBook) -> ET.Element:
    with archive_of(book) as archive:
        return ET.fromstring(archive.read("EPUB/package.opf"))  # noqa: S314 - we made it ourselves


def pdf_text(book: ShelfBook) -> list[str]:
    document = pypdfium2.PdfDocument(render(book))
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


# What stands on it


def test_the_shelf_is_large_and_varied_enough_to_search_and_recommend() -> None:
    assert len(SHELF) >= 14
    assert {book.format for book in SHELF} == set(Format)
    assert {book.language for book in SHELF} == {"en", "fr", "de"}
    shared = Counter(tag for book in SHELF for tag in book.tags)
    assert sum(count >= 2 for count in shared.values()) >= 10
    authors = Counter(author for book in SHELF for author in book.authors)
    assert sum(count >= 2 for count in authors.values()) >= 3


def test_a_series_has_its_volumes_in_order_by_one_author() -> None:
    volumes = [book for book in SHELF if book.series and book.series.name == "The Marrow Sound Ledgers"]
    assert sorted(book.series.position for book in volumes if book.series) == [1, 2]
    assert len({book.authors for book in volumes}) == 1


def test_titles_and_file_names_are_unique() -> None:
    assert len({book.title for book in SHELF}) == len({filename(book) for book in SHELF}) == len(SHELF)


@pytest.mark.parametrize("book", SHELF, ids=name)
def test_every_work_is_described_and_long_enough_to_be_read(book: ShelfBook) -> None:
    assert 1900 < book.year < 2100
    assert len(book.tags) >= 4
    assert 40 < len(book.description) < 300
    assert len(book.chapters) >= 3
    assert 900 <= words(book) <= 1800
    assert filename(book) == f"{book.slug}.{book.format.value}"


# How it is read


def test_a_work_is_parsed_with_all_its_fields() -> None:
    fields = ["title: A: B", "authors: X; Y", "language: en", "year: 2020", "tags: a, b", "description: D.", "series: S, T, 3"]
    book = parse("ab", "\r\n".join(["---", *fields, "format: txt", "---"]) + "\n## One\n\nFirst.\n\n- a\n- b\n\n## Two\nLast.\n")
    assert (book.title, book.authors, book.tags) == ("A: B", ("X", "Y"), ("a", "b"))
    assert book.series == Series(name="S, T", position=3)
    assert book.chapters == (Chapter(title="One", blocks=("First.", "- a\n- b")), Chapter(title="Two", blocks=("Last.",)))


HEAD = "---\ntitle: T\nauthors: A\nlanguage: en\nyear: 2020\ntags: t\ndescription: D.\nformat: txt\n---\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no front matter", "front matter"),
        (HEAD.replace("tags: t\n", ""), "lacks tags"),
        (HEAD.replace("2020", "soon") + "## One\n\nx", "soon"),
        (HEAD.replace("txt", "mobi") + "## One\n\nx", "mobi"),
        (HEAD, "chapter heading"),
        (HEAD + "text\n## One\n\nx", "chapter heading"),
        (HEAD + "## One\n\n## Two\n\nx", "'One' is empty"),
    ],
)
def test_a_work_that_is_not_well_formed_says_which_and_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"some-slug.*{reason}"):
        parse("some-slug", text)


def test_marks_become_elements_and_the_rest_is_escaped() -> None:
    assert to_markup("**a** & *b*\n<c>", strong="b", emphasis="i") == "<b>a</b> &amp; <i>b</i><br/>&lt;c&gt;"
    assert to_plain("**a** and *b*") == "a and b"
    assert list_items("- a\n- b") == ["a", "b"]
    assert list_items("- a\nb") is None


# How it is rendered


@pytest.mark.parametrize("book", SHELF, ids=name)
def test_rendering_gives_the_promised_kind_of_file_and_the_same_bytes_again(book: ShelfBook) -> None:
    content = render(book)
    assert content == render(book)
    sniffer = ContentSniffer()
    sniffer.feed(content)
    assert sniffer.media_type(filename(book)) is KINDS[book.format]


HASHES = """
import hashlib
from luminalib.demo.rendering import filename, render
from luminalib.demo.shelf import load_shelf
for book in load_shelf():
    print(filename(book), hashlib.sha256(render(book)).hexdigest())
"""


def test_another_process_in_another_place_and_time_zone_renders_the_same_bytes() -> None:
    there = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "86400"}
    ran = subprocess.run([sys.executable, "-c", HASHES], capture_output=True, text=True, check=True, timeout=120, env=there)
    here = [f"{filename(book)} {hashlib.sha256(render(book)).hexdigest()}" for book in SHELF]
    assert ran.stdout.splitlines() == here


@pytest.mark.parametrize("book", of_format(Format.TXT), ids=name)
def test_a_text_holds_every_word_without_marks(book: ShelfBook) -> None:
    text = render(book).decode()
    assert max(map(len, text.splitlines())) <= 78
    assert "*" not in text
    for chapter in book.chapters:
        for block in chapter.blocks:
            assert squeezed(to_plain(block)) in squeezed(text)


@pytest.mark.parametrize("book", of_format(Format.EPUB), ids=name)
def test_an_epub_is_a_proper_container(book: ShelfBook) -> None:
    with archive_of(book) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert archive.read("mimetype") == b"application/epub+zip"
        assert archive.testzip() is None
        container = ET.fromstring(archive.read("META-INF/container.xml"))  # noqa: S314
        (rootfile,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
        assert rootfile.get("full-path") == "EPUB/package.opf"
        names = set(archive.namelist())
    manifest = {item.get("id"): item.get("href") for item in package_of(book).iter(f"{OPF}item")}
    assert {f"EPUB/{href}" for href in manifest.values()} == names - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert {item.get("idref") for item in package_of(book).iter(f"{OPF}itemref")} <= manifest.keys()


@pytest.mark.parametrize("book", of_format(Format.EPUB), ids=name)
def test_an_epub_carries_its_metadata(book: ShelfBook) -> None:
    package = package_of(book)

    def values(tag: str) -> list[str | None]:
        return [element.text for element in package.iter(f"{DC}{tag}")]

    assert values("title") == [book.title]
    assert values("creator") == list(book.authors)
    assert values("language") == [book.language]
    assert values("date") == [str(book.year)]
    assert values("description") == [book.description]
    assert values("subject") == list(book.tags)
    metas = {meta.get("property"): meta.text for meta in package.iter(f"{OPF}meta")}
    assert metas["dcterms:modified"] == f"{book.year}-01-01T00:00:00Z"
    assert metas.get("group-position") == (str(book.series.position) if book.series else None)


@pytest.mark.parametrize("book", of_format(Format.EPUB), ids=name)
def test_an_epub_holds_every_chapter_and_a_way_to_it(book: ShelfBook) -> None:
    with archive_of(book) as archive:
        pages = {path: archive.read(path) for path in archive.namelist() if path.endswith(".xhtml")}
        Image.open(BytesIO(archive.read("EPUB/cover.png"))).load()
    trees = {path: ET.fromstring(page) for path, page in pages.items()}  # noqa: S314
    links = {link.get("href"): link.text for link in trees["EPUB/nav.xhtml"].iter(f"{XHTML}a")}
    assert list(links.values()) == [chapter.title for chapter in book.chapters]
    for href, chapter in zip(links, book.chapters, strict=True):
        text = squeezed("".join(trees[f"EPUB/{href}"].itertext()))
        assert all(squeezed(to_plain(block)) in text for block in chapter.blocks if list_items(block) is None)


@pytest.mark.parametrize("book", of_format(Format.PDF), ids=name)
def test_a_pdf_reads_page_by_page_with_numbers_and_accents(book: ShelfBook) -> None:
    pages = pdf_text(book)
    assert len(pages) >= 4
    for number, text in enumerate(pages, 1):
        assert str(number) in text.split()
    whole = squeezed("".join(pages))
    for chapter in book.chapters:
        assert squeezed(chapter.title) in whole
        for one, other in pairwise(chapter.blocks[0].split()):
            assert to_plain(f"{one}{other}").replace("*", "") in whole


@pytest.mark.parametrize("book", of_format(Format.PDF), ids=name)
def test_a_pdf_carries_its_metadata_and_bookmarks(book: ShelfBook) -> None:
    with PdfReader(BytesIO(render(book))) as reader:
        facts = reader.metadata
        assert facts is not None
        assert (facts.title, facts.author, facts.subject) == (book.title, ", ".join(book.authors), book.description)
        assert facts.keywords == ", ".join(book.tags)
        assert facts.creation_date == datetime(book.year, 1, 1, tzinfo=UTC)
        assert reader.root_object["/Lang"].get_object() == book.language  # type: ignore[comparison-overlap]
        assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == [one.title for one in book.chapters]


def test_german_and_french_letters_survive_in_a_pdf() -> None:
    book = next(book for book in SHELF if book.language == "de")
    whole = " ".join(pdf_text(book))
    assert "Süderhöft" in whole
    assert "weiß" in whole
    assert "»" in whole
