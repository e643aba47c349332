"""What obliges a reader, and by which a text says what it is about: patterns per language, the strongest first."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

_OTHERS = r"(?<!they )(?<!there )(?<!he )(?<!she )(?<!it )(?<!\bi )(?<!who )(?<!this )(?<!that )"
"""Before "must" these tell what others have to do, or what is likely, and ask nothing of the reader."""
_DONE = (
    r"(?:not |always |never |also |first )*be (?!(?:pleased|surprised|interested|tired|married)\b)"
    r"[a-z]{2,}(?:ed|en|pt|nt|ne|wn|ld|ut)\b"
)

ASKING = {
    "en": (
        r"(?<!you )(?<!to )\bplease\b(?! (?:him|her|them|me|us|everyone))",
        (
            rf"{_OTHERS}\b(?:must|shall) (?:not |always |never |also |first )*(?!be\b|have\b|not\b)[a-z]{{3,}}|\b(?:must|"
            rf"shall) {_DONE}|"
            r"\b(?:you|users|readers|members|students|staff|applicants) (?:have|need) to\b|\b(?:is|are) required to\b|"
            r"make sure that|ensure that"
        ),
        (
            rf"\b(?:you|we|users|readers|members|students|staff|applicants|one) should\b|\bshould {_DONE}|"
            r"\bit is (?:recommended|advisable|essential)\b|\bwe recommend\b"
        ),
        (
            r"^(?:always|never|do not|don['’]t|avoid|remember|check|use|install|keep|read|follow|contact|set|choose|wash|"
            r"take|add|remove|"
            r"write|start|stop|eat|drink|try|see that|turn|open|close|select|enter|click|report|review|submit|send|call) \w"
            r"(?!.*, and (?:the|a|an|it|you|they|we|he|she|there|this|that)\b)"
        ),
    ),
    "fr": (
        r"\bveuillez\b|s['’]il vous plaît",
        r"\b(?:il faut|doit|doivent|devez|devons|est obligatoire)\b",
        r"\b(?:il est conseillé|devrait)\b",
    ),
    "de": (
        r"\bbitte\b",
        r"\b(?:müssen sie|sie müssen|ist erforderlich|ist zu beachten|muss .{1,80} werden)\b",
        r"\b(?:sollten?|empfiehlt sich)\b",
    ),
    "es": (r"\bpor favor\b", r"\b(?:debe|deben|debemos|hay que|es obligatorio)\b", r"\b(?:debería|deberían|se recomienda)\b"),
    "it": (r"\bper favore\b", r"\b(?:deve|devono|dobbiamo|bisogna|è obbligatorio)\b", r"\b(?:dovrebbe|si consiglia)\b"),
    "pt": (r"\bpor favor\b", r"\b(?:deve|devem|devemos|é preciso|é obrigatório)\b", r"\b(?:deveria|recomenda-se)\b"),
    "nl": (r"\b(?:alstublieft|gelieve)\b", r"\b(?:moet|moeten|is verplicht)\b", r"\b(?:dient te|wordt aanbevolen)\b"),
}

CUES = {
    "en": (
        r"\b(?:this|the present|our) (?:book|paper|report|study|document|article|guide|volume|work|chapter|text|manual|"
        r"standard|essay|collection|course)\b|\bthe (?:purpose|aim|goal|main|central) of\b|"
        r"\bwe (?:show|present|describe|propose|argue)\b|\bin conclusion\b"
    ),
    "fr": (
        r"\b(?:ce|cet|cette) (?:livre|ouvrage|rapport|étude|document|article|guide|volume|recueil|cours|série)\b|\ble but de\b|"
        r"en conclusion"
    ),
    "de": (
        r"\bdiese[rsmn]? (?:buch|skript|arbeit|bericht|studie|dokument|artikel|band|werk|kapitel)\w*\b|"
        r"\bziel (?:ist|dieser|des)\b"
    ),
    "es": r"\best[ea] (?:libro|informe|estudio|documento|artículo|guía|obra|capítulo)\b|\bel objetivo de\b|en conclusión",
    "it": r"\bquest[oa] (?:libro|rapporto|studio|documento|articolo|guida|opera|capitolo)\b|\blo scopo di\b|in conclusione",
    "pt": r"\best[ea] (?:livro|relatório|estudo|documento|artigo|guia|obra|capítulo)\b|\bo objetivo d\w\b|em conclusão",
    "nl": r"\bdit (?:boek|rapport|onderzoek|document|artikel|werk|hoofdstuk)\b|\bhet doel van\b|tot slot",
}
