"""A draft while it is being written: its sentences, each as soon as it is whole."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from luminalib.adapters.llm.prompted.accepting import Examine
from luminalib.adapters.llm.prompted.parsing import Unfit, parse_answer
from luminalib.domain.grounding import Claim

_OPENED = re.compile(r'\{\s*"answerable"\s*:\s*true\s*,\s*"sentences"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)


class DraftSoFar:
    """Tells of each sentence with which nothing is wrong, once, however often the text begins anew."""

    def __init__(self, schema: Mapping[str, Any], examine: Examine, on_claim: Callable[[Claim], None]) -> None:
        self._schema = schema
        self._examine = examine
        self._on_claim = on_claim
        self._seen: list[dict[str, Any]] = []
        self._told: list[dict[str, Any]] = []

    def hear(self, text: str) -> None:
        """All that has come so far."""
        for sentence in sentences_so_far(text):
            if sentence in self._seen:
                continue
            self._seen.append(sentence)
            try:
                draft = parse_answer(json.dumps({"answerable": True, "sentences": [*self._told, sentence]}), self._schema)
            except Unfit:
                continue
            fitted = draft["sentences"]
            if len(fitted) > len(self._told) and fitted[-1]["text"] and not self._examine(draft):
                self._told = fitted
                self._on_claim(Claim(text=fitted[-1]["text"], source=fitted[-1]["source"]))


def sentences_so_far(text: str) -> list[dict[str, Any]]:
    """The whole sentences of `{"answerable": true, "sentences": [{…}, …`, which may end anywhere; none of any other beginning."""
    text = _THOUGHTS.sub("", text)
    opened = _OPENED.search(text)
    found: list[dict[str, Any]] = []
    at = opened.end() if opened else len(text)
    while (between := _BETWEEN.match(text, at)) is not None and between.end() < len(text):
        try:
            sentence, at = json.JSONDecoder(strict=False).raw_decode(text, between.end())
        except (ValueError, RecursionError):
            break
        if not isinstance(sentence, dict):
            break
        found.append(sentence)
    return found
