"""By which words a sentence points back to the one before: lists per language (ISO 639-1)."""
# ruff: noqa: E501, RUF001  (lists in many scripts)

OPENS_ON = {
    "en": r"""he|she|it|its|his|hers?|mine|ours|yours|(?:two|three|four|five|six|seven|eight|nine|ten),|
him|they|them|theirs?|this|that|these|those|such|here|then|thus|hence|
therefore|however|also|too|moreover|besides|furthermore|nevertheless|nonetheless|mean(?:while|time)|otherwise|instead|
still|yet|so|but|and|or|nor|again|now|in the (?:hours|days|weeks|years|time|moments) (?:between|after|before|that followed)|presently|suddenly|soon|afterwards?|later|thereupon|both|neither|either|another|
others|even|indeed|one (?:is|was|had|has)|each (?:is|was|had|has|of)|the (?:first|last) (?:is|was|had|has|went|came|one)|
(?:when|if|as|after|before|though|although|until|till|since|while|whenever|once|where) (?:it|they|this|that|these|those)|
perhaps|yes|no|oh|ah|well|why|likewise|similarly|finally|accordingly|consequently|else|because|
hereupon|thereafter|instantly|immediately|eventually|in (?:another|a|an) (?:moment|minute|instant)|the (?:next|same|
following|other|latter|former|rest|second|third|two|others)|just (?:then|as)|at (?:this|that|these|last|once|length|
which|first)|(?:by|on|in|to|with|from|for|upon|after|before|through|all) (?:this|that|these|those|it|which|whom?|him|
her|them)|by th(?:is|at) time|after (?:a (?:while|time|pause|moment|minute)|a (?:little|short|long) \w+|
\w+ (?:minutes|hours|days|weeks|months|years))|as (?:for|to) (?:him|her|it|them|this|that|the)|once more|no sooner|
not (?:so|a bit)|(?:a|an|two|three|four|five|six|seven|some|several|many|a few|ten) (?:moments?|minutes?|hours?|days?|
nights?|weeks?|months?|years?) (?:later|after(?:wards)?|before|passed)|that's|it's|he's|she's|they're|one of (?:them|
these|those)|some of (?:them|these|those)|in (?:spite|consequence) of (?:this|that|which)|of (?:course|these|those|
this|that)|for (?:example|instance)|on the (?:contrary|other)""",
    "fr": """il(?! (?:était une fois|y (?:a|avait) (?:une?|des|dans|autrefois)))|elles?|ils|on|ce(?! (?:livre|
soir-là))|cet|cette|ces|c['’]|cela|ça|ceci|celui|celle|ceux|celles|l['’]autre|les autres|son|sa|ses|leurs?|lui|eux|et|
mais|ou|or|donc|car|puis|alors|ainsi|ensuite|enfin|aussi|là|ici|cependant|pourtant|toutefois|soudain|tout à coup|
aussitôt|bientôt|après (?:cela|ça|quoi|lui|elle)|le lendemain|à (?:ce|cet|cette|ces)|pendant ce temps|en même temps|
non|oui|en effet|au contraire|par exemple|d['’]ailleurs|quelques (?:minutes|heures|jours|mois|années) (?:après|
plus tard)|un peu plus tard|maintenant""",
    "de": r"""er|sie|es(?! (?:war einmal|gibt|gab|war ein))|das(?= (?:ist|war|hat|hatte|sind|waren|kann|konnte|wird|
wurde|heißt|machte?|gilt|geht|ging|tat|sagte|alles)\b)|dies|diese[rsmn]?|ihm|ihn|ihr(?:e[rsmn]?)?|ihnen|
sein(?:e[rsmn]?)?|und|aber|oder|denn|doch|dann|also|da|so|nun|dabei|damit|daher|dazu|davon|dadurch|dafür|daran|darauf|
darin|darum|darüber|danach|daraufhin|außerdem|auch|ja|nein|jedoch|sondern|beide|jene[rsmn]?|zum beispiel|deshalb|
deswegen|trotzdem|dennoch|schließlich|endlich|plötzlich|bald|inzwischen|unterdessen|später|am (?:nächsten|folgenden|
selben)|in (?:diese[rmn]?|jene[rmn]?)|nach (?:diese[rmn]?|eine[rm] weile)|jetzt|wieder|hier|dort|der eine|der andere|
die anderen?|solche[rsmn]?""",
    "es": """él|ellas?|ellos|es[eoa]s?|est[eoa]s?(?! (?:libro|informe|estudio|obra|guía))|aquel(?:lo|la|los|las)?|
su|sus|suyo|y|e|pero|o|pues|entonces|así|también|luego|además|sin embargo|después|al (?:día|rato|cabo|poco)|allí|aquí|
lo|le|les|se|por (?:eso|ello|lotanto|tanto|esto)|de pronto|de repente|ahora|mientras tanto|sino|no obstante|
por ejemplo|el otro|los otros|la otra|ambos""",
    "it": """egli|ella|lui|lei|essi|esse|esso|questo|questa|questi|queste|quest['’]|quel|quell['’oaie]|quelli|ciò|
suo|sua|suoi|sue|loro|e|ed|ma|o|dunque|allora|così|anche|poi|inoltre|però|tuttavia|intanto|dopo|ora|adesso|lì|là|qui|
si|perciò|per questo|infatti|invece|finalmente|all['’]improvviso|improvvisamente|il giorno dopo|l['’]altro|gli altri|
entrambi""",
    "pt": """ele|ela|eles|elas|ess[ea]s?|isso|isto|este|esta|estes|estas|aquel[ea]s?|aquilo|seu|sua|seus|suas|e|
mas|ou|pois|então|assim|também|depois|além|porém|contudo|entretanto|no entanto|ali|aqui|lá|nisto|nisso|por isso|
de repente|agora|logo|no diaseguinte|o outro|os outros|ambos|nest[ea]|ness[ea]|dest[ea]|dess[ea]|daí|dali""",
    "nl": r"""hij|zij|ze|het (?=is|was|had|heeft|werd|wordt|kon|zou|bleek|leek)|dit(?! boek)|dat|deze|die|hem|haar|
zijn|hun|hen|en|maar|of|want|dus|toen|dan|zo|ook|daar\w*|hier\w*|ja|nee|daarna|toch|echter|bovendien|later|ineens|
plotseling|intussen|ondertussen|nu|weer|beide|de ander|de volgende|even later|eindelijk""",
    "sv": """han|hon|den|det(?! (?:var en gång|fanns))|de|dem|hans|hennes|deras|dess|denn[ae]|detta|dessa|och|men|
eller|så|sedan|då|där|här|därför|dock|också|nu|plötsligt|till slut|efteråt|senare|nästa|båda|sådan""",
    "da": """han|hun|den|det(?! (?:var en gang))|de|dem|hans|hendes|deres|denne|dette|disse|og|men|eller|så|da|
siden|der|her|derfor|dog|også|nu|pludselig|til sidst|bagefter|senere|næste|begge|sådan""",
    "no": """han|hun|den|det(?! (?:var en gang))|de|dem|hans|hennes|deres|denne|dette|disse|og|men|eller|så|da|
siden|der|her|derfor|likevel|også|nå|plutselig|til slutt|etterpå|senere|neste|begge|slik""",
    "fi": """hän|he|se|ne|hänen|heidän|sen|niiden|tämä|tämän|nämä|tuo|nuo|ja|mutta|tai|vaan|sitten|silloin|siellä|
siellä|siksi|kuitenkin|myös|nyt|äkkiä|lopulta|myöhemmin|seuraavana|molemmat|sellainen""",
    "pl": """on|ona|ono|oni|one|jego|jej|ich|jemu|to|ten|ta|te|ci|tego|tej|tym|tych|i|a|ale|lecz|albo|więc|potem|
wtedy|wówczas|tam|tu|dlatego|jednak|także|też|teraz|nagle|wreszcie|później|następnego|obaj|oboje|taki|taka""",
    "cs": """on|ona|ono|oni|jeho|její|jejich|to|ten|ta|ti|tento|tato|toto|a|ale|nebo|tak|pak|potom|tehdy|tam|tady|
proto|však|také|teď|náhle|konečně|později|oba|takový""",
    "ru": """он|она|оно|они|его|её|ее|их|ему|ей|им|это|этот|эта|эти|тот|та|то|те|такой|такая|и|а|но|или|же|так|
потом|затем|тогда|там|тут|здесь|поэтому|однако|также|тоже|теперь|вдруг|наконец|позже|оба|после этого|на следующий|
в (?:этот|тот|это|эту|ту)""",
    "uk": """він|вона|воно|вони|його|її|їх|йому|їй|це|цей|ця|ці|той|та|те|ті|такий|і|й|а|але|або|так|потім|тоді|
там|тут|тому|однак|також|теж|тепер|раптом|нарешті|пізніше|обидва""",
    "tr": """o|onun|ona|onu|onlar|onların|bu|bunun|buna|bunu|bunlar|şu|ve|ama|fakat|ancak|sonra|daha sonra|o zaman|
orada|burada|bu yüzden|çünkü|ayrıca|şimdi|birden|sonunda|ertesi|ikisi|böyle|öyle""",
    "hu": """ő|ők|az(?=,| volt| is)|ez|ezek|azok|ennek|annak|és|de|vagy|hanem|aztán|azután|akkor|ott|itt|ezért|
azért|azonban|is|most|hirtelen|végül|később|másnap|mindkettő|ilyen|olyan""",
    "ro": """el|ea|ei|ele|lui|lor|său|sa|acest[ae]?|aceast[aă]|acel[ae]?|aceea|asta|ăsta|și|dar|sau|însă|deci|apoi|
atunci|acolo|aici|de aceea|totuși|acum|deodată|în sfârșit|mai târziu|amândoi""",
    "el": """αυτός|αυτή|αυτό|αυτοί|εκείνος|εκείνη|εκείνο|του|της|τους|και|κι|αλλά|όμως|ή|έτσι|μετά|ύστερα|τότε|
εκεί|εδώ|γι['’] αυτό|τώρα|ξαφνικά|τελικά|αργότερα""",
    "id": """ia|dia|mereka|itu|ini|dan|tetapi|tapi|atau|maka|lalu|kemudian|setelah itu|di (?:sana|situ|sini)|
karena itu|namun|juga|sekarang|tiba-tiba|akhirnya|keduanya""",
    "vi": """nó|hắn|họ|anh ta|cô ta|cô ấy|anh ấy|ông ấy|bà ấy|điều (?:này|đó)|đó|đây|và|nhưng|hay|rồi|sau đó|
khi đó|vì (?:thế|vậy)|tuy nhiên|cũng|bây giờ|bỗng|cuối cùng""",
    "ar": """هو|هي|هم|هن|وهو|وهي|وهم|فهو|فهي|هذا|هذه|ذلك|تلك|هؤلاء|وهذا|وهذه|ثم|ثمّ|لكن|لكنّ|ولكن|لكنه|لكنها|ولكنه|
ولكنها|إذن|كما|أيضا|أيضًا|لذلك|ولذلك|وقد|فقد|هناك|هنا|بعد ذلك|عندئذ|فجأة|وأخيرا|فلما|ولما|وكان|فكان|وقال|فقال|وقالت|
فقالت""",
    "fa": """او|آنها|آن|این|وی|ایشان|و|اما|ولی|یا|پس|سپس|بعد|آنگاه|آنجا|اینجا|بنابراین|همچنین|نیز|حالا|ناگهان|
سرانجام|هر دو""",
    "hi": r"""वह|वे|यह|ये|उस\w*|उन\w*|इस\w*|इन\w*|और|लेकिन|मगर|पर|परन्तु|किन्तु|या|तो|फिर|तब|वहाँ|यहाँ|इसलिए|भी|अब|
अचानक|आखिर|दोनों""",
    "bn": """সে|তিনি|তারা|তাঁরা|তার|তাঁর|তাদের|এটি|এটা|এই|এর|সেই|এবং|আর|কিন্তু|বা|তবে|তারপর|তখন|সেখানে|এখানে|তাই|
এখন|হঠাৎ|অবশেষে""",
    "ur": "وہ|یہ|اس|ان|اور|لیکن|مگر|یا|پھر|تب|وہاں|یہاں|اس لیے|بھی|اب|اچانک|آخر|دونوں",
    "sw": """yeye|wao|hii|hiyo|huyo|huyu|hao|hawa|hicho|na|lakini|au|kisha|halafu|basi|pale|hapo|hapa|kwa hiyo|pia|
sasa|ghafla|hatimaye""",
    "ja": """彼|彼女|それ|これ|あれ|その|この|あの|そこ|ここ|あそこ|そう|こう|そして|しかし|だが|でも|けれど|
だから|すると|また|さらに|やがて|ところが|それから|つまり|なお|次の|翌|突然|二人は|ふたりは""",
    "zh": """他|她|它|牠|这|這|那|其|此|该|該|然后|然後|接着|接著|于是|於是|但|可是|不过|不過|而|因此|所以|后来|
後來|同时|同時|突然|忽然|最后|最後|终于|終於|第二天|两人|兩人|另|也|又""",
    "ko": """그|그는|그가|그의|그를|그녀는|그녀가|그녀의|그들은|그들의|
그것은|이것은|이는|그녀|그들|그것|이것|저것|이|저|그리고|그러나|하지만|그런데|그래서|따라서|또|또한|그때|거기|여기|
그러자|이제|갑자기|마침내|다음|결국""",
}
"""Alternatives of a pattern, without its line ends: pronouns, demonstratives, connectives, times counted from another."""
POINTING = {
    "en": (
        "this|that|these|those|such an?",
        (
            "behind|beside|beneath|below|above|across|along|among|around|between|beyond|inside|outside|near|"
            "over|past|since|under|until|within|without|during|about|against|into|by|on|in|to|with|from|for|upon|after|before|through|all|at|of"
        ),
    ),
    "fr": (
        "ce|cet|cette|ces|cela|celui-ci|celle-ci",
        (
            "derrière|devant|dans|sur|sous|après|avant|avec|sans|contre|entre|parmi|par|pour|depuis|"
            "pendant|durant|vers|chez|près de|autour de|au-dessus de|au-dessous de|au fond de|à côté de|malgré|en|de|à"
        ),
    ),
    "de": (
        "diese[rsmn]?|jene[rsmn]?|solche[rsmn]?",
        (
            "hinter|vor|in|auf|unter|über|neben|zwischen|nach|mit|bei|von|aus|seit|während|durch|ohne|"
            "gegen|für|um|an|wegen|trotz|innerhalb|außerhalb|jenseits|zu"
        ),
    ),
    "es": (
        "est[eao]s?|es[eao]s?|aquel(?:la|los|las|lo)?|dich[oa]s?",
        (
            "detrás de|delante de|dentro de|fuera de|debajo de|encima de|cerca de|"
            "alrededor de|en|sobre|bajo|tras|con|sin|contra|entre|por|para|desde|durante|hacia|ante|de|a|después de|antes de"
        ),
    ),
    "it": (
        "quest[oaie]|quest['’]|quel|quell[oaie]|quell['’]|quei|quegli",
        (
            "dietro|davanti a|dentro|sopra|sotto|dopo|prima di|con|senza|contro|"
            "tra|fra|per|durante|verso|presso|accanto a|vicino a|in|su|di|a|da"
        ),
    ),
    "pt": (
        "est[eao]s?|ess[eao]s?|iss?to|isso|aquel[eao]s?|dest[eao]s?|dess[eao]s?|daquel[eao]s?|nest[eao]s?|ness[eao]s?|naquel[eao]s?",
        "atrás|diante|dentro|fora|debaixo|por baixo|por cima|perto|em volta|sobre|sob|com|sem|contra|entre|por|para|desde|durante|até|após|depois|antes",
    ),
    "nl": (
        "deze|dit|dat|die",
        "achter|voor|in|op|onder|boven|naast|tussen|na|met|bij|van|uit|sinds|tijdens|door|zonder|tegen|om|aan|over",
    ),
    "sv": (
        "den här|det här|de här|denn[ae]|detta|dessa",
        "bakom|framför|i|på|under|över|bredvid|mellan|efter|med|hos|av|från|sedan|genom|utan|mot|för|till",
    ),
    "da": ("denne|dette|disse", "bag|foran|i|på|under|over|ved|mellem|efter|med|hos|af|fra|siden|gennem|uden|mod|for|til"),
    "no": ("denne|dette|disse", "bak|foran|i|på|under|over|ved|mellom|etter|med|hos|av|fra|siden|gjennom|uten|mot|for|til"),
    "pl": ("tym|tymi|tych|tej|tego|tę|tamtym|tamtej", "za|przed|w|na|pod|nad|obok|między|po|z|bez|przez|dla|od|do|podczas"),
    "ru": (
        "этим|этой|этого|этому|этом|эту|этих|этими|той|тем|того|том|тех",
        "за|перед|в|во|на|под|над|у|между|после|с|со|без|через|для|от|до|из|к",
    ),
    "uk": (
        "цим|цією|цього|цьому|цю|цих|цими|тією|тим|того|тому",
        "за|перед|в|у|на|під|над|біля|між|після|з|із|без|через|для|від|до",
    ),
    "ro": (
        "ace(?:st|asta|astă|stui|stei|ști|ste)|acest|această|acel|acea|acei|acele",
        "în spatele|în fața|în|pe|sub|peste|lângă|între|după|cu|fără|de|din|spre|pentru|prin",
    ),
}
"""Per language the demonstratives, and the prepositions with which a sentence opens on one: “Derrière cette porte”."""
POINTS_INSIDE = {
    "de": r"^[A-ZÄÖÜ][\w'’-]+ (?:[A-ZÄÖÜ][\w'’-]+ )?\w+ (?:ihn|ihm|ihnen)\b",
    "es": r"^[A-ZÁÉÍÓÚÑ][\w'’-]+ (?:[A-ZÁÉÍÓÚÑ][\w'’-]+ )?(?:lo|le|les|los) \w+(?:ó|ron|ba|ban|ía|ían)\b",
    "nl": r"^[A-Z][\w'’-]+ (?:[A-Z][\w'’-]+ )?\w+ (?:hem|hen|hun)\b(?! \w+en\b)",
    "en": r"""(?x) \b (?:after|before|with|of|to|at|for|on|about|upon)\ (?:it|him|her|them|that|this) \W* $ |
        ^ (?: [\w.'’-]+\ ){1,3} (?:was|is|were|are|had\ been)\ (?:his|her|their|its|the\ (?:somebody|one|other))\b |
        ^ [A-Z][\w'’-]+\ (?:[A-Z][\w'’-]+\ )?\w+\ (?:him|them|her(?=\W*$|\ (?:for|to|with|and|as|at|in|on|from|by|about|that|a|the)\b))\b |
        ^ (?: [\w.'’-]+\ ){1,3} and\ (?:he|she|they|him|her|them)\b | \bwhich\ ones?\b | \bthe\ somebody\b |
        \b(?:to|of|at|by|with|in|from|for)\ (?:this|these|those)\ \w+(?:\ \w+)? \W* $ |
        ^ (?:May|Let|Can|Could|Shall|Will|Must)\ (?:it|that|this|they)\b | \bthat[,.;:] |
        ^ (?: (?! \b(?:an?|the|his|her|their|my|our|some|no|every|each|this|that)\b ) [^,;:] )*? \b(?:it|them)\b
        (?! \W* (?:is|was|were|be|been|being|isn|wasn|seem|seemed|seems|would|will|may|might|must|had|has|took|takes|came|
        comes|rained|rains|snowed|snows|struck|grew|grows|so|such|s|all|hard|
        easy|difficult|impossible|necessary|clear|likely|better|best|right|strange)\b )""",
    "fr": r"""(?x) ^ [A-ZÀ-Ý][\w'’-]+\ (?:[A-ZÀ-Ý][\w'’-]+\ )? (?:en|y|l['’]|le|la|les|lui|leur)\ ?
        (?:a|ai|avait|avaient|eut|est|était|étaient|fut|fit|prit|tira|parla|voulait|savait|vit|regarda|donna|dit|mit)\b""",
}
"""Patterns of what points back from inside a sentence: an end on a pronoun, somebody who was "his", a thing named before."""
CONCLUDES = {
    "en": "and that is (?:why|how)|that is (?:why|how)|and so|so|thus|at last|at length|finally|in the end|and",
    "fr": "(?:et )?c['’]est (?:pourquoi|ainsi que)|et|ainsi|enfin|à la fin|finalement",
    "de": "und so|so|und|schließlich|endlich|am ende",
    "es": "y|así|al final|por fin|finalmente",
    "it": "e|così|alla fine|finalmente|infine",
    "pt": "e|assim|no fim|por fim|finalmente",
    "nl": "en|zo|ten slotte|eindelijk|uiteindelijk",
}
"""Words that lead to an end."""
_PERSONS = """
man men woman women boy girl lady gentleman lord king queen prince princess husband wife father mother son daughter brother
sister uncle aunt nephew niece friend lover widow master mistress captain doctor child fellow creature person servant maid
clerk nurse
"""
PERSONS = frozenset(_PERSONS.split())
"""English words for somebody who may be the one whom the next pronoun means."""
PRONOUNS = {
    "en": "he her hers herself him himself his she theirs them themselves they",
    "fr": "elle elles eux ils lui",
    "de": "er ihm ihn ihnen ihr",
    "es": "ella ellas ellos él",
    "it": "egli ella essi lei lui",
    "pt": "ela elas ele eles",
    "nl": "haar hem hen hij zij",
    "sv": "dem han henne hon honom",
    "da": "dem ham han hende hun",
    "no": "dem ham han henne hun",
    "ru": "ей ему ней ним них он она они",
    "pl": "go jej jemu nim nią on ona oni",
}
"""Pronouns of persons who must have been named."""
INTRODUCING = {
    "en": "a an each every few many most no one some",
    "fr": "chaque des un une",
    "de": "das der die ein eine einem einen einer jede jeder",
    "es": "cada un una unas unos",
    "it": "ogni un un' una uno",
    "pt": "cada um uma umas uns",
    "nl": "de een elke het iedere",
    "sv": "en ett varje",
    "da": "en et hver",
    "no": "ei en et hver",
}
"""What a sentence opens on when it brings somebody new, of whom it may go on to speak as "he"."""
PREPOSITIONS = {
    "en": "about against at by for from in like near of on to towards upon with without",
    "fr": "avec chez contre d' de en par pour sans sur vers à",
    "de": "an auf bei für gegen in mit nach ohne um von vor zu",
    "es": "a con contra de en hacia para por sin sobre",
    "it": "a con contro da di in per senza su verso",
    "pt": "a com contra de em para por sem sobre",
    "nl": "aan bij door in met naar op tegen van voor zonder",
}
"""What a name stands behind when it is not whom the next pronoun means ("To Holmes she is always the woman")."""
