"""The word lists themselves, compiled for LuminaLib; one string per language, so that they read as lists and not as code."""

GENERAL_WORDS = {
    "en": """doubt front top bottom line lines news cause effect care back close spite addition middle window windows chair
        table tone papers paper corner street road floor bed box legs arms lips tears hat hair crowd party noise sight
        silence surprise conversation behaviour remark remarks attempt purpose manner change number chance pair set say
        says said saying tell told ask asked answer answered reply replied cry cried speak spoke talk talked call called
        exclaimed returned added observed remarked whispered shouted go goes going gone went come comes coming came get
        gets got getting give gives given gave take takes taken took taking make makes made making see sees seen saw
        seeing look looks looked looking know knows known knew think thinks thought thinking find found feel felt seem
        seems seemed keep kept let put set stand stood sit sat lie lay laid turn turned run ran begin began begun leave
        left hear heard hold held bring brought bear follow followed show shown showed want wanted wish wished hope
        hoped like liked love loved mean means meant use used using try tried become became happen happened pass passed
        open opened shut cut read write wrote written live lived stay stayed wait waited walk walked fall fell rest good
        better best great greater greatest little small large big long short old young new first second third last next
        early late high low right wrong true false full whole certain sure able least likely possible different
        particular general common dear poor fine nice bad worse worst happy glad sorry strange present several hundred
        thousand two three four five six seven eight nine ten thing things way ways time times day days night morning
        evening afternoon week weeks month months year years hour hours minute minutes moment moments today tomorrow
        yesterday man men woman women people person persons gentleman gentlemen lady ladies boy girl child children
        father mother brother sister son daughter husband wife friend friends fellow family hand hands head face eye
        eyes arm arms foot feet body side voice word words name names place places part parts point kind sort matter
        case fact reason question idea mind life world end beginning course number door room house home lot bit half
        piece order manner sense use deal air light sir madam mr mrs miss ms dr lord none nothing anything something
        everything everyone together forward round against yes no oh ah instead especially really suddenly directly
        immediately presently exactly certainly probably simply merely nearly hardly scarcely chapter section page pages
        figure table contents volume book edition note notes appendix part example e.g i.e etc vol fig pp january
        february march april may june july august september october november december monday tuesday wednesday thursday
        friday saturday sunday th st nd rd going sometimes means far alone opinion manners degree account subject object
        respect attention interest pleasure pray wouldn couldn didn don hasn isn wasn won ve ll re""",
    "fr": """petit petite petits petites grand grande grands grandes bon bonne bons beau belle vieux vieille jeune nouveau
        premier première dernier deux trois quatre cinq six sept huit neuf dix cent mille chose choses fois temps jour
        jours nuit matin soir heure heures an ans année moment homme hommes femme femmes gens enfant enfants garçon
        fille père mère frère sœur fils monsieur madame mademoiselle main mains tête yeux voix mot mots nom place part
        côté coup peine façon sorte vie monde fin venir vient venait aller allait allez voir voit vu vois savoir sait
        sais prendre prend pris mettre met mis donner donne donné trouver trouve demande répond crie dit dis disait
        parler parle regarder regarde passe reste tient faut veut veux voilà voici ah oh oui maman papa tant seul seule
        beaucoup maintenant bientôt tout-à-coup cependant enfin chapitre page table matières""",
    "de": """seien sei falls jedoch sowie insbesondere beliebig bzw beh fall fälle menge groß große großen klein kleine
        kleinen gut gute guten alt alte alten neu neue neuen erste ersten zweite letzte zwei drei vier fünf sechs sieben
        acht neun zehn ding dinge mal zeit tag tage nacht jahr jahre stunde mann männer frau frauen leute mensch kind
        kinder vater mutter hand kopf auge augen wort worte name teil seite art weise fall ende sagte sagen sagt gesagt
        ging gehen kam kommen sah sehen machen macht gemacht gilt gelten sodass folgt kapitel seite abbildung beispiel
        beispiele bemerkung aufgabe definition satz beweis lemma korollar behauptung lösung übung teilaufgabe z.b vgl
        siehe genau dann""",
    "es": """dicho decir dice decía hombre hombres mujer día días noche vez veces tiempo año años cosa cosas casa mano ojos
        cabeza vida mundo gran grande buen bueno buena dos tres parte señor señora don capítulo página""",
    "it": """detto dire dice diceva uomo uomini donna giorno notte volta tempo anno anni cosa cose casa mano occhi testa vita
        mondo grande buono buona due tre parte signor signore signora capitolo pagina""",
    "pt": """dizer diz dizia homem homens mulher dia dias noite vez vezes tempo ano anos coisa coisas casa mão olhos cabeça
        vida mundo grande bom boa dois duas três parte senhor senhora capítulo página""",
    "nl": """zei zeggen zegt man mannen vrouw dag dagen nacht keer tijd jaar jaren ding dingen huis hand ogen hoofd leven
        wereld groot grote klein kleine goed goede twee drie deel heer mevrouw hoofdstuk bladzijde""",
    "ar": """قال قالت قالوا يقول تقول وقال وقالت فقال فقالت ولم ولن اسم وكان وكانت فكان أخرى آخر اخرى أيضا أوّل أول أولا ثاني
        شكل بشكل بساطة كبير كبيرة كثير كثيرة كثيرا عدد عدة مرة مرات جدا تماما جميع بجميع وجميع بكل وكل لكل وكلّ مثلا
        مثال سبيل طريقة بطريقة طريق خلال أثناء بين داخل خارج شيء أشياء أمر أمور حال حالة نوع أنواع جزء قسم بسبب سبب أجل
        بواسطة أكثر أقل أكبر أصغر أهم هكذا كذلك لذلك بذلك إذن إما أما مما فيما حين حيث ربما دائما أبدا يوم أيام سنة
        سنوات وقت عام وهكذا بدلا نفس نفسه نفسها ذات واحد واحدة اثنان ثلاثة تكون يكون كانت كانوا أصبح تم يتم قال""",
    "zh": """告诉 名叫 知道 没有 可以 时候 起来 出来 看见 看到 觉得 开始 自己 已经 因为 所以 但是 如果 这个
        那个 他们 我们 你们 人们 东西 事情 地方 样子 什么 怎么 为什么 告訴 沒有 時候 起來 出來 開始
        已經 因為 這個 那個 他們 我們 什麼 怎麼 名字 说道 說道 一样 一樣""",
    "la": "lorem",
}

