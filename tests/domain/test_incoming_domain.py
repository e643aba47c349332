"""Who may send, by each scheme: the senders' own libraries sign, and ours must believe them and nobody else."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from luminalib.domain.incoming import (
    DEFAULT_HEADER,
    LONGEST_ID,
    TAKE_IN,
    TOLERANCE,
    BadSignature,
    Scheme,
    Sent,
    Source,
    Unusable,
    inquiry_in,
    take_in,
    verify,
)
from sources import github, sign_as_hubspot, standard

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URI = "https://library.test/webhooks/in/till/key"
BODY = b'{"message": "Do you lend abroad?"}'
MOMENT = timedelta(seconds=1)


def source(scheme: Scheme, header: str | None = None) -> Source:
    return Source(id="s", name="till", scheme=scheme, key="k", secret="sealed", header=header, created_by=None, created_at=NOW)


def sent(headers: dict[str, str], body: bytes = BODY, **changes: str) -> Sent:
    return replace(
        Sent(method="POST", uri=URI, headers={name.lower(): value for name, value in headers.items()}, body=body),
        **changes,  # type: ignore[arg-type]  # mypy takes them for any field's
    )


def is_believed(scheme: Scheme, one: Sent, secret: str = SECRET, now: datetime = NOW) -> bool:
    try:
        verify(source(scheme), secret, one, now)
    except BadSignature:
        return False
    return True


Signer = Callable[[datetime], dict[str, str]]
SIGNERS: dict[Scheme, Signer] = {
    Scheme.STANDARD: lambda at: standard(SECRET, URI, BODY, at, "m1"),
    Scheme.HUBSPOT: lambda at: sign_as_hubspot(SECRET, URI, BODY, at, ""),
    Scheme.GITHUB: lambda at: github(SECRET, URI, BODY, at, "m1"),
    Scheme.HEADER: lambda _: {DEFAULT_HEADER: SECRET},
}


@pytest.mark.parametrize("scheme", [*Scheme])
def test_who_signs_as_agreed_is_believed_and_nobody_else(scheme: Scheme) -> None:
    headers = SIGNERS[scheme](NOW)
    assert is_believed(scheme, sent(headers))
    assert not is_believed(scheme, sent(headers), secret="whsec_" + "A" * 32)
    for name in headers:
        without = {other: value for other, value in headers.items() if other != name}
        if name != "X-GitHub-Delivery":  # GitHub does not sign it
            assert not is_believed(scheme, sent(without)), name
            assert not is_believed(scheme, sent({**headers, name: "0"})), name
            assert not is_believed(scheme, sent({**headers, name: "\u00e9"})), name
    if scheme is not Scheme.HEADER:
        assert not is_believed(scheme, sent(headers, BODY + b" "))


@pytest.mark.parametrize("scheme", [Scheme.STANDARD, Scheme.HUBSPOT])
def test_what_was_signed_long_ago_or_in_the_future_is_not_believed(scheme: Scheme) -> None:
    for at, believed in (
        (NOW - TOLERANCE, True),
        (NOW + TOLERANCE, True),
        (NOW - TOLERANCE - MOMENT, False),
        (NOW + TOLERANCE + MOMENT, False),
    ):
        assert is_believed(scheme, sent(SIGNERS[scheme](at))) is believed


@pytest.mark.parametrize("stamp", ["", "-5", "1e9", "\u0661\u0662", "9" * 16, "9" * 5000])
@pytest.mark.parametrize(
    ("scheme", "header"), [(Scheme.STANDARD, "webhook-timestamp"), (Scheme.HUBSPOT, "X-HubSpot-Request-Timestamp")]
)
def test_a_time_is_a_number_of_some_digits(scheme: Scheme, header: str, stamp: str) -> None:
    assert not is_believed(scheme, sent({**SIGNERS[scheme](NOW), header: stamp}))


def test_hubspot_signs_the_address_and_the_method_too() -> None:
    headers = SIGNERS[Scheme.HUBSPOT](NOW)
    assert not is_believed(Scheme.HUBSPOT, sent(headers, uri=f"{URI}?more"))
    assert not is_believed(Scheme.HUBSPOT, sent(headers, method="PUT"))


def test_a_secret_may_come_in_a_header_of_its_own() -> None:
    assert verify(source(Scheme.HEADER, "x-till"), SECRET, sent({"x-till": SECRET}), NOW)
    with pytest.raises(BadSignature):
        verify(source(Scheme.HEADER, "x-till"), SECRET, sent({DEFAULT_HEADER: SECRET}), NOW)


def test_what_comes_again_is_known_by_the_sender_s_id_or_by_what_it_says() -> None:
    digest = hashlib.sha256(BODY).hexdigest()

    def known_as(scheme: Scheme, headers: dict[str, str], body: bytes = BODY) -> str:
        return verify(source(scheme), SECRET, sent(headers, body), NOW)

    assert known_as(Scheme.STANDARD, SIGNERS[Scheme.STANDARD](NOW)) == "m1"
    assert known_as(Scheme.GITHUB, SIGNERS[Scheme.GITHUB](NOW)) == "m1"
    assert known_as(Scheme.GITHUB, github(SECRET, URI, BODY, NOW, "i" * 999)) == "i" * LONGEST_ID
    assert known_as(Scheme.GITHUB, github(SECRET, URI, BODY, NOW, "")) == digest
    by_header = SIGNERS[Scheme.HEADER](NOW)
    assert known_as(Scheme.HEADER, by_header) == digest
    assert known_as(Scheme.HEADER, {**by_header, "idempotency-key": "i" * 999}) == "i" * LONGEST_ID
    assert known_as(Scheme.HEADER, {**by_header, "webhook-id": "w", "idempotency-key": "i"}) == "w"


def test_hubspot_s_attempts_at_the_same_events_are_one_message() -> None:
    def known_as(body: bytes) -> str:
        return verify(source(Scheme.HUBSPOT), SECRET, sent(sign_as_hubspot(SECRET, URI, body, NOW, ""), body), NOW)

    first = known_as(b'[{"eventId": 1, "attemptNumber": 0}, {"eventId": 2}]')
    assert known_as(b'[{"eventId": 2}, {"eventId": 1, "attemptNumber": 1}]') == first
    assert known_as(b'[{"eventId": 1}, {"eventId": 3}]') != first
    for strange in (b"no JSON", b'{"a": 1}', b"[1]", b'[{"id": 1}]'):
        assert known_as(strange) == hashlib.sha256(strange).hexdigest()


def test_the_example_of_github_s_documentation() -> None:
    body, secret = b"Hello, World!", "It's a Secret to Everybody"
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_believed(Scheme.GITHUB, sent({"X-Hub-Signature-256": signature}, body), secret)


def test_an_inquiry_is_taken_out_of_what_forms_send() -> None:
    told = {"name": " Ada ", "email": "ada@b.example", "phone": "1" * 99, "region": "ITALY", "source": "site", "other": 1}
    for body in ({**told, "message": " Hello.\0 "}, {"data": {**told, "text": "Hello."}}):
        found = inquiry_in(json.dumps(body))
        assert (found.message, found.name, found.email) == ("Hello.", "Ada", "ada@b.example")
        assert (found.phone, found.region, found.source) == ("1" * 40, "IT", "site")
    bare = inquiry_in('{"message": "Hello.", "name": 5, "email": " ", "phone": null}')
    assert (bare.name, bare.email, bare.phone) == (None, None, None)
    assert len(inquiry_in(json.dumps({"message": "a" * 20_000})).message) == 10_000


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[]", "5", '"text"', "{}", '{"message": " "}', '{"message": 5}', '{"data": "text"}']
)
def test_what_holds_no_message_is_unusable(body: str) -> None:
    with pytest.raises(Unusable):
        inquiry_in(body)


def test_a_message_is_taken_in_by_a_job_of_its_tenant() -> None:
    job = take_in("e", "seaside", NOW)
    assert (job.name, job.payload, job.tenant_id, job.run_at) == (TAKE_IN, {"event_id": "e"}, "seaside", NOW)
    assert job.lock == "incoming:e"
