import itertools
from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.errors import Unavailable
from luminalib.domain.jobs import FREE_CLAIMS, LEASE, LONGEST_PAUSE, MAX_CLAIMS, Job, JobStatus, pause_after, postponement


@pytest.mark.parametrize(("asked", "seconds"), [(None, 15), (3, 15), (90, 90), (86_400, 3600), (1e300, 3600), ("soon", 15)])
def test_a_job_waits_as_long_as_it_is_asked_to_within_limits(asked: object, seconds: int) -> None:
    reason = Unavailable("away") if asked is None else Unavailable("away", retry_after=asked)
    assert postponement(reason) == timedelta(seconds=seconds)


def test_the_first_starts_follow_each_other_at_once_and_the_later_ones_with_growing_pauses() -> None:
    pauses = [pause_after(claims) for claims in range(MAX_CLAIMS + 1)]
    assert set(pauses[: FREE_CLAIMS + 1]) == {timedelta()}
    growing = pauses[FREE_CLAIMS + 1 :]
    assert growing[0] == timedelta(seconds=1)
    assert all(later == min(earlier * 2, LONGEST_PAUSE) for earlier, later in itertools.pairwise(growing))
    assert timedelta(minutes=1) > LONGEST_PAUSE + LEASE, "what a dead worker left goes on within a minute"
    assert pause_after(10**6) == LONGEST_PAUSE


def test_no_pause_is_longer_than_the_trouble_has_lasted() -> None:
    for claims in range(FREE_CLAIMS + 2, MAX_CLAIMS):
        lasted = sum(map(pause_after, range(claims)), timedelta())
        assert pause_after(claims) <= lasted + timedelta(seconds=1)


@pytest.mark.parametrize(("failures", "is_last"), [(0, False), (1, True), (2, True)])
def test_a_job_is_tried_once_more(failures: int, *, is_last: bool) -> None:
    job = Job(name="n", payload={}, tenant_id="main", run_at=datetime(2026, 1, 2, tzinfo=UTC), failures=failures)
    assert job.is_last_try is is_last


def test_a_new_job_has_neither_been_started_nor_failed() -> None:
    job = Job(name="n", payload={}, tenant_id="main", run_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert (job.claims, job.failures, job.fence, job.status) == (0, 0, 0, JobStatus.WAITING)
