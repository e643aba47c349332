"""Sentences of readers that judge without a word of judgement: what a book did to them, what they did with it, what others should.

Such a sentence says that it judges, not for or against: "I wept on the bus" praises in a review of five stars and blames in one of
one. So which side it takes is the stars' to say. What a book tells of has other persons, and other verbs.
"""
# ruff: noqa: E501, RUF001  (lists in several languages)

import re
from functools import cache

_KIN = {
    "en": r"(?:son|daughter|kids?|child|children|grand\w+|wife|husband|partner|mother|father|mum|mom|dad|class|students?|pupils|niece|nephew|toddler|teenager|book club|reading group|whole family)",
    "de": r"(?:sohn|tochter|kind|kinder|enkel\w*|frau|mann|mutter|vater|klasse|schüler\w*|nichte|neffe|lesekreis|lesegruppe|jungs|mädels|ganze familie)",
    "fr": r"(?:fils|fille|filles|enfants?|petits?[- ]\w+|mari|femme|mère|père|élèves?|neveu|nièce|ado|club de lecture)",
    "es": r"(?:hijo|hija|hijos|hijas|niet\w+|marido|mujer|esposa|esposo|madre|padre|alumn\w+|sobrin\w+|club de lectura)",
}
_REACTIONS = {
    "en": rf"""
\b(?:has|have|had|kept|keeps?|left|leaves?|made|makes?|drew|draws|pulled|pulls|grab(?:s|bed)|grip(?:s|ped)|hook(?:s|ed)|move[sd]|touche[sd]|bore[sd]|annoy(?:s|ed)|irritate[sd]|surprise[sd]|stun(?:s|ned)|fooled|lost|loses|puts?|taught|teaches|convince[sd]|persuade[sd]|won|broke|breaks|tore|tears|drove|drives|exhaust(?:s|ed)|wore|haunt(?:s|ed)|(?:stay(?:s|ed)|stuck|sticks|remain(?:s|ed)) with|(?:spoke|speaks) to|got|gets|confuse[sd]|baffle[sd]|frustrate[sd]|disappoint(?:s|ed)|delight(?:s|ed)|charm(?:s|ed)|captivate[sd]|thrill(?:s|ed)|scare[sd]|terrifie[sd]|shock(?:s|ed)|inspire[sd]|help(?:s|ed)|saved|cost|console[sd]|comfort(?:s|ed)|carrie[sd]|swept|transport(?:s|ed)|absorb(?:s|ed)|floor(?:s|ed)|blew|knock(?:s|ed)|cheer(?:s|ed)|reward(?:s|ed)|lull(?:s|ed)|sent|wor(?:e|n)|consume[sd]|undid|amuse[sd]|intrigue[sd]|fascinate[sd]) (?:me|us)\b(?! (?:a|an|the|his|her|this|some) (?:copy|book|letter|volume))
\bi(?: \w+){{0,2}} (?:wept|cried|laughed|smiled|grinned|gasped|shivered|yawned|groaned|skimmed|skipped|dozed|nodded off|fell asleep|stayed up|devoured|inhaled|raced|flew|struggled|forced myself|gave up|abandoned|regret|re-?read|threw|missed (?:my|the) (?:stop|train|bus|connection))\b
\bi (?:will|shall|would|won't|wouldn't)(?: \w+){{0,2}} (?:keep|return|come back|read|reread|buy|remember|forget|recommend|treasure|miss)\b
\bi (?:cannot|can't|can not|could not|couldn't|can hardly|could hardly|could barely) (?!find my|say whether|tell whether)
\bi (?:want|wanted|wish|wished|hope|long|longed) (?:to|that|there|for|it|he|she|they)\b(?! (?:say|add|mention|thank|point|know if|learn about|become|understand))
\bi(?:'ve| have)? (?:already|immediately|at once|now) (?:ordered|bought|started|begun|lent|reserved|given)\b
\bi (?:feel|felt) (?:as if|as though|like|every|for|with|at home|cheated|robbed)\b
\bi (?:learnt|learned) (?:more|a lot|so much|nothing|little)\b
\bthe way i (?:think|see|look|cook|live|read|work|garden)\b
\bi(?:'d| would| will|'ll)? (?:gladly|happily|rather)\b
\byou (?:can (?:almost |practically |really )?(?:smell|hear|feel|see|taste)|want to|care (?:about|for)|forget|never|will (?:not|never|laugh|cry|learn|love|be)|won't|might as well|root for)\b
^\W*(?:please |just )?(?:do yourself|don't (?:bother|buy|read|waste)|do not (?:bother|buy|read|waste)|avoid|buy (?:it|this|one)|skip (?:it|this)|save (?:your|yourself)|stay away|steer clear|spare yourself|read (?:it|this)[.!]|run,|give (?:it|this) (?:a miss|to)|if you (?:read|buy) (?:only )?one)
^\W*(?:and |even )*(?:my|our) (?:\w+ ){{0,2}}{_KIN["en"]}(?:, .{{0,40}},)? (?:loves?|loved|adore\w*|enjoy\w*|spends?|spent|asks?|asked|wants?|wanted|refuse\w*|cannot|can't|couldn't|laugh\w*|cried|devour\w*|begs?|begged|fights?|fought|still|now|managed?|had to|have to|has to|kept|keeps?|stopped|fell|falls?|yawn\w*|will not|won't|could)\b
\balone (?:is|are|makes?|justif\w+|was) (?:well )?(?:worth|reason|enough)\b
\bthe (?:\w+est|most \w+|best|worst|finest) (?:\w+ ){{0,4}}(?:i(?:'ve| have)?|we(?:'ve| have)?|in years|of the year|to date|so far|yet)\b
\bin (?:years|ages|a long time)\W*$
\b(?:nobody|no one|no human) (?:has ever|in it|in this|would ever|ever) \w+
\b(?:put|set) (?:it|this) (?:down|aside|back)\b
\bfrom (?:the )?(?:first|beginning|start|cover|page one) to (?:the )?(?:last|end|finish|cover)\b
\bi(?:'ve| have|'d| had)? (?:never|rarely|seldom|not)(?: \w+){{0,2}} (?:laughed|cried|enjoyed|been so)\b
\bi(?:'ve| have|'d| had)? (?:never|rarely|seldom)(?: \w+){{0,2}} (?:read|seen|met|come across) (?:such|anything|so|as|better|worse|(?:an? )?(?:more|less|\w{{3,}}er))\b
\bfinally (?:some(?:body|one)|an? )
^\W*(?:what an? |such an? |not an? |never (?:again|have|has)|simply |utterly |absolutely |sheer |pure )
""",
    "de": rf"""
\b(?:mich|uns)\b(?!.*\b(?:erinner|gefragt|interessier|begegne|frag|nennen|nenne|gekauft|geschenkt|empfohlen)\w*)
\b(?:mir|uns)\b(?!.*\b(?:geschenkt|empfohlen|geliehen|ausgeliehen|gegeben|gebracht|erzählt|geschickt|gekauft|bestellt|vorgelesen|gewünscht|geholt|besorgt|mitgenommen|begegne\w*|gehör\w*|liegt|liegen|vorliegen\w*)\b)
\bich\b.*\b(?:geweint|gelacht|geheult|geschmunzelt|geschluckt|gegähnt|eingeschlafen|durchgelesen|durchgehalten|gequält|durchgequält|überblättert|überflogen|abgebrochen|verschlungen|mitgefiebert|mitgerätselt|mitgelitten|gelernt|aufgegeben|aufgehört|weggelegt|zugeklappt|zugeschlagen|weiterverschenkt|vermisst|bereut|nachgekocht|nachgebaut)\b
\bich (?:bereue|vermisse|hoffe|empfehle|verschenke|weine|lache|werde es|würde es|konnte (?:nicht|kaum|es)|kann (?:es|nicht|kaum|nur)|freue)\b
\b(?:bereue|vermisse|konnte|kann|würde|werde) ich (?:es|nicht|kaum|nie|nur|jedem|immer|noch|wieder)\b
\bman (?:möchte|riecht|spürt|hört|fühlt|schmeckt|vergisst|fiebert|leidet|lacht|staunt|glaubt|merkt)\b
\b(?:möchte|riecht|spürt|hört|fühlt|schmeckt|vergisst|glaubt|merkt) man\b
^\W*(?:finger weg|hände weg|unbedingt|nie wieder|lest (?:es|dieses)|kauft (?:es|euch)|spart euch|sparen sie|lesen!|was für eine?|welch eine?|absolut|einfach nur|schlicht|kein einzige|nicht ein)
^\W*(?:selbst |auch |sogar |und )*(?:meine?|unsere?) (?:\w+ ){{0,2}}{_KIN["de"]} (?:liebt?|lieben|will|wollen|wollte\w*|mag|mögen|möchte\w*|fragt\w*|bettelt\w*|verschling\w*|lach\w*|weint\w*|gähnt\w*|schlief\w*|kann|konnte\w*|kennt|(?:hat|haben) .*(?:gelacht|geweint|verschlungen|geliebt|gelangweilt|gegähnt|begeistert|aufgegeben))\b
\bendlich (?:ein|eine|einmal|mal|jemand|wieder|einer)\b
\b(?:die|der|das) \w+ste[nrs]? (?:\w+ ){{0,4}}(?:seit|das ich|den ich|die ich|je|überhaupt)\b
\b(?:noch nie|nie zuvor|selten|lange nicht)\b.*\b(?:so|solch\w*|derart|besser\w*|schlechter\w*)\b
\bseit (?:langem|jahren|langer zeit)\b
\bvon (?:der ersten|anfang|vorne?) bis\b
""",
    "fr": rf"""
\b(?:m'|nous )(?:a|ont|avait|avaient|aura|auront)\b(?! (?:\w+ )?(?:offert|prêté|donné|recommandé|conseillé|envoyé|raconté|acheté|parlé|apporté|été)\w*\b)
\bme (?:laisse|fait|font|touche|parle|hante|donne|manque|suit)\w*\b
\bj['’]ai (?:\w+ ){{0,2}}(?:pleuré|ri|souri|relu|abandonné|sauté|bâillé|appris|savouré|lâché|refermé|survolé|souligné|corné|frissonné|tremblé|hâte|peiné|décroché|recommencé|eu du mal|eu envie|eu l['’]impression)\b
\bje (?:me suis|m['’](?:y )?suis)\b(?! (?:\w+ )?(?:procuré|acheté|offert|dit|intéressé)\w*)
\bje (?:n'ai (?:pas|jamais|plus) (?:pu|réussi|aimé|accroché|compris|fini|lâché|terminé|vu le temps|autant|ressenti)|n'arriv\w+|n'en (?:reviens|peux)|ne (?:peux|pouvais|l'oublierai|regrette|comprends|recommande|m'en|suis (?:pas|jamais) (?:arrivée?|parvenue?|entrée?|rentrée?))|recommande|conseille|regrette|relirai|le relirai|la relirai|garderai|l'offrirai|l'ai (?:lu d'une|relu))\b
\bon (?:ne|n['’]|rit|pleure|apprend|sent|croit|voudrait|aimerait|a envie|y croit|tourne|dévore|oublie|s['’](?:ennuie|attache|y croirait)|se (?:perd|lasse|laisse|régale))\b
^\W*(?:passez|fuyez|lisez|évitez|achetez-le|courez|foncez|précipitez|ne (?:perdez|l['’]achetez|lisez)|quel |quelle |à (?:lire|fuir|éviter|offrir|relire|dévorer)\b|rien |pas une?\b|tout simplement|un vrai|une vraie)
^\W*(?:même |et )*(?:mon|ma|mes|nos|notre) (?:\w+ )?{_KIN["fr"]} (?:adore\w*|aime\w*|veu\w*|réclame\w*|demande\w*|ri\w*|pleur\w*|dévore\w*|bâille\w*|refuse\w*|ne|n'|(?:a|ont) (?:adoré|dévoré|ri|pleuré|bâillé|aimé|abandonné))
\benfin (?:un|une|quelqu)\b
\b(?:le|la|les) plus \w+ (?:\w+ ){{0,4}}(?:que j|depuis|de l['’]année)
\b(?:jamais|rarement)\b.*\b(?:lue?|vue?|ri|pleuré)\b.*\b(?:aussi|pareil\w*|telle?|tant|autant|si|mieux|plus)\b|\b(?:jamais|rarement) (?:autant|aussi|tant) (?:\w+ )?(?:ri|pleuré|lu)\b
\bdepuis (?:longtemps|des années)\b
\bdu début à la fin\b|\bde bout en bout\b|\bde la première à la dernière\b
\bà (?:chaque|toutes les) pages?\b
""",
    "es": rf"""
\b(?:me|nos) (?:ha |han |había )?(?!(?:lo|la|los|las)\b|(?:regal|prest|recomend|compr|dier|dio\b|envi|contar|contó|llegó|llamo|queda\b|pregunt|dijer|dijo\b|interes|encontr|gust[aá]ría|recuerd|lo|mud|toc[óo] leer)\w*)\w{{3,}}
\b(?:lloré|reí|devoré|abandoné|bostecé|salté|releí|aprendí|sonreí|disfruté|sufrí|he (?:llorado|reído|devorado|disfrutado|aprendido|abandonado|sufrido|releído)|me he \w+do|me dormí)\b
\bno (?:pude|podía|puedo|podrás|quería|quise|logré|conseguí|entendí|he podido|he conseguido)\b
\b(?:lo|la) (?:recomiendo|volveré|leeré|releeré|regalaré|leí de un)\b
\b(?:ojalá|esperaba|lo dejé|la dejé|recomiendo|volveré a)\b
\b(?:uno|una) (?:siente|quiere|aprende|olvida|se (?:pierde|aburre|emociona|ríe))\b
\bse (?:huele|siente|respira|palpa)\b
^\W*(?:no (?:lo|la) (?:compr|le)\w+|no pierdas?n?\b|ahórr\w+|huya?n?\b|huye|léan?lo|leedlo|léelo|evíten\w*|corran|qué |vaya |ni una?\b|nada |simplemente|una auténtica|un auténtico|de lo (?:mejor|peor|más))
^\W*(?:hasta |incluso |y )*(?:mi|mis|nuestr[oa]s?) (?:\w+ )?{_KIN["es"]} (?:adora\w*|ama\w*|quiere\w*|pide\w*|ríe\w*|llora\w*|devora\w*|bosteza\w*|no|se (?:ríe|duerme|aburr|durmi)\w*|lo (?:pide|devor|ador)\w*|disfrut\w*)\b
\bpor fin (?:un|una|alguien)\b
\b(?:el|la|los|las|lo) más \w+ (?:\w+ ){{0,4}}(?:que (?:he|leí)|en (?:años|mucho)|del año)\b
\b(?:nunca|pocas veces|rara vez)\b.*\b(?:tan|tanto|así|mejor|peor|más)\b
\bde principio a fin\b|\bdesde la primera (?:página|línea|frase)\b|\ben cada página\b
""",
}
_CRAFT = {
    "en": r"plot|plotting|story|storytelling|twists?|mystery|(?:characters|cast)(?= (?:feel|felt|seem|have|had|has|remain|stay|come|leap|never|could|all|lack|(?:are|were|is) (?:so|too|as|all|not|never|like|hardly|more|made|just|nothing|barely|anything))\b)|characteri[sz]ation|cast|writing|prose|style|sentences|paragraphs|language(?! of)|dialogues?|pacing|pace|ending|finale|conclusion|atmosphere|world-?building|humou?r|jokes|translation|illustrations|drawings|pictures|photographs|photos|maps|explanations|examples|research|recipes|instructions|exercises|diagrams|arguments|premise",
    "de": r"Handlung|Geschichte|Story|(?:Figuren|Charaktere)(?= (?:wirken|bleiben|haben|hatten|sind (?:so|zu|wie|alle|nicht|nie|kaum|mehr|nur|bloß|nichts|viel)|könnten|leben|wachsen)\b)|Sprache|Stil|Schreibstil|Prosa|Sätze|Tempo|Ende|Schluss|Auflösung|Dialoge|Humor|Witz|Idee|Übersetzung|Illustrationen|Bilder|Zeichnungen|Karten|Fotos|Rezepte|Erklärungen|Beispiele|Anleitungen|Übungen|Atmosphäre|Stimmung",
    "fr": r"intrigue|histoire|récit|personnages(?= (?:ne|n'|m'|nous|manquent|restent|sonnent|prennent|ont|sont (?:si|trop|tous|de|sans|comme|en|plus|à))\b)|style|écriture|langue|prose|plume|rythme|fin|dénouement|dialogues?|humour|idée|idées|traduction|illustrations|dessins|images|photos|cartes|recettes|explications|exemples|exercices|atmosphère|ambiance",
    "es": r"trama|intriga|historia|argumento|personajes(?= (?:no|me|nos|parecen|quedan|resultan|carecen|tienen|son (?:de|tan|muy|demasiado|todos|como|más))\b)|estilo|escritura|prosa|lenguaje|ritmo|final|desenlace|diálogos|humor|chistes|ideas?|traducción|ilustraciones|dibujos|mapas|fotos|fotografías|recetas|explicaciones|ejemplos|ejercicios|ambientación|atmósfera",
}
"""What is made, and judged when a sentence is about it; not persons, who act in what a sentence tells."""
_ARTICLES = {
    "en": r"(?:(?:the|its|his|her|their|these|this|half|most|all|some|none) (?:of (?:the|its) )?)",
    "de": r"(?:der|die|das|ihre?|seine?|alle|diese[rs]?) ",
    "fr": r"(?:le |la |les |l['’]|son |sa |ses |cette |ces |leurs? )",
    "es": r"(?:el |la |los |las |su |sus |esta |estos |estas )",
}
_TELLING = {
    "en": r"follows?|tells?|told|begins?|began|starts?|started|opens?|takes? place|took place|(?:is|are|was|were) (?:set|about|by|in|from|on|at|printed|taken|based|called|named|black|all by|also|that of)|revolves?|concerns?|cent(?:re|er)s?|spans?|covers?|deals?|shows?|moves?|jumps?|unfolds?|runs?|continues?|turns? on|ends? (?:in|with|on|at)|happens?|between",
    "de": r"handelt|erzählt|beginnt|spielt|dreht|umfasst|setzt|endet|zeigt|zeigen|stamm\w+|(?:ist|sind|war|waren) (?:von|in|aus|auf)|führt|reicht|folgt|springt|geht um",
    "fr": r"se (?:passe|déroule|situe|termine)|raconte|commence|débute|parle|suit|(?:est|sont) (?:de|d['’]|dans|en|celle|celui|tirée?s?)|couvre|montre\w*|s['’]ouvre|tourne",
    "es": r"transcurre|comienza|empieza|cuenta|narra|trata|sigue|gira|se (?:desarrolla|sitúa|ambienta)|(?:es|son) (?:de|del|en)|abarca|muestra\w*|termina|ocurre",
}
"""What a plot is said to do where only its course is told."""
_CAREFUL = {
    "en": r"but|though|although|however|only|not|no|n't|never|nothing|hardly|too|more|less|fewer|longer|shorter|could|should|would|need|perhaps|maybe|bit|little|except|apart|if|wish|at least|some|half|admit|still|yet|begins?|began|starts?|first|until|then|alone|even",
    "de": r"aber|doch|jedoch|allerdings|nur|nicht|kein\w*|nie|kaum|zu|mehr|weniger|länger|kürzer|könnte\w*|hätte\w*|würde|vielleicht|etwas|bisschen|außer|wenn|wenigstens|immerhin|manche\w*|anfangs|zunächst|zuerst|bis|dann|selbst",
    "fr": r"mais|pourtant|cependant|toutefois|seule?|ne|n['’]\w+|pas|jamais|rien|trop|plus|moins|aurait|auraient|peut-être|peu|sauf|si|au moins|certains?|certaines|au début|d['’]abord|puis|même",
    "es": r"pero|aunque|sin embargo|solo|sólo|no|nunca|nada|demasiado|más|menos|podría\w*|habría\w*|quizás?|algo|poco|salvo|si|al menos|algun[oa]s|al principio|luego|eso sí|lástima|hasta",
}
"""In a review of two or four stars these may turn a sentence to its other side."""
_SPEAKERS = {
    "en": r"\b(?:i|i'\w+|we|you|author|writer|whoever|readers?)\b|^\W*(?:it|this|that)\b(?! (?:is|was) (?:where|when|what|about|the story|set)\b)",
    "de": r"\b(?:ich|mir|mich|uns|man|autor\w*|geschrieben|erzählt|recherchiert|übersetzt)\b|^\W*(?:es|dies\w*)\b|\bdas\W*$",
    "fr": r"\b(?:je|j|m|on|vous|nous|auteure?|écrite?s?|racontée?s?|documentée?s?|traduite?s?)\b|^\W*(?:c|ce|cela|ça)\b",
    "es": r"\b(?:me|te|nos|uno|autora?|escrit\w+|contad\w+|documentad\w+|traducid\w+|sobran?)\b|^\W*(?:es|está|se|explica|engancha|tiene|resulta|cumple|falta)\b",
}
"""Who speaks, is spoken to, or has made the book: such a sentence is not about its people."""
_LIKING = re.compile(
    r"^\W*(?:(?:i|we) (?:\w+ )?(?:like|love|enjoy|adore|hate|dislike) (?!(?:it|this|that|how|when|the|every\w*|his|her|their|its)\b)|"
    r"ich (?:liebe|mag|hasse) (?!(?:es|dies\w*|das|die|den|wie)\b)|j['’](?:aime|adore|déteste) (?!(?:ce|cette|ces|comme|tout)\b)|"
    r"me (?:gusta|encanta)n? (?!(?:este|esta|estos|como|cómo|todo)\b))",
    re.IGNORECASE,
)
"""What a reader likes otherwise."""
LONGEST = 500
"""Characters of a sentence that is looked through for a reaction: a longer one is not quoted, and words that come again and again in it
would be looked for behind each of them."""
_ASKS = re.compile(r"\?\W*$")


