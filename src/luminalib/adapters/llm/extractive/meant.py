"""Aspects that readers judge without their name ("it drags", "I laughed"), as patterns by language (ISO 639-1)."""
# ruff: noqa: E501, RUF001  (lists in several languages)

import re

_MEANT = {
    "en": {
        "length": r"(?:too|so|overly) (?:long|short)|overlong|pages (?:shorter|longer|too (?:long|many))|(?:need|have) \d+ pages",
        "pacing": r"(?:too|so|overly) (?:slow|fast)|drag(?:s|ged)?|crawl(?:s|ed)?|plods?|lets? up|get(?:s|ting)? going|get(?:s|ting)? off the ground",
        "writing": r"(?:well|badly|beautifully|poorly|brilliantly)[- ]written|(?:can|cannot|can't) (?:really |certainly )?write|turn of phrase",
        "humour": r"i (?:\w+ )?laugh\w*|(?:me|us) (?:\w+ )?(?:laugh|smile|grin|giggle)\w*|in stitches|out loud",
        "emotion": r"(?:cried|wept|tears)|(?:me|us) (?:\w+ )?(?:cry|weep)|so moved|(?:moved|touched) (?:me|us)|left me cold|broke my heart",
        "plot": r"(?:see|saw|seen|guess(?:ed)?) .{0,30}(?:coming|culprit|killer|murderer)|(?:kept|keeps) (?:me|us|you) guessing",
        "facts": r"explain(?:s|ed)|well[- ]researched|understand at last|clearest|clearer|more sources",
        "translation": r"translated",
    },
    "de": {
        "length": r"(?:viel )?zu (?:lang|kurz)|seiten (?:weniger|kürzer|zu viel)|längen",
        "pacing": r"zieht (?:es )?sich|schleppt sich|kommt nicht in (?:gang|fahrt)|langatmig",
        "writing": r"(?:gut|schlecht|wunderbar|meisterhaft|brillant|flüssig) (?:geschrieben|erzählt)|erzählt ist",
        "humour": r"gelacht|geschmunzelt|zum (?:lachen|brüllen)",
        "emotion": r"geweint|tränen|nahegegangen|nahe gegangen|berührt|unter die haut|zu herzen|ans herz",
        "plot": r"mitgerätselt|vorhersehbar|vorhersehen|mörder .{0,30}erraten",
        "facts": r"recherchiert|verständlich|erklärt|fehler",
        "translation": r"übersetzt",
    },
    "fr": {
        "length": r"(?:beaucoup )?trop (?:longs?|longues?|courte?s?)|pages (?:de trop|en moins)|longueurs",
        "pacing": r"traîne|n'en finit pas|patine",
        "writing": r"(?:bien|mal) écrite?s?",
        "humour": r"(?:j'ai|m'a fait|on) (?:\w+ )?(?:ri|rire|rit|souri|sourire)|éclats? de rire",
        "emotion": r"pleur\w+|larmes|émue?s?|bouleversée?s?|touchée?s?",
        "plot": r"(?:ne|n'ai) (?:\w+ )?(?:devine|deviné|rien vu venir)|vu venir|cousue? de fil blanc",
        "facts": r"expliqu\w+|documentée?s?",
        "translation": r"traduite?s?",
    },
    "es": {
        "length": r"demasiado (?:larg|cort)[oa]s?|(?:le )?sobran (?:\w+ )?(?:páginas|capítulos)|páginas (?:de más|menos)",
        "pacing": r"lentísim[oa]|se hace (?:larg|etern)[oa]|no (?:arranca|avanza)",
        "writing": r"(?:bien|mal|pésimamente|maravillosamente) escrit[oa]s?",
        "humour": r"me reí|reír|carcajadas|sonreí",
        "emotion": r"llor\w+|lágrimas|me (?:emocionó|conmovió)",
        "plot": r"predecible|previsible|se ve venir|en vilo|adivin\w+",
        "facts": r"explica\w*|documentad[oa]s?",
        "translation": r"traducid[oa]s?",
    },
}
_PATTERNS = {
    language: {name: re.compile(rf"\b(?:{told})\b", re.IGNORECASE) for name, told in aspects.items()}
    for language, aspects in _MEANT.items()
}


def aspects_meant(text: str, language: str) -> list[str]:
    """The aspects that a sentence judges, if it judges, by what it says of them."""
    plain = text.replace("’", "'")
    return [name for name, told in _PATTERNS.get(language, {}).items() if told.search(plain)]
