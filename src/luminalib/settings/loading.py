"""Reading the settings, with one line for the first thing that is wrong."""

from typing import Any

from pydantic import ValidationError

from luminalib.settings.refusals import PREFIX, SettingsError
from luminalib.settings.settings import Settings


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment and `.env`. Raises SettingsError."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {_sentence(first['msg'])} It is {first['input']!r}.") from None


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").removesuffix(".") + "."
