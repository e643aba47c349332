"""Which keys the storages take; one rule for all, so that a library can move from the disk to S3 and back."""

RESERVED = ".incoming"
"""The first segment under which storages keep what is being written; no key may use it and no listing shows it."""

_MAX_KEY_BYTES = 1024  # S3's limit
_MAX_SEGMENT_BYTES = 255  # of file names on the usual file systems, and of MinIO
_SPACE = 32
_DELETE = 127


def check_key(key: str) -> str:
    """Returns `key` when it is a relative, `/`-separated path that means the same on every storage.

    Raises ValueError for a key that is absolute, empty, reserved or too long, or has `..`, `.`, an empty segment, a backslash or a
    control character in it.
    """
    if len(key.encode()) > _MAX_KEY_BYTES:
        raise ValueError(f"A storage key has at most {_MAX_KEY_BYTES} bytes, this one starts with {key[:40]!r}.")
    if "\\" in key or any(ord(sign) < _SPACE or ord(sign) == _DELETE for sign in key):
        raise ValueError(f"The storage key {key!r} has a backslash or a control character in it.")
    segments = key.split("/")
    if not all(map(_is_plain, segments)):
        raise ValueError(f"The storage key {key!r} is no relative path of plain names of up to {_MAX_SEGMENT_BYTES} bytes.")
    if segments[0] == RESERVED:
        raise ValueError(f"The storage key {key!r} starts with {RESERVED!r}, which the storage keeps for itself.")
    return key


def check_range(start: int, stop: int | None) -> None:
    """Raises ValueError for a range that counts from the end, which no storage offers."""
    if start < 0 or (stop is not None and stop < 0):
        raise ValueError(f"A range of bytes starts at 0 or later, not at {start}:{stop}.")


def _is_plain(segment: str) -> bool:
    return segment not in ("", ".", "..") and len(segment.encode()) <= _MAX_SEGMENT_BYTES
