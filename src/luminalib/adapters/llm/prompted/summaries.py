"""What is asked of a summary, and what is made of the answer: how long it may be, whether it is worth repairing, how it opens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from luminalib.adapters.llm.extractive.boilerplate import speaks_to_a_machine
from luminalib.adapters.llm.prompted.prompts import Prompt
from luminalib.domain.content_checks import grounding
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.content_checks.summaries import Material
from luminalib.domain.presenting import is_heading, presenting
from luminalib.ports.llm import SummaryRequest

MADE_UP_FOR = frozenset(("summary", "gist", "points"))
"""What an answer may lack: a summary is chosen of the text's sentences then, and notes have theirs as evidence."""
LEAST_SENTENCES, MOST_SENTENCES = 3, 5
"""Of a summary."""
_EMPHASIS = re.compile(r"\*{2,}|(?<!\w)[*_](?=\w)|(?<=[\w.,!?…])[*_](?!\w)")
WORTH_REPAIRING = 2
"""Sentences."""
SHORT_TEXT, SHORTEST_TEXT, A_FEW_SENTENCES = 2500, 1000, 600
"""Characters; some 400 words, some 160, and less than 100."""
SHORTEST_LIMIT, LONGEST_TOPIC = 160, 30
"""Characters: a sentence that is worded anew needs some room."""


def with_at_most(prompt: Prompt, most: Mapping[str, int], longest: Mapping[str, int]) -> Prompt:
    """The prompt with a schema of shorter lists and items: where there is little to be found, a model need not go on looking."""
    properties = {name: _held_to(rule, most.get(name), longest.get(name)) for name, rule in prompt.output["properties"].items()}
    return replace(prompt, output={**prompt.output, "properties": properties})


def _held_to(rule: Mapping[str, Any], most: int | None, longest: int | None) -> Mapping[str, Any]:
    if most is not None:
        rule = {**rule, "maxItems": min(rule["maxItems"], most), "minItems": min(rule.get("minItems", 0), most)}
    if longest is not None:
        rule = {**rule, "items": {**rule["items"], "maxLength": min(rule["items"]["maxLength"], longest)}}
    return rule


def unmarked(sentence: str) -> str:
    """A sentence without the signs that make words fat or slanted: where it is cut out of its text one of a pair stays behind."""
    return _EMPHASIS.sub("", sentence)


def least_of(text: str) -> int:
    """How many sentences a summary has at least; of a text that has hardly more than five, two."""
    return LEAST_SENTENCES if len(text) >= A_FEW_SENTENCES else LEAST_SENTENCES - 1


def is_beyond_repair(left: Mapping[str, Any], text: str) -> bool:
    """Whether hardly a sentence is right: who is asked again invents others, and somebody else makes up for them anyway.

    Of a text of some hundred words, which has no others to tell, all that a summary needs have to be; of a few sentences nothing is
    asked again, as a second round would cost more than it could find.
    """
    if len(text) < A_FEW_SENTENCES:
        return True
    needed = LEAST_SENTENCES if len(text) < SHORTEST_TEXT else WORTH_REPAIRING
    return sum(len(left[field]) for field in MADE_UP_FOR if field in left) < needed


def in_order(sentences: Sequence[str], source: Source) -> list[str]:
    """Sentences of a text in its order; as they are where one of them does not stand in it."""
    text = " ".join(source.text.split())
    places = {sentence: text.find(" ".join(sentence.split())) for sentence in sentences}
    return sorted(sentences, key=places.__getitem__) if min(places.values(), default=-1) >= 0 else list(sentences)


def presented(summary: Sequence[str], request: SummaryRequest, source: Source) -> list[str]:
    """The summary, and before it what a text that tells no story says of itself; a model that was asked for it often has not."""
    found = presenting(source.text, request.title, request.language)
    if (
        found is None
        or speaks_to_a_machine(found)
        or any(grounding.normal_text(found) in grounding.normal_text(sentence) for sentence in summary)
    ):
        return list(summary)
    if is_heading(found):
        return [f"{found}: {summary[0]}", *summary[1:]]
    return [found, *summary[len(summary) >= MOST_SENTENCES :]]


def most_of(material: Material) -> dict[str, int]:
    """How long the lists of a summary may get."""
    length = len(material.source.text)
    of_little = {"summary": 4, "key_topics": 6, "insights": 2} if length < SHORT_TEXT else {}
    of_little |= {"summary": 3, "key_topics": 4} if length < SHORTEST_TEXT else {}
    of_little |= {"summary": 2, "key_topics": 3, "insights": 1} if length < A_FEW_SENTENCES else {}
    return of_little | ({} if material.asked else {"action_items": 0})


def longest_of(material: Material) -> dict[str, int]:
    """How many characters the items of a summary's lists may have: of a text of a few sentences no more than its longest ones."""
    if len(material.source.text) >= A_FEW_SENTENCES:
        return {}
    longest = max(map(len, material.source.sentences), default=0)
    return {"summary": max(longest, SHORTEST_LIMIT), "key_topics": LONGEST_TOPIC, "insights": max(longest, 1)}
