"""Sentences that speak to the machine."""

from luminalib.domain.inquiry_cues.patterns import any_of

INSTRUCTIONS = any_of(
    r"""
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:previous|prior)
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:above)
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:earlier|instructions)
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:rules|vorherigen)
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:instrucciones)
    ignor(?:e|iere|ez|a|eer) (?:all|any|toutes|todas|tutte|alle)?\s?(?:the |your |my |les |las |le )?(?:istruzioni|vorige)
    disregard (?:all|any|the|your|previous)|system (?:note|prompt|message|override)
    (?:note|message|instruction)s? (?:to|for) (?:the |any )?(?:classifier|assistant|ai\b|model|bot|llm|language model)
    (?:set|change|make) (?:the )?(?:intent|confidence|budget|category|priority|score|label)\b
    \b(?:intent|confidence|category|budget|label)['\"]?\s*[:=]|classif(?:y|ied) (?:this|me|it|as)
    (?:file|mark|label|tag|treat) (?:it|this|me)(?: \w+)? (?:under|as)\b|pretend (?:that|to|you)|you are now
    (?:maintenance|developer|debug|god) mode|act as (?:a|an|the)\b|<\|im_|<<<|>>>|\[/?inst\]|respond (?:only )?with
    (?:reply|answer) (?:only )?with the|output\s*:|as an ai\b|einstufen als|ordne (?:dies|das|diese)\b|klassifiziere
    classe[rz]? (?:ce|cette)|clasifica (?:este|esto)|classifica (?:questo|come)
    """
)
"""Sentences that speak to the machine instead of to us."""
