"""Packages and archives that are nearly right."""
# ruff: noqa: E501  (files in lists)

import io
import zipfile
from pathlib import Path

import pytest

from bookfiles import make_epub, make_pdf, make_zip
from luminalib.adapters.text import cover, epub
from luminalib.ports.children import ChildTaskFailed
from oddfiles import CONTAINER, LIMITS, PROSE, ROOTFILE, XHTML, book, code, package, picture, read, words


@pytest.mark.parametrize(
    "metadata",
    [
        "<dc:title>Salt & Tin</dc:title><dc:creator>Mira Lund</dc:creator>",
        "<dc:title>Salt &amp; Tin</dc:title><dc:creator>Mira Lund</dc:creator><dc:description>a&nbsp;b</dc:description>",
        "<dc:title>Salt &amp;\x0b Tin</dc:title><dc:creator>Mira Lund</dc:creator>",
        '<meta name="x" content="y"><dc:title>Salt &amp; Tin</dc:title><dc:creator>Mira Lund</dc:creator>',
    ],
)
def test_a_package_that_is_not_well_formed_keeps_its_metadata(metadata: str, tmp_path: Path) -> None:
    found = read(epub, book(package(metadata)), tmp_path)
    assert (found["metadata"]["title"], found["metadata"]["authors"]) == ("Salt & Tin", ["Mira Lund"])
    undeclared = book(package(metadata).replace(' xmlns:dc="http://purl.org/dc/elements/1.1/"', ""))
    assert read(epub, undeclared, tmp_path)["metadata"]["title"] == "Salt & Tin"


def test_a_less_than_sign_and_values_without_quotes_cost_neither_words_nor_the_book(tmp_path: Path) -> None:
    opf = package(
        "<dc:title>Tides < 3 metres & more</dc:title>", '<item id="c" title="a b=c d" href="c.xhtml" media-type="x/html"/>'
    )
    assert read(epub, book(opf), tmp_path)["metadata"]["title"] == "Tides < 3 metres & more"
    for before, after in (('id="c"', "id=c"), ('href="c.xhtml"', "href=c.xhtml"), ('<itemref idref="c"/>', "<itemref idref=c>")):
        opf = opf.replace(before, after)
    found = read(epub, book(opf), tmp_path)
    assert (found["metadata"]["title"], "winter was over" in words(found)) == ("Tides < 3 metres & more", True)


@pytest.mark.parametrize(
    ("name", "href"),
    [
        ("OEBPS/C.XHTML", "c.xhtml"),
        ("OEBPS/c%20d.xhtml", "c%20d.xhtml"),
        ("OEBPS/c d.xhtml", " c d.xhtml "),
        ("OEBPS\\c.xhtml", "c.xhtml"),
        ("OEBPS/cafe\u0301.xhtml", "caf\u00e9.xhtml"),
        ("other/c.xhtml", "c.xhtml"),
        ("OEBPS/c.xhtml", "c.xhtml?page=1"),
    ],
)
def test_chapters_whose_names_nearly_match_are_found(name: str, href: str, tmp_path: Path) -> None:
    opf = package(manifest=f'<item id="c" href="{href}" media-type="application/xhtml+xml"/>')
    content = make_zip({"META-INF/container.xml": CONTAINER.format(ROOTFILE), "OEBPS/content.opf": opf, name: XHTML.format(PROSE)})
    found = read(epub, content, tmp_path)
    assert "winter was over" in words(found)
    assert found["notes"] == []


def test_a_name_in_utf_8_that_does_not_say_so_is_found(tmp_path: Path) -> None:
    name = "OEBPS/caf\u00e9.xhtml"
    opf = package(manifest='<item id="c" href="caf%C3%A9.xhtml" media-type="application/xhtml+xml"/>')
    content = make_zip(
        {"META-INF/container.xml": CONTAINER.format(ROOTFILE), "OEBPS/content.opf": opf, "OEBPS/cafXX.xhtml": XHTML.format(PROSE)}
    )
    assert b"cafXX" in content
    content = content.replace(b"OEBPS/cafXX.xhtml", name.encode())
    assert not zipfile.ZipFile(io.BytesIO(content)).infolist()[-1].flag_bits & 0x800
    assert "winter was over" in words(read(epub, content, tmp_path))


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/xml", "application/xhtml+xml; charset=utf-8", "text/html ", "application/octet-stream", ""]
)
def test_chapters_of_any_spelling_of_their_type_are_read(kind: str, tmp_path: Path) -> None:
    found = read(epub, book(package(manifest=f'<item id="c" href="c.xhtml" media-type="{kind}"/>')), tmp_path)
    assert "winter was over" in words(found)


