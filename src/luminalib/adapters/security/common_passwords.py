"""The passwords that attackers try first, from zxcvbn's list of 30,000."""

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from luminalib.ports.security import CommonPasswords


class ZxcvbnCommonPasswords(CommonPasswords):
    """D. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016: most frequent leaked passwords."""

    def __init__(self) -> None:
        self._known = frozenset(FREQUENCY_LISTS["passwords"])

    def contains(self, password: str) -> bool:
        """See CommonPasswords. A year or a few digits behind a listed word make it no better."""
        return password in self._known or password.rstrip("0123456789!.") in self._known
