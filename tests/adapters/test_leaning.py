"""Sentences that need the one before them, and such as stand by themselves, in many languages."""
# ruff: noqa: RUF001  (letters of many scripts are meant)

from luminalib.adapters.llm.extractive.genders import FEMALE, MALE, genders_of
from luminalib.adapters.llm.extractive.leaning import leans
from luminalib.adapters.llm.extractive.lexicons import lexicon_for
from luminalib.adapters.llm.extractive.names import names_in
from luminalib.adapters.llm.extractive.reading import read
from luminalib.adapters.llm.extractive.words import words_of

LEANING = {
    "en": (
        "In another moment down went Mara after it.",
        "Then Mara saw the ship.",
        "To Anton she was always the keeper.",
        "Two days later Mara rowed to Tern.",
        "The letter that came with the boat was for him.",
        "Mara had forgotten, for the moment, about his sitting in the corner.",
        "Anton was his sole heir and his sole friend.",
        "Anton and he were partners for many years.",
        "Anton signed it: and the paper was good for anything.",
        "Mara went to find out which one had not.",
        "May that be truly said of us all.",
        "The fox had forgotten that, or perhaps never known.",
        "When it was over Mara went home.",
        "Each was told of one water by Mara.",
        "Mine live on the roof of a factory.",
        "Mara had listened to this extraordinary story.",
        "Behind that door Mara kept the ledgers.",
        "Mara considered him for a moment.",
        "Mara Voss followed them to the gate.",
        "Mara watched her for a while.",
    ),
    "de": (
        "Danach ging Jule nach Hause.",
        "Er sah den Turm.",
        "Am nächsten Morgen lag Schnee.",
        "Diese Insel ist klein.",
        "Hinter dieser Tür wohnte Jule.",
    ),
    "fr": (
        "C’était une règle de la maison.",
        "Le lendemain Solange ouvrit la porte.",
        "Elle posa la lettre sur la table.",
        "Solange en avait tiré des factures.",
        "Derrière cette porte, Solange réparait des livres.",
    ),
    "es": (
        "Entonces Marta abrió la puerta.",
        "Al día siguiente llovió.",
        "Su hermano vivía en el puerto.",
        "Detrás de aquella puerta vivía Marta.",
    ),
    "it": ("Allora Marta aprì la porta.", "Questo era il problema.", "Dietro quella porta viveva Marta."),
    "pt": ("Depois a Marta abriu a porta.", "Ele vivia na cidade.", "Sobre aquela porta dormia a Marta."),
    "nl": ("Daarna ging Marta naar huis.", "Hij zag de toren.", "Achter deze deur woonde Marta.", "Marta keek hem lang aan."),
    "ru": ("Потом Марта открыла дверь.", "Он жил в городе.", "За этой дверью жила Марта."),
    "pl": ("Potem Marta otworzyła drzwi.", "Jego dom stał nad morzem."),
    "tr": ("Sonra Marta kapıyı açtı.", "O gün yağmur yağdı."),
    "ar": ("ثم فتحت مارتا الباب.", "وهو يسكن في المدينة."),
    "hi": ("फिर मार्था ने दरवाज़ा खोला।", "वह शहर में रहता था।"),
    "ja": ("そして村の子供は図書館に来ました。", "彼は村に住んでいました。"),
    "zh": ("然后孩子打开了门。", "他住在城里。"),
    "ko": ("그리고 아이는 문을 열었다.", "그는 도시에 살았다."),
}
STANDING = {
    "en": (
        "This manual describes the care of a scanner.",
        "Call me Ishmael.",
        "Mara kept a ledger, and she never lost it.",
        "A young clerk decided that he would help.",
        "Mara met a sailor at the gate, and he told her the way.",
        "Anton found it hard to sleep.",
        "Mara thought it was late.",
        "Mara and Anton married, and they lived by the sea.",
        "Behind the door Mara kept the ledgers.",
        "Mara loved her brother and her sister.",
        "In this book Mara tells of salt.",
    ),
    "de": (
        "Jule wohnte auf der Insel.",
        "Ein Mann ging über die Straße, und er sang.",
        "Es war einmal ein König.",
        "In diesem Buch geht es um Salz.",
    ),
    "fr": (
        "Solange réparait des livres.",
        "Il était une fois un roi.",
        "Une femme ouvrit sa porte.",
        "Derrière la porte, Solange réparait des livres.",
    ),
    "es": ("Marta vivía en el puerto.", "Este libro trata de barcos.", "En este libro Marta cuenta su vida."),
    "ar": ("كان الملك يسكن في مدينة كبيرة.",),
    "ja": ("山の村に古い図書館がありました。",),
    "zh": ("孩子住在城里。",),
}

GENDERS = {"mara": FEMALE, "jule": None, "solange": None, "marta": None, "anton": MALE}


def leaning(text: str, language: str) -> bool:
    return leans(text, words_of(text), lexicon_for(language), GENDERS)


def test_a_sentence_that_needs_its_neighbour_is_known_and_one_that_stands_by_itself() -> None:
    assert [text for language, texts in LEANING.items() for text in texts if not leaning(text, language)] == []
    assert [text for language, texts in STANDING.items() for text in texts if leaning(text, language)] == []


def test_whether_a_name_is_a_man_s_or_a_woman_s_is_told_by_its_pronouns_and_not_of_a_family() -> None:
    text = """
    In the morning Mara said that she was cold. In the evening Mara asked whether she might go, and took her coat. Then Mara left,
    and she thought of her boat. One day Anton said that he was tired. That night Anton took his lamp, and he went up. At noon Anton
    saw that he had lost his key. Then Mr. Voss said that he knew it, as did Mrs. Voss.
    Then Mr. Voss took his hat and he laughed.
    There stood Mrs. Voss and said nothing. Here came Mr. Voss and sat down, and he told his story.
    """
    reading = read("", (), "en", [" ".join(text.split())])
    genders = genders_of(reading, names_in(reading))
    assert (genders["mara"], genders["anton"], genders.get("voss")) == (FEMALE, MALE, None)
