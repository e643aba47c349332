"""Texts that have nothing to do with one another, by which a model of embeddings is measured before it is believed.

Sixteen questions with a text that answers each, and texts on some of the same subjects in the other languages that questions are
understood in. They are of no library: what they measure is the model.
"""

QUESTIONS = (
    "Why did the keeper refuse to leave the lighthouse?",
    "How is bread dough made to rise?",
    "What do bees do in winter?",
    "Who inherited the house after the funeral?",
    "How are interest rates and inflation connected?",
    "What causes the tides?",
    "How do I prune an apple tree?",
    "Where did the soldiers cross the river?",
    "What is a prime number?",
    "Why was the violinist nervous before the concert?",
    "Which medicine lowers a fever?",
    "How did the detective know that the letter was forged?",
    "When was the town's cathedral rebuilt?",
    "How do vaccines protect against disease?",
    "What did the boy find in the attic?",
    "How does a suspension bridge carry its load?",
)
ANSWERS = (
    (
        "The old man would not go down to the boat with the others. As long as there was oil, he said, somebody had to "
        "see that the lamp burned, or the herring fleet would run upon the rocks in the dark, as his brother had done."
    ),
    (
        "Yeast feeds on the sugar in the flour and gives off gas, which is caught in the dough and makes it swell. Leave "
        "it under a cloth in a warm place for an hour or two, until it is twice as large."
    ),
    (
        "When it grows cold the colony gathers in a ball around its queen. The workers tremble with their wings to keep "
        "warm, take turns on the outside, and live on the honey that was stored in summer."
    ),
    (
        "When the will was read nobody spoke for some time. The whole estate, with the garden and the mill, went to the "
        "youngest niece, whom none of the family had seen since she had run away to sea with a painter."
    ),
    (
        "A central bank that fears rising prices makes credit dearer. Firms then borrow and invest less, households save "
        "more, demand falls, and after a year or so prices rise more slowly."
    ),
    (
        "The moon draws the water of the oceans towards itself, and the earth turns beneath the bulge. So most coasts "
        "have high water twice a day; when the sun pulls in the same direction it stands higher."
    ),
    (
        "Cut in late winter, before the buds open. Take out dead and crossing branches first, then shorten last year's "
        "shoots by a third, always just above a bud that points outwards, so that light comes into the crown."
    ),
    (
        "At dawn the regiment found the bridge burnt. They marched two miles upstream to the ford behind the monastery, "
        "and went through with the water up to their chests, holding the muskets over their heads."
    ),
    (
        "A whole number greater than one is called so if nothing divides it but one and itself. Euclid showed that there "
        "are more of them than any list can hold."
    ),
    (
        "She had broken a string at the rehearsal, and the hall was sold out. Behind the curtain her hands were so cold "
        "that she could not feel the bow; her old teacher, she had heard, was sitting in the first row."
    ),
    (
        "Paracetamol and ibuprofen bring the temperature down for some hours. Children are dosed by their weight; whoever"
        " is still hot after three days should see a doctor."
    ),
    (
        "The ink, he explained, was of a kind not sold before the spring, and yet the sheet bore a date in January. "
        "Besides, the writer had been left-handed, and here every stroke leant the other way."
    ),
    (
        "After the great fire had left nothing but the crypt, the chapter collected alms for thirty years. The new choir "
        "was consecrated in 1248, the towers were never finished."
    ),
    (
        "A harmless piece of the germ is shown to the immune system, which learns to make antibodies against it. When the"
        " real one comes years later they are made within days, and the illness does not break out."
    ),
    (
        "Under the sails and the broken chairs stood a chest without a lock. He lifted the lid: on the top lay a brass "
        "telescope, and beneath it a map on which an island had been marked with a cross."
    ),
    (
        "The roadway hangs from cables that run over tall towers and are anchored in the banks. They take the pull, the "
        "towers the pressure, so that a single span can be more than a mile long."
    ),
)
"""In the order of the questions."""
ELSEWHERE = {
    "de": (
        (
            "Der alte Wärter wollte nicht mit den anderen ins Boot steigen. Solange Öl da sei, sagte er, müsse jemand nach "
            "der Lampe sehen, sonst liefen die Fischer im Dunkeln auf die Felsen."
        ),
        (
            "Die Hefe frisst den Zucker im Mehl und gibt Gas ab, das im Teig gefangen bleibt und ihn aufgehen lässt. Man "
            "stellt ihn zugedeckt eine Stunde an einen warmen Ort."
        ),
        (
            "Wird es kalt, so drängt sich das Volk der Bienen um seine Königin. Die Arbeiterinnen zittern mit den Flügeln, um"
            " sich zu wärmen, und leben vom Honig des Sommers."
        ),
        (
            "Fürchtet die Zentralbank steigende Preise, so verteuert sie den Kredit. Die Betriebe investieren dann weniger, "
            "die Haushalte sparen mehr, und nach einem Jahr steigen die Preise langsamer."
        ),
        (
            "Im Morgengrauen fand das Regiment die Brücke verbrannt. Zwei Meilen weiter oben gingen die Soldaten durch die "
            "Furt hinter dem Kloster, die Gewehre über den Köpfen."
        ),
        (
            "Eine ganze Zahl größer als eins heißt so, wenn sie nur durch eins und sich selbst teilbar ist. Euklid hat "
            "gezeigt, dass es davon unendlich viele gibt."
        ),
        (
            "Sie hatte bei der Probe eine Saite zerrissen, und der Saal war ausverkauft. Hinter dem Vorhang waren ihre Hände "
            "so kalt, dass sie den Bogen nicht spürte."
        ),
        (
            "Unter den Segeln und zerbrochenen Stühlen stand eine Truhe ohne Schloss. Der Junge hob den Deckel: oben lag ein "
            "Fernrohr aus Messing, darunter eine Karte."
        ),
    ),
    "fr": (
        (
            "Le vieux gardien ne voulut pas descendre dans la barque avec les autres. Tant qu'il y aurait de l'huile, disait-"
            "il, il fallait que quelqu'un veille sur la lampe, sinon les pêcheurs iraient se briser sur les rochers."
        ),
        (
            "La levure mange le sucre de la farine et dégage un gaz que la pâte retient, ce qui la fait gonfler. On la laisse"
            " une heure sous un linge dans un endroit tiède."
        ),
        (
            "Quand il fait froid, les abeilles se serrent en boule autour de leur reine. Les ouvrières font trembler leurs "
            "ailes pour se réchauffer et vivent du miel de l'été."
        ),
        (
            "Une banque centrale qui craint la hausse des prix rend le crédit plus cher. Les entreprises investissent moins, "
            "les ménages épargnent davantage, et au bout d'un an les prix montent moins vite."
        ),
        (
            "À l'aube, le régiment trouva le pont brûlé. Deux lieues en amont, les soldats passèrent le gué derrière le "
            "monastère, le fusil au-dessus de la tête."
        ),
        (
            "On appelle ainsi un nombre entier plus grand que un que rien ne divise, sinon un et lui-même. Euclide a montré "
            "qu'il y en a une infinité."
        ),
        (
            "Elle avait cassé une corde à la répétition, et la salle était comble. Derrière le rideau, elle avait les mains "
            "si froides qu'elle ne sentait plus l'archet."
        ),
        (
            "Sous les voiles et les chaises cassées, il y avait un coffre sans serrure. Le garçon souleva le couvercle : une "
            "longue-vue de cuivre, et dessous une carte."
        ),
    ),
    "es": (
        (
            "El viejo farero no quiso bajar a la barca con los demás. Mientras quedara aceite, decía, alguien tenía que "
            "cuidar de la lámpara, o los pescadores se estrellarían contra las rocas."
        ),
        (
            "La levadura se come el azúcar de la harina y suelta un gas que queda atrapado en la masa y la hace crecer. Se "
            "deja una hora tapada en un lugar templado."
        ),
        (
            "Cuando hace frío, las abejas se apiñan alrededor de su reina. Las obreras agitan las alas para calentarse y "
            "viven de la miel del verano."
        ),
        (
            "Un banco central que teme la subida de los precios encarece el crédito. Las empresas invierten menos, los "
            "hogares ahorran más, y al cabo de un año los precios suben más despacio."
        ),
        (
            "Al amanecer el regimiento encontró el puente quemado. Dos leguas más arriba los soldados cruzaron el vado, con "
            "los fusiles por encima de la cabeza."
        ),
        (
            "Había roto una cuerda en el ensayo, y la sala estaba llena. Detrás del telón tenía las manos tan frías que no "
            "sentía el arco."
        ),
    ),
    "it": (
        (
            "Il vecchio guardiano non volle scendere nella barca con gli altri. Finché c'era olio, diceva, qualcuno doveva "
            "badare alla lampada, o i pescatori sarebbero finiti sugli scogli."
        ),
        (
            "Il lievito mangia lo zucchero della farina e libera un gas che resta nell'impasto e lo fa crescere. Lo si lascia"
            " un'ora coperto in un luogo tiepido."
        ),
        (
            "Quando fa freddo le api si stringono intorno alla loro regina. Le operaie fanno tremare le ali per scaldarsi e "
            "vivono del miele dell'estate."
        ),
        (
            "Una banca centrale che teme l'aumento dei prezzi rende più caro il credito. Le imprese investono meno, le "
            "famiglie risparmiano di più, e dopo un anno i prezzi salgono più piano."
        ),
        (
            "All'alba il reggimento trovò il ponte bruciato. Due miglia più a monte i soldati passarono il guado, con i "
            "fucili sopra la testa."
        ),
        (
            "Aveva rotto una corda alla prova, e la sala era piena. Dietro il sipario aveva le mani così fredde che non "
            "sentiva l'archetto."
        ),
    ),
}
"""By language."""
