"""How far the reading of a book is, told while its answers are still being written."""

from collections.abc import Callable

from luminalib.ports.children import Progress


def forward(on_progress: Progress | None) -> Progress:
    """Tells only what is new: starting again with smaller parts must not look like going back."""
    most = 0.0

    def tell(share: float) -> None:
        nonlocal most
        if on_progress and share > most:
            most = share
            on_progress(share)

    return tell


class PartsProgress:
    """Adds up parts that are read at the same time; what has come of an answer counts for as much of its part."""

    def __init__(self, tell: Progress, parts: int, most: float) -> None:
        """`most` is the share of the whole work that all parts together are."""
        self._tell = tell
        self._each = most / parts
        self._shares = [0.0] * parts

    def of(self, part: int) -> Callable[[float], None]:
        """What is to be told the share of a part, counted from 0."""

        def tell(share: float) -> None:
            self._shares[part] = max(self._shares[part], share)
            self._tell(self._each * sum(self._shares))

        return tell


def between(tell: Progress, first: float, last: float) -> Callable[[float], None]:
    """What is to be told the share of a piece of work that lasts from `first` to `last` of the whole."""
    return lambda share: tell(first + (last - first) * share)
