"""Landlock: which files this process may still read (Linux 5.13 and newer, where it is switched on).

By its three system calls, as the C library has no functions for them; see Documentation/userspace-api/landlock.rst.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All that a version knows to forbid; later versions forbid no more of it."""
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_BIND_AND_CONNECT = 0b11
_SIGNALS_AND_ABSTRACT_SOCKETS = 0b11


def restrict_reading(readable: Iterable[str]) -> int:
    """Leaves this process and its descendants only reading below these paths, and no TCP; returns Landlock's version, 0 without it.

    What is open already stays open. `no_new_privs` must have been set.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = max(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG), 0)
    if not version:
        return 0
    attributes = [_FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]]
    if version >= _NETWORK_SINCE:
        attributes.append(_BIND_AND_CONNECT)
    if version >= _SCOPES_SINCE:
        attributes.append(_SIGNALS_AND_ABSTRACT_SOCKETS)
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = libc.syscall(_CREATE_RULESET, packed, ctypes.c_size_t(len(packed)), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "Landlock has no rules for us")
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        if libc.syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            raise OSError(ctypes.get_errno(), "Landlock did not take our rules")
    finally:
        os.close(ruleset)
    return version


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    try:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        rule = struct.pack("=Qi", _READ_FILE | (_READ_DIR if is_folder else 0), descriptor)
        if libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock has no rule for {path}")
    finally:
        os.close(descriptor)
