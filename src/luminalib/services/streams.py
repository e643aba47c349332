"""How many event streams an account keeps open."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from luminalib.domain.auth import Principal, TooManyStreams


class StreamService:
    """Gives each account so many seats in this process; a stream holds one while it is open."""

    def __init__(self, *, per_account: int) -> None:
        self._per_account = per_account
        self._taken: Counter[tuple[str, str | None]] = Counter()

    @property
    def open(self) -> int:
        """How many streams are open in this process."""
        return self._taken.total()

    @contextmanager
    def seat(self, by: Principal) -> Iterator[None]:
        """Holds a seat until the context is left. Raises TooManyStreams."""
        account = (by.tenant_id, by.user_id)
        if self._taken[account] >= self._per_account:
            raise TooManyStreams(max_streams=self._per_account)
        self._taken[account] += 1
        try:
            yield
        finally:
            self._taken[account] -= 1
            if not self._taken[account]:
                del self._taken[account]
