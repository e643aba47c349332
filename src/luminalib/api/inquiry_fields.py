"""What inquiries look like on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from luminalib.api.fields import Body, Patch, PlainText
from luminalib.domain.inquiries import (
    LARGEST_BATCH,
    LONGEST_MESSAGE,
    LONGEST_NAME,
    LONGEST_SOURCE,
    InquiryState,
    InquiryStep,
    NewInquiry,
)
from luminalib.domain.reviews import clean_text
from luminalib.domain.triage import Budget, InquiryIntent, TriageMethod

EXAMPLE = (
    "We make braille displays and would love to integrate them with your reader. Shall our engineers talk?"
    " Ada Mori, ada@tactile.example"
)
EMAIL, PHONE = "ada@tactile.example", "+390669821234"


MessageText = Annotated[
    str,
    BeforeValidator(lambda text: clean_text(text) if isinstance(text, str) and len(text) <= LONGEST_MESSAGE else text),
    StringConstraints(min_length=1, max_length=LONGEST_MESSAGE),
    Field(description="What somebody wrote, in any language. Control characters are taken out.", examples=[EXAMPLE]),
]
Name = Annotated[PlainText, StringConstraints(max_length=LONGEST_NAME)]
Email = Annotated[PlainText, StringConstraints(max_length=320)]
Phone = Annotated[PlainText, StringConstraints(max_length=40)]


class InquiryBody(Body):
    """What somebody sends; what a form asked for beside the message counts more than what is found in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"message": EXAMPLE, "region": "IT", "source": "contact form"}]})
    message: MessageText
    name: Name | None = Field(None, description="Who writes.", examples=["Ada Mori"])
    email: Email | None = Field(None, description="Where to answer.", examples=[EMAIL])
    phone: Phone | None = Field(None, description="Where to call.", examples=[PHONE])
    region: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = Field(
        None,
        description="The country whose telephone numbers need no code (ISO 3166); LUMINALIB_REGION by default.",
        examples=["IT"],
    )
    source: Annotated[PlainText, StringConstraints(max_length=LONGEST_SOURCE)] | None = Field(
        None, description="Where it came in.", examples=["contact form"]
    )

    @property
    def new(self) -> NewInquiry:
        """The inquiry for the domain."""
        stated = {name: getattr(self, name) or None for name in ("name", "email", "phone", "region", "source")}
        return NewInquiry(message=self.message, **stated)


class StrangerBody(InquiryBody):
    """The same from a form of a web page. `website` is a trap for robots: people do not see it and leave it empty."""

    website: Annotated[str, StringConstraints(max_length=500)] = Field("", description="Leave it empty.", examples=[""])


class InquiryBatch(Body):
    """Several at once, kept all or not at all."""

    inquiries: Annotated[list[InquiryBody], Field(min_length=1, max_length=LARGEST_BATCH, description="At most 500.")]


class BudgetFields(Body):
    """An amount that somebody can spend."""

    amount: Annotated[float, Field(gt=0, le=1e12, description="How much.", examples=[2500.0])]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = Field(
        None, description="ISO 4217.", examples=["EUR"]
    )
    period: Annotated[str, StringConstraints(pattern="^(month|year)$")] | None = Field(
        None, description="How often: month, year, or null for once.", examples=["year"]
    )


