"""Finding what a model quotes in the text that it quotes from."""

import re

_SPACE = re.compile(r"\s+")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})  # noqa: RUF001 -- typographic marks are meant


def quoted(quote: str, text: str) -> str:
    """The quotation as the text has it, whatever white space and quotation marks the model used; empty when it is not in it."""
    wanted = _SPACE.sub(" ", quote.translate(_STRAIGHT)).strip(" .\"'…")
    plain = _SPACE.sub(" ", text.translate(_STRAIGHT))
    found = re.search(re.escape(wanted), plain, re.IGNORECASE)  # a lower-cased text may be longer
    return _SPACE.sub(" ", text)[slice(*found.span())] if found else ""
