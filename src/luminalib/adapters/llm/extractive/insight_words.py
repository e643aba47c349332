"""How facts about a book are said, per language: as labels, which need no grammar of what stands behind them."""
# ruff: noqa: RUF001  (letters of many scripts are meant)

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The labels of one language; `ease` from easy to very demanding."""

    ease: tuple[str, str, str, str]
    people: str
    places: str
    years: str
    first_person: str
    third_person: str
    with_dialogue: str
    course: str
    """With places for what the beginning, the middle and the end speak of."""


READING_TIME: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "en": ("Reading time: about {} min.", "Reading time: about {} hour.", "Reading time: about {} hours."),
        "de": ("Lesezeit: etwa {} Min.", "Lesezeit: etwa {} Stunde.", "Lesezeit: etwa {} Stunden."),
        "fr": (
            "Temps de lecture : environ {} min.",
            "Temps de lecture : environ {} heure.",
            "Temps de lecture : environ {} heures.",
        ),
        "es": ("Tiempo de lectura: unos {} min.", "Tiempo de lectura: cerca de {} hora.", "Tiempo de lectura: unas {} horas."),
        "it": ("Tempo di lettura: circa {} min.", "Tempo di lettura: circa {} ora.", "Tempo di lettura: circa {} ore."),
        "pt": (
            "Tempo de leitura: cerca de {} min.",
            "Tempo de leitura: cerca de {} hora.",
            "Tempo de leitura: cerca de {} horas.",
        ),
        "nl": ("Leestijd: ongeveer {} min.", "Leestijd: ongeveer {} uur.", "Leestijd: ongeveer {} uur."),
        "sv": ("Lästid: cirka {} min.", "Lästid: cirka {} timme.", "Lästid: cirka {} timmar."),
        "da": ("Læsetid: cirka {} min.", "Læsetid: cirka {} time.", "Læsetid: cirka {} timer."),
        "no": ("Lesetid: omtrent {} min.", "Lesetid: omtrent {} time.", "Lesetid: omtrent {} timer."),
        "fi": ("Lukuaika: noin {} min.", "Lukuaika: noin {} t.", "Lukuaika: noin {} t."),
        "pl": ("Czas czytania: ok. {} min.", "Czas czytania: ok. {} godz.", "Czas czytania: ok. {} godz."),
        "cs": ("Doba čtení: asi {} min.", "Doba čtení: asi {} h.", "Doba čtení: asi {} h."),
        "ru": ("Время чтения: около {} мин.", "Время чтения: около {} ч.", "Время чтения: около {} ч."),
        "uk": ("Час читання: близько {} хв.", "Час читання: близько {} год.", "Час читання: близько {} год."),
        "tr": ("Okuma süresi: yaklaşık {} dakika.", "Okuma süresi: yaklaşık {} saat.", "Okuma süresi: yaklaşık {} saat."),
        "id": ("Waktu baca: sekitar {} menit.", "Waktu baca: sekitar {} jam.", "Waktu baca: sekitar {} jam."),
        "vi": ("Thời gian đọc: khoảng {} phút.", "Thời gian đọc: khoảng {} giờ.", "Thời gian đọc: khoảng {} giờ."),
        "hi": ("पढ़ने का समय: लगभग {} मिनट।", "पढ़ने का समय: लगभग {} घंटा।", "पढ़ने का समय: लगभग {} घंटे।"),
        "ar": ("مدة القراءة: {} دقيقة تقريبا.", "مدة القراءة: ساعة ({}) تقريبا.", "مدة القراءة: {} ساعة تقريبا."),
        "ja": ("読了時間：約{}分。", "読了時間：約{}時間。", "読了時間：約{}時間。"),
        "zh": ("阅读时间：约{}分钟。", "阅读时间：约{}小时。", "阅读时间：约{}小时。"),
        "ko": ("읽는 시간: 약 {}분.", "읽는 시간: 약 {}시간.", "읽는 시간: 약 {}시간."),
    }
)
"""For minutes, for one hour, and for several."""

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": Words(
            ease=(
                "Easy to read: short sentences, short words.",
                "Moderately easy to read.",
                "Demanding to read: long sentences or long words.",
                "Very demanding to read: long sentences and long words.",
            ),
            people="Main characters: {}.",
            places="Where it plays: {}.",
            years="When it plays: {}.",
            first_person="Told in the first person",
            third_person="Told in the third person",
            with_dialogue="{}, with much dialogue.",
            course="At the beginning: {}; in the middle: {}; at the end: {}.",
        ),
        "de": Words(
            ease=(
                "Leicht zu lesen: kurze Sätze, kurze Wörter.",
                "Recht leicht zu lesen.",
                "Anspruchsvoll zu lesen: lange Sätze oder lange Wörter.",
                "Sehr anspruchsvoll zu lesen: lange Sätze und lange Wörter.",
            ),
            people="Hauptpersonen: {}.",
            places="Schauplatz: {}.",
            years="Zeit der Handlung: {}.",
            first_person="In der Ich-Form erzählt",
            third_person="In der dritten Person erzählt",
            with_dialogue="{}, mit viel Dialog.",
            course="Am Anfang: {}; in der Mitte: {}; am Ende: {}.",
        ),
        "fr": Words(
            ease=(
                "Facile à lire : phrases courtes, mots courts.",
                "Assez facile à lire.",
                "Lecture exigeante : phrases ou mots longs.",
                "Lecture très exigeante : phrases et mots longs.",
            ),
            people="Personnages principaux : {}.",
            places="Lieux : {}.",
            years="Époque : {}.",
            first_person="Récit à la première personne",
            third_person="Récit à la troisième personne",
            with_dialogue="{}, avec beaucoup de dialogues.",
            course="Au début : {} ; au milieu : {} ; à la fin : {}.",
        ),
        "es": Words(
            ease=(
                "Fácil de leer: frases cortas, palabras cortas.",
                "Bastante fácil de leer.",
                "Lectura exigente: frases o palabras largas.",
                "Lectura muy exigente: frases y palabras largas.",
            ),
            people="Personajes principales: {}.",
            places="Lugares: {}.",
            years="Época: {}.",
            first_person="Narrado en primera persona",
            third_person="Narrado en tercera persona",
            with_dialogue="{}, con mucho diálogo.",
            course="Al principio: {}; en el medio: {}; al final: {}.",
        ),
        "it": Words(
            ease=(
                "Facile da leggere: frasi brevi, parole brevi.",
                "Abbastanza facile da leggere.",
                "Lettura impegnativa: frasi o parole lunghe.",
                "Lettura molto impegnativa: frasi e parole lunghe.",
            ),
            people="Personaggi principali: {}.",
            places="Luoghi: {}.",
            years="Epoca: {}.",
            first_person="Narrato in prima persona",
            third_person="Narrato in terza persona",
            with_dialogue="{}, con molti dialoghi.",
            course="All'inizio: {}; a metà: {}; alla fine: {}.",
        ),
        "pt": Words(
            ease=(
                "Fácil de ler: frases curtas, palavras curtas.",
                "Bastante fácil de ler.",
                "Leitura exigente: frases ou palavras longas.",
                "Leitura muito exigente: frases e palavras longas.",
            ),
            people="Personagens principais: {}.",
            places="Lugares: {}.",
            years="Época: {}.",
            first_person="Narrado na primeira pessoa",
            third_person="Narrado na terceira pessoa",
            with_dialogue="{}, com muito diálogo.",
            course="No início: {}; no meio: {}; no fim: {}.",
        ),
        "nl": Words(
            ease=(
                "Makkelijk te lezen: korte zinnen, korte woorden.",
                "Vrij makkelijk te lezen.",
                "Pittig om te lezen: lange zinnen of lange woorden.",
                "Zeer pittig om te lezen: lange zinnen en lange woorden.",
            ),
            people="Hoofdpersonen: {}.",
            places="Plaats van handeling: {}.",
            years="Tijd van handeling: {}.",
            first_person="Verteld in de ik-vorm",
            third_person="Verteld in de derde persoon",
            with_dialogue="{}, met veel dialoog.",
            course="Aan het begin: {}; in het midden: {}; aan het eind: {}.",
        ),
    }
)
