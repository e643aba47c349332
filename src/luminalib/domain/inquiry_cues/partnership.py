"""Cues of somebody who wants to do something together."""

from luminalib.domain.inquiry_cues.patterns import Ideas

IDEAS: Ideas = (
    (  # names it
        2.4,
        r"""
        \bpartner(?:s|ship|ships|ing)?\b|partner(?:programm|schaft)|partenari?at|partenaires?\b|\bsoci[oa]s?\b|alianza
        partnerstwo|parceir[oa]s?\b|parceria|collaborat|co-?operat(?:e|ion|ive)\b|kooperation|kooperieren|zusammenarbeit
        collaborer|collaboration|coopération|colabora(?:r|ci[oó]n|[çc][ãa]o)|collabora(?:re|zione)|samenwerk|współprac
        samarbet|samarbejd|work(?:ing)? together|team up|join(?:ing)? forces|zusammen(?:arbeiten|tun)
        travailler (?:ensemble|avec vous)|trabajar (?:juntos|con (?:ustedes|vosotros))|lavorare (?:insieme|con voi)
        trabalhar (?:juntos|em conjunto|com voc)|w[eë]rken met u
        """,
    ),
    (  # the forms it takes
        2.0,
        r"""
        \bjoint(?:ly)?\b|\bco-?(?:develop|brand|host|apply|author|market|organi)\w*|white-?label|\bbundl(?:e|es|ing)\b
        resell(?:er|ers|ing)?\b|distribut(?:or|ors|ion (?:agreement|partner))\b|affiliate|referral|refer our|commission\b
        revenue.shar|shar(?:e|ing) (?:of )?(?:the )?revenue|\boem\b|sponsor(?:s|ship|ing)?\b|pre-?installed?
        in (?:exchange|return)\b|exchange (?:guest|articles|links)|consortium|working group|memorandum|promote (?:you|each)
        vertriebspartner|wiederverkäufer|im gegenzug|gemeinsam(?:e|en|es)?\b|provision\b|sponsoring|revendeurs?\b|en échange
        ensemble un|revendedor|a cambio|conjunt[oa]|rivendit|in cambio|sponsorizz|em troca|revenda|wederverkoper|in ruil
        mutual(?:ly)?\b|cross-?(?:sell|link|market)|case study|\bmou\b|joint venture|franchise
        licensing (?:our|deal|agreement)|(?:be|get) listed|marketplace|partner directory
        (?:implementation|solution|technology|data|content|training|media) partner|represent(?:ing)? you
        sell your (?:product|system|software)|grant application|funding (?:call|application|programme)|händler|vertretung
        distribu(?:idor|tore|teur)|apport(?:eur)? d'affaires|comisi[oó]n|commissione|comiss[ãa]o
        """,
    ),
    (  # offers to join the two
        1.8,
        r"""
        integrat(?:e|es|ing|ion) (?:our|your|us|with|would|between)|(?:our|an) integration\b
        (?:build|develop|ship)[^.?!\n]{0,40} (?:together|plugin|connector)|with your (?:api|lending api|product|platform)
        work with (?:publishers|you directly)|translate your|offer (?:you )?our (?:books|titles|content|catalogue)
        in your (?:librar(?:y|ies)|catalogue|app)|available [^.?!\n]{0,30}through your|guest (?:post|article)
        (?:our|two|both) (?:engineers|ctos|teams|companies)[^.?!\n]{0,30}(?:talk|meet)|ofrecer nuestr|proposer nos
        offrire i nostri|oferecer nossos|unsere (?:bücher|titel|inhalte)|onze (?:boeken|titels)|schnittstelle zu ihrem
        (?:our|my) (?:books|titles|catalogue|content|collection|audiobooks) (?:in|on|into|to|available)
        (?:our|my) (?:novels|poems|archive|dataset|magazine|courses) (?:in|on|into|to|available)|connect (?:our|your|the two)
        (?:plugin|plug-in|connector|extension) for|support for our
        our (?:clients|customers|audience|users) (?:and|would|could|ask|also)
        offer (?:it|you|your (?:product|system|software|service))[^.?!\n]{0,20} to our|train(?:ing)? (?:your|librarians)
        (?:use|teach|adopt) (?:it|luminalib|your (?:system|software)) in (?:our|class|teaching|the course)
        """,
    ),
    (  # proposes
        1.4,
        r"""
        \bproposal\b|\bpropos(?:e|ing)\b|would you (?:be (?:open|interested)|sponsor|like to|consider)|would love to
        invit(?:e|ing|ation)\b|looking for (?:speakers|a speaker|partners|a partner)|seeking a\b|let's talk
        (?:shall|can) our\b|interested\?|(?:whom|who) (?:should|can|do) i pitch|confirm interest
        open to (?:a|working|bundling)|explore (?:a|how)|vorschlag|vorschlagen|interesse an|besteht interesse|einlad|proposons
        proposer|proponer|propuesta|proponiamo|proposta|propor|voorstel|voorstellen|propozycj
        \bspeak(?:er|ers|ing)?\b (?:at|for|on)|keynote|panel\b|on our podcast|guest on|exhibit|booth|stand at
        call for (?:papers|proposals)|(?:idea|suggestion) (?:for|of) (?:a|how we)|what do you (?:think|say)
        are you (?:open|interested)|would (?:that|this|it) interest you|happy to (?:discuss|present|introduce)|idee\b
        hätten sie (?:lust|interesse)|seriez-vous|ser[ií]a posible (?:colaborar|una)|os interesar[ií]a|le interesa|vi interess
        sareste|teriam interesse|bent u geïnteresseerd|heeft u interesse
        """,
    ),
    (  # says who they are
        1.2,
        r"""
        we (?:make|build|are (?:a|an|the)|represent|publish|produce|develop|manufacture|coordinate|run a)\b
        our (?:company|press|foundation|podcast|magazine|blog)
        our (?:conference|festival|university|payments company|metadata service|research group)|i'm an author|i am an author
        rights director|publisher\b|publishing house|self.published|startup
        wir (?:sind|entwickeln|verlegen|betreiben|vertreten)\b|unser(?:e|em)? (?:verlag|hochschule|unternehmen|stiftung)
        nous (?:sommes|éditons|développons|représentons)|somos (?:una|un|uma|um)\b|editorial\b|siamo (?:una|un)\b
        casa editrice|editora\b|wij zijn|uitgeverij|jesteśmy|wydawnictw|vi är ett|förlag
        we(?:'re| are) (?:a|an) (?:[\w-]+ ){0,3}(?:company|start-?up|agency|publisher)
        we(?:'re| are) (?:a|an) (?:[\w-]+ ){0,3}(?:press|bookseller|foundation|association|network)
        we(?:'re| are) (?:a|an) (?:[\w-]+ ){0,3}(?:distributor|manufacturer|consultancy|university|museum)
        we(?:'re| are) (?:a|an) (?:[\w-]+ ){0,3}(?:broadcaster|non-?profit|cooperative|collective|maker)
        (?:independent|local) (?:author|publisher|bookshop|bookseller)|i (?:run|write|edit|host|organi[sz]e) (?:a|an|the)
        agentur|buchhandlung|verlags|maison d'édition|librairie|association\b|librer[ií]a|asociaci[oó]n|associazione|libreria
        associa[çc][ãa]o|livraria|boekhandel|stichting|księgarni|fundacj
        """,
    ),
    (  # what it is about
        0.8,
        r"""
        webinar|conference|meet-?up|festival|workshop|hackathon|pilot with|backlist|research (?:group|project)
        publish together|audience of|badge|challenge|co-?branded|interop|open standard|call on|certif|konferenz|tagung
        conférence|congreso|convegno|congresso|congres\b
        """,
    ),
)
