"""From what a file holds to what people read."""
# ruff: noqa: RUF001  (odd characters are the subject)

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luminalib.adapters.text.cleaning import clean, clean_field, join_cut_words, join_halves
from luminalib.adapters.text.encodings import encoded_once
from luminalib.adapters.text.language import declared_language, detect_language
from luminalib.adapters.text.layout import PageLines, compose
from luminalib.adapters.text.results import only_isbn, valid_isbn

FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\ufeff\ud800-\udfff\ufffe\uffff]")
BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
any_text = st.text(
    st.one_of(st.characters(), st.characters(categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Mn"]), st.sampled_from("\n\r\t -ﬁ"))
)


@given(any_text)
def test_no_forbidden_character_survives(text: str) -> None:
    assert not FORBIDDEN.search(clean(text))


@given(any_text)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)  # noqa: TID251 -- what it is compared with


@given(any_text)
def test_a_database_can_store_it(text: str) -> None:
    assert clean(text).encode("utf-8").count(b"\x00") == 0


@given(any_text, st.integers(1, 50))
def test_a_field_is_one_short_line_in_reading_order(text: str, longest: int) -> None:
    field = clean_field(text, longest)
    assert field is None or (0 < len(field) <= longest and field == " ".join(field.split()))
    assert field is None or not (FORBIDDEN.search(field) or BIDI.search(field))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("of\ufb01ce \ufb02ow", "office flow"),
        ("e\u0301t\u00e9", "été"),
        ("exam\u00adple", "example"),
        ("a\u00a0b\u2009c", "a b c"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a  \n\n\n\n  b", "a\n\n  b"),
        ("\x1b[31mred\x1b[0m\x1b]0;title\x07", "red"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("A\x00\ud800\uffffB", "AB"),
    ],
)
def test_characters_become_plain(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("a won", "derful day", "a wonderful day"),
        ("the well", "known author", "the well-known author"),
        ("half-a", "crown", "half-a-crown"),
        ("hide", "and-seek", "hide-and-seek"),
        ("Jean", "Paul", "Jean-Paul"),
        ("1914", "1918", "1914-1918"),
        ("Vor", "und Nachteile", "Vor- und Nachteile"),
        ("pre", "and postwar", "pre- and postwar"),
        ("brig", "andine", "brigandine"),
    ],
)
def test_halves_of_words_join_and_compounds_keep_their_hyphen(left: str, right: str, joined: str) -> None:
    assert join_halves(left, right, frozenset(["well-known"])) == joined


@pytest.mark.parametrize(
    "whole", ["well-known", "Well-being", "self-made", "half-brother", "twenty-one", "Thirty-fifth", "ninety-nine"]
)
def test_some_words_have_their_hyphen_wherever_they_are_cut(whole: str) -> None:
    left, _, right = whole.partition("-")
    assert join_halves(left, right, frozenset()) == whole


@pytest.mark.parametrize(
    "cut", ["well-spring", "self-ish", "self-less", "half-way", "Well-blech", "swell-ing", "forty-ish", "twenty-onefold"]
)
def test_words_that_only_look_like_those_are_one(cut: str) -> None:
    left, _, right = cut.partition("-")
    assert join_halves(left, right, frozenset()) == left + right


def test_cut_words_are_joined_in_a_text_that_was_typeset() -> None:
    typeset = "It was a won-\nderful mor-\nning in the moun-\ntains.\n"
    assert join_cut_words(typeset) == "It was a wonderful morning in the mountains.\n"


def test_a_hyphen_at_a_line_end_stays_where_lines_were_never_justified() -> None:
    text = "A plain line of text.\n" * 200 + "a red-\nhot poker\n"
    assert join_cut_words(text) == text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("The committee met afterwards, and there was a Sub-\nCommittee for bread.", "was a Sub-Committee for bread."),
        ("The committee met afterwards, and there was a well-\nknown man of bread.", "was a well-known man of bread."),
        ("Die Versammlung sprach lange und laut über die Vor-\nund Nachteile.", "die Vor-\nund Nachteile."),
        ("But I was-\nStop it!", "was-\nStop it!"),
    ],
)
def test_a_word_with_a_hyphen_of_its_own_goes_on_behind_a_full_line(text: str, joined: str) -> None:
    assert join_cut_words(text).endswith(joined)


