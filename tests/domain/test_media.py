"""What a file is, judged by its bytes."""

import io
import zipfile

import pytest

from bookfiles import make_epub, make_pdf, make_zip
from luminalib.domain.media import ContentSniffer, MediaType, UnsupportedMediaType, file_name_of

PDF = make_pdf(["Hello"])
EPUB = make_epub([("One", "Hello")])
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)


def sniff(content: bytes, filename: str, chunk: int = 1 << 16) -> MediaType:
    sniffer = ContentSniffer()
    for start in range(0, len(content), chunk):
        sniffer.feed(content[start : start + chunk])
    return sniffer.media_type(filename)


@pytest.mark.parametrize("chunk", [1, 7, 100, 1 << 16])
@pytest.mark.parametrize(
    ("content", "filename", "expected"),
    [
        (PDF, "a.pdf", MediaType.PDF),
        (b"junk before it\n" * 30 + PDF, "a.pdf", MediaType.PDF),
        (EPUB, "a.epub", MediaType.EPUB),
        (b"It was a dark night.\n", "a.txt", MediaType.TEXT),
        ("naïve".encode("cp1252"), "a.txt", MediaType.TEXT),
        ("It was".encode("utf-16"), "a.txt", MediaType.TEXT),
        (("It was a dark night. " * 9).encode("utf-16-le"), "a.txt", MediaType.TEXT),
        (("It was a dark night.\n" * 9).encode("utf-32"), "a.txt", MediaType.TEXT),
        (b"\x1b[2J\x1b]0;title\x07 text", "a.txt", MediaType.TEXT),
        (b"old\rMac\rline ends", "a.txt", MediaType.TEXT),
    ],
)
def test_content_decides(content: bytes, filename: str, expected: MediaType, chunk: int) -> None:
    assert sniff(content, filename, chunk) is expected


@pytest.mark.parametrize("filename", ["A.PDF", " lead.pdf ", "noextension", "résumé 書籍 📚.pdf", "a.pdf.exe", ".pdf"])
def test_an_unknown_ending_claims_nothing(filename: str) -> None:
    assert sniff(PDF, filename) is MediaType.PDF


def test_an_epub_may_lack_its_mimetype_entry() -> None:
    bare = make_zip({"META-INF/container.xml": "<container/>"}, mimetype="")
    assert sniff(bare, "a.epub") is MediaType.EPUB