def test_what_stands_in_for_a_foreign_item_is_read_and_what_nothing_stands_in_for_is_told(tmp_path: Path) -> None:
    manifest = (
        '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/><item id="j" href="j.json" media-type="application/json" fallback="t"/>'
        '<item id="t" href="t.txt" media-type="text/plain"/><item id="p" href="p.png" media-type="image/png"/>'
    )
    opf = package(manifest=manifest, spine='<itemref idref="c"/><itemref idref="j"/><itemref idref="p"/><itemref idref="gone"/>')
    found = read(epub, book(opf, {"OEBPS/t.txt": "Plain < words.", "OEBPS/p.png": b"x", "OEBPS/j.json": "{}"}), tmp_path)
    assert "Plain < words." in words(found)
    assert found["notes"] == ["Parts of the book that are no text: p.png, gone."]


@pytest.mark.parametrize(
    "container",
    [
        CONTAINER.format('<rootfile full-path="book.pdf" media-type="application/pdf"/>' + ROOTFILE),
        CONTAINER.format('<rootfile full-path="OEBPS\\content.opf" media-type="application/oebps-package+xml"/>'),
        CONTAINER.format('<rootfile full-path="nowhere.opf"/>'),
        "<container>",
        "",
    ],
)
def test_the_package_is_found_in_a_container_that_is_nearly_right(container: str, tmp_path: Path) -> None:
    assert read(epub, book(package(), container=container), tmp_path)["metadata"]["title"] == "Salt"


def test_an_archive_without_a_container_is_no_epub(tmp_path: Path) -> None:
    assert code(epub, make_zip({"OEBPS/content.opf": package(), "OEBPS/c.xhtml": XHTML.format(PROSE)}), tmp_path) == "corrupt"


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ('<!ENTITY amp "&#38;#38;"><!ENTITY lt "&#38;#60;">', "a & b"),
        ('<!ENTITY unused SYSTEM "file:///etc/passwd">', "a & b"),
        ('<!ENTITY % names SYSTEM "names.ent">', "a & b"),
    ],
)
def test_declarations_that_nobody_uses_cost_nothing(declared: str, shown: str, tmp_path: Path) -> None:
    for broken in ("", "<br>"):
        chapter = f"<!DOCTYPE html [{declared}]>" + XHTML.format(f"<p>a &amp; b{broken}</p>")
        assert words(read(epub, book(package(), {"OEBPS/c.xhtml": chapter}), tmp_path)) == shown


def test_a_declaration_that_is_shown_is_text(tmp_path: Path) -> None:
    chapter = XHTML.format('<p><![CDATA[<!ENTITY name "x">]]><br></p>')
    assert words(read(epub, book(package(), {"OEBPS/c.xhtml": chapter}), tmp_path)) == '<!ENTITY name "x">'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('<p>left<span epub:type="pagebreak" id="p12">12</span> the <span class="pagenum">[Pg 13]</span>quay</p>', "left the quay"),
        (
            '<p>a<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mi>x</mi><annotation>\\x</annotation></semantics></math></p>',
            "a\n\nx",
        ),
        ("<p>a<span style='display: none'>no</span></p>", "a"),
        (
            '<div><epub:switch><epub:case required-namespace="x">no</epub:case><epub:default>yes</epub:default></epub:switch></div>',
            "yes",
        ),
        ('<p><span style="position:absolute;left:1em">one</span><span style="position: absolute">two</span></p>', "one two"),
    ],
)
def test_what_is_not_read_aloud_is_not_in_the_text(body: str, shown: str, tmp_path: Path) -> None:
    assert words(read(epub, book(package(), {"OEBPS/c.xhtml": XHTML.format(body)}), tmp_path)) == shown


def test_chapter_titles_have_neither_readings_nor_marks_of_notes(tmp_path: Path) -> None:
    heading = '<h1>The <ruby>Harbour<rt>har-ber</rt></ruby><sup><a href="#n">12</a></sup><span hidden="hidden">no</span></h1>'
    found = read(epub, book(package(), {"OEBPS/c.xhtml": XHTML.format(f"{heading}<p>{PROSE}</p>")}), tmp_path)
    assert found["sections"][0][0] == "The Harbour"
    assert found["sections"][0][1].startswith("The Harbour\n")


@pytest.mark.parametrize("heading", ['<h1><a href="#toc">1</a></h1>', "<h1>Moles of H<sup>2</sup></h1>"])
def test_a_number_of_a_heading_that_is_no_note_stays(heading: str, tmp_path: Path) -> None:
    text = words(read(epub, book(package(), {"OEBPS/c.xhtml": XHTML.format(f"{heading}<p>{PROSE}</p>")}), tmp_path))
    assert any(map(str.isdigit, text.partition("\n")[0]))


