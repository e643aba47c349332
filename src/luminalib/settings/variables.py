"""The settings by the names of their environment variables: to be listed, shown, and told from slips of the pen."""

import difflib
import os
import re
from typing import Any

from pydantic import BaseModel

from luminalib.settings.refusals import PREFIX
from luminalib.settings.settings import Settings


def variables() -> dict[str, str]:
    """Every variable and its description, in the order of the settings."""
    found: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for inner, inner_field in field.annotation.model_fields.items():
                found[f"{PREFIX}{name}__{inner}".upper()] = inner_field.description or ""
        else:
            found[f"{PREFIX}{name}".upper()] = field.description or ""
    return found


def settings_shown(settings: Settings) -> dict[str, str]:
    """Every variable with its value as it would be set; secrets as stars. A password in a URL is a secret, too."""
    found: dict[str, str] = {}
    for name in variables():
        value: Any = settings
        for part in name.removeprefix(PREFIX).lower().split("__"):
            value = getattr(value, part)
        text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        found[name] = re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", text)
    return found


def unknown_variables() -> list[str]:
    """A sentence for each `LUMINALIB_…` variable of the environment that is no setting: most often a slip of the pen."""
    known = variables()
    strangers = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    guesses = [(name, difflib.get_close_matches(name, known, 1)) for name in sorted(strangers)]
    return [f"{name}: there is no such setting." + (f" Did you mean {guess[0]}?" if guess else "") for name, guess in guesses]
