"""By which phrases a text says what it is about: patterns per language."""

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
