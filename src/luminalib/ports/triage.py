"""Reading inquiries without a language model: fields by rules, and intents as a tenant's people have taught them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from luminalib.domain.inquiry_extraction import Mention
from luminalib.domain.triage import Budget, InquiryFields, IntentReading, LabelledFeatures


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
    def amount(self, text: str) -> Budget | None:
        """The first amount of money in a few words that are about one."""

    @abstractmethod
    def mentions(self, message: str) -> Sequence[Mention]:
        """People, organisations, dates and amounts with their places in the message, in its order; places do not overlap."""


class TrainingFailed(Exception):
    """There is nothing to learn from the examples, or the training came to no end."""


class BrokenModel(Exception):
    """A model's content is not what was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedIntents:
    """A classifier as it is stored, and how often it was right about messages that it had not seen, 0 to 1."""

    content: bytes
    accuracy: float


class IntentClassifier(ABC):
    """What was learnt from a tenant's corrections."""

    @abstractmethod
    def classify(self, message: str) -> IntentReading:
        """The most likely intent, by what was learnt and by the rules together; about as fast as the rules."""


class IntentLearner(ABC):
    """Learns to tell intents apart."""

    @abstractmethod
    async def train(self, examples: Sequence[LabelledFeatures]) -> TrainedIntents:
        """Learns from labels, some of each intent. Raises TrainingFailed."""

    @abstractmethod
    def classifier(self, content: bytes, version: int) -> IntentClassifier:
        """The classifier of a stored content. Raises BrokenModel."""
