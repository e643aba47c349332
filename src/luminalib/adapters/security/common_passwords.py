"""The passwords that attackers try first, from zxcvbn's list of 30,000."""

from luminalib.ports.security import CommonPasswords


class ZxcvbnCommonPasswords(CommonPasswords):
    """D. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016: most frequent leaked passwords."""

    def contains(self, password: str) -> bool:
        """See CommonPasswords. A year or a few digits behind a listed word make it no better."""
        from luminalib.adapters.security.leaked_passwords import LEAKED  # noqa: PLC0415 -- read when a password is first chosen

        return password in LEAKED or password.rstrip("0123456789!.") in LEAKED
