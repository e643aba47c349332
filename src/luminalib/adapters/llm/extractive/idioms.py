"""Turns of phrase in which readers praise or find fault, which no word of them tells."""

import re

PRAISED, FAULTED = "praisedsowell", "faultedsomuch"
"""What stands for such a turn where words are weighed."""
_CANNOT = r"(?:could(?: not|n't)|can(?:not|'t| not)|impossible to|hard to|unable to|didn't want to|don't want to)"
_NEVER = r"(?:never|doesn't|does not|didn't|did not|don't|do not|won't|nothing|hardly|barely)"
_NOT_ALONE = r"(?!only|just|merely|simply)(?:\w+ )?(?:a )?"
_NOT = rf"(?:never|not even|not|isn't|wasn't|aren't|weren't|hardly|barely|far from|anything but) {_NOT_ALONE}"
_NO = r"(?:nothing|without (?:ever )?being|no) (?:\w+ )?(?:a )?"
_WORDS_OF_FAULT = """bad dull boring bored slow predictable clumsy wooden flat shallow clichéd tedious preachy weak forced
dry ordinary disappointing disappointed disappoints? drags? stilted rushed silly pretentious wasted cardboard sentimental
dated confusing sags? flags?"""
_WORDS_OF_PRAISE = """good great funny interesting convincing believable engaging exciting gripping original clever
well[-\\s]written worth\\s(?:it|reading|the\\s\\w+) memorable special impressed impressive satisfying hooked moved amused charmed"""
_BAD, _GOOD = (f"(?:{'|'.join(words.split())})" for words in (_WORDS_OF_FAULT, _WORDS_OF_PRAISE))
_COMPLAINT = r"(?:problem|trouble|drawback|downside|thing wrong|complaint|gripe|regret|criticism|fault|flaw|quibble)"
_OVER = (
    r"(?:end(?:s|ed)?|over|finished|stops?|stopped|no (?:sequel|more|second)|isn't (?:longer|more)|too (?:short|soon)|"
    r"only \w+ pages|done|sleep|slept|not more|no more)"
)
_PRAISING = rf"""
{_CANNOT}(?: \w+)? (?:put (?:it |this |the book |this book |this one |them )?down|stop (?:reading|turning|thinking|laughing))
{_CANNOT}(?: \w+)? (?:get enough|praise|recommend .{{0,20}}enough|fault)
\b{_NEVER} lets? (?:me |you |us |up|go)
\b(?:{_NOT}|{_NO})(?:single |one |the least |at all |bit )?{_BAD}\b(?: (?:at all|page|moment|word|line|sentence|bit|characters?))*
\bno (?:complaints?|regrets?|faults?)\b
\b(?:would not|wouldn't) (?:change|alter|cut) (?:a|one|the) (?:thing|word|line|comma|page|sentence)\b
\bnot a (?:single )?(?:wasted|dull|false|boring|weak) (?:word|note|page|line|moment|sentence|scene)\b
\bnever (?:misses|disappoints|lets up|outstays|drags|sags|puts a foot wrong)\b
\bmakes? up for (?:it|this|that)\b
\b(?:expected|feared|thought|ready for) .{{0,40}}?\b{_BAD}\b.{{0,40}}\b(?:and|but)\b.{{0,20}}\b(?:got|found|it never)\b.*
\bnothing to (?:complain|criticise|criticize|grumble|fault)\b
\b(?:no|hardly any|without|few) (?:flaws?|weak(?:nesses| spots?| points?)|lengths)\b
\b(?:only|sole|one) (?:real )?{_COMPLAINT}(?: with \w+)?(?: is| was|:)? ?:? ?(?:that )?(?:it|there|i|this)\b.{{0,15}}\b{_OVER}\b
\b(?:want|wish|hop)(?:ed|es|s|ing)? (?:it|this|there) (?:was|were|had been|would be) (?:more|longer|a sequel|no end)
\b(?:didn't|did not) want it to (?:end|stop)\b
\bchanged (?:how i|the way i|my (?:life|mind))\b
\b(?:loved|adored) (?:it|this|every)\b
\b(?:kept|keeps) (?:me|us|you) (?:up|awake|reading|hooked|guessing|turning)
\b(?:blew|blown) (?:me|my mind|away)
\b(?:had|left) me (?:in (?:stitches|tears)|laughing|wanting more|speechless|breathless)
\bin stitches\b
\bworth (?:every|each|all) \w+
\b(?:in|at) one (?:sitting|go)\b
\bmust[- ]read\b
\b(?:everyone|everybody) (?:should|must|ought to) read\b
\bstars (?:are|is) not enough\b
\bwant(?:ed|ing)? (?:\w+ )?more\b
\bstayed up (?:all night|late|till|until)
\bmiss(?:ed)? (?:my|your|the) (?:stop|bus|train)\b
\bcry again\b
\blaughed out loud\b
\bmore than i (?:thought|expected|hoped)\b
\bbetter than i (?:feared|expected|thought)\b
\bjust right\b
\bquite the (?:opposite|contrary)\b
\b(?:made|make|makes) me (?:\w+ )?(?:laugh|cry|smile|gasp|think)\b
\b(?:can|could|knows how to|knew how to) (?:really |certainly )?(?:write|tell a story)\b
\bpage after page\b
\bnot once (?:did|was) i\b(?!.*\b(?:laugh|smile|care|moved)).*
\bfinally (?:some(?:body|one)|an? (?:\w+ )?(?:book|novel|author|guide|writer|history|biography))\b
\bgrateful\b
\bnot (?:been|felt|laughed|cried|read|seen) (?:anything )?(?:so|as) \w+.*\b(?:years|time|ages|months)\b
\bspot[- ]on\b
"""
_FAULTING = rf"""
\b{_NEVER} (?:really |quite |ever )?(?:gets?|got) (?:going|anywhere|off the ground|started|good|better)
\bgo(?:es|ing)? nowhere\b
\b(?:expected|hoped for|was promised|wanted) .{{0,40}}?\b(?:and|but) (?:got|found|was given)\b.*
\bnever (?:lands?|picks? up|delivers?|comes? (?:alive|together)|came (?:alive|together)|convinces?|works?|pays? off|adds? up)\b
\b(?:all )?the (?:charm|heat|depth|wit|tension|excitement|warmth|subtlety|suspense|appeal|grace|energy|passion) of an?\b.*
\babout as \w+ as an?\b.*
\b(?:none|not one|neither) of the \w+ (?:is|are|was|were|seems?|felt|feels?) (?:even )?(?:\w+ )?{_GOOD}\b
\bnot (?:one|a single)(?: of the)? (?:joke|twist|character|idea)s? (?:made|surprised|convinced|worked|landed|moved)\b
\b(?:ruin|spoil)(?:s|ed)? (?:it|everything|the)\b
\briddled with\b
\b(?:look|sound|read|feel)s? as (?:if|though)\b
\b(?:wrong|mistakes?|errors?|typos?) on (?:every|almost every|each)\b
\b(?:never|doesn't|didn't) (?:really )?(?:took|takes?) off\b
{_CANNOT} (?:stand|bear|get into|finish|care (?:less|about)|connect|believe in|get through|follow)
\b(?:didn't|did not|don't|never) (?:really )?cared? (?:about|for)\b
\bcouldn't be (?:bothered|slower|worse|duller|flatter|longer)\b
\bcould(?: not|n't) (?:have been|be) (?:slower|worse|duller|flatter|longer|sillier|more (?:boring|predictable|tedious))
\b{_NOT}(?:very |really |all that |that |so |particularly |even )?{_GOOD}\b
\b(?:fell|falls?|falling) (?:\w+ )?(?:flat|apart|short)\b
\b(?:makes?|made|making) (?:no|little|zero) sense\b
\b(?:doesn't|don't|didn't) (?:add up|make sense|work|convince)\b
\b(?:far|way|much) too (?:long|short|slow|many|much|little|few|neat|tidy|sweet|clever)\b
\btoo (?:long|slow|short) by\b
\btoo (?:many|much|little|few)\b
\bshame about\b
\b(?:is|was|are|were|feels?|felt) too (?:long|slow|short|neat|tidy|sweet|thin)\b
\bdnf\b
\b(?:gave|give|giving) up\b
\b(?:stopped|quit) (?:reading|at|after)\b
\bwaste of\b
\bnothing (?:ever |much |really )?happens\b
\bnothing (?:special|new|to see)\b
\bbored me\b
\bput me to sleep\b
\bf(?:all(?:ing)?|ell) asleep\b
\bkept (?:waiting|checking)\b
\b(?:wouldn't|would not|cannot|can't|do not|don't) (?:read|recommend|bother)\b
\bleft me (?:cold|bored|indifferent|unmoved)\b
\b(?:did|does|do) nothing for me\b
\bexpected (?:\w+ )?more\b
\b(?:is|was)?n[o']t for me\b
\bmoney back\b
\bsave your (?:money|time)\b
\bskipped (?:most|half|whole|large|to)\b
\bstruggled (?:to|with|through)\b
\bhated (?:it|this|every)\b
\bnot worth (?:it|reading|buying|the|my|your)\b
\bworst (?:\w+ )?(?:book|novel|read|thing)\b
\blife's too short\b
\bno (?:plot|charm|point|idea|thanks|depth|tension|surprises?)\b
\bfull of (?:mistakes|errors|clichés|holes|typos)\b
\bskip(?:ped)? (?:it|this|pages)\b
\bcould(?: not|n't) (?:have )?cared? less\b
\bpass(?:es|ed)? me by\b
\bi want (?:my|the|those) .{{0,20}}\bback\b
\bowes? (?:me|us|its|the) .{{0,20}}(?:an apology|a refund)\b
\b(?:takes?|took) (?:\w+ )?(?:ages|for ever|forever|\w+ (?:pages|chapters)) to (?:get going|get started|start|begin|take off)\b
\b(?:saw|see|guess(?:ed)?) (?:it|the (?:twist|ending|end|culprit|murderer|killer)) (?:coming|in|by|on|before|after|at|long)\b
\bspoils?\b.{{0,20}}\b(?:of it|it all|the (?:rest|whole))\b
"""
_PRAISE, _FAULT = (re.compile("|".join(turns.strip().splitlines()), re.IGNORECASE) for turns in (_PRAISING, _FAULTING))
_ABOUT = re.compile(
    r"\b(?:(?:is|are|was|were) (?:all )?about|tell(?:s|ing)? (?:us )?(?:the story )?of|(?:is|are) set (?:in|during|at|on)|"
    r"deals? with|follows|describes?|depicts?)\b.*|\b(?:recommended|given|lent|sent|sold) (?:to )?(?:me|us) by\b.*|\bfor free\b",
    re.IGNORECASE,
)
_OF_LOVE = re.compile(
    r"\b(?:about|of|is|are|between|and|on) love\b|\b(?:love|hate) (?:and|or|story|stories|triangle|affairs?|letters?|interests?)\b",
    re.IGNORECASE,
)
"""What a book tells of is no opinion of it."""


_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|simply)\b", re.IGNORECASE)


def with_turns(text: str) -> str:
    """A text in which such turns are one word, and what it says the book is about is left out."""
    text = _NOT_ONLY.sub("", text)
    return _OF_LOVE.sub("", _ABOUT.sub("", _FAULT.sub(f" {FAULTED} ", _PRAISE.sub(f" {PRAISED} ", text))))
