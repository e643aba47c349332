"""Reading a message's fields by rules and by libraries that know addresses, numbers and prices: about a millisecond each."""

from collections.abc import Iterator, Sequence

from luminalib.adapters.triage.contacts import checked_email, checked_phone, email_in, phone_in
from luminalib.adapters.triage.dates import dates_in
from luminalib.adapters.triage.money import amounts_in, budget_in
from luminalib.adapters.triage.names import name_in, organisations_in, people_in
from luminalib.domain.inquiry_extraction import Mention, MentionKind, apart
from luminalib.domain.inquiry_rules import said
from luminalib.domain.triage import Budget, InquiryFields
from luminalib.ports.triage import FieldReader


class Rules(FieldReader):
    """`email-validator` for the syntax of addresses, `phonenumbers` for numbers, `price-parser` for how a number is written."""

    def fields(self, message: str, region: str | None) -> InquiryFields:
        """See FieldReader; what tells the machine what to find is not read."""
        text = said(message)
        name = name_in(text)
        return InquiryFields(name=name, email=email_in(text, name), phone=phone_in(text, region), budget=budget_in(text))

    def email(self, text: str) -> str | None:
        """See FieldReader."""
        return checked_email(text)

    def phone(self, text: str, region: str | None) -> str | None:
        """See FieldReader."""
        return checked_phone(text, region)

    def amount(self, text: str) -> Budget | None:
        """See FieldReader."""
        return next((Budget(amount=one.value, currency=one.currency, period=one.period) for one in amounts_in(text)), None)

    def mentions(self, message: str) -> Sequence[Mention]:
        """See FieldReader."""
        return apart(self._all(message))

    def _all(self, message: str) -> Iterator[Mention]:
        for amount in amounts_in(message):
            yield Mention.at(MentionKind.AMOUNT, message, amount.start, amount.stop)
        for kind, places in (
            (MentionKind.DATE, dates_in(message)),
            (MentionKind.ORGANISATION, organisations_in(message)),
            (MentionKind.PERSON, people_in(message)),
        ):
            for start, stop in places:
                yield Mention.at(kind, message, start, stop)
