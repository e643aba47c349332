"""Cues of somebody who wants something else."""

from luminalib.domain.inquiry_cues.patterns import Ideas

IDEAS: Ideas = (
    (  # wants work
        3.0,
        r"""
        \binternship|\bintern\b|apprentice|\bcv\b|résumé|curriculum vitae|application for the (?:position|post|job)
        apply for (?:the|a) (?:job|position|post)|cover letter|salary|vacanc|job (?:offer|opening|opportunit)|are you hiring
        bewerb(?:ung|e )|praktikum|ausbildungsplatz|lebenslauf|stellenanzeige|candidature|\bstage (?:de|dans|en)\b
        offre d'emploi|lettre de motivation|prácticas|empleo|curr[ií]cul|tirocinio|candidatura|cerco lavoro|estágio|vaga\b
        sollicit|vacature|praktyk|ansökan om|\bposition of\b|freelanc|looking for (?:a job|work|employment)|work for you
        hire me|my portfolio|job\b(?! (?:is|fail|stuck|runs))|vacatures|stellenangebot|arbeitsplatz bei|initiativ|recrut
        trabajar (?:en|para) (?:su|vuestra)|lavorare (?:da|per|presso)|trabalhar (?:na|para)|werken bij|pracy\b|jobb\b
        """,
    ),
    (  # advertises or cheats
        3.4,
        r"""
        \bseo\b|backlinks?|(?:increase|boost|more) (?:your )?(?:website )?traffic|rank(?:s|ing)? (?:your|#|no)|on g[o0]{2}gle
        casino|viagra|crypto|bitcoin|forex|lottery|\byou(?:'ve| have)? won\b|\bprize\b|inheritance|barrister|bank details
        next of kin|reply (?:yes|stop)|opt.?out|unsubscribe|click here|limited (?:time )?offer|act now|guaranteed|money back
        (?:instagram )?followers|web ?design services|loan offer|gewinnspiel|sie haben gewonnen|vous avez gagné|ha ganado
        ha vinto|você ganhou|earn (?:money|\$|up to)|work from home|guest post(?:ing)? (?:fee|service)
        buy (?:followers|reviews|links)|domain (?:name|renewal|expir)|first page of|leads?\b (?:for|list|generation)
        e-?mail list|app development (?:service|company)|offshore|outsourc|discreet|miracle|investment opportunity
        million dollars|transfer (?:of )?(?:the )?funds|urgent (?:business|assistance)|verify your account|wire transfer
        100 ?%|best (?:price|rates?) (?:guarantee|in)|\bpills?\b|loans? (?:at|from) \d
        """,
    ),
    (  # thanks, greets
        2.2,
        r"""
        thank you so much|thanks? (?:you )?(?:for (?:the|your|all)|to (?:the|your))|just wanted to (?:say|thank|let you)
        great (?:work|job)\b|well done|keep (?:it )?up|no (?:reply|answer) (?:is )?(?:needed|necessary)|was wonderful|we love
        vielen dank für|(?:großes )?lob\b|merci (?:beaucoup )?pour|bravo|gracias por (?:todo|el|la|vuestro)|enhorabuena
        grazie (?:mille )?per (?:il|la|tutto)|complimenti|obrigad[oa] (?:pelo|pela|por)|parabéns|bedankt voor|dziękuję za
        tack för|\bthank you\b[^.?!\n]{0,30}(?:all|everyone|team|kind|help(?:ed|ful)?|wonderful|lovely)|(?:made|make) my day
        compliments?\b|congratulat|happy (?:new year|birthday|anniversary|christmas)|merry christmas|greetings from
        lovely (?:staff|people|place)|bravo\b|danke (?:für|an)|wollte mich bedanken|toll(?:e|er|es)? (?:arbeit|team)|weiter so
        un grand merci|félicitations|muchas gracias por|felicidades|volevo ringraziare|auguri|muito obrigad|dank voor|kerst
        serdecznie dziękuj|tack så mycket
        """,
    ),
    (  # asks the press officer, the scholar, the lawyer
        2.6,
        r"""
        journalist|reporter for|newspaper|(?:press|media) (?:enquiry|inquiry|office|request from)|for an (?:article|interview)
        statement by|thesis|dissertation|questionnaire|\bsurvey\b|my research\b|\bgdpr\b|article 1[5-7]\b
        personal data (?:that )?you|data protection officer|right of access|erase my|delete (?:all )?my (?:personal )?data
        \bdsgvo\b|\brgpd\b|auskunft nach|pressestelle|presseanfrage|masterarbeit|umfrage|mémoire de|enquête|periodista
        encuesta|giornalista|tesi di|jornalista|questionário|scriptie|dziennikarz|\bresearcher\b
        my (?:phd|master|bachelor|study|studies|essay|homework|school project)|for (?:school|my class|a school project)
        participants? for|magazine (?:article|piece)|deadline (?:for|of) (?:my|the) (?:article|story|piece)|copyright|\bdmca\b
        take-?down|lawyer|solicitor|legal notice|police|court\b|freedom of information|\bfoi\b|subject access|imprint
        trademark|rechtsanwalt|anwalt|urheberrecht|datenschutz(?:beauftragt|auskunft)|avocat|droits d'auteur
        données personnelles|abogad|datos personales|avvocato|dati personali|advogad|dados pessoais|advocaat|persoonsgegevens
        dane osobowe|personuppgift
        """,
    ),
    (  # asks the local library
        2.6,
        r"""
        opening (?:hours|times)|(?:when|are) (?:do )?you open (?:on|at)|branch on|library card|renew my card
        found (?:a|the|your) (?:wallet|purse|key|umbrella|bag)|lost property|left my (?:umbrella|bag|coat|scarf)
        donat(?:e|ing|ion)|old (?:books|paperbacks|magazines)|who wrote|(?:which|what) book (?:is|was|should)
        reading group meets|story ?time|öffnungszeiten|geöffnet|spenden|fundsachen|horaires|ouverte? le|donner des livres
        horario|abiert[ao]|donar|orari\b|donare|portafoglio|tessera|horário|doar|openingstijden|godziny otwarcia|öppettider
        park(?:ing)? (?:at|near|space|lot)|toilets?\b|(?:book|rent|hire|reserve) (?:a|the|your) (?:room|hall)|story hour
        (?:class|school|group) visit|guided tour|volunteer(?:ing)? (?:at|for|in)|wheelchair|lost my (?:glove|hat|keys|glasses)
        left (?:behind|it at)|(?:author|title) of (?:the|a) (?:book|novel|poem)
        recommend (?:me )?(?:a|some|any) (?:good )?(?:books?|novels?|reading)
        looking for a (?:book|novel|poem|children's book) (?:about|by|that|in which|where)
        remember(?:s)? (?:a|the|its) (?:book|title|name)|how (?:old|far|tall) (?:is|are)|capital of|genealog|obituary
        newsletter|mailing list|wi-?fi\b|photocop|welches buch|buchempfehlung|führung|verloren|quel livre|visite guidée
        perdu (?:mon|ma)|qu[eé] libro|perdido (?:mi|un)|quale libro|perso (?:il|la|un)|qual livro|perdi (?:o|a|meu|minha)
        welk boek|verloren|jaka książka|zgubi
        """,
    ),
    (  # wrote to the wrong place, or for a joke
        1.0,
        r"""
        wrong (?:number|address|company)|technician|washing machine|parcel|delivery driver|my flight|hotel room|gullible
        only want(?:ed)? to (?:see|test)|wrong (?:department|person|recipient)|by mistake
        (?:this is )?(?:just |only )?a test\b|testing(?: 1| one|,|\.|$)|asdf|lorem ipsum|\bjoke\b|poem\b|weather
        is this (?:the number|still|a real)|are you (?:a|an) (?:robot|human|real)|meaning of life
        my (?:order|package|pizza|dishwasher|car|tv|fridge|sofa|shoes)|tyres?|taxi|restaurant|dentist|electricity|insurance
        """,
    ),
)
