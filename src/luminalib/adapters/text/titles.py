"""Titles: those that a file gives, without those that a program has written there, and those that its first page shows."""
# ruff: noqa: RUF001  (signs of many languages)

import re
from collections.abc import Sequence
from html import unescape

from luminalib.adapters.text.cleaning import clean_field
from luminalib.adapters.text.placeholders import PLACEHOLDER_TITLE
from luminalib.domain.function_words import FUNCTION_WORDS

_PROGRAM_PREFIX = re.compile(
    r"^(?:(?:microsoft|adobe|libreoffice|openoffice\.org)\s+(?:office\s+)?(?:word|powerpoint|excel|publisher|visio|outlook|photoshop|"
    r"indesign|illustrator|pagemaker|framemaker|acrobat|writer|impress|calc)\s*[-–:]\s*)+",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^(?:[a-z]:[\\/]|[\\/]{1,2}\w|~/|file:|https?:|ftp:|www\.|about:|mailto:|urn:|blob:|data:)", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"\.(?:docx?|docm|dotx?|odt|ott|odp|ods|sxw|rtf|wpd|wps|tex|dvi|indd|idml|qx[dpb]|pptx?|ppsx?|xlsx?|csv|pub|pages|key|numbers|pdf|e?ps|ai|"
    r"cdr|txt|md|rst|fm|book|p65|pm6|pmd|x?html?|php|aspx?|jsp|xml|jpe?g|png|tiff?|gif|bmp|heic|webp|svg|psd|epub|mobi|azw3?|fb2|djvu|"
    r"zip|msg|eml|vsdx?|dwg|mht|scriv|ptx|qpt|pcx|sla|mif|graffle|sketch|fig|sdw|sdo|pcl|prn|lwp|abw|hwp|wri|xps|oxps|te?mp|bak|part|download)$",
    re.IGNORECASE,
)
_CAMERA = re.compile(
    r"^(?:img|dscn?|dscf|pxl|scan(?:ned)?|scn|skm?_?\w{0,6}|kmbt|cci|image|photo|picture|screenshot|bild|foto|fax|file|page|seite)"
    r"[ _-]*\d[\d _.-]*$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"^(?:\d{1,2}|\d{5,}|[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f-]{20,}|\d{2,4}[-_./]\d{1,2}[-_./]\d{1,4}(?:[ T].*)?)$", re.IGNORECASE
)
_NUMBER_OF_A_PUBLISHER = re.compile(
    r"^(?:(?:pii|doi|issn|pmid|pmcid|oclc|lccn|asin|arxiv)\s*[:#]?\s*[\w./()\-]*\d[\w./()\-]*|"
    r"isbn(?:-?1[03])?\s*:?[\dx -]+|10\.\d{4,9}/\S+)$",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"^(?:adobe |corel |quark |aldus )?(?:indesign|quarkxpress|xpress|page ?maker|frame ?maker|illustrator|photoshop|"
    r"acrobat(?: pro| reader| distiller)?|ventura|scribus|coreldraw|affinity publisher|pdfcreator|ghostscript|primopdf|wordperfect|"
    r"lyx|pdflatex|xelatex|latex)(?: (?:document|file|cc|cs|cs\d|\d{4}|v?\d+(?:\.\d+)*))*$",
    re.IGNORECASE,
)
_SLUG = re.compile(r"^\S*_\S*$")
_LONGEST_TITLE, _LONGEST_NAME = 110, 60
_FIRST_BLOCKS = 6
_LEAST_WORDS = 60
_LONG_WORD = 4
_BY = re.compile(r"^(?:written\s+|edited\s+)?(?:by|von|par|por|door)\s+(?P<name>\S.*)$", re.IGNORECASE)
_ENDS_BY = re.compile(r"^(?P<title>.{3,110}?)[\s,]+(?:by|By|BY|von|par|por|door)\s+(?P<name>[^\W\d_][^,;:!?()]{3,50})$")
_NO_TITLE = re.compile(
    r"^(?:(?:table of )?contents|inhalt(?:sverzeichnis)?|sommaire|table des matières|índice|indice|inhoud|"
    r"spis treści|obsah|содержание|оглавление|目录|目次|"
    r"chapter|kapitel|chapitre|capítulo|capitolo|hoofdstuk|rozdział|глава|part|teil|preface|vorwort|préface|prólogo|prefazione|foreword|"
    r"introduction|einleitung|abstract|zusammenfassung|résumé|dear|page|seite|copyright|©|isbn|all rights|published|printed|"
    r"figure|table|\d|https?:)",
    re.IGNORECASE,
)
_DIVISIONS = (
    r"act|akt|aufzug|acte|acto|atto|ato|bedrijf|akts?|scene|szene|auftritt|scène|escena|scena|cena|tafereel|book|buch|livre|libro|livro|"
    r"boek|volume|band|tome|tomo|part|teil|partie|parte|deel|chapter|kapitel|chapitre|capítulo|capitolo|hoofdstuk|canto|gesang|chant|"
    r"zang|stave|letter|brief|lettre|carta|lettera|story|fit|section|abschnitt|действие|акт|сцена|книга|часть|письмо"
)
_PLACES = (
    r"first|second|third|fourth|fifth|last|erste[rs]?|zweite[rs]?|dritte[rs]?|vierte[rs]?|letzte[rs]?|premi(?:er|ère)|deuxième|second[eo]?|"
    r"troisième|derni(?:er|ère)|primer[ao]?|segund[ao]|tercer[ao]?|prim[ao]|second[ao]|terz[ao]|primeir[ao]|terceir[ao]|eerste|tweede|derde|"
    r"перв(?:ый|ая|ое)|втор(?:ой|ая|ое)"
)
_COUNTED = (
    r"[ivxlc]+|\d+|one|two|three|four|five|six|seven|eight|nine|ten|eins|zwei|drei|un|deux|trois|"
    r"uno|dos|tres|due|tre|um|dois|een|twee"
)
_DIVISION = re.compile(
    rf"^(?:(?:{_DIVISIONS})\s+(?:the\s+|der\s+|das\s+|la\s+)?(?:{_COUNTED}|{_PLACES})|"
    rf"(?:the\s+|der\s+|die\s+|das\s+|le\s+|la\s+|el\s+|il\s+)?(?:{_PLACES})\s+(?:{_DIVISIONS})|"
    r"prologue?|prólogo|epilogue?|épilogue|epílogo|proloog|epiloog|пролог|эпилог|dramatis personae|"
    r"personen|personnages|persons of the play)"
    r"\b(?!\s+\w)",
    re.IGNORECASE,
)
"""A part of a book, which is not its title; what stands behind a colon or a dash is the part's own."""
_MONTHS = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b.*\d", re.IGNORECASE
)


