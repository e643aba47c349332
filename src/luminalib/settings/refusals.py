"""What no installation may be started with, told in one line that names the variable."""

from collections.abc import Mapping

PREFIX = "LUMINALIB_"
_KNOWN_LIST = "luminalib postgres password admin minio minioadmin minio123 secret changeme change-me root test"
KNOWN_SECRETS = frozenset(_KNOWN_LIST.split())
"""What docker-compose.yml and the manuals of databases and storages begin with."""


class SettingsError(Exception):
    """A setting is wrong or missing; the message is one line that names the variable."""


def refuse_known_secrets(given: Mapping[str, str]) -> None:
    """Raises SettingsError for secrets, by the names of their settings, that everybody can read in some documentation."""
    for name, value in given.items():
        if value.lower() in KNOWN_SECRETS:
            raise SettingsError(f"{PREFIX}{name}: is a secret that anybody would try first. Production needs one of its own.")


def refuse_lasting_connections(chosen: Mapping[str, tuple[str, str]]) -> None:
    """Raises SettingsError where a pooler is used by what says something to a connection and counts on it afterwards.

    `chosen` has for the name of each setting its value, and the one that goes with a pooler.
    """
    for name, (value, other) in chosen.items():
        if value != other:
            raise SettingsError(f"{PREFIX}{name}: {value} needs connections of its own, not a pooler's. Set it to {other}.")
