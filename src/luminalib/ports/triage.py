"""Reading inquiries without a language model: fields by rules, and intents as a tenant's people have taught them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from luminalib.domain.inquiry_extraction import Mention
from luminalib.domain.triage import InquiryFields


class FieldReader(ABC):
    """Finds who wrote, how to reach them, what they can spend, and whom and what they name."""

    @abstractmethod
    def fields(self, message: str, region: str | None) -> InquiryFields:
        """The fields of a message; numbers without a country's code are read as of `region` (ISO 3166, two letters).

        A budget is given whatever the intent is: the caller knows whether it counts.
        """

    @abstractmethod
    def email(self, text: str) -> str | None:
        """An address that somebody states, in its normal form; None when its syntax is wrong. Nothing is asked of the network."""

    @abstractmethod
    def phone(self, text: str, region: str | None) -> str | None:
        """A number that somebody states, in E.164; None when it cannot be one."""

    @abstractmethod
    def mentions(self, message: str) -> Sequence[Mention]:
        """People, organisations, dates and amounts with their places in the message, in its order; places do not overlap."""
