"""The library's own keys: given by a setting, or in development made once and kept."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from luminalib.settings import SECRET_KEY_MIN, Settings, SettingsError


def secret_keys(settings: Settings) -> list[str]:
    """The secret that signs, then the earlier ones that still verify."""
    return [secret_key(settings), *settings.old_secrets]


def secret_key(settings: Settings) -> str:
    """The given secret, or in development one that is made once and kept, for its owner only, in the data directory."""
    return settings.secret_key.get_secret_value() or _kept_key(settings.data_dir / "secret_key", "all log in anew")


def sealing_keys(settings: Settings) -> list[str]:
    """The key that seals, given or kept likewise, then the earlier ones that still open."""
    loss = "what was sealed by it is lost"
    return [
        settings.sealing_key.get_secret_value() or _kept_key(settings.data_dir / "sealing_key", loss),
        *settings.old_sealing_keys,
    ]


def _kept_key(path: Path, loss: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        whole = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(whole, path)  # whole or not at all, also when the power fails
        whole.unlink()
    kept = path.read_text().strip()
    if len(kept) < SECRET_KEY_MIN:
        raise SettingsError(f"{path} holds no usable key ({len(kept)} characters). Delete it, and a new one is made; {loss}.")
    return kept
