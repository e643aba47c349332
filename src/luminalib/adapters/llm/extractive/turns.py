"""Sentences of readers that turn round: what they praise they take back, or what they ask they deny."""
# ruff: noqa: RUF001  (letters of several languages are meant)

import re

_TAKING_BACK = {
    "en": r"\buntil\b|\band then\b|\b(?:could|might|should|would) have been\b|\b(?:wanted|hoped|tried|expected) to (?:like|"
    r"love|enjoy)\b|"
    r"\bpromis(?:ed|es|ing)\b.*\b(?:but|yet)\b|\bat first\b|\bso much for\b|\bwasted (?:on|by)\b|"
    r"\bif (?:only )?you (?:are|like|enjoy|love|"
    r"want|need|suffer|cannot|can't)\b|\banother\b.*\b(?:chosen one|that was|with|who|about)\b|\bsupposed to be\b|\bused to be\b",
    "de": r"\bbis (?!zum schluss|zur letzten|zum ende|zuletzt)|\bund dann\b|\bhätten?\b.*\bkönnen\b|\banfangs\b|\bzuerst\b|"
    r"\bzunächst\b|"
    r"\bwenn man\b|\bwer (?:gern|gut|gerne)\b|\bschon wieder\b|\bleider nicht\b|\bwollte\b.*\bmögen\b|\bversprach\b|"
    r"\b(?:gute|tolle|schöne|großartige) idee,",
    "fr": r"\bjusqu['’]|\bpuis\b|\b(?:aurait|auraient) pu\b|\bau début\b|\bsi (?:on|vous|tu)\b|\bencore une?\b|\bpromettait\b|"
    r"\bidée était\b.*\bne\b",
    "es": r"\bhasta que\b|\by luego\b|\bpodrían? haber\b|\bpudo haber\b|\bal principio\b|\bsi (?:te|tienes|usted|quieres|sufres)\b|"
    r"\botro libro\b|\bprometía\b",
}
"""Words by which praise is taken back, by language (ISO 639-1)."""
_REGRET = {
    "en": r"unfortunately|regrettably|alas|(?:it is |it's |what )?an? (?:pity|shame)|pity|too bad",
    "de": r"leider|schade|bedauerlicherweise|unglücklicherweise",
    "fr": r"(?:c['’]est |quel )?dommage|malheureusement|hélas",
    "es": r"(?:es una |qué )?(?:lástima|pena)|por desgracia|desgraciadamente|lamentablemente|desafortunadamente",
    "it": r"(?:che )?peccato|purtroppo",
    "pt": r"infelizmente|(?:é uma |que )?pena",
    "nl": r"helaas|jammer",
}
"""Words with which readers begin what they find wrong, by language."""
_WISH = re.compile(
    r"\b(?:would|might) have (?:liked|welcomed|preferred|helped|been (?:better|nice|good|helpful))\b|\bcould have done with\b|"
    r"\b(?:would not|wouldn't|might not) have (?:hurt|harmed|gone amiss)\b|"
    r"\b(?:wäre|hätte)n?\b.*\b(?:gewesen|gebraucht|getan|gutgetan|gewünscht|geschadet)\b|"
    r"\b(?:aurait|auraient) (?:\w+ )?(?:mérité|gagné|été)\b|\bj['’]aurais (?:\w+ )?(?:aimé|préféré|voulu)\b|"
    r"\b(?:habr|hubier)(?:ía|a)n? (?:sido|agradecido|preferido|gustado|querido)\b",
    re.IGNORECASE,
)
"""What a reader would rather have had."""
_OVER = re.compile(
    r"\b(?:over|end(?:s|ed)?|finished|sequel|ende|vorbei|ausgelesen|fortsetzung|finie?|terminée?|suite|acab\w+|termin\w+|corto|"
    r"finit\w|finito|acabou|afgelopen|uit)\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"^\W*(?:but|yet|however|still|then again|aber|doch|jedoch|allerdings|dafür|dennoch|mais|pourtant|cependant|toutefois|"
    r"pero|sin embargo|no obstante|en cambio|però|tuttavia|invece|mas|porém|contudo|maar|echter|toch)\b|"
    r"\b(?:however|though|on the other hand|allerdings|jedoch|hingegen|dagegen|en revanche|par contre|cependant|pourtant|toutefois|"
    r"sin embargo|en cambio|por otro lado|tuttavia|invece|porém|no entanto|echter|daarentegen)\b",
    re.IGNORECASE,
)
"""Words with which a sentence turns against what was said before it."""
_DENIAL = re.compile(
    r"^\W*(?:hardly|not (?:in the least|at all|a bit|for a (?:second|moment|minute)|one bit|once)|anything but|far from it|never|"
    r"quite the (?:opposite|contrary)|on the contrary|no way|nope|"
    r"von wegen|keineswegs|keine spur|überhaupt nicht|ganz und gar nicht|kein bisschen|ganz im gegenteil|im gegenteil|"
    r"nicht im geringsten|"
    r"pas (?:du tout|une (?:seconde|minute)|le moins du monde)|au contraire|loin de là|jamais|"
    r"para nada|en absoluto|qué va|ni mucho menos|nada de eso|todo lo contrario|al contrario|nunca)\b",
    re.IGNORECASE,
)
_QUESTION_WORDS = 6
"""What is asked only to be denied is short."""


def takes_back(text: str, language: str) -> bool:
    """Whether a sentence takes back, or does not mean, the praise that stands in it."""
    told = _TAKING_BACK.get(language)
    return told is not None and re.search(told, text, re.IGNORECASE) is not None


def regrets(text: str, language: str) -> bool:
    """Whether a clause begins as readers begin what they find wrong; that a book is over is praise of it."""
    told = _REGRET.get(language)
    return told is not None and re.match(rf"\W*(?:{told})\b", text, re.IGNORECASE) is not None and _OVER.search(text) is None


def wishes(text: str) -> bool:
    """Whether a clause says what the reader would rather have had: fault is found gently, whatever word it is found with."""
    return _WISH.search(text.replace("’", "'")) is not None and _OVER.search(text) is None


def contrasts(text: str) -> bool:
    """Whether a sentence says something else of what was judged before it."""
    return _CONTRAST.search(text) is not None


def denies(text: str) -> bool:
    """Whether a sentence is a short question with its own denial ("Boring? Hardly.")."""
    asked, mark, answer = text.partition("?")
    return bool(mark) and len(asked.split()) <= _QUESTION_WORDS and _DENIAL.match(answer) is not None


def with_answers(sentences: list[str]) -> list[str]:
    """The sentences, a short question and the denial behind it as one."""
    joined: list[str] = []
    for sentence in sentences:
        if joined and joined[-1].endswith("?") and denies(f"{joined[-1]} {sentence}"):
            joined[-1] = f"{joined[-1]} {sentence}"
        else:
            joined.append(sentence)
    return joined
