"""Sentences that need the one before them, and such as stand by themselves, in many languages."""
# ruff: noqa: RUF001  (letters of many scripts are meant)

from luminalib.adapters.llm.extractive.leaning import leans
from luminalib.adapters.llm.extractive.lexicons import lexicon_for
from luminalib.adapters.llm.extractive.words import words_of

LEANING = {
    "en": (
        "In another moment down went Mara after it.",
        "Then Mara saw the ship.",
        "To Anton she was always the keeper.",
        "Two days later Mara rowed to Tern.",
        "The letter that came with the boat was for him.",
    ),
    "de": ("Danach ging Jule nach Hause.", "Er sah den Turm.", "Am nächsten Morgen lag Schnee.", "Diese Insel ist klein."),
    "fr": ("C’était une règle de la maison.", "Le lendemain Solange ouvrit la porte.", "Elle posa la lettre sur la table."),
    "es": ("Entonces Marta abrió la puerta.", "Al día siguiente llovió.", "Su hermano vivía en el puerto."),
    "it": ("Allora Marta aprì la porta.", "Questo era il problema."),
    "pt": ("Depois a Marta abriu a porta.", "Ele vivia na cidade."),
    "nl": ("Daarna ging Marta naar huis.", "Hij zag de toren."),
    "ru": ("Потом Марта открыла дверь.", "Он жил в городе."),
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
    ),
    "de": ("Jule wohnte auf der Insel.", "Ein Mann ging über die Straße, und er sang.", "Es war einmal ein König."),
    "fr": ("Solange réparait des livres.", "Il était une fois un roi.", "Une femme ouvrit sa porte."),
    "es": ("Marta vivía en el puerto.", "Este libro trata de barcos."),
    "ar": ("كان الملك يسكن في مدينة كبيرة.",),
    "ja": ("山の村に古い図書館がありました。",),
    "zh": ("孩子住在城里。",),
}


def leaning(text: str, language: str) -> bool:
    return leans(text, words_of(text), lexicon_for(language), {"mara", "jule", "solange", "marta"})


def test_a_sentence_that_needs_its_neighbour_is_known_and_one_that_stands_by_itself() -> None:
    assert [text for language, texts in LEANING.items() for text in texts if not leaning(text, language)] == []
    assert [text for language, texts in STANDING.items() for text in texts if leaning(text, language)] == []
