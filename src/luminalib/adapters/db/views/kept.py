"""What takes long to count, and may be some moments old."""

import time
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
COUNTED_EXACTLY = 100_000
"""More than this is not counted for each request."""
SECONDS, MOST = 60.0, 1_000


class Kept(Generic[K, V]):
    """Values by key, each known for a minute; of too many the first goes."""

    def __init__(self) -> None:
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What was counted a short while ago; None for what was not."""
        at, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() - at < SECONDS else None

    def put(self, key: K, value: V) -> V:
        """Keeps what was counted now, and returns it."""
        self._values[key] = time.monotonic(), value
        while len(self._values) > MOST:
            self._values.popitem(last=False)
        return value