@pytest.mark.parametrize("chunk", [1, 5, 1 << 16])
def test_the_container_is_found_far_into_the_file(chunk: int) -> None:
    far = make_zip({"cover.jpg": bytes(range(256)) * 40, "META-INF/container.xml": "<container/>"}, mimetype="")
    assert sniff(far, "a.epub", chunk) is MediaType.EPUB


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (bytes(65536), "a.pdf"),
        (PNG, "a.pdf"),
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(100), "a.pdf"),
        (b"<!DOCTYPE html><p>%PDF-1.4 inside</p>", "a.pdf"),
        (make_zip({"word/document.xml": "<w/>"}, mimetype="x"), "a.epub"),
        (b"plain words", "a.pdf"),
    ],
)
def test_other_kinds_are_refused(content: bytes, filename: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        sniff(content, filename)


@pytest.mark.parametrize(
    ("content", "filename", "detected"),
    [(PDF, "a.epub", "application/pdf"), (PDF, "a.txt", "application/pdf"), (EPUB, "a.txt", "application/epub+zip")],
)
def test_a_name_that_claims_another_kind_is_refused_with_the_fact(content: bytes, filename: str, detected: str) -> None:
    with pytest.raises(UnsupportedMediaType) as refusal:
        sniff(content, filename)
    assert refusal.value.facts["detected"] == detected


@pytest.mark.parametrize("fill", ["", "word " * 2000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_a_web_page_is_no_book_whatever_its_name(fill: str, encoding: str) -> None:
    page = f"<!DOCTYPE html><html><body><p>Hello {fill}</p></body></html>"
    with pytest.raises(UnsupportedMediaType) as refusal:
        sniff(page.encode(encoding), "a.txt")
    assert refusal.value.facts["detected"] == "a web page"
    assert "Print it into a PDF" in refusal.value.detail


def zipped(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            archive.writestr(name, "<x/>" * 20)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "filename", "detected", "advice"),
    [
        (b"Salt".ljust(60, b"\0") + b"BOOKMOBI" + bytes(90), "salt.mobi", "a Kindle book (MOBI, AZW)", "Convert it to EPUB"),
        (b"TPZ0" + bytes(90), "salt.azw1", "a Kindle book (MOBI, AZW)", "Convert it to EPUB"),
        (b"AT&TFORM\0\0\1\2DJVM", "salt.djvu", "a DjVu file", "Convert it to PDF"),
        (b"ITSF\3\0\0\0" + bytes(90), "salt.chm", "a help file (CHM)", "Convert it to EPUB"),
        (b"<?xml version='1.0'?>\n<FictionBook><body/></FictionBook>", "salt.fb2", "a FictionBook (FB2)", "Convert it to EPUB"),
        (zipped("salt.fb2"), "salt.fb2.zip", "a FictionBook (FB2)", "Convert it to EPUB"),
        (zipped("p1.jpg", "p2.jpg"), "salt.cbz", "a comic (CBZ, CBR)", "OCR"),
        (b"Rar!\x1a\x07\x01\0" + bytes(90), "salt.cbr", "a comic (CBZ, CBR)", "OCR"),
        (
            zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
            "salt.docx",
            "a Word document",
            "save or export it as PDF",
        ),
        (zipped("[Content_Types].xml", "word/document.xml"), "renamed.epub", "a Word document", "save or export it as PDF"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "salt", "a spreadsheet", "as PDF"),
        (zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "salt.odt", "a Word document", "as PDF"),
        (
            zipped("META-INF/container.xml", mimetype="application/vnd.adobe.indesign-idml-package"),
            "salt.idml",
            "an office document",
            "as PDF",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "salt.doc", "a Word document", "as PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "salt", "an office document", "as PDF"),
        (zipped("salt.epub", "pepper.epub"), "books.zip", "an archive", "Unpack it"),
        (b"\x1f\x8b\x08\0" + bytes(90), "books.tar.gz", "an archive", "Unpack it"),
        (PNG, "page.png", "a picture", "OCR"),
        (b"ID3\4\0" + bytes(90), "salt.mp3", "a recording", "as a text file"),
        (b"MZ\x90\0" + bytes(90), "salt.exe", "a program", "as PDF"),
        (
            b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n",
            "a.txt",
            "a key or a certificate",
            "Keep it",
        ),
    ],
)
def test_what_people_have_instead_is_called_by_its_name(content: bytes, filename: str, detected: str, advice: str) -> None:
    with pytest.raises(UnsupportedMediaType) as refusal:
        sniff(content, filename)
    assert refusal.value.facts["detected"] == detected
    assert refusal.value.detail.startswith(f"'{filename}' is {detected}")
    assert advice in refusal.value.detail


def test_a_signed_letter_is_a_text() -> None:
    letter = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nDear Bob, the ferry left.\n"
    assert sniff(letter, "a.txt") is MediaType.TEXT


@pytest.mark.parametrize(
    ("content", "detected"),
    [
        ("From: a@b.c\nTo: d@e.f\nSubject: Salt\nMIME-Version: 1.0\n\nDear reader\n", "an e-mail"),
        (
            "From a@b.c Mon Jan 1 00:00:00 2024\r\nReceived: from x\r\n by y\r\nFrom: a@b.c\r\nTo: d@e.f\r\n\r\nHello\r\n",
            "an e-mail",
        ),
        ("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "a calendar or an address"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello there\n", "a file of subtitles"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "a file of subtitles"),
    ],
)
def test_what_programs_exchange_is_no_book(content: str, detected: str) -> None:
    with pytest.raises(UnsupportedMediaType) as refusal:
        sniff(content.encode(), "a.txt")
    assert refusal.value.facts["detected"] == detected


@pytest.mark.parametrize(
    "content",
    [
        "From: Ada\nTo: Bob\nSubject: Salt\n\nDear Bob, the ferry left.\n",
        "Title: Salt\nAuthor: Ada\nLanguage: en\n\nOne\n",
        "1\n\nIt began.\n",
    ],
)
def test_a_novel_of_letters_is_a_book(content: str) -> None:
    assert sniff(content.encode(), "a.txt") is MediaType.TEXT


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize(
    ("words", "is_text"),
    [
        ("It was a dark night. " * 9, True),
        ("\u5979\u6cbf\u7740\u6cb3\u8d70\u3002\n" * 9, True),
        ("\u041e\u043d\u0430 \u0448\u043b\u0430. " * 9, True),
        ("\u4e2d\u6587" * 30 + "a" * 30, False),
    ],
)
def test_utf_16_is_known_by_its_letters(words: str, order: str, *, is_text: bool) -> None:
    content = words.encode(f"utf-16-{order}")
    if is_text:
        assert sniff(content, "a.txt") is MediaType.TEXT
    else:
        with pytest.raises(UnsupportedMediaType):
            sniff(content, "a.txt")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Salt Road", "The Salt Road.epub"),
        ('A/B\\C: "D"? <E>|*', "A B C D E.epub"),
        (" . Dots. ", "Dots.epub"),
        ("a" * 119 + ". more", "a" * 119 + ".epub"),
        ("a" * 200, "a" * 120 + ".epub"),
        ("...", None),
        ("", None),
    ],
)
def test_a_title_is_a_file_name_that_every_system_takes(title: str, name: str | None) -> None:
    assert file_name_of(title, MediaType.EPUB) == name


def test_a_pdf_with_a_zip_behind_it_is_a_pdf_only() -> None:
    assert sniff(PDF + EPUB, "a.pdf") is MediaType.PDF
    with pytest.raises(UnsupportedMediaType):
        sniff(PDF + EPUB, "a.epub")
