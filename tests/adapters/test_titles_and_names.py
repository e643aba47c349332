"""What files say of themselves, and what programs left there."""
# ruff: noqa: RUF001  (titles and names of many languages, in lists)

import pytest

from luminalib.adapters.text.authors import people
from luminalib.adapters.text.dates import first_published, year_in, year_of_rights
from luminalib.adapters.text.language import declared_language, detect_language, language_of
from luminalib.adapters.text.readability import is_gibberish, without_unreadable
from luminalib.adapters.text.results import only_isbn, valid_isbn
from luminalib.adapters.text.subjects import tags_of
from luminalib.adapters.text.titles import from_first_page, real_title

PROSE = "The keeper wrote down every ship that did not come, and the book was full before the winter was over. " * 8


@pytest.mark.parametrize(
    "title",
    [
        *(
            "()",
            "  ",
            "Untitled",
            "Untitled - Notepad",
            "Enscript Output",
            "harbour-plan.graffle",
            "untitled-3",
            "Document1",
            "Slide 1",
            "PowerPoint Presentation",
            "PowerPoint-Präsentation",
            "(unspecified)",
        ),
        *(
            "Microsoft Word - Draft 3.doc",
            "Microsoft Excel - costs.xlsx",
            "book.qxp",
            "cover.indd",
            "thesis.dvi",
            "IMG_2041.JPG",
            "DSC00012",
        ),
        *(
            r"C:\Users\nora\book.pub",
            "/home/nora/book",
            "file:///tmp/x.html",
            "https://example.org/print?id=4",
            "about:blank",
            r"\\server\x",
        ),
        *(
            "Dokument 2",
            "Mein Dokument",
            "Mon document",
            "Mi documento 3",
            "Мой документ",
            "我的文档",
            "[Document title]",
            "[Titre du document]",
            "Enter your title here",
            "Lorem ipsum",
            "Sans titre",
            "Présentation PowerPoint",
            "Sin título",
            "Documento1",
            "Senza titolo",
            "Naamloos",
            "Namnlös",
            "Bez názvu",
        ),
        *(
            "Презентация PowerPoint",
            "Документ Microsoft Word",
            "文档1",
            "無題",
            "未命名",
            "제목 없음",
            "مستند1",
            "Belge1",
            "Unknown",
            "0",
            "20240311123456",
            "New Microsoft Word Document",
            "tmpA1B2.tmp",
        ),
        *("PII: S0098-7654(21)00012-3", "doi:10.1000/xyz.123", "10.1000/182", "ISBN 978-0-306-40615-7", "arXiv:2101.00001v2"),
        *("InDesign CS3", "Adobe InDesign 2020", "QuarkXPress 8.1", "Adobe PageMaker 7.0 Document", "PDFCreator"),
        *("Title Page", "Titelblatt", "Page de titre", "Front cover", "Table of Contents"),
    ],
)
def test_what_programs_write_is_no_title(title: str) -> None:
    assert real_title(title) is None


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("The Salt Road", "The Salt Road"),
        ("1984", "1984"),
        ("Emma", "Emma"),
        ("Salt &amp; Pepper", "Salt & Pepper"),
        ("Microsoft Word - The Salt Road", "The Salt Road"),
        ("Document of a Winter", "Document of a Winter"),
        ("The Book of Slides", "The Book of Slides"),
        ("文書の歴史", "文書の歴史"),
        ("Dr. No", "Dr. No"),
        ("My Novel", "My Novel"),
        ("Mein Kampf", "Mein Kampf"),
        ("Mon oncle", "Mon oncle"),
        ("The Title", "The Title"),
        ("InDesign CS3 for Librarians", "InDesign CS3 for Librarians"),
        ("The Title Page of a Life", "The Title Page of a Life"),
        ("DOI: What a Number Is For", "DOI: What a Number Is For"),
    ],
)
def test_what_people_write_is_one(title: str, shown: str) -> None:
    assert real_title(title) == shown


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("THE SALT ROAD\n\nby Mira Lund\n\n", ("The Salt Road", "Mira Lund")),
        ("The Salt Road by Mira Lund\n\n", ("The Salt Road", "Mira Lund")),
        ("Das Salz der Erde\n\nvon Mira Lund\n\n", ("Das Salz der Erde", "Mira Lund")),
        ("An Introduction to the\n\nHistory of Salt\n\n", ("An Introduction to the History of Salt", None)),
        ("# The Salt Road\n\nby Mira Lund\n\n", ("The Salt Road", "Mira Lund")),
        ("Contents\n\n1 Salt\n\n", (None, None)),
        ("12 THE SALT ROAD\n\n", (None, None)),
        ("ACT I\n\nScene 1. A pier.\n\n", (None, None)),
        ("ERSTER AKT\n\n", (None, None)),
        ("Book the First\n\n", (None, None)),
        ("Premier acte\n\n", (None, None)),
        ("Stave One: Marley's Ghost\n\n", (None, None)),
        ("The Second Book\n\n", (None, None)),
        ("Letter 1\n\n", (None, None)),
        ("The Second Book of Salt\n\n", ("The Second Book of Salt", None)),
        ("Act of Faith\n\n", ("Act of Faith", None)),
        ("Book of Hours\n\n", ("Book of Hours", None)),
        ("The First Man in the Harbour\n\n", ("The First Man in the Harbour", None)),
        ("and so it went on until the winter\n\n", (None, None)),
        ("October 14, 1998\n\n", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_first_page_shows_title_and_author(top: str, expected: tuple[str | None, str | None]) -> None:
    language = "de" if "von" in top else "en"
    assert from_first_page([top + PROSE], language) == expected


def test_a_few_words_are_no_book_with_a_title_page() -> None:
    assert from_first_page(["The Salt Road\n\nby Mira Lund"], "en") == (None, None)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Mira Lund", ["Mira Lund"]),
        ("Mira Lund, Per Aas and Uli Kern", ["Mira Lund", "Per Aas", "Uli Kern"]),
        ("Mira Lund, Per Aas, and Uli Kern", ["Mira Lund", "Per Aas", "Uli Kern"]),
        ("Mira Lund & Per Aas", ["Mira Lund", "Per Aas"]),
        ("Mira Lund/Per Aas", ["Mira Lund", "Per Aas"]),
        ("Mira Lund et al.", ["Mira Lund"]),
        ("Lund, Mira", ["Lund, Mira"]),
        ("Lund, Mira; Aas, Per", ["Lund, Mira", "Aas, Per"]),
        ("Lund, Mira and Per Aas", ["Lund, Mira", "Per Aas"]),
        ("Lund, M., Aas, P., Kern, U.", ["Lund, M.", "Aas, P.", "Kern, U."]),
        ("van der Berg, Jan", ["van der Berg, Jan"]),
        ("Mira Lund, Jr.", ["Mira Lund, Jr."]),
        ("Mira Lund (ed.), Per Aas [Illustrator]", ["Mira Lund", "Per Aas"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Simon & Schuster", ["Simon & Schuster"]),
        ("Ministry of Food and Health", ["Ministry of Food and Health"]),
        ("鲁迅、老舍", ["鲁迅", "老舍"]),
        ("Ann O&#39;Dea", ["Ann O'Dea"]),
        ("by Mira Lund", ["Mira Lund"]),
        ("Mira Lund <mira@example.org>; Per Aas (per.aas@example.org)", ["Mira Lund", "Per Aas"]),
        *(
            (name, [])
            for name in (
                "Unknown",
                "Administrator",
                "Project Gutenberg",
                "Gutenberg",
                "Unbekannt",
                "未知",
                "Windows User",
                "Microsoft",
                "calibre 7.2",
            )
        ),
    ],
)
def test_people_in_one_string(line: str, names: list[str]) -> None:
    assert people([line]) == names


def test_an_account_is_no_author_of_a_program() -> None:
    assert people(["nora"], of_a_program=True) == []
    assert people(["nora"]) == ["nora"]


@pytest.mark.parametrize(
    ("date", "year"),
    [
        *(("1851-10-18", 1851), ("20110405", 2011), ("D:20090807", 2009), ("c1999", 1999), ("©2003", 2003), ("[1851?]", 1851)),
        *(("2000年5月", 2000), ("01/02/2010", 2010), ("MCMLXXXIV", 1984), ("Spring 1999", 1999), ("2010-13-45", 2010)),
        *(("0101-01-01T00:00:00+00:00", None), ("0800", None), ("soon", None), ("", None), ("20261234567", None), ("Mix", None)),
    ],
)
def test_years(date: str, year: int | None) -> None:
    assert year_in(date) == year


def test_an_imprint_tells_the_year() -> None:
    assert first_published("Published 2011 as an e-book.\nFirst published in London by Salt & Sons, 1922.") == 1922
    assert year_of_rights("Copyright © 2004, 2011 by Mira Lund") == 2004
    assert first_published("It was 1922.") is None
    assert year_of_rights("It was 1922.") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(
            ("en-GB", "en"),
            ("eng", "en"),
            ("English (UK)", "en"),
            ("Deutsch", "de"),
            ("Français", "fr"),
            ("cmn", "zh"),
            ("zh-Hant", "zh"),
        ),
        *(
            ("hin", "hi"),
            ("nob", "no"),
            ("iw", "he"),
            ("hun", "hu"),
            ("日本語", "ja"),
            ("en, fr", "en"),
            ("русский", "ru"),
            ("slo", "sk"),
        ),
        *(("und", None), ("mul", None), ("", None), ("not a language", None)),
    ],
)
def test_one_code_for_each_language(name: str, code: str | None) -> None:
    assert declared_language(name) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("hu", "Ez egy nagyon szép könyv a tengerről, amelyet mindenki szívesen olvas, mert a hajósok életét írja le."),
        ("ro", "Aceasta este o carte despre mare și despre oamenii care trăiesc pe malul ei, și nu se știe de ce au venit."),
        ("vi", "Đây là một cuốn sách hay về biển và những người sống ở đó, không ai biết vì sao họ đến."),
        ("fa", "این یک کتاب خوب درباره دریا است و کسانی که در آنجا زندگی می کنند."),
        ("bg", "Това е много добра книга за морето и хората, които живеят там, и никой не знае защо са дошли."),
        ("ru", "Паром ушёл до рассвета, и никто, кроме пекаря, этого не видел. Мира сосчитала ящики."),
        ("uk", "Пором пішов до світанку, і ніхто, крім пекаря, цього не бачив, а вона порахувала ящики на причалі."),
        ("bn", "এটি সমুদ্র সম্পর্কে একটি ভাল বই এবং সেখানে বসবাসকারী মানুষ।"),
    ],
)
def test_languages_are_told_by_their_words(code: str, text: str) -> None:
    assert detect_language([text * 4]) == code