def reacts(text: str, language: str) -> bool:
    """Whether a sentence says what a book did to its reader, or what others should do with it; for or against, the stars say."""
    told = _reactions(language) if len(text) <= LONGEST else None
    return told is not None and _LIKING.match(text) is None and told.search(text.replace("’", "'")) is not None


def speaks_of_the_craft(text: str, language: str) -> bool:
    """Whether a sentence is about what is made (prose, pace, pictures) and does not only tell how a story goes."""
    told = _craft(language)
    return told is not None and told.match(text.replace("’", "'")) is not None


def is_careful(text: str, language: str) -> bool:
    """Whether a sentence may mean the other side than the review as a whole."""
    told = _CAREFUL.get(language)
    return (
        told is None
        or _ASKS.search(text) is not None
        or re.search(rf"(?:\b|(?<=n))(?:{told})\b", text.replace("’", "'"), re.IGNORECASE) is not None
    )


def is_addressed(text: str, language: str) -> bool:
    """Whether a sentence names its reader or the author, or is about "it"."""
    told = _SPEAKERS.get(language)
    return told is not None and _LIKING.match(text) is None and re.search(told, text.replace("’", "'"), re.IGNORECASE) is not None


@cache
def _reactions(language: str) -> re.Pattern[str] | None:
    told = _REACTIONS.get(language)
    return None if told is None else re.compile("|".join(told.strip().splitlines()), re.IGNORECASE)


@cache
def _craft(language: str) -> re.Pattern[str] | None:
    if language not in _CRAFT:
        return None
    return re.compile(
        rf"\W*(?:(?:\w+[,:]? |(?:\w+ ){{1,2}}\w+[,:] ))?{_ARTICLES[language]}(?:[\w-]+ ){{0,2}}(?:{_CRAFT[language]})\b(?!.{{0,25}}\b(?:{_TELLING[language]})\b)",
        re.IGNORECASE,
    )
