import base64
import hmac
import importlib.util
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jose import jwt

from luminalib.adapters.security.tokens import JwtSigner
from luminalib.domain.auth import InvalidToken
from luminalib.ports.security import AccessClaims

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OLD, NEW = "the secret of last year " * 2, "the secret of this year " * 2
CLAIMS = AccessClaims(user_id="ada", session_id="s", tenant_id="main", role="member", expires_at=NOW + timedelta(hours=1))
UNREADABLE = [
    "",
    ".",
    "..",
    "a.b",
    "a.b.c",
    "a.b.c.d.e",
    "é.é.é",
    "\ud800.x.x",
    "W10.e30.x",
    "bnVsbA.e30.x",
    "eyJraWQiOltdfQ.e30.x",
    "x" * 10**6,
    ".".join("x" * 1000),
]


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forged(header: dict[str, Any], payload: dict[str, Any], secret: bytes, digest: str = "sha256") -> str:
    """A token by hand, as libraries refuse to make some."""
    signed = f"{encoded(header)}.{encoded(payload)}"
    signature = hmac.digest(secret, signed.encode(), digest)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.fixture
def signer() -> JwtSigner:
    return JwtSigner([NEW])


@pytest.fixture
def token(signer: JwtSigner) -> str:
    return signer.sign(CLAIMS, NOW)


def refused(signer: JwtSigner, token: str, at: datetime = NOW) -> bool:
    try:
        signer.verify(token, at)
    except InvalidToken:
        return True
    return False


def test_a_token_says_who_where_which_and_how_long(signer: JwtSigner, token: str) -> None:
    assert signer.verify(token, NOW) == CLAIMS
    claims = jwt.get_unverified_claims(token)
    assert set(claims) == {"sub", "sid", "jti", "tenant", "role", "iss", "aud", "iat", "exp"}
    assert (claims["exp"] - claims["iat"], claims["iss"], claims["aud"]) == (3600, "luminalib", "luminalib")
    assert jwt.get_unverified_header(token)["alg"] == "HS256"


def test_every_token_has_an_id_of_its_own(signer: JwtSigner) -> None:
    assert len({jwt.get_unverified_claims(signer.sign(CLAIMS, NOW))["jti"] for _ in range(100)}) == 100


def test_what_the_old_secret_signed_works_while_that_secret_is_kept(signer: JwtSigner) -> None:
    before = JwtSigner([OLD]).sign(CLAIMS, NOW)
    rotated = JwtSigner([NEW, OLD])
    assert rotated.verify(before, NOW) == CLAIMS
    assert refused(signer, before)


def test_the_newest_secret_signs(signer: JwtSigner) -> None:
    rotated = JwtSigner([NEW, OLD, "one still older " * 3])
    assert signer.verify(rotated.sign(CLAIMS, NOW), NOW) == CLAIMS
    assert refused(JwtSigner([OLD]), rotated.sign(CLAIMS, NOW))


def test_a_secret_given_as_new_and_as_old_still_signs() -> None:
    again = JwtSigner([NEW, OLD, NEW])
    assert refused(JwtSigner([OLD]), again.sign(CLAIMS, NOW))


def test_a_token_ends_to_the_second_even_when_it_was_just_read(signer: JwtSigner, token: str) -> None:
    assert not refused(signer, token, CLAIMS.expires_at - timedelta(seconds=1))
    assert refused(signer, token, CLAIMS.expires_at)
    assert refused(signer, token, CLAIMS.expires_at + timedelta(days=1))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None])
def test_a_token_without_a_signature_is_refused(signer: JwtSigner, token: str, algorithm: str | None) -> None:
    header = {**jwt.get_unverified_header(token), "alg": algorithm}
    payload = jwt.get_unverified_claims(token)
    _, body, signature = token.split(".")
    assert refused(signer, f"{encoded(header)}.{encoded(payload)}.")
    assert refused(signer, f"{encoded(header)}.{body}.{signature}")
    assert refused(signer, forged(header, payload, NEW.encode()))
    assert refused(signer, forged(header, payload, b""))


