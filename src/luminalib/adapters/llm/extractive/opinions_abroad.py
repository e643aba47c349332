"""How readers speak of books in languages that VADER does not know: beginnings of words; turns of phrase are in `idioms_abroad`."""
# ruff: noqa: E501, RUF001  (lists in several languages)

import re
from functools import cache
from math import sqrt

from luminalib.adapters.llm.extractive.idioms_abroad import FAULTING, PRAISING

_VALENCE = 2.0
_NEGATED = -0.74
"""VADER's factor."""
_REACH = 3
"""Words before an opinion within which a negation turns it round."""
_REACH_OF_A_PHRASE = 1
"""Phrases have negations of their own."""
_NORMAL = 15.0
"""As VADER brings a sum to -1..1."""
_ABOUT = re.compile(
    r"\b(?:handelt von|erzählt von|geht um|spielt (?:in|im|auf|am)|raconte|parle d[eu]|se (?:passe|déroule)|trata (?:de|sobre)|cuenta|narra|"
    r"(?:mir|uns) (?:\w+ ){0,3}empfohlen|me l['’]a recommandé|(?:me|nos) (?:lo|la) recomend\w+|parla di|racconta|fala de|conta a|gaat over|speelt (?:in|op)|vertelt)\b.*",
    re.IGNORECASE,
)
"""What a book tells of is no opinion of it."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

PRAISE = {
    "de": """schön wunderbar wunderschön großartig toll super klasse genial brillant fantastisch hervorragend ausgezeichnet
        spannend fesselnd packend mitreißend witzig lustig humorvoll berührend berührt bewegend liebevoll gelungen lesenswert
        empfehlenswert überzeugend klug geistreich poetisch lebendig glaubwürdig begeister liebe geliebt genossen
        perfekt meisterhaft gut gern gefallen gepackt beste besten leseempfehlung bezaubernd unterhaltsam
        originell raffiniert gekonnt stimmig stimmungsvoll atmosphärisch detailreich anschaulich verständlich kurzweilig tiefgründig
        einfühlsam eindringlich eindrucksvoll beeindruck faszinier herrlich köstlich grandios umwerfend rührend warmherzig sympathisch
        authentisch vielschichtig informativ lehrreich hilfreich nützlich inspirierend unvergesslich glücksgriff juwel lesegenuss
        lesevergnügen zauberhaft lebensnah elegant prägnant scharfsinnig feinfühlig feinsinnig erfrischend traumhaft mitgefiebert
        bravourös furios süffig wortgewandt wortgewaltig durchdacht ausgefeilt nachvollziehbar einprägsam fesselt besticht bezaubert verzauber überzeugt wärme pfiffig charmant""",
    "fr": """beau belle magnifique superbe merveill génial excellent formidable passionnant captivant prenant drôle touchant
        émouvant attachant réussi brillant parfait sublime agréable intelligent adoré adore aimé bon bonne bien
        envoûtant poétique splendide dévoré régal
        élégant savoureu délicieu jouissi palpitant haletant subtil poignant bouleversant fascinant saisissant lumineu remarquable
        exceptionnel extraordinaire admirable époustouflant éblouissant inoubliable incontournable bijou pépite limpide fluide crédible
        vivant attendrissant délicat raffiné ingénieu astucieu pertinent instructi enrichissant recommande régalé séduit conquis emballé
        bluffé magistral virtuose rythmé soigné fouillé documenté accessible vif vifs vive vives pétillant joli exquis fabuleu ravissant plaisant impressionnant chouette lumineuse""",
    "es": """bello bella hermos precios maravillos genial excelente estupend fantástic apasionante cautivador divertid
        conmovedor emocionante entrañable logrado logrados brillante perfect sublime agradable inteligente encant buen encantó
        bueno buena bonísim buenísim joya imprescindible recomendable
        inolvidable bellísim fascinante asombros deslumbrante magistral magnífic espléndid soberbi extraordinari fluid envolvente
        absorbente adictiv enganch amen entretenid original ingenios impecable delicios delicad elegante emotiv rigoros clarísim claridad
        recomiend disfrut emocionó cautivó fascinó sorprendente trepidante veraz creíble magnético acertad trabajad documentad maravilla precios exquisit chispeante lograd""",
    "it": """bel bello bella bellissim splendid meraviglios geniale eccellente fantastic appassionante avvincente divertente
        commovente riuscit brillante perfett sublime piacevole intelligente adorat amat buono buona bravo capolavoro
        imperdibile consigliat""",
    "pt": """belo bela lind maravilhos genial excelente ótim fantástic apaixonante cativante divertid comovente emocionante
        conseguid brilhante perfeit sublime agradável inteligente ador amei bom boa obra-prima imperdível recomend""",
    "nl": """mooi prachtig geweldig fantastisch briljant uitstekend spannend boeiend meeslepend grappig ontroerend geslaagd
        overtuigend slim poëtisch levendig geloofwaardig genoten perfect goed heerlijk aanrader schitterend""",
}
SPOKEN = tuple(PRAISE)
"""The languages that are known here."""
FAULT = {
    "de": """langweilig öde zäh schwach schlecht furchtbar schrecklich grauenhaft enttäuschend enttäusch flach vorhersehbar
        unglaubwürdig verwirrend überladen langatmig hölzern platt klischee kitschig nervig nervt holprig lieblos
        misslungen überflüssig mies ärgerlich gelangweilt missraten konfus
        eintönig monoton belanglos nichtssagend oberflächlich konstruiert unlogisch wirr unausgegoren unglaubhaft schleppend gestelzt
        schwülstig plump stereotyp einfallslos ideenlos austauschbar lächerlich peinlich nervtötend ermüdend anstrengend mühsam fade
        lahm dröge abgedroschen enttäuschung zumutung schund unlesbar farblos leblos seelenlos hanebüchen haarsträubend fehlerhaft
        schlampig karikatur lückenhaft unverständlich umständlich effekthascher weitschweifig zusammenhanglos geschwätzig plätschert langweilt enttäuscht verworren unfreiwillig lächerlich dümmlich seicht rührselig""",
    "fr": """ennuyeu ennui faible mauvais nul nulle ennuyé décevant déçu déception plat plate prévisible confus lent lente lourd
        bâclé raté médiocre creux superficiel interminable pénible cliché invraisemblable horrible affreu
        bémol longueurs bâcl convenu banal insipide fade mièvre niais ridicule grotesque insupportable agaçant énervant lassant fastidieu
        indigest laborieu soporifique assommant poussif brouillon décousu incohérent alambiqué caricatur stéréotyp ennuyée ennuyés
        regrett déconseill lourdeur pesant poussi répétiti verbeu artificiel truffé rébarbati maladroit stupide débile idiot inabouti fastidieuse""",
    "es": """aburrid aburrí flojo floja mal malo mala malísim pésim decepcion plano plana previsible confus lento lenta pesad torpe fallid
        mediocre superficial interminable tópic inverosímil horrible vací
        insoportable soporífer tedios ridícul absurd forzad sosa soso insulso insípid repetitiv monóton plúmbe infumable insufrible
        desastros chapucer incoherent caótic estereotipad acartonad caricatur lentísim larguísim farragos artificios rebuscad
        inconexo desaprovechad abandoné cansin cansad precipitad apresurad incomprensible ilegible confusa""",
    "it": """noios noia debol brutt pessim delud delusion piatto piatta prevedibil confus lento lenta pesant fallit mediocre
        superficial interminabil banal inverosimil orribil vuot""",
    "pt": """chat aborrecid fraco fraca mau má péssim decep desilus plano plana previsível confus lento lenta pesad falhad
        medíocre superficial interminável inverosímil horrível vazi""",
    "nl": """saai zwak slecht vreselijk teleurstellend teleurgesteld vlak voorspelbaar ongeloofwaardig verwarrend langdradig
        houterig cliché irritant mislukt overbodig""",
}
NEGATIONS = {
    "de": "nicht kein keine keinen keinem keiner nie niemals nichts ohne kaum weder",
    "fr": "pas ne jamais aucun aucune sans ni guère",
    "es": "no nunca jamás sin ni ningún ninguna tampoco",
    "it": "non mai senza né nessun nessuna",
    "pt": "não nunca jamais sem nem nenhum nenhuma",
    "nl": "niet geen nooit zonder nauwelijks nergens",
}
ASPECTS = {
    "de": {
        "plot": "Handlung Geschichte Story Plot Erzählung",
        "characters": "Figuren Figur Charaktere Charakter Personen Helden Heldin Held Protagonist Protagonistin Protagonisten Hauptfigur Hauptfiguren Nebenfiguren Erzähler Erzählerin",
        "writing": "Sprache Stil Schreibstil Prosa Sätze Erzählweise",
        "pacing": "Tempo Rhythmus",
        "ending": "Ende Schluss Auflösung Finale",
        "beginning": "Anfang Beginn Einstieg",
        "setting": "Schauplatz Atmosphäre Welt Kulisse Stimmung",
        "dialogue": "Dialoge Dialog Gespräche",
        "humour": "Humor Witz Witze",
        "ideas": "Ideen Idee Thema Themen Botschaft",
        "emotion": "Gefühle Gefühl Emotionen",
        "facts": "Fakten Recherche Erklärungen Beispiele",
        "illustrations": "Illustrationen Bilder Zeichnungen Karten Fotos",
        "length": "Länge",
        "translation": "Übersetzung",
    },
    "fr": {
        "plot": "intrigue histoire récit scénario",
        "characters": "personnages personnage héros héroïne protagoniste protagonistes narrateur narratrice",
        "writing": "style écriture langue prose plume",
        "pacing": "rythme tempo",
        "ending": "fin dénouement",
        "beginning": "début",
        "setting": "décor atmosphère ambiance univers",
        "dialogue": "dialogues dialogue",
        "humour": "humour blagues",
        "ideas": "idées idée thème thèmes sujet message",
        "emotion": "émotions émotion sentiments",
        "facts": "faits recherches explications exemples",
        "illustrations": "illustrations dessins images cartes photos",
        "length": "longueur",
        "translation": "traduction",
    },
    "es": {
        "plot": "trama historia argumento relato",
        "characters": "personajes personaje protagonista protagonistas narrador narradora héroe heroína",
        "writing": "estilo escritura prosa lenguaje",
        "pacing": "ritmo",
        "ending": "final desenlace",
        "beginning": "principio comienzo inicio",
        "setting": "ambientación atmósfera mundo",
        "dialogue": "diálogos diálogo",
        "humour": "humor chistes",
        "ideas": "ideas idea tema temas mensaje",
        "emotion": "emociones emoción sentimientos",
        "facts": "datos investigación explicaciones ejemplos",
        "illustrations": "ilustraciones dibujos mapas fotos fotografías",
        "length": "extensión",
        "translation": "traducción",
    },
    "it": {
        "plot": "trama storia racconto",
        "characters": "personaggi personaggio protagonista",
        "writing": "stile scrittura prosa linguaggio",
        "pacing": "ritmo",
        "ending": "finale conclusione",
        "beginning": "inizio",
        "setting": "ambientazione atmosfera mondo",
        "dialogue": "dialoghi dialogo",
        "humour": "umorismo battute",
        "ideas": "idee idea tema temi messaggio",
        "emotion": "emozioni emozione sentimenti",
        "facts": "fatti ricerche spiegazioni",
        "illustrations": "illustrazioni disegni mappe",
        "length": "lunghezza",
        "translation": "traduzione",
    },
    "pt": {
        "plot": "enredo história trama",
        "characters": "personagens personagem protagonista",
        "writing": "estilo escrita prosa linguagem",
        "pacing": "ritmo",
        "ending": "fim final desfecho",
        "beginning": "início começo",
        "setting": "ambiente atmosfera mundo",
        "dialogue": "diálogos diálogo",
        "humour": "humor piadas",
        "ideas": "ideias ideia tema temas mensagem",
        "emotion": "emoções emoção sentimentos",
        "facts": "factos pesquisa explicações",
        "illustrations": "ilustrações desenhos mapas",
        "length": "extensão",
        "translation": "tradução",
    },
    "nl": {
        "plot": "verhaal plot verhaallijn",
        "characters": "personages personage hoofdpersoon karakters",
        "writing": "stijl schrijfstijl taal proza",
        "pacing": "tempo ritme",
        "ending": "einde slot afloop",
        "beginning": "begin",
        "setting": "decor sfeer wereld",
        "dialogue": "dialogen dialoog",
        "humour": "humor grappen",
        "ideas": "ideeën idee thema boodschap",
        "emotion": "emoties emotie gevoelens",
        "facts": "feiten uitleg",
        "illustrations": "illustraties tekeningen kaarten",
        "length": "lengte",
        "translation": "vertaling",
    },
}
"""Per language the words for what a book has, by the name under which it is counted; the first is how it is called."""


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What praises and what finds fault."""
    praise, fault = (
        re.compile(rf"(?:{phrases})|\b(?:{'|'.join(words.split())})(?:\w{{0,4}}|ísim[oa]s?|[oa]mente)\b", re.IGNORECASE)
        for phrases, words in ((PRAISING[language], PRAISE[language]), (FAULTING[language], FAULT[language]))
    )
    return praise, fault