@pytest.mark.parametrize(
    ("metadata", "field", "expected"),
    [
        (
            '<dc:title id="s">A Study</dc:title><meta refines="#s" property="title-type">subtitle</meta><dc:title>Salt</dc:title>',
            "title",
            "Salt",
        ),
        ("<dc:title>salt_final_v2.docx</dc:title>", "title", None),
        (
            '<dc:creator opf:role="Illustrator">Per Aas</dc:creator><dc:creator opf:role="Author">Mira Lund</dc:creator>',
            "authors",
            ["Mira Lund"],
        ),
        (
            '<dc:contributor id="m">Mira Lund</dc:contributor><meta refines="#m" property="role">ill</meta><meta refines="#m" property="role">aut</meta><dc:creator opf:role="trl">Per Aas</dc:creator>',
            "authors",
            ["Mira Lund"],
        ),
        ("<dc:source>urn:isbn:9780306406157</dc:source>", "isbn", "9780306406157"),
        ("<dc:relation>urn:isbn:9780306406157</dc:relation>", "isbn", "9780306406157"),
        ("<dc:relation>9780306406157</dc:relation><dc:relation>9783161484100</dc:relation>", "isbn", None),
        (
            '<dc:date opf:event="publication">2008-06-27</dc:date><dc:source>https://gutenberg.org/1</dc:source>',
            "published_year",
            None,
        ),
        ('<meta property="dcterms:issued">1922</meta>', "published_year", 1922),
        ("<dc:description>A tale. ISBN 978-0-306-40615-7</dc:description>", "isbn", "9780306406157"),
        ("<dc:subject>&lt;i&gt;Sea&lt;/i&gt; stories</dc:subject>", "tags", ["Sea stories"]),
        (
            "<dc:description>&lt;p&gt;Salt &amp;amp; tin.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;More.&lt;/p&gt;</dc:description>",
            "description",
            "Salt & tin. More.",
        ),
        ("<dc:description>where 5 &lt; 6 and 7 &gt; 3</dc:description>", "description", "where 5 < 6 and 7 > 3"),
        ("<dc:description><p>First.</p><p>Second.</p></dc:description>", "description", "First. Second."),
    ],
)
def test_what_the_package_says(metadata: str, field: str, expected: object, tmp_path: Path) -> None:
    assert read(epub, book(package(metadata)), tmp_path)["metadata"][field] == expected


def test_the_imprint_says_what_the_package_does_not(tmp_path: Path) -> None:
    found = read(epub, make_epub([("Imprint", f"ISBN 978-0-306-40615-7\n\nFirst published 1922. {PROSE}")]), tmp_path)
    assert (found["metadata"]["isbn"], found["metadata"]["published_year"]) == ("9780306406157", 1922)


PICTURE = '<item id="{}" href="{}" media-type="image/png"/>'
PAGE = '<item id="p" href="p.xhtml" media-type="application/xhtml+xml"/>'
CHAPTER = '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
WRAPPED = {"OEBPS/p.xhtml": XHTML.format('<img src="x.png"/>')}
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 90"><rect width="60" height="90" fill="navy"/></svg>'


@pytest.mark.parametrize(
    ("opf", "members"),
    [
        (
            package(manifest=CHAPTER + PICTURE.format("i", "x.png"), extra='<guide><reference type="cover" href="x.png"/></guide>'),
            {},
        ),
        (
            package(
                manifest=CHAPTER + PAGE + PICTURE.format("i", "x.png"),
                extra='<guide><reference type="cover" href="p.xhtml"/></guide>',
            ),
            WRAPPED,
        ),
        (package('<meta name="cover" content="x.png"/>', CHAPTER + PICTURE.format("i", "x.png")), {}),
        (package('<meta name="cover" content="p"/>', CHAPTER + PAGE + PICTURE.format("i", "x.png")), WRAPPED),
        (package(manifest=CHAPTER + PICTURE.format("cover-image", "x.png")), {}),
        (package(manifest=CHAPTER + PICTURE.format("i", "Cover.png")), {"OEBPS/Cover.png": picture()}),
        (
            package(manifest=CHAPTER + PAGE + PICTURE.format("i", "x.png"), spine='<itemref idref="p"/><itemref idref="c"/>'),
            WRAPPED,
        ),
        (package(manifest=CHAPTER + '<item id="cover" href="x.svg" media-type="image/svg+xml"/>'), {"OEBPS/x.svg": DRAWING}),
        (
            package(manifest=CHAPTER + '<item id="cover" href="x.svg" media-type="image/svg+xml"/>'),
            {
                "OEBPS/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="x.png"/></svg>'
            },
        ),
    ],
)
def test_covers_are_found_as_e_readers_find_them(opf: str, members: dict[str, str | bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(book(opf, {"OEBPS/x.png": picture(), **members}))
    assert cover.of_epub(str(path), limits=LIMITS, progress=lambda _: None)


def test_an_empty_first_page_and_a_picture_in_the_text_are_no_covers(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    manifest = CHAPTER + PICTURE.format("i", "x.png")
    path.write_bytes(
        book(
            package(manifest=manifest),
            {"OEBPS/x.png": picture(), "OEBPS/c.xhtml": XHTML.format(f'<p>{PROSE}</p><img src="x.png"/>')},
        )
    )
    with pytest.raises(ChildTaskFailed):
        cover.of_epub(str(path), limits=LIMITS, progress=lambda _: None)
    path.write_bytes(make_pdf(["", PROSE]))
    with pytest.raises(ChildTaskFailed):
        cover.of_pdf(str(path), limits=LIMITS, progress=lambda _: None)