@pytest.mark.parametrize(
    ("algorithm", "digest"), [("HS384", "sha384"), ("HS512", "sha512"), ("RS256", "sha256"), ("ES256", "sha256")]
)
def test_other_algorithms_are_refused_even_with_our_secret(signer: JwtSigner, token: str, algorithm: str, digest: str) -> None:
    header = {**jwt.get_unverified_header(token), "alg": algorithm}
    assert refused(signer, forged(header, jwt.get_unverified_claims(token), NEW.encode(), digest))


def test_a_key_that_travels_with_the_token_is_not_believed(signer: JwtSigner, token: str) -> None:
    theirs = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = theirs.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = theirs.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload = jwt.get_unverified_header(token), jwt.get_unverified_claims(token)
    assert refused(signer, jwt.encode(payload, private, algorithm="RS256", headers={"kid": header["kid"]}))
    assert refused(signer, forged(header, payload, public))
    for name, key in [
        ("jwk", {"kty": "oct", "k": encoded("mine")}),
        ("jku", "https://attacker.test/keys"),
        ("x5u", "file:///dev/null"),
    ]:
        assert refused(signer, forged({**header, name: key}, payload, b"mine"))


@pytest.mark.parametrize(
    "kid", [None, "", 0, True, [], {}, "../../../../dev/null", "' UNION SELECT 'mine", "/proc/self/environ", "x" * 10_000]
)
def test_the_key_id_only_chooses_among_our_keys(signer: JwtSigner, token: str, kid: Any) -> None:
    header, payload = jwt.get_unverified_header(token) | {"kid": kid}, jwt.get_unverified_claims(token)
    for secret in (NEW.encode(), b"", b"mine"):
        assert refused(signer, forged(header, payload, secret))


def test_the_key_id_of_one_secret_does_not_vouch_for_another() -> None:
    rotated = JwtSigner([NEW, OLD])
    old_header = jwt.get_unverified_header(JwtSigner([OLD]).sign(CLAIMS, NOW))
    payload = jwt.get_unverified_claims(rotated.sign(CLAIMS, NOW))
    assert refused(rotated, forged(old_header, payload, NEW.encode()))
    assert not refused(rotated, forged(old_header, payload, OLD.encode()))


def test_every_changed_character_is_noticed(signer: JwtSigner, token: str) -> None:
    for at in range(len(token) - 1):  # the last character of a signature has bits that mean nothing
        other = "A" if token[at] != "A" else "B"
        assert refused(signer, token[:at] + other + token[at + 1 :]), at


@pytest.mark.parametrize("claim", ["sub", "sid", "jti", "tenant", "role", "iss", "aud", "iat", "exp"])
def test_no_claim_may_be_missing(signer: JwtSigner, token: str, claim: str) -> None:
    payload = {name: value for name, value in jwt.get_unverified_claims(token).items() if name != claim}
    assert refused(signer, forged(jwt.get_unverified_header(token), payload, NEW.encode()))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("exp", "soon"),
        ("exp", None),
        ("exp", 10**20),
        ("exp", float("inf")),
        ("exp", float("nan")),
        ("exp", -1),
        ("aud", "somebody else"),
        ("aud", None),
        ("aud", []),
        ("iss", "somebody else"),
        ("iss", None),
        ("iat", "yesterday"),
    ],
)
def test_no_claim_may_be_strange(signer: JwtSigner, token: str, claim: str, value: Any) -> None:
    payload = jwt.get_unverified_claims(token) | {claim: value}
    assert refused(signer, forged(jwt.get_unverified_header(token), payload, NEW.encode()))


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_token_is_refused(signer: JwtSigner, text: str) -> None:
    assert refused(signer, text)


def test_a_payload_that_is_no_object_is_refused(signer: JwtSigner, token: str) -> None:
    header = jwt.get_unverified_header(token)
    payloads: list[Any] = [[], "ada", 1, None]
    for payload in payloads:
        assert refused(signer, forged(header, payload, NEW.encode()))


def test_refresh_secrets_are_random_and_kept_as_digests(signer: JwtSigner) -> None:
    secrets = {signer.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert len(base64.urlsafe_b64decode(secret + "=")) * 8 >= 256
        assert signer.digest(secret) == JwtSigner([OLD]).digest(secret)
        assert secret not in signer.digest(secret)


def test_the_back_ends_with_unfixed_advisories_are_not_installed() -> None:
    assert importlib.util.find_spec("ecdsa") is None
    assert importlib.util.find_spec("rsa") is None