def opinion_abroad(text: str, language: str) -> float:
    """How much a sentence praises (to 1.0) or finds fault (to -1.0); 0.0 in a language that is not known here."""
    if language not in SPOKEN:
        return 0.0
    negations = frozenset(NEGATIONS[language].split())
    text = _ABOUT.sub("", text)
    total, taken = 0.0, text
    for side, pattern in zip((_VALENCE, -_VALENCE), _patterns(language), strict=True):
        for found in pattern.finditer(taken):
            reach = _REACH_OF_A_PHRASE if " " in found.group() else _REACH
            before = [word.lower() for word in _WORD.findall(text[: found.start()])[-reach:]]
            total += side if negations.isdisjoint(before) else side * _NEGATED
        taken = pattern.sub(lambda found: "." * len(found.group()), taken)
    return total / sqrt(total * total + _NORMAL)


@cache
def aspects_abroad(language: str) -> dict[str, str]:
    """The aspect that a word in small letters means."""
    return {word.lower(): name for name, words in ASPECTS.get(language, {}).items() for word in words.split()}


def words_abroad(name: str, language: str) -> str:
    """The words for an aspect in a language, the usual one first; its own name where none is known."""
    return ASPECTS.get(language, {}).get(name) or name


def called_abroad(name: str, language: str) -> str:
    """How an aspect is called in a language; its own name where that is not known."""
    known = ASPECTS.get(language, {}).get(name)
    return known.split(" ", maxsplit=1)[0] if known else name
