"""The little Markdown of the shelf: *emphasis*, **strong**, lists of lines with `- `; a line break stays a line break."""

import html
import re

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"\*(.+?)\*")
_BULLET = "- "


def list_items(block: str) -> list[str] | None:
    """The items of a list without their bullets, or None when the block is a paragraph."""
    lines = block.splitlines()
    if all(line.startswith(_BULLET) for line in lines):
        return [line.removeprefix(_BULLET) for line in lines]
    return None


def to_plain(text: str) -> str:
    """The text without its marks."""
    return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", text))


def to_markup(text: str, *, strong: str, emphasis: str) -> str:
    """The text escaped for XML, its marks turned into elements of the given names and line breaks into `<br/>`."""
    escaped = html.escape(text)
    marked = _STRONG.sub(rf"<{strong}>\1</{strong}>", escaped)
    return _EMPHASIS.sub(rf"<{emphasis}>\1</{emphasis}>", marked).replace("\n", "<br/>")
