"""The contract of TextExtractor, kept by the sandboxed one on small files made here."""
# ruff: noqa: RUF001  (odd characters are the subject)

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bookfiles import make_epub, make_pdf, make_pdf_of_one_glyph, make_zip
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.text.extractor import ExtractionLimits, SandboxedTextExtractor
from luminalib.adapters.text.failures import SENTENCES
from luminalib.domain.documents import ExtractionFailed
from luminalib.domain.media import MediaType
from luminalib.domain.texts import SECTION_BREAK, EmbeddedMetadata, ExtractedText

SENTENCE = "The quick brown fox jumps over the lazy dog near the river bank and nobody in the village says a word. "
ISBN = "9780306406157"
BOX_SET = '<meta property="belongs-to-collection" id="b">A Box</meta><meta refines="#b" property="collection-type">set</meta>'


class Desk:
    """Hands contents to the extractor as files."""

    def __init__(self, pool: SubprocessPool, folder: Path) -> None:
        self.pool = pool
        self.path = folder / "fïle with spaces.bin"

    async def extract(self, content: bytes, kind: MediaType, limits: ExtractionLimits | None = None) -> ExtractedText:
        self.path.write_bytes(content)
        return await SandboxedTextExtractor(self.pool, limits).extract(self.path, kind)

    async def probe(self, content: bytes, kind: MediaType) -> EmbeddedMetadata:
        self.path.write_bytes(content)
        return await SandboxedTextExtractor(self.pool).probe(self.path, kind)

    async def code(self, content: bytes, kind: MediaType, limits: ExtractionLimits | None = None) -> str:
        with pytest.raises(ExtractionFailed) as failure:
            await self.extract(content, kind, limits)
        assert failure.value.detail == SENTENCES[failure.value.code]
        return failure.value.code


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with SubprocessPool(1) as pool:
        yield Desk(pool, tmp_path)


def whole(text: ExtractedText) -> str:
    return SECTION_BREAK.join(section.text for section in text.sections)


async def test_a_pdf_gives_a_section_a_page_with_true_offsets(desk: Desk) -> None:
    text = await desk.extract(make_pdf(["First page.", SENTENCE * 5, "Third page."]), MediaType.PDF)
    assert [section.page for section in text.sections] == [1, 2, 3]
    assert text.sections[1].text == (SENTENCE * 5).strip()
    everything = whole(text)
    assert all(everything[section.start : section.end] == section.text for section in text.sections)
    assert (text.language, text.notes) == ("en", ())


async def test_paragraphs_stay_apart_and_lines_are_unwrapped(desk: Desk) -> None:
    text = await desk.extract(make_pdf([f"{SENTENCE * 3}\n\n{SENTENCE * 2}"]), MediaType.PDF)
    assert text.sections[0].text.split("\n\n") == [(SENTENCE * 3).strip(), (SENTENCE * 2).strip()]


async def test_running_heads_do_not_interrupt_the_text(desk: Desk) -> None:
    text = await desk.extract(make_pdf([SENTENCE * 4] * 5, header="THE FOX - {page}"), MediaType.PDF)
    assert "THE FOX" not in whole(text)


async def test_metadata_of_a_pdf(desk: Desk) -> None:
    metadata = await desk.probe(make_pdf(["x"], title="Ivory & Ink", author="Ann Lee and Bob Day"), MediaType.PDF)
    assert (metadata.title, metadata.authors) == ("Ivory & Ink", ("Ann Lee", "Bob Day"))


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - draft3.doc", ""])
async def test_what_programs_write_by_themselves_is_no_title(desk: Desk, title: str) -> None:
    assert (await desk.probe(make_pdf(["x"], title=title), MediaType.PDF)).title is None


async def test_a_pdf_without_text_says_so(desk: Desk) -> None:
    assert await desk.code(make_pdf(["", ""]), MediaType.PDF) == "no-text-layer"


async def test_a_pdf_with_a_password_says_so(desk: Desk) -> None:
    assert await desk.code(make_pdf(["Secret"], password="x"), MediaType.PDF) == "encrypted"


async def test_a_pdf_with_an_empty_password_opens(desk: Desk) -> None:
    content = make_pdf(["Not so secret"], password="")
    assert (await desk.extract(content, MediaType.PDF)).sections[0].text == "Not so secret"


async def test_a_damaged_pdf_is_corrupt(desk: Desk) -> None:
    assert await desk.code(b"%PDF-1.7\n" + bytes(range(256)) * 40, MediaType.PDF) == "corrupt"