class InquiryPatch(Patch):
    """What a person says an inquiry is. What is left out stays; an intent, also the same one, is kept to learn from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"intent": "partnership", "state": "closed"}]})
    intent: InquiryIntent = Field(InquiryIntent.OTHER, description="What they want.", examples=["partnership"])
    state: InquiryState = Field(InquiryState.NEW, description="How far it has come.", examples=["closed"])
    name: Name | None = Field(None, description="Who wrote.", examples=["Ada Mori"])
    email: Email | None = Field(None, description="Where to answer.", examples=[EMAIL])
    phone: Phone | None = Field(None, description="Where to call.", examples=[PHONE])
    budget: BudgetFields | None = Field(None, description="What they can spend; null takes it out.")


class BudgetOut(BaseModel):
    """An amount that somebody can spend."""

    model_config = ConfigDict(from_attributes=True)
    amount: float = Field(description="How much.", examples=[2500.0])
    currency: str | None = Field(description="ISO 4217; null where only a number was said.", examples=["EUR"])
    period: str | None = Field(description="How often: month, year, or null for once.", examples=["year"])


class FieldsOut(BaseModel):
    """Who wrote, how to reach them, what they can spend; null for what is not known."""

    model_config = ConfigDict(from_attributes=True)
    name: str | None = Field(examples=["Ada Mori"])
    email: str | None = Field(examples=[EMAIL])
    phone: str | None = Field(description="In E.164.", examples=[PHONE])
    budget: BudgetOut | None = Field(description="Only of who wants to buy.")


class InquiryOut(BaseModel):
    """An inquiry: what somebody wants, how sure that is, and how far it has come."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    message: str | None = Field(description="What somebody wrote; null once its time is over.", examples=[EXAMPLE])
    intent: InquiryIntent = Field(description="What they want.", examples=["partnership"])
    confidence: float = Field(description="The share of such readings that turn out right, 0 to 1.", examples=[0.83])
    raw_confidence: float = Field(description="What the method says of itself, before it is calibrated.", examples=[0.97])
    low_confidence: bool = Field(description="Whether that is below the threshold.", examples=[False])
    method: TriageMethod = Field(description="Who found the intent.", examples=["rules"])
    fields: FieldsOut = Field(description="Who wrote, how to reach them, what they can spend.")
    evidence: list[str] = Field(description="Words of the message that speak for the intent.", examples=[["integrate them with"]])
    state: InquiryState = Field(description="How far it has come; `needs_review` asks for a person.", examples=["new"])
    score: int | None = Field(description="0 to 100, once it was qualified.", examples=[72])
    provider: str = Field(examples=["extractive"])
    model: str = Field(examples=["inquiry-cues"])
    prompt: str = Field(examples=["inquiry-rules@1"])
    request_id: str | None = Field(description="The request that brought it.", examples=["4f1c2ab0"])
    region: str | None = Field(description="The country whose telephone numbers need no code.", examples=["IT"])
    source: str | None = Field(description="Where it came in.", examples=["contact form"])
    awaits_model: bool = Field(description="Whether a language model has yet to look.", examples=[False])
    is_confirmed: bool = Field(description="Whether a person has said what it wants.", examples=[False])
    created_by: str | None = Field(description="The account that sent it; null for strangers.")
    created_at: datetime
    updated_at: datetime


class InquiryStepOut(BaseModel):
    """What happened to an inquiry; it never quotes the message."""

    model_config = ConfigDict(from_attributes=True)
    step: InquiryStep = Field(description="What happened.", examples=["classified"])
    at: datetime
    provider: str | None = Field(description="Who did it; null for people.", examples=["extractive"])
    model: str | None = Field(examples=["inquiry-cues"])
    prompt: str | None = Field(examples=["inquiry-rules@1"])
    confidence: float | None = Field(examples=[0.83])
    detail: str | None = Field(examples=["partnership, by rules."])
    request_id: str | None = Field(description="In which request.", examples=["4f1c2ab0"])


class InquiryDetailOut(InquiryOut):
    """An inquiry with all that happened to it, the oldest first."""

    audit: list[InquiryStepOut] = Field(description="All that happened to it, the oldest first.")


class AcceptedOut(BaseModel):
    """How many were taken."""

    accepted: int = Field(description="How many were taken.", examples=[2])


def budget_of(given: BudgetFields | None) -> dict[str, object] | None:
    """The budget as an inquiry keeps it."""
    return Budget(**given.model_dump()).facts if given else None