MORE_EMPTY_WORDS = {
    "ta": """ஒரு இந்த அந்த என்று என்ற என அது இது அவர் அவள் அவன் அவர்கள் நான் நாங்கள் நாம் நீ நீங்கள் உள்ள உள்ளது இருந்து இருந்தது இருக்கிறது
        இல்லை மற்றும் ஆனால் அல்லது போன்ற மிகவும் மிக பல சில எல்லா எல்லாம் தான் கூட மட்டும் வரை மேலும் பின்னர் பிறகு முன் எப்படி என்ன எங்கே ஏன் யார்
        அங்கே இங்கே வேண்டும் கொண்டு செய்து வந்து போது அதன் அவரது அவனுடைய தனது ஆகும் என்பது""",
    "te": """ఒక ఈ ఆ అని అనే అది ఇది అతను ఆమె వారు వాళ్ళు నేను మేము మనం నువ్వు మీరు ఉంది ఉన్న ఉన్నాయి ఉన్నారు లేదు మరియు కానీ లేదా చాలా కొన్ని
        అన్ని అంతా కూడా మాత్రమే వరకు తర్వాత ముందు ఎలా ఏమి ఎక్కడ ఎందుకు ఎవరు అక్కడ ఇక్కడ నుండి నుంచి కోసం తో లో కు ని గా అతని ఆమెను తన
        అయితే అప్పుడు ఇప్పుడు వచ్చి చేసి అయిన అయింది""",
    "pa": """ਇੱਕ ਇਹ ਉਹ ਦਾ ਦੇ ਦੀ ਦੀਆਂ ਨੂੰ ਨੇ ਤੋਂ ਵਿੱਚ ਵਿਚ ਤੇ ਅਤੇ ਹੈ ਹਨ ਸੀ ਸਨ ਨਹੀਂ ਪਰ ਜਾਂ ਵੀ ਹੀ ਕਿ ਜੋ ਇਸ ਉਸ ਮੈਂ ਅਸੀਂ ਤੂੰ ਤੁਸੀਂ ਕੀ ਕਿਉਂ ਕਿੱਥੇ ਕੌਣ
        ਬਹੁਤ ਕੁਝ ਸਭ ਨਾਲ ਲਈ ਹੋ ਹੋਇਆ ਗਿਆ ਗਈ ਕਰ ਕੇ ਆਪਣੇ ਆਪਣੀ ਫਿਰ ਹੁਣ""",
    "jv": """lan ing sing kang iku iki kuwi iki ora wis arep karo saka menyang marang kanggo amarga nanging utawa uga banget akeh
        kabeh aku kowe dheweke kita apa endi kapan sapa kepriye ana dadi yen nalika banjur saiki mung isih durung""",
}
"""For languages that the library of stop words does not have."""
DETERMINERS = {
    "en": """the a an this that these those my your his her its our their no some any each every such another of in on at by
        with from for into and all""",
    "fr": """le la les l un une des du au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur
        leurs de d""",
    "de": """der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine meinen meinem
        meiner dein deine deinen deinem deiner sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere
        unseren unserem unserer euer eure dieser diese dieses diesen diesem jener jene jenes jeder jede jedes jeden jedem
        alle allen
        aller alles manche solche welche welcher welches im am ans ins beim vom zum zur zwei drei vier viel viele wenig mehr""",
    "es": "el la los las un una unos unas al del este esta estos estas ese esa mi mis tu su sus nuestro nuestra de",
    "it": """il lo la i gli le l un uno una del dello della dei degli delle dell al alla ai dal dalla nel nella questo questa
        suo sua di""",
    "pt": "o a os as um uma do da dos das no na nos nas ao este esta esse essa meu minha seu sua de",
    "nl": "de het een der deze dit die dat mijn jouw zijn haar ons onze hun van",
}

