"""What people say about a book: as JSON, as a part of it, and as the text fields of an upload form."""

from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, ConfigDict, Field, Strict, StringConstraints, ValidationError

from luminalib.api.fields import Body, Patch, PlainText
from luminalib.domain.books import BookDetails

Title = Annotated[PlainText, StringConstraints(min_length=1, max_length=500)]
Name = Annotated[PlainText, StringConstraints(min_length=1, max_length=200)]
Tag = Annotated[PlainText, StringConstraints(min_length=1, max_length=100)]
Isbn = Annotated[PlainText, StringConstraints(max_length=32)]
Language = Annotated[PlainText, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
Year = Annotated[int, Field(ge=-4000, le=2200)]
Description = Annotated[PlainText, StringConstraints(max_length=10_000)]
Copies = Annotated[int, Field(ge=1, le=10_000)]
Series = Annotated[PlainText, StringConstraints(min_length=1, max_length=200)]
SeriesIndex = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
# JSON has numbers of its own: `true` and "2" are none.
JsonYear = Annotated[Year, Strict()]
JsonCopies = Annotated[Copies, Strict()]
JsonSeriesIndex = Annotated[SeriesIndex, Strict()]
Authors = Annotated[tuple[Name, ...], Field(max_length=100)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=100)]


def _split(values: Any) -> Any:
    """Tags of a form: the field repeated, or several in one with commas between."""
    if not isinstance(values, (list, tuple)):
        return values
    return [tag.strip() for value in values for tag in str(value).split(",") if tag.strip()]


class BookBody(Body):
    """Everything that people say about a book."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "The Lighthouse Keeper's Ledger",
                    "authors": ["Ines Calloway"],
                    "isbn": "978-0-306-40615-7",
                    "language": "en",
                    "published_year": 2024,
                    "description": "A keeper writes down every ship that does not come.",
                    "tags": ["sea", "mystery"],
                    "copies_total": 2,
                    "series": "The Lantern Coast",
                    "series_index": 2,
                }
            ]
        }
    )
    title: Title
    authors: Authors = ()
    isbn: Isbn | None = None
    language: Language | None = None
    published_year: JsonYear | None = None
    description: Description | None = None
    tags: Tags = ()
    copies_total: JsonCopies = 1
    series: Series | None = None
    series_index: JsonSeriesIndex | None = None

    def details(self) -> BookDetails:
        """The same for the domain."""
        return BookDetails(**dict(self))


class BookPatch(Patch):
    """The parts to change; those left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tags": ["sea", "mystery"], "copies_total": 3}]})
    title: Title = ""
    authors: Authors = ()
    isbn: Isbn | None = None
    language: Language | None = None
    published_year: JsonYear | None = None
    description: Description | None = None
    tags: Tags = ()
    copies_total: JsonCopies = 1
    series: Series | None = None
    series_index: JsonSeriesIndex | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class BookFields(Body):
    """The text fields of an upload form."""

    title: Title | None = None
    author: Authors = ()
    isbn: Isbn | None = None
    language: Language | None = None
    published_year: Year | None = None
    description: Description | None = None
    tags: Annotated[Tags, BeforeValidator(_split)] = ()
    copies: Copies = 1
    series: Series | None = None
    series_index: SeriesIndex | None = None

    @classmethod
    def parse(cls, fields: dict[str, list[str]]) -> BookDetails:
        """The details in a form; empty fields count as left out. Raises RequestValidationError."""
        filled = {name: [value for value in values if value.strip()] for name, values in fields.items()}
        raw = {name: values if name in ("author", "tags") else values[-1] for name, values in filled.items() if values}
        try:
            parsed = cls.model_validate(raw)
        except ValidationError as error:
            raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from None
        rest = parsed.model_dump(exclude={"title", "author", "copies"})
        return BookDetails(title=parsed.title or "", authors=parsed.author, copies_total=parsed.copies, **rest)
