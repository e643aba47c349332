"""Words that stand near contacts, names, dates and amounts, in several languages; see `joined` for how they are written."""

from luminalib.domain.inquiry_cues.patterns import joined, listed

CALL = joined(
    r"""
    \btel|phone|\bcall\b|mobile|\bcell|\bfon\b|handy|rufnummer|telefon|téléphone|\btél|appel|móvil|teléfono|cellulare|telefono
    telefone|telemóvel|number is|reach me|\bfax\b|whatsapp|☎|📞|erreich|ring\b
    """
)
"""Before the number to call."""
NO_PHONE = joined(
    r"""
    isbn|issn|order|invoice|ticket|ref(?:erence)?|iban|card|id|version|no|nr|kunden(?:nummer)?|rechnung|facture|factura|pedido
    customer|account|commande|bestellung
    """
)
"""Before numbers of other things."""
YEAR = joined(
    r"""
    (?:per|a|an|each|every|/) ?(?:year|annum)\b|/ ?(?:yr|y)\b|\byearly|annual(?:ly)?|\bp\.? ?a\.|jährlich|(?:pro|im|je) jahr
    par an\b|(?:à l'|l')ann[ée]e|annuels?|al año|anual(?:es)?|por (?:año|curso|ano)|all'anno|l'anno|annu[oi]|ao ano|per jaar
    jaarlijks|rocznie|na rok|per år|om året|(?:first|one|next|financial|fiscal) year|(?:première|une) année|erste jahr
    primer año|primo anno|ein jahr|un an\b
    """
)
"""Every year."""
MONTH = joined(
    r"""
    (?:per|a|each|every|/) ?month\b|/ ?mo\b|monthly|monatlich|(?:pro|im) monat|par mois|mensuel|al mes|mensual|por m[eê]s
    al mese|mensil|ao mês|per maand|maandelijks|miesięcznie|per månad|i måneden
    """
)
"""Every month."""
CAN_SPEND = joined(
    r"""
    budget|approved|ceiling|up to|(?:can|could|may|to) (?:spend|afford|pay|go)|could go|we have|i have|set aside|available
    funds?|limit|maximum|at most|no more than|grant|got|allocated|earmark|haushalt|eingestellt|verfügung|bis zu|höchstens
    maximal|ausgeben|disposons|dispose|jusqu'à|enveloppe|disponemos|tenemos|hasta|contamos|presupuesto|disposizione|fino a
    abbiamo|temos|até|dispomos|orçamento|besteden|maximaal|do wydania|mamy|dyspozycji|har (?:vi|upp)
    """
)
"""Near an amount that somebody can spend."""
SPENT = joined(
    r"""
    currently|already|now|today|presently|(?:we|i) pay|last year|used to|was|were|you (?:charge|ask|want)|charged|invoice
    another supplier|fine|fee|costs? (?:us|only)|salary|instead of|bisher|derzeit|zahlen (?:wir )?(?:zur ?zeit|derzeit)|actuellement
    actualmente|attualmente|atualmente
    """
)
"""Before an amount that is paid already, or that something else costs."""
CLOSING = joined(
    r"""
    (?:kind(?:est)?|best|warm(?:est)?|many)? ?(?:regards|wishes|thanks)|regards|sincerely
    yours(?: truly| faithfully| sincerely)?|cheers|best|thanks(?: in advance)?|thank you|ta|grtz|xx?|love
    mit freundlichen grü(?:ß|ss)en|freundliche grü(?:ß|ss)e|(?:viele|beste|liebe|herzliche|schöne) grü(?:ß|ss)e|grüße|gruß|mfg
    lg|vg|danke|vielen dank|(?:bien )?cordialement|salutations(?: distinguées)?|bien à vous|merci(?: d'avance)?|amicalement
    atentamente|(?:un )?(?:cordial )?saludos?|gracias|cordiali saluti|distinti saluti|saluti|grazie(?: mille)?|ciao
    atenciosamente|cumprimentos|com os melhores cumprimentos|obrigad[oa]|abraços?|met vriendelijke groet(?:en)?
    groet(?:en|jes)?|bedankt|pozdrawiam|z poważaniem|dziękuję|med vänliga? hälsning(?:ar)?|hälsningar|mvh|med venlig hilsen
    hilsen|le gach dea-ghuí
    """
)
"""Before a name under a letter."""
INTRODUCES = joined(
    r"""
    my name is|this is|i am|i'm|ich hei(?:ß|ss)e|mein name ist|je m'appelle|je suis|me llamo|soy|mi chiamo|sono|me chamo
    chamo-me|(?:eu )?sou|ik ben|mijn naam is|nazywam się|jag heter|contact(?: is| person is| person)?:?|ask for|reporter:
    ansprechpartner(?:in)?(?: ist)?:?|name:
    """
)
"""Before a name in a sentence."""
BODY = joined(
    r"""
    Librar(?:y|ies)|University|Universität|Université|College|School|Schule|Institute|Foundation|Stiftung|Press|Verlag
    Publishing|Ltd|Inc|LLC|GmbH|AG|SARL|S\.A\.|B\.V\.|Oy|AB|Corp|Company|Traders|Museum|Council|Ministry|Faculty|Bücherei
    Bibliothek|Médiathèque|Biblioteca
    """
)
"""The last word of an organisation's name."""
NO_NAMES = listed(
    """
    a after an and are as ask at backup before best bom bonjour bonsoir buenas buenos buonasera buongiorno but by call can
    cara caro cher chère ciao contact could dear do docker document does dzień e-mail email emails for from geachte
    goedemiddag goedemorgen good guten hallo hej hello hi hola how i if in invitation is it it's libraries library liebe
    lieber looking madame message monsieur my need no of olá on only or our phone please prezado proposal re regards sales
    screen search sehr send since so subject summaries support team tel thank thanks that the this to was we web website
    what when where who why will with would wrong yes your
    """
)
"""Words that begin a sentence, and no name."""
MONTHS = listed(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sept
    sep oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août
    septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
    diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre janeiro fevereiro março
    maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus
    """
)
"""Names of months."""
DAYS = listed(
    """
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì
    martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    """
)
"""Names of days of the week."""
CODES = listed(
    """
    EUR USD GBP CHF JPY CAD AUD NZD SEK NOK DKK PLN CZK HUF BRL INR CNY ZAR MXN TRY RON ISK SGD HKD KRW ILS AED RUB UAH
    BGN
    """
)
"""Currencies by their code (ISO 4217)."""
