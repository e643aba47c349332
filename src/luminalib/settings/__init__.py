"""The whole configuration, from the environment and `.env`."""

from luminalib.settings.groups import (
    ConnectionSettings,
    InquirySettings,
    LimitSettings,
    LoanSettings,
    MinioSettings,
    OllamaSettings,
    OnnxSettings,
    OpenAISettings,
    PostgresSettings,
)
from luminalib.settings.loading import load_settings
from luminalib.settings.refusals import PREFIX, SettingsError
from luminalib.settings.settings import SECRET_KEY_MIN, Settings
from luminalib.settings.variables import settings_shown, unknown_variables, variables

__all__ = [
    "PREFIX",
    "SECRET_KEY_MIN",
    "ConnectionSettings",
    "InquirySettings",
    "LimitSettings",
    "LoanSettings",
    "MinioSettings",
    "OllamaSettings",
    "OnnxSettings",
    "OpenAISettings",
    "PostgresSettings",
    "Settings",
    "SettingsError",
    "load_settings",
    "settings_shown",
    "unknown_variables",
    "variables",
]
