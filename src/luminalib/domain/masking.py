"""What may be told of people in a log line, and what may be kept of a message that was emptied."""

import re

EMAIL, PHONE = "[e-mail]", "[phone]"
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"'=]{1,64}@[\w.-]{1,255}\w")
_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|00?)(?:[ ().\-/]{0,2}\d){7,16}(?![\w:])")


def masked(text: str) -> str:
    """The text without e-mail addresses, and without telephone numbers that begin as such do: with + or 0."""
    return _PHONE.sub(PHONE, _EMAIL.sub(EMAIL, text) if "@" in text else text)