def page(*lines: tuple[str, float, float]) -> PageLines:
    found = PageLines()
    for text, x, y in lines:
        found.add(text, x, y)
    return found


BODY = [
    ("He went to the window and looked out into the street, where the", 50.0, 700.0),
    ("rain had stopped.", 50.0, 688.0),
    ("Then he turned round and said that nothing of this kind had ever", 62.0, 676.0),
    ("happened to him before, and that he would leave.", 50.0, 664.0),
]


def test_wrapped_lines_become_paragraphs() -> None:
    (text,) = compose([page(*BODY)])
    assert text.split("\n\n") == [
        "He went to the window and looked out into the street, where the rain had stopped.",
        "Then he turned round and said that nothing of this kind had ever happened to him before, and that he would leave.",
    ]


def test_running_heads_and_page_numbers_go() -> None:
    pages = [page(("A TALE", 50.0, 760.0), *BODY, (str(number), 200.0, 40.0)) for number in range(1, 6)]
    for text in compose(pages):
        assert text.startswith("He went")
        assert text.endswith("leave.")


def test_a_heading_that_stands_once_stays() -> None:
    pages = [page((f"{name} CHAPTER", 50.0, 760.0), *BODY) for name in ("FIRST", "SECOND", "THIRD", "FOURTH")]
    assert all("CHAPTER" in text for text in compose(pages))


def test_a_page_never_loses_its_only_line() -> None:
    assert list(compose([page((f"Page {n} of the story", 50.0, 700.0)) for n in range(5)])) == [
        f"Page {n} of the story" for n in range(5)
    ]


def test_verse_keeps_its_lines() -> None:
    verse = page(*BODY, ("How doth the little crocodile", 80.0, 640.0), ("Improve his shining tail,", 80.0, 628.0))
    (text,) = compose([verse])
    assert text.endswith("How doth the little crocodile\nImprove his shining tail,")


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("urn:isbn:9780306406157", "9780306406157"),
        ("ISBN 978-0-306-40615-7", "9780306406157"),
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("ISBN 978-0-306-40615-8", None),
        ("urn:uuid:12345678-1234-1234-1234-123456789012", None),
    ],
)
def test_an_isbn_counts_only_with_its_check_digit(text: str, isbn: str | None) -> None:
    assert valid_isbn(text) == isbn


