"""How each library wants its questions answered."""

from luminalib.domain.answer_rules import WORDS, AnswerRules
from luminalib.steps.tenants import Tenants


class AnswerRulebook:
    """The installation's rules, where a tenant has none of its own."""

    def __init__(self, tenants: Tenants, house: AnswerRules) -> None:
        self._tenants = tenants
        self._house = house

    async def of(self, tenant_id: str) -> AnswerRules:
        """The tenant's rules as they were at most a second ago; its language brings a refusal with it. Raises TenantNotFound."""
        own, house = await self._tenants.get(tenant_id), self._house
        words = WORDS[own.language] if own.language else house.words
        return AnswerRules(
            refusal=own.refusal or (words.refusal if own.language else house.refusal),
            sure=house.sure if own.answer_confidence is None else own.answer_confidence,
            words=words,
        )