def test_a_long_text_knows_better_than_who_declares_it() -> None:
    assert language_of([PROSE * 20], "fr") == "en"
    assert language_of([PROSE], "fr") == "fr"
    assert language_of([PROSE], None) == "en"


@pytest.mark.parametrize(
    ("subjects", "tags"),
    [
        (["Imaginary places -- Juvenile fiction", "Mice -- Juvenile fiction"], ["Imaginary places", "Juvenile fiction", "Mice"]),
        (["Fox, Reynard (Fictitious character) -- Fiction"], ["Reynard Fox", "Fiction"]),
        (["Detective and mystery stories, English"], ["Detective and mystery stories"]),
        (["Bergen (Norway)--History"], ["Bergen", "History"]),
        (["FICTION / Sea Stories / General", "PR", "FIC047000", "823.8"], ["FICTION", "Sea Stories"]),
        (["sea, Ships; storms", "Sea"], ["sea", "Ships", "storms"]),
        (["Food &amp; Drink", "https://example.org/subject/1"], ["Food & Drink"]),
    ],
)
def test_subjects_become_tags(subjects: list[str], tags: list[str]) -> None:
    assert tags_of(subjects) == tags


def test_isbns_with_any_hyphen_and_on_an_imprint() -> None:
    assert valid_isbn("978‑0‑306‑40615‑7") == "9780306406157"
    assert only_isbn("ISBN 978-0-306-40615-7 (hardback)\nISBN 978-3-16-148410-0 (e-book)") == "9780306406157"
    assert only_isbn("Also by her: ISBN 978-0-306-40615-7\nISBN 978-3-16-148410-0") is None