def test_a_text_that_names_several_isbns_has_none_of_its_own() -> None:
    assert only_isbn("ISBN 978-0-306-40615-7 and ISBN-10: 0-306-40615-2") == "9780306406157"
    assert only_isbn("ISBN 978-0-306-40615-7 and ISBN 0-8044-2957-X") is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It was the best of times, it was the worst of times, and nobody in the street knew what to do with it."),
        (
            "de",
            "Es war einmal eine kleine süße Dirne, die hatte jedermann lieb, der sie nur ansah, und das war nicht zu viel gesagt.",
        ),
        (
            "fr",
            "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux se fermaient si vite.",
        ),
        (
            "es",
            "En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho que vivía un hidalgo de lanza.",
        ),
        (
            "ru",
            "Все счастливые семьи похожи друг на друга, но каждая несчастливая семья несчастлива по-своему, и всё это было так.",
        ),
        ("ja", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"),
        ("zh", "道可道，非常道。名可名，非常名。"),
        (None, "Lorem ipsum dolor sit amet, consectetuer adipiscing elit. Ut purus elit, vestibulum ut, placerat ac."),
        (None, ""),
    ],
)
def test_languages_are_told_by_their_small_words(language: str | None, text: str) -> None:
    assert detect_language([text]) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "pl",
            (
                "Stary młynarz mieszkał samotnie przy drewnianym moście. Każdego ranka karmił łabędzie, potem "
                "naprawiał sieci wiszące pod okapem. Wieczorami słychać było skrzypienie koła oraz śpiew żab "
                "dobiegający znad mokradeł. Pewnego dnia przyszła wędrowna lutnistka, prosząc tylko ciepłej strawy."
            ),
        ),
        (
            "cs",
            (
                "Starý mlynář bydlel osaměle poblíž dřevěného mostu. Každé ráno krmil labutě, potom opravoval sítě "
                "zavěšené pod střechou. Večer bylo slyšet vrzání kola, zpěv žab znějící kolem řeky. Jednoho dne "
                "přišla potulná loutnistka, prosíc jenom trochu teplé večeře."
            ),
        ),
        (
            "sk",
            (
                "Starý mlynár býval osamelo blízko dreveného mosta. Každé ráno kŕmil labute, potom opravoval siete "
                "zavesené popod odkvap. Večer bolo počuť vŕzganie kolesa, spev žiab znejúci okolo rieky. Jedného dňa "
                "prišla potulná lutnistka, prosiac iba trochu teplej večere, ľahké lôžko vedľa pece."
            ),
        ),
        (
            "hu",
            (
                "Öreg molnár lakott magányosan fából épült híd közelében. Reggelenként hattyúkat etetett, azután "
                "hálókat javított eresz alatt. Esténként kerekek nyikorgása hallatszott, békák éneke szűrődött "
                "mocsarak felől. Egyszer vándorló lantosnő érkezett, meleg ételt kérve csupán, semmi többet."
            ),
        ),
        (
            "ro",
            (
                "Bătrânul morar trăia singur lângă podul vechi. Dimineața hrănea lebede, apoi repara plase atârnate "
                "sub streașină. Seara răsuna scârțâitul roții, cântecul broaștelor venind dinspre mlaștini. Odată "
                "sosi rătăcind lăutărița, cerând doar mâncare caldă, adăpost peste noapte."
            ),
        ),
        (
            "tr",
            (
                "Yaşlı değirmenci ahşap köprünün yanında yalnız yaşardı. Sabahları kuğuları besler, sonra saçağın "
                "altındaki ağları onarırdı. Akşamları çarkın gıcırtısı, bataklıktan gelen kurbağa sesleri duyulurdu. "
                "Günün birinde gezgin kopuzcu kız geldi, yalnızca sıcak yemek istedi."
            ),
        ),
        (
            "az",
            (
                "Qoca dəyirmançı taxta körpünün yanında tək yaşayırdı. Səhərlər qu quşlarını yemləyir, sonra saçağın "
                "altındakı torları düzəldirdi. Axşamlar çarxın cırıltısı, bataqlıqdan gələn qurbağa səsləri "
                "eşidilirdi."
            ),
        ),
        (
            "lt",
            (
                "Senas malūnininkas gyveno vienas netoli medinio tilto. Kiekvieną rytą šėrė gulbes, paskui taisė "
                "tinklus, kabančius po stogeliu. Vakarais girdėjosi rato girgždėjimas, varlių giesmės nuo pelkių. "
                "Kartą atėjo keliaujanti liutnininkė, prašydama šiltos vakarienės."
            ),
        ),
        (
            "lv",
            (
                "Vecais dzirnavnieks dzīvoja vientuļi netālu no koka tilta. Katru rītu baroja gulbjus, pēc tam laboja "
                "tīklus zem jumta. Vakaros dzirdēja riteņa čīkstēšanu, varžu dziesmas no purviem. Kādu dienu ieradās "
                "klejojoša lautiste, lūgdama siltas vakariņas, ķērienu ūdens."
            ),
        ),
        (
            None,
            (
                "Museums: Łódź, Łańcut, Poznań. Opening hours, tickets, guided tours, school classes, wheelchair access, parking, "
                "public transport, restaurants, hotels, telephone numbers, websites, photographs, floor plans, maps."
            ),
        ),
        (None, "Zażółć gęślą jaźń."),
        (None, "Ōkina mori ūsugi āra kawa, " * 4),
    ],
)
def test_languages_with_few_small_words_are_told_by_their_letters(language: str | None, text: str) -> None:
    """Names in another language's text are no evidence, nor is a single line."""
    assert detect_language([text]) == language


@pytest.mark.parametrize(
    ("value", "code"), [("en-GB", "en"), ("eng", "en"), ("German", "de"), ("und", None), ("!", None), (None, None)]
)
def test_declared_languages_are_one_code(value: str | None, code: str | None) -> None:
    assert declared_language(value) == code


@pytest.mark.parametrize("before", range(65_525, 65_540))
def test_a_long_text_that_was_encoded_twice_is_known_by_its_beginning(before: int) -> None:
    once = "x" * before + "ä€ä und " * 3 + "y" * 70_000
    assert encoded_once(once.encode().decode("latin-1")) == once
    assert encoded_once(once) is None
