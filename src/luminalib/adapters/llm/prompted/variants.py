"""Prompts as each tenant has chosen them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from luminalib.adapters.llm.prompted.prompts import FilePrompts, Prompt, PromptError, PromptSource
from luminalib.domain.prompt_variants import PromptVariant, variant_of

Choices = Callable[[str], Awaitable[Mapping[str, Sequence[PromptVariant]]]]
"""What a tenant tries out, by the prompt's name."""
log = structlog.get_logger(__name__)


async def without_variants(_tenant_id: str) -> Mapping[str, Sequence[PromptVariant]]:
    """Where nobody tries out anything."""
    return {}


class VariantPrompts(PromptSource):
    """The prompts of the files; where a tenant tries out several versions of one, the subject decides which."""

    def __init__(self, files: FilePrompts, choices: Choices) -> None:
        self._files = files
        self._choices = choices

    @property
    def versions(self) -> Mapping[str, Sequence[int]]:
        """See PromptSource."""
        return self._files.versions

    async def get(self, name: str, tenant_id: str, subject: str = "") -> Prompt:
        """See PromptSource. A version whose file has gone meanwhile is the usual one again."""
        variants = (await self._choices(tenant_id)).get(name)
        if not variants:
            return self._files.find(name)
        version = variant_of(variants, tenant_id, name, subject)
        try:
            return self._files.find(f"{name}@{version}")
        except PromptError:
            log.warning("llm.variant_gone", tenant_id=tenant_id, prompt=name, version=version)
            return self._files.find(name)