async def test_a_lying_page_count_does_not_loop(desk: Desk) -> None:
    content = make_pdf(["One"]).replace(b"/Count 1", b"/Count 2147483647")
    assert await desk.extract(content, MediaType.PDF, ExtractionLimits(seconds=5))


async def test_limits_have_codes_of_their_own(desk: Desk) -> None:
    pdf, epub = make_pdf([SENTENCE] * 3), make_epub([("One", SENTENCE), ("Two", SENTENCE)])
    assert await desk.code(pdf, MediaType.PDF, ExtractionLimits(pages=2)) == "limit-pages"
    assert await desk.code(pdf, MediaType.PDF, ExtractionLimits(characters=200)) == "limit-text"
    assert await desk.code(epub, MediaType.EPUB, ExtractionLimits(characters=120)) == "limit-text"
    assert await desk.code(SENTENCE.encode() * 9, MediaType.TEXT, ExtractionLimits(characters=500)) == "limit-text"
    assert await desk.code(epub, MediaType.EPUB, ExtractionLimits(archive_entries=3)) == "limit-expanded"
    assert await desk.code(epub, MediaType.EPUB, ExtractionLimits(expanded_bytes=500)) == "limit-expanded"
    assert await desk.code(epub, MediaType.EPUB, ExtractionLimits(chapter_bytes=20)) == "limit-expanded"
    assert await desk.code(pdf, MediaType.PDF, ExtractionLimits(seconds=0.001)) == "limit-time"
    assert (
        await desk.code(b"x " * 30_000_000, MediaType.TEXT, ExtractionLimits(memory_bytes=120 << 20, characters=10**9))
        == "limit-memory"
    )


@pytest.mark.parametrize(
    "drawing",
    [
        b"<0001> Tj " * 20_000,
        b"[%s] TJ" % (b"<0001> -9 " * 20_000),
        b"<%s> Tj" % (b"0001" * 20_000),
        b"(%s) Tj" % (b"\0\1" * 20_000),
    ],
    ids=["many strings", "an array", "one string", "a literal"],
)
async def test_a_glyph_that_stands_for_a_book_makes_too_much_text(desk: Desk, drawing: bytes) -> None:
    bomb = make_pdf_of_one_glyph("word " * 2000, drawing)
    assert await desk.code(bomb, MediaType.PDF, ExtractionLimits(memory_bytes=300 << 20)) == "limit-text"
    harmless = await desk.extract(make_pdf_of_one_glyph("word ", b"<00010001> Tj"), MediaType.PDF)
    assert whole(harmless) == "word word"


async def test_a_page_that_takes_the_memory_otherwise_says_so(desk: Desk) -> None:
    states = make_pdf_of_one_glyph("a", b"<0001> Tj " + b"q " * 4_000_000)
    assert await desk.code(states, MediaType.PDF, ExtractionLimits(memory_bytes=300 << 20)) == "limit-memory"


async def test_an_epub_gives_its_chapters_with_titles(desk: Desk) -> None:
    text = await desk.extract(make_epub([("Loomings", f"{SENTENCE}\n\nCall me Ishmael."), ("The Ship", SENTENCE)]), MediaType.EPUB)
    assert [section.title for section in text.sections] == ["Loomings", "The Ship"]
    assert text.sections[0].text == f"Loomings\n\n{SENTENCE.strip()}\n\nCall me Ishmael."
    assert text.language == "en"


async def test_metadata_of_an_epub(desk: Desk) -> None:
    more = "<dc:date>1851-10-18</dc:date><dc:subject>Whales</dc:subject><dc:description>&lt;p&gt;A hunt.&lt;/p&gt;</dc:description>"
    content = make_epub([("One", "x")], title="Moby-Dick", authors=["Herman Melville"], language="en-US", isbn=ISBN, metadata=more)
    assert await desk.probe(content, MediaType.EPUB) == EmbeddedMetadata(
        title="Moby-Dick",
        authors=("Herman Melville",),
        isbn=ISBN,
        language="en",
        published_year=1851,
        description="A hunt.",
        tags=("Whales",),
    )


async def test_the_main_title_is_the_one_refined_so(desk: Desk) -> None:
    refined = '<dc:title id="t">The Whale</dc:title><meta refines="#t" property="title-type">main</meta>'
    assert (await desk.probe(make_epub([("One", "x")], title="Series", metadata=refined), MediaType.EPUB)).title == "The Whale"


async def test_metadata_cannot_turn_the_reading_direction_round(desk: Desk) -> None:
    metadata = await desk.probe(make_epub([("One", "x")], title="safe\u202efdp.exe"), MediaType.EPUB)
    assert metadata.title == "safefdp.exe"


