"""Turns of phrase in which readers praise or find fault in languages that VADER does not know, as patterns by language (ISO 639-1)."""
# ruff: noqa: E501, RUF001  (lists in several languages)

PRAISING = {
    "de": (
        r"(?:gar |überhaupt |wirklich )?nicht (?:übel|schlecht|verkehrt)|nichts auszusetzen|"
        r"(?:alles andere als|kein bisschen) (?:langweilig|langatmig|kitschig|verstaubt|trocken|zäh|öde|flach)|"
        r"einzige[rs]? (?:einwand|kritikpunkt|"
        r"wermutstropfen|manko|problem|fehler).*(?:ende|vorbei|aus|kurz)|einzige, was .*(?:ende|vorbei|kurz)|"
        r"dialoge sitzen|aus fleisch und blut|(?:kein|nicht ein) wort zu viel|nichts zu (?:meckern|bemängeln|"
        r"kritisieren)|nicht (?:mehr )?(?:aus der hand|weg)\s?(?:zu )?(?:gelegt|legen|weglegen)|"
        r"nicht weglegen|kann ich nur empfehlen|zu schnell (?:zu ende|vorbei)|ans herz gewachsen|"
        r"(?:selten|lange nicht|viel|herzlich|laut) (?:\w+ )?gelacht|in einem (?:zug|rutsch)|(?:hat|haben|habe) .{0,20}verschlungen|"
        r"geht (?:unter die haut|zu herzen|ans herz)|(?:lässt|ließ) (?:mich|einen) nicht (?:mehr )?los|(?:nie|niemals) kitschig|"
        r"(?:kein\w*|ohne) (?:einzige\w* |eine )?(?:langeweile|längen)|macht (?:\w+ )?(?:spaß|lust|freude)"
    ),
    "fr": (
        r"pas mal(?: du tout)?|tout sauf (?:ennuyeux|ennuyeuse|plat|banal|lourd)|seule? (?:regret|défaut|bémol|reproche|"
        r"problème).*(?:fini|termine|terminé|courte?|fin\b)|d['’]une (?:rare )?(?:justesse|finesse|beauté)|"
        r"ne changerais? rien|sonnent? juste|en chair et en os|rien à redire|impossible (?:de le|à) (?:lâcher|poser)|"
        r"(?:ne|n['’]ai) (?:pas )?pu le (?:lâcher|poser)|coup de cœur|à lire (?:absolument|d['’]urgence)|"
        r"trop vite (?:finie?|terminée?)|bien (?:écrite?s?|rendue?s?|construite?s?|menée?s?|ficelée?s?|choisie?s?|vue?s?|campée?s?)|"
        r"(?:très|si|sont|est) claire?s?\b|(?:l['’]idée|intrigue|récit|style|univers) (?:\w+ )?(?:est|sont) (?:\w+ )?original\w*|"
        r"m['’](?:a|ont) (?:\w+ )?(?:plu|émue?|touchée?|bouleversée?|séduite?|conquise?|captivée?|passionnée?|emportée?|transportée?)\b|"
        r"pleine?s? d['’](?:esprit|humour)|chef-d['’]œuvre|(?:qu['’]un |grand |vrai |pur )plaisir|éclats? de rire|(?:j['’]ai|m['’]a fait) (?:\w+ )?(?:ri|pleuré|rire|pleurer)\b|"
        r"d['’]une (?:seule )?traite|tient en haleine|on ne (?:devine|s['’]ennuie|décroche)"
    ),
    "es": (
        r"nada mal|cualquier cosa menos (?:aburrid[oa]|plan[oa]|pesad[oa])|(?:único|única) (?:defecto|pero|problema|"
        r"pega).*(?:acab|termin|cort|fin\b)|(?:lo )?único malo.*(?:acab|termin|cort)|de carne y hueso|"
        r"no cambiaría (?:nada|ni una)|no decae|nada que objetar|no pude (?:dejarlo|soltarlo|parar)|no le sobra nada|"
        r"se me hizo corto|en vilo|a carcajadas|me (?:reí|hizo (?:reír|llorar)|emocionó|atrapó)|no (?:le )?sobra (?:ni )?(?:nada|una)|"
        r"(?:la|lo|el) mejor (?:\w+ )?(?:que|libro|novela|del)|de (?:un tirón|una sentada)|obra maestra|bien (?:escrit|construid|llevad|trazad)[oa]s?|"
        r"me (?:ha )?(?:conquist|cautiv|conmov|fascin|enamor)\w+|(?:te|me) (?:mantiene|engancha|atrapa)"
    ),
    "it": r"niente da ridire|non (?:sono riuscit[oa] a|potevo) (?:posarlo|smettere)|tutto d['’]un fiato|mi è piaciut[oa]",
    "pt": r"nada a apontar|não consegui (?:parar|largar|pousá-lo)",
    "nl": r"niets op aan te merken|niet (?:meer )?wegleggen|in één ruk",
}
FAULTING = {
    "de": (
        r"bleiben? (?:blass|flach|fremd|stumm)|an den haaren herbeigezogen|fehlt(?:e)? es an(?! nichts)|"
        r"keine spur(?! von (?:langeweile|kitsch))|verliert sich|"
        r"strotzt vor|vor fehlern|schlecht umgesetzt|nervt|nicht mein(?:s| ding| fall)|(?:viel )?zu (?:lang|langsam|"
        r"kurz)|abgebrochen|zeitverschwendung|mehr erwartet|ergibt keinen sinn|"
        r"nicht (?:weiter)?empfehlen|schade um|zieht es sich|zieht sich (?:\w+ )?(?:wie|hin|in die länge)|(?:hat|mit|voller|einige|viele) längen|"
        r"(?:ist|war|wird) (?:eine|die reinste) (?:katastrophe|zumutung)|(?:habe ich|ich habe) .{0,30}(?:aufgegeben|zugeklappt|weggelegt)|"
        r"fällt (?:\w+ ){0,3}auseinander|im sande?|kommt nicht (?:in gang|in fahrt|vom fleck)|geht (?:\w+ ){0,3}die luft aus|hält nicht,? was|"
        r"lässt (?:\w+ ){0,2}nach\b|(?:voller|viele|zahlreiche|grobe) fehler|zieht (?:es )?sich\b(?! durch| zurück| an\b| um\b| aus\b| in\b)|"
        r"aus dem nichts|(?:nur|bloß) (?:abziehbilder|schablonen|klischees)|(?:lässt|ließ) mich kalt|wirk(?:t|en) (?:\w+ )?(?:konstruiert|aufgesetzt|bemüht)"
    ),
    "fr": (
        r"manqu(?:e|ent|ait) (?:de|d['’])|tirée?s? par les cheveux|ne tien(?:t|nent) pas|sans (?:saveur|relief|intérêt)|"
        r"pour ne rien dire|perdu le fil|(?:beaucoup )?trop (?:longu?e?|lente?)|perte de temps|tombe des mains|"
        r"(?:n['’]ai|ne) (?:pas|guère) (?:\w+ )?(?:aimé|accroché|fini)|"
        r"pas pour moi|n['’]a aucun sens|cousue?s? de fil blanc|sonn(?:e|ent) faux|(?:sans|aucune?|manque d['’]) (?:épaisseur|âme|profondeur|rythme|intérêt)|"
        r"m['’]a (?:\w+ )?(?:ennuyée?|déçue?|lassée?|agacée?|perdue?|énervée?)|tourne en rond|s['’]essouffle|dans tous les sens|"
        r"à (?:fuir|éviter)|(?:est|quelle|une vraie) (?:une )?catastrophe|je (?:me suis|m['’]y suis|m['’]) ?ennu\w+|(?:laisse|laissée?) (?:froid|de marbre|sur ma faim)\w*|"
        r"n['’]en finit pas|traîne en longueur|que de (?:longueurs|clichés)|du déjà-vu"
    ),
    "es": (
        r"l?e?s? falta(?:n)? (?:profundidad|ritmo|tensión|alma|fuerza|vida)|cogid[oa]s? por los pelos|no (?:explica|"
        r"aporta) nada|sin (?:alma|interés|gracia)|demasiado (?:larg[oa]|lent[oa])|pérdida de tiempo|no es para mí|"
        r"no tiene sentido|no me (?:gustó|convenció|enganchó)|esperaba (?:\w+ )?más|ni pies ni cabeza|(?:le )?sobran|se me hizo (?:largo|larga|pesad[oa]|etern[oa])|"
        r"(?:es|qué|fue) (?:un |una )?(?:auténtic[oa] )?(?:desastre|tostón|ladrillo|bodrio)|perder el tiempo|(?:me )?deja (?:frí[oa]|indiferente)|"
        r"hace aguas|se (?:desinfla|cae a trozos)|no (?:engancha|convence|funciona|arranca)|"
        r"(?:lo|la) (?:dejé|abandoné)|dej[aoó] (?:mucho )?que desear|cuesta (?:seguir|avanzar|terminar)\w*"
    ),
    "it": r"troppo (?:lung[oa]|lent[oa])|perdita di tempo|non fa per me|non ha senso|non mi è piaciut[oa]",
    "pt": r"demasiado (?:long[oa]|lent[oa])|muito (?:long[oa]|lent[oa])|perda de tempo|não faz sentido|não gostei",
    "nl": r"(?:veel )?te (?:lang|langzaam|traag)|tijdverspilling|niets voor mij|slaat nergens op",
}
