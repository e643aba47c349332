"""A filter for system calls: no sockets, no other programs, no look into other processes (Linux, seccomp mode 2)."""

import ctypes
import errno
import platform
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_X32 = 0x40000000
# socket, connect, bind, listen, socketpair; execve, execveat; ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_open,
# pidfd_getfd; open_by_handle_at; bpf, perf_event_open, userfaultfd, io_uring_setup; add_key, request_key, keyctl; unshare, setns,
# mount, pivot_root, chroot.
_KNOWN = {
    "x86_64": (
        0xC000003E,
        (
            41,
            42,
            49,
            50,
            53,
            59,
            322,
            101,
            310,
            311,
            312,
            434,
            438,
            304,
            321,
            298,
            323,
            425,
            248,
            249,
            250,
            272,
            308,
            165,
            155,
            161,
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            198,
            203,
            200,
            201,
            199,
            221,
            281,
            117,
            270,
            271,
            272,
            434,
            438,
            265,
            280,
            241,
            282,
            425,
            217,
            218,
            219,
            97,
            268,
            40,
            41,
            51,
        ),
    ),
}


def forbid_calls() -> bool:
    """Has the kernel refuse these calls with EPERM from now on, here and in descendants. False where there is no filter for it.

    `no_new_privs` must have been set.
    """
    if platform.machine() not in _KNOWN:
        return False
    architecture, numbers = _KNOWN[platform.machine()]
    steps = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, _NUMBER_AT)]
    steps.append((_AT_LEAST, len(numbers) + 1, 0, _X32))
    steps += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(program)))
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0) == 0)
