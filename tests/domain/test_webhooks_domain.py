import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Oracle
from standardwebhooks import WebhookVerificationError

from luminalib.domain.announcements import EventType, about_book
from luminalib.domain.books import Book, BookDetails
from luminalib.domain.webhooks import (
    DISABLED_AFTER,
    FIRST_PAUSE,
    FREE_FAILURES,
    LONGEST_PAUSE,
    MAX_BODY_BYTES,
    SCHEDULE,
    Attempt,
    Delivery,
    DeliveryState,
    DisabledReason,
    Health,
    Message,
    Reply,
    Webhook,
    WebhookFormat,
    attempted,
    body_of,
    headers_of,
    new_secret,
    wants,
)

NOW = datetime.now(UTC)
FINE, BAD = Reply(status=204, ms=3), Reply(status=500, ms=3)


def make_message(text: str = "“A” was borrowed.", **data: str) -> Message:
    return Message(id="3f0a", sequence=7, type="loan.opened", data=data, path="/books/x", text=text, at=NOW)


@given(st.text(max_size=200), st.text(min_size=1, max_size=40))
def test_the_reference_implementation_accepts_what_we_sign(title: str, message_id: str) -> None:
    secret, other = new_secret(), new_secret()
    message_id = message_id.encode("ascii", "replace").decode()
    body = body_of(make_message(title=title), WebhookFormat.STANDARD, "https://library.test")
    headers = headers_of(message_id, [secret], int(time.time()), body)
    told = Oracle(secret).verify(body, headers)
    assert told["data"] == {"title": title, "url": "https://library.test/books/x"}
    assert (told["type"], told["sequence"]) == ("loan.opened", 7)
    assert datetime.fromisoformat(told["timestamp"]) == NOW
    with pytest.raises(WebhookVerificationError):
        Oracle(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Oracle(secret).verify(body + b" ", headers)


def test_while_a_secret_rotates_both_are_accepted() -> None:
    old, new = new_secret(), new_secret()
    headers = headers_of("m", [new, old], int(time.time()), b"{}")
    assert Oracle(old).verify(b"{}", headers) == Oracle(new).verify(b"{}", headers) == {}


def test_slack_gets_a_line_of_text_that_says_nothing_to_its_markup() -> None:
    body = body_of(make_message("“<!channel> & Sons” was borrowed."), WebhookFormat.SLACK, "")
    assert body.decode() == '{"text":"“&lt;!channel&gt; &amp; Sons” was borrowed. /books/x"}'


def test_the_longest_title_fits() -> None:
    book = Book.from_details("i" * 36, "d" * 36, BookDetails(title="\U0001f4d6" * 500), None, NOW)
    told = about_book(EventType.BOOK_CREATED, book, NOW)
    message = Message(id="m" * 36, sequence=2**60, type=told.type, data=told.data, path=told.path, text=told.text, at=NOW)
    assert all(len(body_of(message, form, "https://" + "a" * 200)) < MAX_BODY_BYTES for form in WebhookFormat)


def test_a_message_is_tried_ten_times_later_and_later() -> None:
    delivery, at, pauses = Delivery(id=1, message=make_message(), attempts=0), NOW, []
    while delivery.state in (DeliveryState.NEW, DeliveryState.RETRYING):
        delivery = delivery.after(BAD, at, 0.5)
        if delivery.next_at:
            pauses.append(delivery.next_at - at)
            at = delivery.next_at
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 10)
    assert pauses == list(SCHEDULE[1:])
    assert [pause.total_seconds() for pause in pauses[:3]] == [5, 300, 1800]
    assert delivery.after(FINE, at, 0.5).state is DeliveryState.DELIVERED  # by hand


@given(st.floats(0, 1), st.integers(0, 8))
def test_pauses_differ_by_a_tenth_at_most(chance: float, attempts: int) -> None:
    after = Delivery(id=1, message=make_message(), attempts=attempts).after(BAD, NOW, chance)
    assert after.next_at is not None
    assert 0.9 <= (after.next_at - NOW) / SCHEDULE[attempts + 1] <= 1.1


@pytest.mark.parametrize(("asked", "waits"), [(60, 60), (1, 5), (10**9, 86_400)])
def test_a_receiver_may_ask_for_a_longer_pause(asked: float, waits: float) -> None:
    after = Delivery(id=1, message=make_message(), attempts=0).after(Reply(status=429, ms=1, retry_after=asked), NOW, 0.5)
    assert after.next_at == NOW + timedelta(seconds=waits)


