"""How much a language model may be asked."""

from abc import ABC, abstractmethod

from luminalib.domain.intelligence import LanguageEngineUnavailable


class TokensUsedUp(LanguageEngineUnavailable):
    """This month's tokens of the language model are used up. They begin anew next month; ask for a larger plan."""

    slug = "model-tokens-used-up"


class TokenAllowance(ABC):
    """What each tenant may have of a language model; what was taken is counted with the accounts."""

    @abstractmethod
    async def require(self, tenant_id: str) -> None:
        """Asks before each question to a model. Raises TokensUsedUp."""