DANGLING = {
    "en": """he she it they we you him her his its their this that these those here there and but or nor so yet then thus
        hence therefore however also too moreover besides such both neither either another others one even still again
        now indeed perhaps yes no oh ah well why what how my your i for let do did is are was were have has can could
        will would shall""",
    "fr": """il elle ils elles on ce cela ça ceci c lui leur celui celle ceux celles et mais ou or donc car puis alors ainsi
        ensuite enfin aussi là ici oui non si quand comme voilà voici je j tu nous vous mon ma mes ton son sa ses notre
        votre cet cette ces que qui y en n s l'un dont""",
    "de": """er sie es das dies dieser diese dieses diesen ihm ihn ihr ihre sein seine und aber oder denn doch dann also da
        so nun dabei damit daher dazu davon dadurch außerdem auch ja nein wenn als weil dass wir ich du hier dort jedoch
        sondern beide jener zum danach deshalb dort man was wie wer welche sei seien""",
    "es": """él ella ellos ellas eso esto este esta esos y e pero o pues entonces así también luego además sí no si cuando
        como yo tú nosotros su sus mi que quien allí aquí lo le les se""",
    "it": """egli ella lui lei essi questo quello ciò e ed ma o dunque allora così anche poi inoltre sì no se quando come io
        tu noi voi suo sua mio che chi lì qui si""",
    "pt": """ele ela eles elas isso isto este essa e mas ou pois então assim também depois além sim não se quando como eu tu
        nós seu sua meu que quem ali aqui""",
    "nl": """hij zij ze het dit dat deze die hem haar zijn en maar of want dus toen dan zo ook daar hier ja nee als omdat ik
        jij je wij we mijn hun daarna""",
    "ar": "وهو وهي هو هي هذا هذه ذلك تلك لكن لكنّ ثم ثمّ إذ وهذا وهذه ولكن كما أيضًا نعم وقد فهو فهي",
}