def test_letters_that_make_no_words_are_not_a_text() -> None:
    shifted = PROSE.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm"))
    assert is_gibberish(shifted)
    assert is_gibberish("7KHNHHSHUZURWHGRZQHYHU\\VKLSWKDWGLGQRWFRPH" * 6)
    for text in (
        PROSE,
        "Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy. " * 8,
        "Ada Lund 12, Per Aas 7, " * 30,
        "x = y",
    ):
        assert not is_gibberish(text), text
    assert without_unreadable([PROSE, shifted]) == ([PROSE, ""], [2])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Lund, Mira and Aas, Per", ["Lund, Mira", "Aas, Per"]),
        ("Lund, Mira & Aas, Per & Kern, Uli", ["Lund, Mira", "Aas, Per", "Kern, Uli"]),
        ("Kern, Uli, 1950-", ["Kern, Uli"]),
        ("Lund, Mira, 1871-1922; Aas, Per (1880–1940)", ["Lund, Mira", "Aas, Per"]),
        ("Mira Lund (Author), Per Aas (Illustrator)", ["Mira Lund"]),
        ("Per Aas (Translator); Mira Lund (Author)", ["Mira Lund"]),
        ("Mira Lund (Editor)", ["Mira Lund"]),
    ],
)
def test_catalogues_write_names_with_roles_and_years(line: str, names: list[str]) -> None:
    assert people([line]) == names


def test_what_stands_in_parentheses_behind_a_name_is_no_other_author() -> None:
    assert people(["Harbour Board (Skell, Tern, Marrow)"]) == ["Harbour Board (Skell, Tern, Marrow)"]


@pytest.mark.parametrize(
    "name",
    [
        "ARRAY(0x2c7cf40)",
        "[object Object]",
        "TODO: Your Name",
        "XXXXXXXX",
        "User: Windows User",
        "Registered to: A. SHOP",
        "AB:C:DEF:GH",
        "John Doe",
        "Max Mustermann",
        "Vorname Nachname",
        "Prénom Nom",
        "Fulano de Tal",
        "Ola Nordmann",
        "张三",
        "Firstname Lastname",
    ],
)
def test_names_that_programs_leave_are_no_authors(name: str) -> None:
    assert people([name]) == []
