"""Which version of a prompt somebody is asked with, where a library tries out several."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypedDict

from luminalib.domain.errors import Invalid

MOST_VARIANTS = 8
"""Of one prompt."""
MOST_WEIGHT = 1000


class UnknownPrompt(Invalid):
    """The library's language engine has no such prompt, or not in this version. `available` lists what it has."""

    slug = "unknown-prompt"


class PromptVariant(TypedDict):
    """A version, and how often it is used beside the others of its prompt."""

    version: int
    weight: int


def variant_of(variants: Sequence[PromptVariant], tenant_id: str, prompt: str, subject: str) -> int:
    """The version for a subject, always the same as long as the variants are; over many subjects each comes by its weight.

    The method is that of hash-based bucketing (Kohavi et al., "Trustworthy Online Controlled Experiments", 2020): no assignment
    needs to be stored, and those of two prompts do not depend on each other.
    """
    digest = sha256(f"{tenant_id}\0{prompt}\0{subject}".encode()).digest()
    at = int.from_bytes(digest[:8]) % sum(variant["weight"] for variant in variants)
    for variant in variants[:-1]:
        at -= variant["weight"]
        if at < 0:
            return variant["version"]
    return variants[-1]["version"]


def require_known(variants: Mapping[str, Sequence[PromptVariant]], available: Mapping[str, Sequence[int]]) -> None:
    """Raises UnknownPrompt for what the engine does not have."""
    for name, chosen in variants.items():
        if not {variant["version"] for variant in chosen} <= set(available.get(name, ())):
            raise UnknownPrompt(available={prompt: list(versions) for prompt, versions in available.items()})
