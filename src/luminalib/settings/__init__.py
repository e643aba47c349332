"""The whole configuration, from the environment and `.env`."""

from luminalib.settings.groups import LimitSettings, LoanSettings, MinioSettings
from luminalib.settings.settings import PREFIX, Settings, SettingsError, load_settings, unknown_variables, variables

__all__ = [
    "PREFIX",
    "LimitSettings",
    "LoanSettings",
    "MinioSettings",
    "Settings",
    "SettingsError",
    "load_settings",
    "unknown_variables",
    "variables",
]