async def test_markup_becomes_readable(desk: Desk) -> None:
    body = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><style>p{}</style></head><body><h2>Poem</h2>'
        "<p>One <i>two</i>\n   three<br/>four</p><script>alert(1)</script><ul><li>a</li><li>b</li></ul>"
        "<table><tr><td>x</td><td>y</td></tr></table><pre>if x:\n    y</pre><p hidden='hidden'>no</p></body></html>"
    )
    text = await desk.extract(make_epub([("One", "")], documents={"chapter1.xhtml": body}), MediaType.EPUB)
    assert text.sections[0].text == "Poem\n\nOne two three\nfour\n\na\nb\n\nx y\n\nif x:\ny"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<p>Unclosed <b>bold &mdash; AT&T<p>Second", "Unclosed bold — AT&T\n\nSecond"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>Noël</p></body></html>'.encode("latin-1"), "Noël"),
        ('<?xml version="1.0" encoding="UTF-16"?><html><body><p>Noël</p></body></html>'.encode("utf-16"), "Noël"),
        (b'<!DOCTYPE html PUBLIC "x" "y"><html><body><p>a&nbsp;b&eacute;</p></body></html>', "a bé"),
        (b'<!DOCTYPE html [<!ENTITY co "Acme">]><html><body><p>&co; Ltd</p></body></html>', "Acme Ltd"),
    ],
)
async def test_chapters_in_many_conditions_are_read(desk: Desk, body: bytes, expected: str) -> None:
    text = await desk.extract(make_epub([("One", "")], documents={"chapter1.xhtml": body}), MediaType.EPUB)
    assert text.sections[0].text == expected


@pytest.mark.parametrize("entity", ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY y "yy"><!ENTITY x "&y;&y;">'])
async def test_dangerous_entities_are_refused(desk: Desk, entity: str) -> None:
    body = f"<!DOCTYPE html [{entity}]><html><body><p>&x;</p></body></html>"
    assert await desk.code(make_epub([("One", "")], documents={"chapter1.xhtml": body}), MediaType.EPUB) == "unsafe-xml"


async def test_a_missing_chapter_is_noted(desk: Desk) -> None:
    package_only = make_epub([("One", SENTENCE), ("Two", SENTENCE)])
    text = await desk.extract(package_only.replace(b"chapter2.xhtml", b"chapter9.xhtml"), MediaType.EPUB)
    assert len(text.sections) == 1
    assert "chapter2.xhtml" in text.notes[0]


def encryption(algorithm: str, target: str) -> str:
    data = f'<EncryptionMethod Algorithm="{algorithm}"/><CipherData><CipherReference URI="{target}"/></CipherData>'
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f"<EncryptedData>{data}</EncryptedData></encryption>"
    )


async def test_locked_books_are_refused_but_obfuscated_fonts_are_not(desk: Desk) -> None:
    locked = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/chapter1.xhtml")
    fonts = encryption("http://www.idpf.org/2008/embedding", "OEBPS/font.otf")
    chapters = [("One", SENTENCE)]
    assert await desk.code(make_epub(chapters, extra={"META-INF/encryption.xml": locked}), MediaType.EPUB) == "drm"
    assert await desk.extract(make_epub(chapters, extra={"META-INF/encryption.xml": fonts}), MediaType.EPUB)


async def test_broken_containers_are_corrupt(desk: Desk) -> None:
    assert await desk.code(make_epub([("One", SENTENCE)])[:400], MediaType.EPUB) == "corrupt"
    assert await desk.code(make_zip({"a.txt": "x"}), MediaType.EPUB) == "corrupt"
    assert await desk.code(make_zip({"META-INF/container.xml": "<container/>"}), MediaType.EPUB) == "corrupt"


async def test_an_epub_without_words_says_so(desk: Desk) -> None:
    empty = b"<html><body><p>* * *</p></body></html>"
    documents = {
        "chapter1.xhtml": empty,
    }
    assert await desk.code(make_epub([("", "")], documents=documents), MediaType.EPUB) == "no-text"


