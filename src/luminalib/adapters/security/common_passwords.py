"""The passwords that attackers try first, from zxcvbn's list of 30,000."""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from luminalib.ports.security import CommonPasswords


class ZxcvbnCommonPasswords(CommonPasswords):
    """D. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016: most frequent leaked passwords."""

    def __init__(self) -> None:
        self._known = _listed()

    def contains(self, password: str) -> bool:
        """See CommonPasswords. A year or a few digits behind a listed word make it no better."""
        return password in self._known or password.rstrip("0123456789!.") in self._known


@cache
def _listed() -> frozenset[str]:
    """The list by itself: importing the package makes dictionaries of all its lists, which stay in memory (12 MB)."""
    package = find_spec("zxcvbn")
    folder = next(iter(package.submodule_search_locations or ())) if package else ""
    spec = spec_from_file_location("luminalib_passwords", Path(folder) / "frequency_lists.py")
    if spec is None or spec.loader is None:
        raise ImportError("The package zxcvbn has no list of passwords.")
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    return frozenset(lists.FREQUENCY_LISTS["passwords"])
