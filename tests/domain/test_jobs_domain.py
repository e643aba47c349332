from datetime import timedelta

import pytest

from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import postponement


@pytest.mark.parametrize(("asked", "seconds"), [(None, 15), (3, 15), (90, 90), (86_400, 3600), (1e300, 3600), ("soon", 15)])
def test_a_job_waits_as_long_as_it_is_asked_to_within_limits(asked: object, seconds: int) -> None:
    reason = Unavailable("away") if asked is None else Unavailable("away", retry_after=asked)
    assert postponement(reason) == timedelta(seconds=seconds)
