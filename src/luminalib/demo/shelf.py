"""Reads the works of the demo shelf, which lie beside this file as Markdown with a small front matter."""

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

RIGHTS = "CC0 1.0: no rights reserved."
"""The licence of every work on the shelf."""

_FRONT_MATTER = re.compile(r"\A---\n(?P<fields>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_REQUIRED = ("title", "authors", "language", "year", "tags", "description", "format")


class Format(StrEnum):
    """The kind of file that a work becomes; the value is the ending of its name."""

    TXT = "txt"
    EPUB = "epub"
    PDF = "pdf"


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The place of a work in a series; `position` counts from 1."""

    name: str
    position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A chapter; each block is a paragraph or a list, in the little Markdown that `demo.markup` knows."""

    title: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfBook:
    """A work with all that a catalogue wants to know; `slug` is unique on the shelf, `language` is a BCP 47 tag."""

    slug: str
    title: str
    authors: tuple[str, ...]
    language: str
    year: int
    tags: tuple[str, ...]
    description: str
    format: Format
    chapters: tuple[Chapter, ...]
    series: Series | None = None


def load_shelf() -> list[ShelfBook]:
    """All works, in the order of their slugs. Raises ValueError, naming the file, for one that is not well-formed."""
    folder = files("luminalib.demo") / "shelf"
    texts = {item.name.removesuffix(".md"): item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".md")}
    return [parse(slug, text) for slug, text in sorted(texts.items())]


def parse(slug: str, text: str) -> ShelfBook:
    """One work from its Markdown. Raises ValueError, naming `slug`, when it is not well-formed."""
    try:
        fields, body = _split(text.replace("\r\n", "\n"))
        return ShelfBook(
            slug=slug,
            title=fields["title"],
            authors=_listed(fields["authors"], ";"),
            language=fields["language"],
            year=int(fields["year"]),
            tags=_listed(fields["tags"], ","),
            description=fields["description"],
            format=Format(fields["format"]),
            chapters=_chapters(body),
            series=_series(fields.get("series")),
        )
    except ValueError as error:
        raise ValueError(f"The work {slug} of the demo shelf is not well-formed: {error}") from error


def _split(text: str) -> tuple[dict[str, str], str]:
    parts = _FRONT_MATTER.match(text)
    if parts is None:
        raise ValueError("it does not begin with a front matter between two lines of ---")
    pairs = (line.partition(":") for line in parts["fields"].splitlines())
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    if missing := [name for name in _REQUIRED if not fields.get(name)]:
        raise ValueError(f"the front matter lacks {', '.join(missing)}")
    return fields, parts["body"]


def _listed(value: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(separator) if part.strip())


def _series(value: str | None) -> Series | None:
    if not value:
        return None
    name, _, position = value.rpartition(",")
    return Series(name=name.strip(), position=int(position))


def _chapters(body: str) -> tuple[Chapter, ...]:
    before, *sections = re.split(r"^## ", body, flags=re.MULTILINE)
    if before.strip() or not sections:
        raise ValueError("its text does not begin with a chapter heading, ##")
    return tuple(_chapter(section) for section in sections)


def _chapter(section: str) -> Chapter:
    title, _, text = section.partition("\n")
    blocks = tuple(block.strip() for block in re.split(r"\n\s*\n", text) if block.strip())
    if not blocks:
        raise ValueError(f"the chapter {title!r} is empty")
    return Chapter(title=title.strip(), blocks=blocks)
