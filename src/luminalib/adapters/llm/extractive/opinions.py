"""How readers speak of books, beyond the everyday words that VADER knows; valences from -4 to 4 on VADER's own scale."""

import re
from functools import cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from luminalib.adapters.llm.extractive.idioms import FAULTED, PRAISED, with_turns
from luminalib.domain.consensus import KNOWN_ASPECTS

_TURN = 2.4
WORDS = {
    "bland": -1.5,
    "brilliant": 2.8,
    "charmless": -1.6,
    "corny": -1.5,
    "cracking": 1.8,
    "cringe": -1.8,
    "crisp": 1.4,
    "elegant": 1.9,
    "evocative": 1.8,
    "flawless": 2.5,
    "generic": -1.4,
    "glacial": -1.5,
    "grabbed": 1.6,
    "hollow": -1.4,
    "humorless": -1.4,
    "humourless": -1.4,
    "lush": 1.5,
    "melodramatic": -1.3,
    "muddled": -1.5,
    "one-dimensional": -1.6,
    "overblown": -1.6,
    "overwrought": -1.8,
    "plodding": -1.6,
    "poignant": 1.8,
    "refreshing": 1.8,
    "riveting": 2.3,
    "seamless": 1.6,
    "silly": -1.2,
    "sluggish": -1.5,
    "sparkling": 1.8,
    "favourite": 2.0,
    "joyless": -1.8,
    "masterpiece": 3.0,
    "readable": 1.4,
    "recommended": 2.0,
    "rubbish": -2.2,
    "drivel": -2.2,
    "garbage": -2.2,
    "twaddle": -2.0,
    "stale": -1.4,
    "taut": 1.6,
    "thrilling": 2.2,
    "tiring": -1.5,
    "trite": -1.7,
    "turgid": -1.7,
    "verbose": -1.3,
    "wordy": -1.2,
    "careless": -1.5,
    "cheap": -1.4,
    "clever": 1.8,
    "confusing": -1.3,
    "delightful": 2.6,
    "dreadful": -2.2,
    "drawn-out": -1.5,
    "entertaining": 2.0,
    "flawed": -1.4,
    "gorgeous": 2.6,
    "hilarious": 2.2,
    "marvellous": 2.6,
    "mess": -1.6,
    "superb": 2.9,
    "unnecessary": -1.3,
    "weak": -1.5,
    "wise": 1.4,
    "yawn": -1.4,
    "absorbing": 2.0,
    "addictive": 1.8,
    "atmospheric": 1.5,
    "believable": 1.6,
    "bloated": -1.8,
    "captivating": 2.6,
    "cliché": -1.5,
    "clichés": -1.5,
    "clichéd": -1.7,
    "clumsy": -1.5,
    "compelling": 2.2,
    "contrived": -1.7,
    "convoluted": -1.7,
    "cardboard": -1.6,
    "derivative": -1.5,
    "disjointed": -1.6,
    "drag": -1.6,
    "dragged": -1.6,
    "drags": -1.6,
    "engaging": 1.9,
    "engrossing": 2.2,
    "exquisite": 2.7,
    "far-fetched": -1.4,
    "flat": -1.3,
    "forgettable": -1.8,
    "gripping": 2.4,
    "gripped": 2.0,
    "haunting": 1.3,
    "heartfelt": 2.0,
    "hooked": 1.8,
    "implausible": -1.6,
    "immersive": 2.0,
    "incoherent": -1.9,
    "insightful": 2.1,
    "interminable": -1.9,
    "lifeless": -1.9,
    "longwinded": -1.6,
    "long-winded": -1.6,
    "luminous": 2.0,
    "lyrical": 1.8,
    "masterful": 2.6,
    "meandering": -1.2,
    "memorable": 1.8,
    "moving": 1.6,
    "nuanced": 1.7,
    "overlong": -1.6,
    "overrated": -1.9,
    "overwritten": -1.6,
    "padded": -1.4,
    "page-turner": 2.2,
    "ponderous": -1.5,
    "predictable": -1.5,
    "preachy": -1.6,
    "pretentious": -1.8,
    "re-read": 1.4,
    "reread": 1.4,
    "repetitive": -1.6,
    "rushed": -1.4,
    "slog": -1.9,
    "slow": -1.0,
    "sloppy": -1.7,
    "spellbinding": 2.7,
    "stilted": -1.7,
    "sympathetic": 1.2,
    "tedious": -1.9,
    "tender": 1.6,
    "thin": -0.9,
    "thought-provoking": 2.0,
    "tiresome": -1.8,
    "unconvincing": -1.6,
    "underdeveloped": -1.6,
    "uneven": -1.2,
    "unfinished": -1.1,
    "unforgettable": 2.4,
    "unputdownable": 2.9,
    "unreadable": -2.3,
    "vivid": 1.9,
    "well-drawn": 1.9,
    "well-researched": 1.9,
    "well-written": 2.1,
    "witty": 1.9,
    "wooden": -1.6,
    "astonishing": 2.0,
    "bewitching": 2.0,
    "dazzling": 2.2,
    "spectacular": 2.2,
    "cheesy": -1.4,
    "mediocre": -1.6,
    "outdated": -1.5,
    "needless": -1.2,
    "cop-out": -1.8,
    "first-rate": 2.4,
    "second-rate": -1.6,
    "half-baked": -1.7,
    "heavy-handed": -1.6,
    "laboured": -1.5,
    "lacklustre": -1.6,
    "leaden": -1.6,
    "mawkish": -1.6,
    "cloying": -1.5,
    "saccharine": -1.5,
    "rambling": -1.4,
    "threadbare": -1.4,
    "formulaic": -1.6,
    "unoriginal": -1.6,
    "hackneyed": -1.7,
    "soulless": -1.7,
    "uninspired": -1.7,
    "meticulous": 1.6,
    "authoritative": 1.4,
    "indispensable": 2.0,
    "lucid": 1.7,
    "propulsive": 1.6,
    "heartwarming": 2.0,
    "unflinching": 1.2,
    "breathtaking": 2.4,
    "mesmerising": 2.2,
    "mesmerizing": 2.2,
    "enthralling": 2.3,
    "rewarding": 1.8,
    "sumptuous": 1.8,
    "let-down": -1.8,
    "letdown": -1.8,
    "crawls": -1.5,
    "plods": -1.5,
    "sags": -1.4,
    "meanders": -1.3,
    "rambles": -1.4,
    "bores": -1.6,
    "grates": -1.4,
    "irritates": -1.6,
    "enchants": 2.0,
    "captivates": 2.2,
    "fizzles": -1.5,
    "falters": -1.3,
    "disappoints": -1.7,
    "nonsensical": -1.6,
    "incomprehensible": -1.6,
    "unlikeable": -1.4,
    "amateurish": -1.8,
    "shoddy": -1.8,
    "lovable": 1.8,
    "loveable": 1.8,
    "relatable": 1.5,
    "exhilarating": 2.2,
    "profound": 1.7,
    "mind-numbing": -1.9,
    "cringeworthy": -1.8,
    "tear-jerker": 1.4,
}
_OTHERS_FEEL = ("adores", "enjoys", "fears", "hates", "likes", "loves")
"""What he or she feels is told of the story's people; a reader says "I love"."""
_NOT_MEANT = ("hand", "admit", "admits", "admitted")
"""On the one hand and on the other, and what is admitted: VADER takes them for praise."""
# What books are about is no opinion of them: VADER's valences of these words are taken away.
_SUBJECTS_TOLD = """
abandoned abuse accident afraid agony alone anger angry anguish assault attack bankruptcy battle battles betrayal betrayed bleak
blood bomb bully catastrophe champion cheated condemned conflict cried crime crimes criminal criminals cruel cruelty cry crying
dark darkness dead death deaths defeat desperate despair destroy destroyed destruction devastating die died dies disaster doom
dread dying enemies enemy escape evil execution exile explosion famine fear fears fight fighting fights fire fought freedom
friend friends friendship funeral fury ghost grave grief grieving grim gruesome guilt guilty harm haunt haunted haunts hell hero
heroes heroic heroine honour horror horrors hostage hunger hurt hurts illness injustice jail jealous justice kill killed killer
killers killing kills king lies lonely loneliness loss lost misery monster monsters mourn murder murdered murderer murders
nightmare nightmares orphan outlaw pain painful panic peace plague poison poisoned poisonous poor poverty prison prisoner
prisoners punish rage rape ravage revenge robbed ruin ruined sad saddest sadness scared scream shame shipwreck shock sick
sinister sorrow stole stolen storm suffer suffered suffering suicide survivor tears terrifying terror theft thief threat torture
tortured tragedy tragic trauma treasure triumph trouble vengeance victim victims victory villain villains violence violent war
warfare wars weapon weapons weep wept wicked wickedly widow wound wounded brave bravery honest honesty dishonest loyal loyalty
noble innocent innocence faithful greed greedy selfish coward cowardly famine vile mad madness drunk orphans refugees slavery
slave slaves racism revolt rebel homeless starving wealthy rich hungry creep bitter
"""
SUBJECTS = frozenset(_SUBJECTS_TOLD.split())
_OF_SUBJECTS = re.compile(
    rf"\b(?:terrible|horrible|awful|dreadful|horrific|bad|worst|great|ugly|nasty)\s+(?=(?:{'|'.join(sorted(SUBJECTS))})\b)",
    re.IGNORECASE,
)
"""What such a word is said of is no opinion either: a terrible war."""
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": " ", "–": " "})  # noqa: RUF001 -- typographic marks are meant


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    analyzer = SentimentIntensityAnalyzer()
    for word in (*SUBJECTS, *KNOWN_ASPECTS, *_OTHERS_FEEL, *_NOT_MEANT):
        analyzer.lexicon.pop(word, None)
    analyzer.lexicon.update(WORDS | {PRAISED: _TURN, FAULTED: -_TURN})
    return analyzer


def opinion(text: str) -> float:
    """VADER's compound score of a sentence in English, -1.0 to 1.0; a turn of phrase counts as a word."""
    return float(_analyzer().polarity_scores(_OF_SUBJECTS.sub("", with_turns(text.translate(_STRAIGHT))))["compound"])