NARRATING = {
    "en": "i me my",
    "fr": "je j' j m'",
    "de": "ich mich mir mein meine meinen meinem meiner",
    "es": "yo mi mis mí",
    "it": "io mio mia miei mie",
    "pt": "eu meu minha meus minhas",
    "nl": "ik mij mijn",
}
LOCATIVE = {
    "en": "in into at near through across throughout around outside leave left reach reached towards",
    "fr": "à en dans vers près",
    "de": "in nach aus bei durch um",
    "es": "en hacia desde por",
    "it": "in verso da per",
    "pt": "em no na para desde",
    "nl": "in naar uit te bij",
}
NEAR = {
    "en": "from to",
    "fr": "de d' du",
    "de": "von nach vor",
    "es": "de a",
    "it": "di a",
    "pt": "de",
    "nl": "van",
}
ACTING = {
    "en": """said says asked asks cried thought thinks replied told tells knew knows felt looked looks smiled laughed wanted
        answered exclaimed shouted saw heard sat stood went came ran took turned nodded whispered murmured remembered decided
        wrote""",
    "fr": """posa tendit dit disait demanda demande répondit répond pensa pense cria crie sait savait regarda regarde sourit rit
        voulut veut prit prend alla va vint vient entendit vit écrivit""",
    "de": """sagte sagt fragte fragt antwortete dachte denkt rief ruft wusste weiß sah sieht lachte lächelte nickte wollte will
        ging geht kam kommt nahm nimmt stand steht schrieb hörte erzählte meinte wohnte wohnt heißt hieß liegt saß sitzt
        schlief schläft lebte sprach fand las brachte blieb gab trat trug hielt ließ begann half""",
    "es": """dijo dice preguntó pregunta respondió pensó piensa gritó sabía sabe miró mira sonrió rió quiso quiere fue vino
        tomó oyó vio""",
    "it": """disse dice chiese chiede rispose pensò pensa gridò sapeva sa guardò guarda sorrise rise volle vuole andò venne
        prese udì vide""",
    "pt": """disse diz perguntou pergunta respondeu pensou pensa gritou sabia sabe olhou olha sorriu riu quis quer foi veio
        tomou ouviu viu""",
    "nl": """zei zegt vroeg vraagt antwoordde dacht denkt riep roept wist weet keek kijkt lachte glimlachte wilde wil ging gaat
        kwam komt nam""",
}
PAST = {"en": "ed", "de": "te", "fr": "ait", "es": "ó", "it": "ò", "pt": "ou", "nl": "de"}
ARTICLES = {
    "en": "the a an",
    "fr": "le la les un une des du",
    "de": "der die das den dem des ein eine einen einem einer",
    "es": "el la los las un una",
    "it": "il lo la i gli le un uno una",
    "pt": "o a os as um uma",
    "nl": "de het een",
}
PLOT = {
    "en": """kill killed murder murdered murderer died dead death dying born birth marry married marriage wedding engaged
        engagement widow husband wife mother father son daughter brother brothers sister sisters uncle aunt nephew niece
        cousin friend partner servant master mistress captain king queen prince princess soldier soldiers sailor clerk
        doctor lawyer teacher family heir orphan discovered discovery secret mystery crime criminal stolen steal thief
        robbery prison escaped escape journey voyage travelled sailed arrived returned war battle siege enemy attack
        defeated victory rescued saved lost fortune inheritance money rich poor poverty debt love loved lover hatred
        revenge vengeance quarrel promise promised vow ghost spirit magic spell curse dream ship village town city
        island castle kingdom country native transformed became determined decided resolved refused accepted invited
        proposed confessed revealed warned pursued hunt hunted chase destroyed treasure trial lived belonged named
        called became years ago always story tale adventure adventures history formerly once learned learnt believed
        intended purpose plan reason consequence""",
    "fr": """mort morte mourut tué tua meurtre né née marié mariée mariage épouse mari fils fille frère sœur oncle tante
        parents ami amie roi reine prince princesse soldat capitaine docteur maître secret crime voyage guerre bataille
        ennemi perdu fortune argent amour pauvre riche village ville château école maison famille malade""",
    "de": """tod tot starb gestorben getötet mord geboren heirat verheiratet sohn tochter bruder schwester vater mutter onkel
        tante freund könig königin prinz prinzessin soldat kapitän geheimnis verbrechen reise krieg schlacht feind
        verloren vermögen geld liebe arm reich dorf stadt schloss familie""",
    "es": """muerte muerto murió mató asesinato nació boda casado hijo hija hermano hermana padre madre amigo rey reina
        soldado capitán secreto crimen viaje guerra batalla enemigo perdido fortuna dinero amor pobre rico pueblo ciudad
        castillo familia caballero""",
    "it": """morte morto morì uccise omicidio nato nozze sposato figlio figlia fratello sorella padre madre amico re regina
        soldato capitano segreto delitto viaggio guerra battaglia nemico perduto fortuna denaro amore povero ricco
        villaggio città castello""",
}

