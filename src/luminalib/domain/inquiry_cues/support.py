"""Cues of somebody who needs help with the product."""

from luminalib.domain.inquiry_cues.patterns import Ideas

IDEAS: Ideas = (
    (  # something is broken
        2.2,
        r"""
        \bfail(?:s|ed|ing|ure)?\b|\berrors?\b|\bbroken\b|\bbugs?\b|crash|\bstuck\b|exception|stack ?trace|time[sd]? ?out\b
        unhealthy|mismatch|not found\"
        (?:not|\w{2,5}n't|never|no longer) (?:work|start|open|load|show|appear|arrive|respond|display|sync|update|print|connect)
        stopped working|keeps? (?:crash|getting|losing|asking)|funktioniert nicht|geht nicht|fehler|störung|stürzt|abgestürzt
        kaputt|lädt nicht|startet nicht|klappt nicht|ne (?:fonctionne|marche|s'affiche|s'ouvre|répond|charge)
        n'arrive (?:plus|pas)|s'affichent plus|erreur|en panne|plante|no (?:funciona|puedo|carga|abre|aparece|me deja|consigo)
        error\b|fall[oa]\b|non (?:funziona|riesco|si apre|carica|parte)|errore|não (?:consigo|funciona|abre|carrega|aparece)
        erro\b|werkt niet|lukt niet|foutmelding|kapot|nie (?:działa|mogę|otwiera)|błąd|fungerar inte|funkar inte|virker ikke
        (?:won't|doesn't|does not|not|wouldn't) (?:let|allow|accept|recogni[sz]e)|refuses? to|no longer|hangs?\b
        freez(?:e|es|ing)|froze\b|(?:white|black|blank) (?:page|screen)|not able to|garbled|unreadable|cut off
        down (?:since|again|for)|is down\b|gives? (?:me |us )?an?\b[^.?!\n]{0,20}(?:message|code|error|file)
        komme (?:ich )?nicht|lässt sich nicht|kann (?:mich |ich |man |das |es )?(?:[^.?!\n]{0,30} )?nicht
        (?:wird|werden|öffnet|bekomme|bekommen|erscheint)[^.?!\n]{0,30} nicht|hängt|impossible de
        ne (?:peux|peut|re[çc]ois|trouve|parviens)[^.?!\n]{0,5} (?:pas|plus)|bloqu[ée]
        no (?:me|se|recibo|encuentro|logro|podemos)\b|se queda|non (?:mi|si|trovo|ricevo|viene|va)\b|bloccat
        não (?:recebo|encontro|dá|está|entra)|travad|bloquead|kan (?:ik )?niet|doet het niet|vastgelopen
        nie (?:mam|widzę|dostaj|da się)|zapomnia|kan inte|går inte|kan ikke
        """,
    ),
    (  # something is not as it should be
        1.2,
        r"""
        \b(?:can't|cannot|can not|couldn't|unable to|doesn't|does not|isn't|won't|didn't|wasn't)\b|\bwrong\b|missing|\blost\b
        reject(?:ed|s)|expired?\b|\bblank\b|\bempty\b|disappear|\bslow\b|nonsense|grey|greyed|jumps back
        locked (?:out|ourselves)|(?:still|only) (?:shows?|says?)|in vain|duplicate|twice|(?:0|zero) bytes|problem|issue with
        trouble|nothing appears|falsch|fehlt|verschwunden|leer\b|abgelehnt|langsam|problème|disparu|vide\b|lent[es]?\b|mal\b
        problema|vac[ií]o|grigio|sparito|sumiu|verdwenen|probleem|problem|\bincorrect|mistakes?\b|\bgone\b|went missing|vanish
        instead of (?:the|showing)|overlap|too small|delay(?:ed)?\b|\bpending\b|(?:keeps|kept) (?:saying|showing|asking)
        why (?:is|does|do|are|was|did|can't|has|have)\b|complain|leider\b|warum|wieso|pourquoi|por qu[eé]\b|perch[ée]\b
        por que\b|porquê|waarom|dlaczego|varför
        """,
    ),
    (  # asks how
        1.6,
        r"""
        how (?:do|can|could|would|should) (?:i|we|one|you)\b|where (?:can|do|could|is) (?:i|we|the)\b
        is there (?:a|any) (?:way|switch|setting|option|button|limit)|any idea|what am i doing wrong|can't find
        is it possible to|what (?:is|are) the (?:limits?|default)|turn (?:that|it|this) off
        how to (?:set|change|export|import|reset|delete|add|use)|known (?:bug|issue)
        wie (?:kann|können|stelle|ändere|lösche|bekomme|richte) (?:ich|wir|man)|wo (?:finde|kann) (?:ich|man)
        comment (?:puis-je|faire|peut-on|pouvons|changer|supprimer)|que faire|où (?:puis|trouve)
        c[oó]mo (?:puedo|podemos|se|hago|cambio)|d[oó]nde (?:puedo|encuentro)|quiero cambiar
        come (?:posso|faccio|si (?:fa|cambia))|dove trovo|como (?:posso|fa[çc]o|mudo|altero)|onde (?:posso|encontro)
        hoe (?:kan|kunnen|stel|verander|moet) (?:ik|we|je)|jak (?:mogę|zmienić|usunąć)|hur (?:kan|gör|ändrar) (?:jag|man)
        (?:can|could|may) (?:i|we) (?:change|delete|export|import|move|set)
        (?:can|could|may) (?:i|we) (?:merge|hide|undo|extend|disable|restore|get (?:it|them|my))|how long does
        what does [^.?!\n]{0,40} mean|which (?:setting|menu|button|option)|configur|\binstall(?:ation|ing|ed)?\b|certificate
        \bldap\b|(?:change|update|correct) (?:my|our|the) (?:e-?mail|address|name|password|phone|card)|einstellung|konfigur
        installier|réglage|paramètre|configuraci|configurar|impostazion|configura[çc]|instelling|ustawieni|inställning
        """,
    ),
    (  # the account
        1.2,
        r"""
        password|log(?:ging|ged)? ?(?:in|on)\b|\blogin\b|sign in|my account|account\b|\b2fa\b|two-factor|\badmin\b
        reset (?:mail|link|it)|access denied|permission|passwort|anmeld|einloggen|konto\b|mot de passe|(?:me|se) connecter
        compte\b|contraseña|iniciar sesi[oó]n|mi cuenta|parola d'ordine|accesso|accedere|senha|minha conta|wachtwoord|inloggen
        hasł[oa]|zalogować|lösenord|logga in|user ?name|verification|\bsms\b|\bcode\b|e-?mail address|registered
        registr(?:ation|ierung)|sign(?:ing)? (?:in|up|out)\b|zugang|benutzer|identifiant|inscription|usuario|registr[oa]
        utente|iscri[zt]|utilizador|usuário|gebruiker|użytkownik|rejestr|användar
        """,
    ),
    (  # parts of the product
        0.9,
        r"""
        uploads?\b|downloads?\b|\bexport|\bimport|button|screen|spinner|browser|firefox|chrome|safari|ipad|iphone|android
        tablet|kindle|koreader|\bopds\b|\bepubs?\b|\bpdfs?\b|\bcsv\b|docker|\blogs?\b|\bserver\b|webhook|feed\b|scanner
        barcode|qr code|backup|restore|sync|interface|catalogue|summar(?:y|ies)|recommendation list|\bhold\b|overdue
        \bfines?\b|the book i|due dates?|\bisbn\b|records?\b|e-?mails? (?:from|end)|hochladen|herunterladen|schaltfläche|mahn
        ausleihe|bouton|télécharg|couvertures?|tablette|descargar|bot[oó]n|scaricare|pulsante|baixar|botão|knop|pobra[ćc]
        knapp|\bapp\b|\bpage\b|\blink\b|search(?:es|ing|ed)?\b|notification|\bloans?\b|renewal|reservation|covers?\b|\bmenu\b
        settings|\bapi\b|database|memory|disk|\bcache\b|offline|\bsso\b|reader app|e-?reader|tolino|kobo|mahnung|\bseite\b
        suche\b|datei|ausleih|bildschirm|page d'accueil|recherche|fichier|emprunt|pantalla|p[áa]gina|archivo|b[úu]squeda
        pr[ée]stamo|schermo|pagina|ricerca|prestito|ecr[ãa]\b|arquivo|empr[ée]stimo|scherm|bestand|zoek|ekran|strona|plik
        skärm|sökning
        """,
    ),
    (  # since when
        1.0,
        r"""
        since (?:the|this|yesterday|last|monday|tuesday|wednesday|thursday|friday|saturday|sunday|version|we|you)
        after (?:the|an?|your|last) (?:update|upgrade|migration)|worked (?:fine|on|until|before|yesterday)|this morning
        again\b|(?:second|third|fourth|\d+(?:nd|rd|th)) time|every time|each time|any ?more\b|urgent|asap\b
        please (?:help|fix|correct)|(?:can|could) (?:you|someone|somebody) (?:help|fix|please)|kindly correct
        seit (?:gestern|heute|dem|der|einer|letzt)|nach dem update|depuis|aider|desde (?:ayer|hoy|la|el|que)|ayuda
        dopo l'aggiornamento|da ieri|aiut|desde (?:ontem|a|o)|ajuda|sinds|od wczoraj|sedan
        """,
    ),
    (  # was charged wrongly
        1.8,
        r"""
        refund|charged? (?:me|my|us|twice|[$€£])|was i charged|double charge|dunning|already paid|paid it
        cancel my (?:subscription|plan)|(?:rückerstatt|doppelt abgebucht|rembours|reembols|rimbors|terugbetal)
        (?:wrong|incorrect) (?:invoice|amount|bill)|overcharged|(?:invoice|bill|receipt) (?:is|shows|for|says)
        my (?:card|bank)|abgebucht|rechnung|facture|factura|fattura|fatura|factuur|faktur
        """,
    ),
    (  # speaks as a report of a fault
        0.6,
        r"""
        steps?:|to reproduce|expected:|\bversion \d|v\d+\.\d+|\b(?:401|403|404|500|502|503)\b
        """,
    ),
)