FRENCH = "Élève français à l'école : « Où est passé l'été ? » Ça va, Noël approche, la forêt est brûlée. " * 5
POLISH = "Litwo! Ojczyzno moja! ty jesteś jak zdrowie; ile cię trzeba cenić, ten tylko się dowie, kto cię stracił. " * 5


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((FRENCH, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso-8859-1")),
        (POLISH, "iso-8859-2"),
        ("Все счастливые семьи похожи друг на друга. " * 9, "koi8-r"),
        ("吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 9, "shift_jis"),
    ],
)
async def test_text_is_decoded_whatever_its_encoding(desk: Desk, text: str, encoding: str) -> None:
    found = await desk.extract(text.encode(encoding), MediaType.TEXT)
    assert whole(found) == text.strip()


@pytest.mark.parametrize(
    ("first", "second", "encoding"),
    [
        (FRENCH, FRENCH, "cp1252"),
        (FRENCH.replace(". ", ".\n"), FRENCH.replace(". ", ".\n\n"), "iso-8859-1"),
        (POLISH, POLISH, "cp1250"),
        (FRENCH, "Все счастливые семьи похожи друг на друга. " * 9, "koi8-r"),
        (FRENCH, "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 9, "shift_jis"),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True], ids=["UTF-8 first", "UTF-8 last"])
async def test_a_text_in_two_encodings_is_read_in_both(
    desk: Desk, first: str, second: str, encoding: str, *, is_turned: bool
) -> None:
    parts = [(first, first.encode()), (second, second.encode(encoding))][:: -1 if is_turned else 1]
    found = await desk.extract(b"\n\n".join(data for _, data in parts), MediaType.TEXT)
    assert "".join(whole(found).split()) == "".join("".join(text for text, _ in parts).split())


async def test_a_text_cut_inside_a_character_loses_only_that(desk: Desk) -> None:
    found = await desk.extract(FRENCH.encode()[:401], MediaType.TEXT)
    assert FRENCH.startswith(whole(found).rstrip("\ufffd"))


async def test_a_long_text_is_divided_at_paragraphs(desk: Desk) -> None:
    paragraphs = [f"{number}. {SENTENCE * 6}".strip() for number in range(40)]
    found = await desk.extract("\r\n\r\n".join(paragraphs).encode(), MediaType.TEXT)
    assert len(found.sections) > 5
    assert all(1500 < len(section.text) < 4500 for section in found.sections[:-1])
    assert [line for section in found.sections for line in section.text.split("\n\n")] == paragraphs


async def test_form_feeds_divide_pages_and_a_single_endless_word_is_cut(desk: Desk) -> None:
    assert [section.text for section in (await desk.extract(b"one\ftwo\f\fthree", MediaType.TEXT)).sections] == [
        "one",
        "two",
        "three",
    ]
    assert whole(await desk.extract(b"x" * 10_000, MediaType.TEXT)).count("x") == 10_000


async def test_a_gutenberg_header_is_metadata(desk: Desk) -> None:
    fields = (
        "Title: Entre Nous\n    Lectures",
        "Author: Lucie Vos",
        "Release Date: November 13, 2013 [EBook #44157]",
        "Language: French",
    )
    header = "\n\n".join(fields) + "\n\n"
    found = await desk.probe((header + FRENCH).encode("latin-1"), MediaType.TEXT)
    assert (found.title, found.authors, found.language, found.published_year) == ("Entre Nous Lectures", ("Lucie Vos",), "fr", None)


async def test_white_space_is_no_text(desk: Desk) -> None:
    assert await desk.code(b" \n\t\r\n" * 100, MediaType.TEXT) == "no-text"


async def test_progress_grows_to_the_end(desk: Desk) -> None:
    seen: list[float] = []
    desk.path.write_bytes(make_pdf([SENTENCE * 20] * 200))
    await SandboxedTextExtractor(desk.pool).extract(desk.path, MediaType.PDF, seen.append)
    assert seen == sorted(seen)
    assert all(0 <= share <= 1 for share in seen)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (
            '<meta name="calibre:series" content="Tin &amp; Salt"/><meta name="calibre:series_index" content="2.0"/>',
            ("Tin & Salt", 2),
        ),
        ('<meta name="calibre:series" content="Tin"/>', ("Tin", None)),
        ('<meta name="calibre:series_index" content="1"/>', (None, None)),
        ('<meta property="belongs-to-collection">Tin</meta>', ("Tin", None)),
        (
            BOX_SET
            + '<meta property="belongs-to-collection" id="s">Tin</meta><meta refines="#s" property="collection-type">series</meta>'
            + '<meta refines="#s" property="group-position">1.5</meta>',
            ("Tin", 1.5),
        ),
        (BOX_SET, (None, None)),
        ('<meta name="calibre:series" content="Tin"/><meta name="calibre:series_index" content="last"/>', ("Tin", None)),
    ],
)
async def test_the_series_of_an_epub(desk: Desk, metadata: str, expected: tuple[str | None, float | None]) -> None:
    found = await desk.probe(make_epub([("One", "x")], metadata=metadata), MediaType.EPUB)
    assert (found.series, found.series_index) == expected