def real_title(title: str | None) -> str | None:
    """The title unless it is what a program puts there by itself: a path, the name of a file, a placeholder."""
    line = _PROGRAM_PREFIX.sub("", clean_field(unescape(unescape(title or ""))) or "")
    is_words = any(map(str.isalnum, line))
    programs = (
        _PLACE.match(line),
        _FILE_NAME.search(line),
        _CAMERA.match(line),
        _IDENTIFIER.match(line),
        _NUMBER_OF_A_PUBLISHER.match(line),
        _PROGRAM.match(line),
        PLACEHOLDER_TITLE.match(line),
    )
    return line if is_words and not any(programs) else None


def is_slug(title: str) -> bool:
    """Whether a title is one word with underscores, as files are named: the words are right, their form is not."""
    return _SLUG.match(title) is not None


def spaced(title: str) -> str:
    """A file's name as words."""
    return " ".join(title.replace("_", " ").split())


def from_first_page(texts: Sequence[str], language: str | None) -> tuple[str | None, str | None]:
    """Title and author, as far as the first page with words shows them at its top, in paragraphs of their own."""
    page = next((text for text in texts if text.strip()), "")
    if len(" ".join(texts[:3]).split()) < _LEAST_WORDS:
        return None, None
    blocks = [" ".join(block.split()).lstrip("#*= ") for block in page[: _FIRST_BLOCKS * 500].split("\n\n")[:_FIRST_BLOCKS]]
    if not blocks or not _may_be_title(blocks[0]):
        return None, None
    title, rest = blocks[0], blocks[1:]
    if inline := _ENDS_BY.match(title):
        if _is_name(inline["name"]):
            return _shown(inline["title"], language), inline["name"].strip()
    elif rest and _runs_on(title, language) and _may_be_title(rest[0]):
        title, rest = f"{title} {rest[0]}", rest[1:]
    return _shown(title, language), next(filter(None, map(_author_in, rest[:3])), None)


def _author_in(block: str) -> str | None:
    """The name behind a `by`, as a block of its own or at the end of a short one."""
    found = _BY.match(block) or _ENDS_BY.match(block)
    return found["name"].strip() if found and _is_name(found["name"]) else None


def _may_be_title(block: str) -> bool:
    first = next(filter(str.isalpha, block), "")
    return (
        2 <= len(block.split()) <= 16  # noqa: PLR2004 -- more is a sentence
        and len(block) <= _LONGEST_TITLE
        and bool(first)
        and not first.islower()
        and block[-1] not in ".:;,!"
        and not block[-1].isdigit()
        and not _NO_TITLE.match(block)
        and not _DIVISION.match(block)
        and not _MONTHS.search(block)
    )


def _runs_on(title: str, language: str | None) -> bool:
    """Whether the line breaks off before a word that must follow: “Einführung in die”."""
    last = title.rsplit(maxsplit=1)[-1]
    return last.islower() and last in FUNCTION_WORDS.get(language or "en", ())


def _is_name(text: str) -> bool:
    words = text.strip().split()
    small = ("de", "da", "von", "van", "der", "den", "del", "la", "le", "and", "und", "et", "y", "e", "of", "the", "&", "di", "dos")
    return (
        1 <= len(words) <= 8  # noqa: PLR2004 -- two people with their titles
        and len(text) <= _LONGEST_NAME
        and not any(map(str.isdigit, text))
        and all(word[0].isupper() or word in small or not word[0].isalpha() for word in words)
        and words[0][0].isupper()
    )


def _shown(title: str, language: str | None) -> str:
    """The title as a catalogue writes it: what is in capitals throughout gets small letters."""
    title = title.strip(" -–—*·")
    if not title.isupper():
        return title
    small = FUNCTION_WORDS.get(language or "en", frozenset())
    words = enumerate(title.lower().split())
    return " ".join(
        word if place and word in small and len(word) < _LONG_WORD else word[:1].upper() + word[1:] for place, word in words
    )