SCENE = {
    "en": """look looked looking looks glance glanced stare stared gaze gazed watched eye eyes hand hands finger fingers arm
        arms head face shoulder shoulders knee knees foot feet lips cheek collar nose mouth voice door doors window
        windows chair table floor bed lamp candle desk drawer bureau lock paper corner stairs step steps walked walk sat
        sit stood stand rose turned bowed nodded smiled laughed shook sprang jumped leaned moved drew pulled pushed
        picked dropped lifted touched opened closed shut rang bell pocket hat coat jug plate cup minute minutes moment
        moments silence silent tone countenance cast bent knot glancing looking beckoned leant hung clasped wall walls
        street streets fire fires trembling blushed coloured sighed breath dark darkness exclaimed replied presently
        suddenly rushed hurried hurrying ran walked walking paced pacing pulled pulling pushed towed towing seized
        caught threw flung thrust drove swam o'clock precisely slowly quickly briskly instantly presently immediately
        breakfast""",
    "fr": """regarde regarda regardait yeux main mains doigt doigts bras tête visage épaule genou pied pieds porte fenêtre
        chaise table lit lampe coin marche marcha assis assise debout tourne sourit rit poche chapeau minute moment
        silence voix prend met couvertures""",
    "de": """blickte sah schaute augen hand hände finger arm kopf gesicht schulter knie fuß füße tür fenster stuhl tisch bett
        lampe ecke ging saß stand drehte lächelte lachte tasche hut minute augenblick schweigen stimme""",
    "es": """miró miraba ojos mano manos dedo brazo cabeza cara rostro hombro rodilla pie puerta ventana silla mesa cama
        rincón sentado levantó sonrió rió bolsillo sombrero minuto momento silencio voz""",
    "it": """guardò guardava occhi mano mani dito braccio testa faccia volto spalla ginocchio piede porta finestra sedia
        tavola letto angolo sedette alzò sorrise rise tasca cappello minuto momento silenzio voce""",
}

TITLES = """mr mrs ms miss dr doctor lady sir lord captain colonel king queen prince princess professor father mother
        brother sister
    uncle aunt saint st m mme mlle monsieur madame mademoiselle herr frau señor señora don doña signor signora"""
"""What stands before a name and is no part of it."""

PLACES = "street road lane square park house hall river sea bay island lake castle abbey church bridge city county rue place"
"""What stands behind a name and makes it a place."""

NEVER = """i god oh eh ah hé hein ha ha heaven mr mrs ms miss sir dr english french german chapter section january
february
    march april may june july august september october november december monday tuesday wednesday thursday friday saturday
    sunday street mme mlle monsieur madame"""
"""Written with a capital, and yet no person or place that a text is about."""

ABBREVIATIONS = """mr mrs ms dr prof st messrs mme mlle mm hon rev gen col capt lieut lt sgt maj gov pres jr sr esq vs etc e.g
i.e cf viz vol
    vols no nos pp p ch fig figs eq sec ed eds al approx dept inc ltd co corp bros mt ft jan feb mar apr jun jul aug sept sep
    oct nov dec a.m p.m u.s u.s.a n.b bzw z.b bzgl d.h usw u.a ca evtl ggf s.o vgl abb bd hr fr hrsg nr str sog sr sra srta ud
    uds pág sig dott avv ecc bijv blz mevr dhr env av ex r.e bd dergl q.v ibid op cit ver rel insp supt
    sen rep cmdr comdr cpl pvt pfc det atty adm brig msgr revd ald cllr const ave blvd mgr dir asst dña núm ул им"""
