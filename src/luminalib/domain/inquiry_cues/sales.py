"""Cues of somebody who wants to buy."""

from luminalib.domain.inquiry_cues.patterns import Ideas

IDEAS: Ideas = (
    (  # asks what it costs
        2.4,
        r"""
        pric(?:es?|ing|ed)\b|(?:written|invoice|your|an?) (?:quote|offer)\b|quotation
        (?:what|how much) [^.?!\n]{0,60}?\bcosts?\b|cost (?:of|for|per|us)\b|how much (?:is|are|does|do|would|for|to)\b
        rate card|cheapest|do you (?:charge|bill)\b|you charge\b|preis(?:e|en|liste|anfrage)?\b|(?:ein|um ein|ihr) angebot
        angebot (?:für|über)|kostenvoranschlag|was (?:kostet|kosten|würde)|wie ?viel (?:kostet|kosten|würde)|konditionen
        tarifs?\b|devis\b|combien (?:co[ûu]t|[çc]a|cela)|quels? (?:est|sont|serait) l[ea]s? (?:prix|tarifs?|co[ûu]ts?)
        vos prix|precios?\b|presupuesto|cotizaci[oó]n|tarifas?\b|cu[aá]nto (?:cuesta|costar|vale|sale)|prezz[io]\b|preventivo
        quanto (?:costa|costerebbe|costano|custa|custaria)|listino|pre[çc]os?\b|or[çc]amento|cota[çc][ãa]o|prijs|prijzen
        offerte\b|(?:wat|hoeveel) kost|ofert[aęy] cenow|ofert[aęy]\b|cennik|ile (?:kosztuje|kosztowa)|wycen|prislista|offert\b
        vad kostar|hvad koster|prisliste|per (?:seat|user|licen[cs]e|reader|branch)\b|(?:annual|monthly|setup|one-off) fees?\b
        \bestimate\b|pro ?forma|purchase order|payment terms
        (?:volume|educational|academic|nonprofit|non-profit|school) (?:discount|rate|licen)|cheaper|what's included
        what (?:plans|packages|options)|which (?:plan|package)|\bcosts?\b (?:in|if)|was kosten|kosten (?:sie|die|pro|für|im)
        welche kosten|preislich|quel (?:budget|montant)|combien co[ûu]te|co[ûu]t (?:de|d'|pour|annuel)|grille tarifaire
        qu[eé] precio|coste|costos?\b|costi\b|quanto viene|valores\b|quanto sai|wat zijn de kosten|kosten per|jaki(?:e)? koszt
        vad tar ni|hvor mye koster
        """,
    ),
    (  # wants to buy
        2.0,
        r"""
        (?:to|we|i|can|could|would|'d) (?:buy|purchase|subscribe|procure|acquire|licen[cs]e)\b|(?:like|want|wish) to order\b
        place an order|upgrade (?:from|to|our|my)\b|sign(?:ing)? up for (?:the|a|your)|looking to (?:buy|switch|replace|move)
        roll (?:it|this) out|kaufen|erwerben|anschaffen|beschaffen|lizenzieren|abonnieren|möchten? [^.?!\n]{0,40}bestellen
        umsteigen auf|acheter|acquérir|souscrire|nous abonner|m'abonner|comprar|adquirir|contratar|suscribir|acquistare
        comprare|abbonar|assinar (?:o|um|a|uma)|aanschaffen|te kopen|abonneren|kupi[ćc]\b|zakupi|köpa\b|beställa
        interested in (?:your|the|buying|purchasing|using|a) (?:product|system|plan|hosted|software)
        interested in (?:your|the|buying|purchasing|using|a) (?:platform|solution|licen|demo|subscription)
        (?:want|need|like) (?:your|a new|a modern) (?:system|software|catalogue|product)
        (?:switch|move|migrate) to (?:you|your|lumina)|get started with
        (?:add|extend|increase) (?:more )?(?:seats|licen|users|storage)|renew our (?:contract|licen|subscription)
        thinking (?:of|about) (?:buying|switching|using)|interesse an (?:ihrer|ihrem|einer lizenz)
        wir (?:suchen|brauchen|benötigen) (?:ein|eine|einen)\b|intéress[ée]s? par (?:votre|vos)|nous cherchons (?:un|une)
        buscamos (?:un|una)|interesad[oa]s? en|cerchiamo (?:un|una)|interessat[io] a|procuramos (?:um|uma)|interessad[oa]s? em
        wij zoeken een|geïnteresseerd in|szukamy|zainteresowan|vi söker
        """,
    ),
    (  # what is sold
        1.2,
        r"""
        licen[cs]es?\b|(?:user|staff|site) licen|\bseats?\b
        (?:enterprise|business|pro|premium|small|paid|free|starter) (?:plan|tier|edition)|\btiers?\b|subscriptions?\b
        on-?prem(?:ise)?s?\b|hosted|free trial|\btrial\b|\bdemo\b|discounts?\b|add-on|support contract|\bsla\b|\bpilot\b
        lizenz(?:en)?\b|arbeitsplätze|rabatt|testzugang|testphase|gehostete|jahresabo|licences?\b|abonnements?\b
        version d'essai|remise|licencias?\b|suscripci[oó]n|descuento|periodo de prueba|licenz[ae]\b|abbonamento|sconto
        prova gratuita|licen[çc]as?\b|assinatura|desconto|licenties?\b|abonnement|proefperiode|korting|licencj[aeię]|rabat
        abonnemang
        """,
    ),
    (  # has money for it
        1.5,
        r"""
        budget|board (?:has )?approved|(?:can|could|may|to) (?:spend|afford)|could go up to|ceiling of|set aside
        funds? (?:for|of|available)|(?:we|i) have (?:about |around |roughly |up to )?[$€£¥]|haushalt
        stehen [^.?!\n]{0,40}zur verfügung|zur verfügung|nous disposons|notre enveloppe|disponemos|contamos con
        tenemos (?:unos|hasta)|abbiamo a disposizione|disponiamo|dispomos|temos (?:cerca|até)|te besteden
        mamy do (?:wydania|dyspozycji)|financial year|fiscal year|haushaltsjahr
        """,
    ),
    (  # chooses between sellers
        1.5,
        r"""
        compar(?:e|ing) (?:vendors|products|offers|systems|suppliers|solutions)|short-?list|vendors?\b|procurement|tender\b
        \brfp\b|\brfq\b|request for proposal|sales (?:call|representative|rep\b|person)|who do (?:i|we) talk to|talk to sales
        walk us through|call about|security questionnaire|prepare an offer
        send (?:me|us) (?:an|your) (?:offer|quote|invoice quote)|replace our (?:old|current|present)|outgrown
        migrat(?:e|ion) from|another supplier|ausschreibung|vergabe|anbieter|appel d'offres|fournisseur|licitaci[oó]n
        proveedor|gara d'appalto|fornitore|licita[çc][ãa]o|aanbesteding|przetarg
        evaluat(?:e|ing) (?:your|systems|options|several|different|new)|considering (?:your|several)
        looking for a (?:new )?(?:library|catalogue|ebook|e-book|digital|lending|hosted)
        (?:schedule|book|arrange|request|see|get) (?:a|an) (?:demo|presentation|call)|(?:show|present) (?:us|it to)
        replac(?:e|ing) (?:koha|our)|talk to (?:someone|somebody) (?:in|from|about) (?:sales|pricing)|vorführung|präsentation
        démonstration|demostraci[oó]n|dimostrazione|demonstra[çc][ãa]o|demonstratie|prezentacj
        """,
    ),
    (  # says how large they are
        0.5,
        r"""
        \d+[.,]?\d* (?:users|members|readers|pupils|students|branches|librar(?:y|ies)|librarians)
        \d+[.,]?\d* (?:schools|faculties|card ?holders|ppl|people|seats|books|licen)
        \d+ (?:schüler|leser|zweigstellen|medien|nutzer|élèves|lecteurs|postes|communes)
        \d+ (?:alumnos|lectores|sedes|studenti|lettori|alunos|leitores|leerlingen|uczniów)
        """,
    ),
)