@pytest.mark.parametrize("status", [200, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    assert Reply(status=status, ms=1).is_success


def test_what_has_arrived_or_is_given_up_waits_for_nothing() -> None:
    waiting = Delivery(id=1, message=make_message(), attempts=2, state=DeliveryState.RETRYING, next_at=NOW)
    assert waiting.after(FINE, NOW, 0.5) == replace(waiting, attempts=3, state=DeliveryState.DELIVERED, next_at=None)
    last = replace(waiting, attempts=len(SCHEDULE) - 1)
    assert last.after(BAD, NOW, 0.5) == replace(last, attempts=len(SCHEDULE), state=DeliveryState.FAILED, next_at=None)
    assert Delivery(id=1, message=make_message(), attempts=0).after(BAD, NOW, 0.5).state is DeliveryState.RETRYING


def test_an_attempt_is_kept_with_all_that_came_back() -> None:
    reply = Reply(status=None, ms=12, error="No answer.", text="half of a")
    kept = attempted(make_message(), 3, reply, NOW)
    assert kept == Attempt(
        message_id="3f0a", type="loan.opened", attempt=3, at=NOW, status=None, ms=12, error="No answer.", response="half of a"
    )
    assert attempted(make_message(), 1, FINE, NOW).status == 204


@pytest.mark.parametrize("status", [None, 100, 199, 300, 301, 304, 404, 410, 500])
def test_nothing_but_2xx_is_success(status: int | None) -> None:
    assert not Reply(status=status, ms=1).is_success


def test_after_some_failures_it_is_left_in_peace_for_longer_and_longer() -> None:
    health, pauses = Health(), []
    for _ in range(20):
        health = health.after(succeeded=False, at=NOW)
        pauses.append((health.open_until or NOW) - NOW)
    assert pauses[: FREE_FAILURES - 1] == [timedelta()] * (FREE_FAILURES - 1)
    assert pauses[FREE_FAILURES - 1 : FREE_FAILURES + 2] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert all(later >= earlier for earlier, later in pairwise(pauses))
    assert pauses[-1] == LONGEST_PAUSE
    assert health.is_open(NOW + LONGEST_PAUSE - timedelta(microseconds=1))
    assert not health.is_open(NOW + LONGEST_PAUSE)
    assert not Health().is_open(NOW)
    assert health.after(succeeded=True, at=NOW) == Health()


def hook(description: str | None = None) -> Webhook:
    return Webhook(
        id="w",
        url="https://hooks.test",
        types=[],
        description=description,
        format=WebhookFormat.STANDARD,
        secret="first",
        created_by=None,
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_new_secret_has_the_one_before_beside_it_for_a_day() -> None:
    one, later = hook(), NOW + timedelta(hours=1)
    one.rotate("second", later)
    assert (one.secret, one.old_secret, one.old_secret_until) == ("second", "first", later + timedelta(days=1))
    assert one.updated_at == later


def test_a_webhook_that_is_enabled_begins_afresh() -> None:
    one, later = hook(), NOW + timedelta(hours=1)
    one.failures, one.failing_since, one.open_until = 9, NOW, later
    one.disable(DisabledReason.FAILING, NOW)
    assert (one.is_enabled, one.disabled_reason) == (False, DisabledReason.FAILING)
    one.enable(later)
    assert (one.is_enabled, one.disabled_reason, one.updated_at) == (True, None, later)
    assert [one.failures, one.failing_since, one.open_until] == [0, None, None]


def test_a_webhook_is_known_by_its_description_or_its_id() -> None:
    assert (hook("The till").title, hook().title) == ("The till", "w")


def test_five_days_of_nothing_but_failures_are_enough() -> None:
    health = Health().after(succeeded=False, at=NOW)
    assert not health.after(succeeded=False, at=NOW + DISABLED_AFTER / 2).has_failed_for_good(NOW + DISABLED_AFTER / 2)
    assert health.has_failed_for_good(NOW + DISABLED_AFTER)
    assert not health.after(succeeded=True, at=NOW).has_failed_for_good(NOW + DISABLED_AFTER)


def test_no_types_are_all_types() -> None:
    assert wants([], EventType.HOLD_READY)
    assert wants(["hold.ready"], EventType.HOLD_READY)
    assert not wants(["book.created"], EventType.HOLD_READY)
