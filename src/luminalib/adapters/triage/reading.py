"""Reading a message's fields by rules, which are made when the first message is read: a start should not wait for them."""

from collections.abc import Sequence
from functools import cache

from luminalib.domain.inquiry_extraction import Mention
from luminalib.domain.triage import Budget, InquiryFields
from luminalib.ports.triage import FieldReader


@cache
def _rules() -> FieldReader:
    from luminalib.adapters.triage.rules import Rules  # noqa: PLC0415 -- as the module says

    return Rules()


class RuleFieldReader(FieldReader):
    """See `rules`."""

    def fields(self, message: str, region: str | None) -> InquiryFields:
        """See FieldReader; what tells the machine what to find is not read."""
        return _rules().fields(message, region)

    def email(self, text: str) -> str | None:
        """See FieldReader."""
        return _rules().email(text)

    def phone(self, text: str, region: str | None) -> str | None:
        """See FieldReader."""
        return _rules().phone(text, region)

    def amount(self, text: str) -> Budget | None:
        """See FieldReader."""
        return _rules().amount(text)

    def mentions(self, message: str) -> Sequence[Mention]:
        """See FieldReader."""
        return _rules().mentions(message)
