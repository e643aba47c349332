"""What a text asks its readers to do; stories ask for nothing."""
# ruff: noqa: RUF001  (marks and letters of many scripts are meant)

import re

from luminalib.adapters.llm.extractive.quality import form
from luminalib.adapters.llm.extractive.reading import Reading

MOST = 5
_READABLE = 0.25
_ITEM_MARK = re.compile(r"^(?:[•▪●○◦*–—·-]|\d{1,3}[.)]|\([a-z\d]{1,3}\))\s+")


def action_items(reading: Reading) -> list[str]:
    """Up to five of its sentences, the most binding ones, in reading order; none for stories and unknown languages."""
    if not reading.lexicon.asking or reading.is_story:
        return []
    rated = [(rank, at) for at in range(len(reading.sentences)) if (rank := _rank(reading, at)) is not None]
    chosen = sorted(at for _, at in sorted(rated)[:MOST])
    return [_ITEM_MARK.sub("", reading.sentences[at].text) for at in chosen]


def _rank(reading: Reading, at: int) -> int | None:
    """The place of the first pattern of obligation that fits; None without any, and for what is no good sentence."""
    text = _ITEM_MARK.sub("", reading.sentences[at].text)
    for rank, pattern in enumerate(reading.lexicon.asking):
        if re.search(pattern, text, re.IGNORECASE):
            fit = _ITEM_MARK.match(reading.sentences[at].text) or form(reading, at) > _READABLE
            return rank if fit and not text.endswith("?") else None
    return None
