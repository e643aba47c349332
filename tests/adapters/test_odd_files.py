"""Files as they are in the wild: nearly right packages and archives, pages with more or less on them than a reader sees."""
# ruff: noqa: E501  (files in lists)

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from bookfiles import make_epub, make_pdf, make_raw_pdf, make_zip
from luminalib.adapters.text import cover, epub, pdf, plain
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


@pytest.mark.parametrize(
    ("name", "href"),
    [
        ("OEBPS/C.XHTML", "c.xhtml"),
        ("OEBPS/c%20d.xhtml", "c%20d.xhtml"),
        ("OEBPS/c d.xhtml", " c d.xhtml "),
        ("OEBPS\\c.xhtml", "c.xhtml"),
        ("OEBPS/cafe\u0301.xhtml", "caf\u00e9.xhtml"),
        ("other/c.xhtml", "c.xhtml"),
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
        (
            '<dc:date opf:event="publication">2008-06-27</dc:date><dc:source>https://gutenberg.org/1</dc:source>',
            "published_year",
            None,
        ),
        ('<meta property="dcterms:issued">1922</meta>', "published_year", 1922),
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


def picture(size: tuple[int, int] = (60, 90), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return file.getvalue()


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


def xmp(values: str, *, encoding: str = "utf-8", packed: bool = False) -> bytes:
    packet = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/'
        f'22-rdf-syntax-ns#"><r:Description xmlns:d="http://purl.org/dc/elements/1.1/" {values}</r:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode(encoding)
    data = zlib.compress(packet) if packed else packet
    how = b"/Filter/FlateDecode" if packed else b""
    return b"<</Type/Metadata/Subtype/XML%s/Length %d>>stream\n%s\nendstream" % (how, len(data), data)


SAYS = (
    '><d:title><r:Alt><r:li xml:lang="x-default">Harbour Songs</r:li></r:Alt></d:title><d:creator><r:Seq><r:li>Ola Strand</r:li></r:Seq>'
    "</d:creator><d:subject><r:Bag><r:li>music</r:li><r:li>sea</r:li></r:Bag></d:subject></r:Description>"
)


@pytest.mark.parametrize(
    "packet",
    [
        xmp(SAYS),
        xmp(SAYS, packed=True),
        xmp(SAYS, encoding="utf-16"),
        xmp('d:title="Harbour Songs" d:creator="Ola Strand" d:subject="music"/>'),
    ],
)
def test_the_documents_own_packet_is_read_however_it_is_stored(packet: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    catalogue = {1: b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 99 99]>>"}
    of_a_picture = xmp(SAYS.replace("Harbour Songs", "logo_cmyk").replace("Ola Strand", "Studio Mac"))
    path.write_bytes(make_raw_pdf({**catalogue, 3: b"<</Type/Page/Parent 2 0 R>>", 4: packet, 5: of_a_picture}))
    found = pdf.probe(str(path), limits=LIMITS, progress=lambda _: None)
    assert (found["title"], found["authors"], found["tags"][:1]) == ("Harbour Songs", ["Ola Strand"], ["music"])
    path.write_bytes(
        make_raw_pdf({**catalogue, 1: b"<</Type/Catalog/Pages 2 0 R>>", 3: b"<</Type/Page/Parent 2 0 R>>", 5: of_a_picture})
    )
    assert pdf.probe(str(path), limits=LIMITS, progress=lambda _: None)["title"] is None


def drawn(draw: Any, *, crop: tuple[float, float, float, float] | None = None, pages: int = 1) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 600), invariant=1)
    for number in range(pages):
        if crop:
            canvas.setCropBox(crop)
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_words_beyond_the_visible_page_are_not_in_the_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas, _: int) -> None:
        canvas.drawString(60, 300, "Seen by readers")
        canvas.drawString(60, 580, "SLUGLINE")
        canvas.drawString(360, 250, "CROPPED")
        canvas.drawString(460, 300, "OFFPAGE")

    assert words(read(pdf, drawn(draw, crop=(50, 50, 350, 550)), tmp_path)) == "Seen by readers"


def test_what_was_typed_into_a_form_is_in_the_text(tmp_path: Path) -> None:
    def draw(canvas: Canvas, _: int) -> None:
        canvas.drawString(60, 300, "Name:")
        canvas.acroForm.textfield(name="n", value="Orsolya Kettle", x=110, y=295, width=200, height=20)

    assert "Name: Orsolya Kettle" in words(read(pdf, drawn(draw), tmp_path))


def test_pages_that_are_pictures_are_told(tmp_path: Path) -> None:
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 -- only here

    image = ImageReader(io.BytesIO(picture()))

    def draw(canvas: Canvas, number: int) -> None:
        if number == 1:
            canvas.drawImage(image, 0, 0)
        else:
            canvas.drawString(60, 300, "Words of a page.")

    assert read(pdf, drawn(draw, pages=3), tmp_path)["notes"] == ["Pages that are pictures without text, so that they need OCR: 2."]


def test_notices_that_stand_in_for_a_document_are_refused(tmp_path: Path) -> None:
    waiting = "Please wait... If this message is not eventually replaced by the proper contents of the document, your viewer cannot show it."
    assert code(pdf, make_pdf([waiting]), tmp_path) == "xfa-form"
    assert code(pdf, make_pdf(["For the best experience, open this PDF portfolio in Acrobat X."]), tmp_path) == "portfolio"
    assert words(read(pdf, make_pdf([f"Her portfolio grew. {PROSE}"]), tmp_path))


def test_letters_that_a_font_does_not_tell_are_said_to_be_unreadable(tmp_path: Path) -> None:
    shifted = PROSE.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm"))
    assert code(pdf, make_pdf([shifted]), tmp_path) == "no-letters"
    found = read(pdf, make_pdf([PROSE, shifted]), tmp_path)
    assert found["notes"] == ["Pages whose fonts do not tell their letters, so that they need OCR: 2."]


CHINESE = "那天早晨渡船在天亮以前离开了码头一群海鸥跟着它飞过沙洲她数了数甲板上的梨箱用一支秃铅笔把数目写进了港口的簿子里"
JAPANESE = "その朝、渡し船は夜明け前に岸を離れ、かもめの群れが砂州の上までついて行った。彼女は甲板の梨の箱を数えた。"
KOREAN = "그날 아침 나룻배는 동이 트기 전에 부두를 떠났고 갈매기 떼가 모래톱 위까지 따라왔다. 그녀는 갑판의 배 상자를 세었다."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gbk"),
        (CHINESE.replace("飞过", "過"), "gb18030"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "shift_jis"),
        (KOREAN, "euc_kr"),
    ],
)
def test_one_bad_byte_costs_one_character(text: str, encoding: str) -> None:
    data = bytearray((text * 10).encode(encoding))
    assert plain.decode(bytes(data)) == text * 10
    data[200] = 0xFF
    found = plain.decode(bytes(data))
    assert len(set(found) - set(text)) <= 3
    assert set(found) >= set(text)


def test_a_short_text_is_in_its_language_usual_encoding(tmp_path: Path) -> None:
    data = "Война кончилась.".encode("cp1251")
    assert words(read(plain, data, tmp_path, language="ru")) == "Война кончилась."
    assert plain.decode("Café".encode("cp1252")) == "Café"
    assert plain.decode("東京の雨".encode("iso2022_jp")) == "東京の雨"
    assert plain.decode("Voilà, déjà vu à la forêt".encode("cp1252")) == "Voilà, déjà vu à la forêt"


def test_a_title_that_is_the_name_of_a_file_waits_for_the_first_page(tmp_path: Path) -> None:
    content = make_pdf([f"The Salt Road\n\nby Mira Lund\n\n{PROSE}"], title="salt_road")
    found = read(pdf, content, tmp_path)["metadata"]
    assert (found["title"], found["authors"]) == ("The Salt Road", ["Mira Lund"])
    assert pdf.probe(str(tmp_path / "a.book"), limits=LIMITS, progress=lambda _: None)["title"] is None
    assert read(pdf, make_pdf([PROSE], title="salt_road"), tmp_path)["metadata"]["title"] == "salt road"
