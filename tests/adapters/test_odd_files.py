"""Pages with more or less on them than a reader sees, and texts with a bad byte."""
# ruff: noqa: E501, RUF001  (files in lists, in several scripts)

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from bookfiles import make_pdf, make_raw_pdf
from luminalib.adapters.text import pdf, plain
from luminalib.adapters.text.encodings import encoded_once
from oddfiles import LIMITS, PROSE, code, picture, read, words


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


def test_codes_that_a_font_gives_instead_of_letters_are_no_text(tmp_path: Path) -> None:
    """The map to Unicode says that half of the letters are control codes: what is left between them makes no words."""
    told = "".join(f"<{97 + at:02x}> <{1 + at % 8:04x}>\n" for at in range(13))
    table = f"1 begincodespacerange <00> <ff> endcodespacerange 13 beginbfchar\n{told}endbfchar"
    text = b"BT /F1 12 Tf 60 700 Td (" + b"abcdefgh ijklm abcde fghijklm nop abcd. " * 6 + b") Tj ET"
    content = make_raw_pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 4000 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            4: b"<</Length %d>>stream\n%b\nendstream" % (len(text), text),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
            6: b"<</Length %d>>stream\n%b\nendstream" % (len(table), table.encode()),
        }
    )
    assert code(pdf, content, tmp_path) == "no-letters"


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_a_sentence_of_cyrillic_is_known_by_its_letters(encoding: str, tmp_path: Path) -> None:
    sentence = "Зимой смотритель считал корабли."
    assert words(read(plain, sentence.encode(encoding), tmp_path)) == sentence


@pytest.mark.parametrize(("sentence", "encoding"), [("Ça été où l'ete à Évry", "cp1252"), ("ÉTÉ À ÂÇÉÈÊ ÉÉÉÉÉÉ", "cp1252")])
def test_a_short_text_of_western_letters_is_no_cyrillic(sentence: str, encoding: str, tmp_path: Path) -> None:
    assert words(read(plain, sentence.encode(encoding), tmp_path)) == sentence


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


def test_a_text_that_was_encoded_twice_is_read_as_it_was_meant(tmp_path: Path) -> None:
    meant = "Naquela manhã a barca deixou o cais \u2014 não sabia ninguém que a ponte estava fechada.\n" * 30
    path = tmp_path / "twice.txt"
    path.write_text(meant.encode().decode("cp1252"), encoding="utf-8")
    read = plain.extract(str(path), limits=LIMITS, progress=lambda _: None)
    assert "manhã a barca deixou o cais \u2014 não" in read["sections"][0][1]
    assert read["language"] == "pt"


@pytest.mark.parametrize("text", ["Ã is a letter, and Â is one, too.", "São Tomé “ã” €", "Žluťoučký kůň", "plain", "Ã©\u4e2d"])
def test_letters_that_are_meant_stay(text: str) -> None:
    assert encoded_once(text) is None


def test_utf_8_in_a_string_of_a_pdf_without_its_mark_is_known() -> None:
    assert encoded_once("Å½luÅ¥ouÄ“kÃ½ kÅ¯Å‹", of_pdf=True) == "Žluťoučký kůň"
    assert encoded_once("Salt â€\u201c CafÃ©") == "Salt \u2013 Café"


@pytest.mark.parametrize("lost", [b"xref", b"trailer", b"startxref"])
def test_a_pdf_that_breaks_off_before_it_names_its_catalogue_is_read(lost: bytes, tmp_path: Path) -> None:
    content = make_pdf(["The keeper wrote down every ship.", "The ships did not come."])
    found = read(pdf, content[: content.rindex(b"\n" + lost) + 1], tmp_path)
    assert "The keeper wrote down every ship." in words(found)
    assert "The ships did not come." in words(found)


def test_a_pdf_that_breaks_off_before_its_tree_of_pages_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    content = drawn(lambda canvas, number: canvas.drawString(60, 300, f"The keeper wrote page {number + 1}."), pages=3)
    assert content.index(b"/Page\n") < content.index(b"/Catalog") < content.index(b"/Pages\n")
    streams = content[content.index(b"stream") - 400 :]
    for end in (b"/Catalog", b"/Type /Pages"):
        found = read(pdf, content[: content.index(end)].replace(b"/Parent", b"/Was") + streams.split(b"xref")[0], tmp_path)
        assert ("page 1." in words(found), "page 3." in words(found), bool(found["notes"])) == (True, True, True)


def test_a_pdf_that_breaks_off_in_a_page_has_the_pages_before_it(tmp_path: Path) -> None:
    content = drawn(lambda canvas, number: canvas.drawString(60, 300, f"The keeper wrote page {number + 1}."), pages=3)
    found = read(pdf, content[: content.rindex(b"endstream") - 5], tmp_path)
    assert ("page 2." in words(found), "page 3." in words(found), bool(found["notes"])) == (True, False, True)


def test_a_pdf_without_any_page_is_damaged(tmp_path: Path) -> None:
    content = make_pdf(["The keeper wrote down every ship."])
    assert code(pdf, content[: content.index(b"obj") + 3], tmp_path) == "corrupt"


def test_a_field_that_nobody_sees_is_not_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas, _: int) -> None:
        canvas.drawString(60, 300, "Name:")
        canvas.acroForm.textfield(name="n", value="Orsolya Kettle", x=110, y=295, width=200, height=20, annotationFlags="hidden")

    assert words(read(pdf, drawn(draw), tmp_path)) == "Name:"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["她沿着河走，桥已经关了。\n" * 9, "Она шла вдоль реки, и мост был закрыт.\n" * 9, "その朝、船は岸を離れた。\n" * 9]
)
def test_utf_16_without_a_mark_is_read_in_every_script(text: str, order: str) -> None:
    assert plain.decode(text.encode(order)) == text
