"""JSON Web Tokens by PyJWT."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

import jwt

from luminalib.domain.auth import InvalidToken
from luminalib.ports.security import AccessClaims, TokenSigner

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "luminalib"
_SECRET_BYTES = 32
_KEY_ID_LENGTH = 16
_MAX_DIGITS = 9
CACHED_TOKENS = 4096
_REQUIRED = ["iat", "iss", "aud", "sub", "jti", "exp"]


def _end_of(payload: dict[str, Any]) -> int:
    """When the token ends, in seconds. Raises ValueError or TypeError for times that are none, or in the wrong order."""
    issued, ends = int(payload["iat"]), int(payload["exp"])
    if ends < issued:
        raise ValueError("It ends before it begins.")
    return ends


class JwtSigner(TokenSigner):
    """HS256; the first secret signs, the others still verify what they signed. No other algorithm is ever accepted.

    What a token says is kept for a while, as the same token comes with every request; its end is compared each time.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = {hashlib.sha256(key.encode()).hexdigest()[:_KEY_ID_LENGTH]: key for key in secret_keys}
        self._signing_id = next(iter(self._keys))
        self._read = lru_cache(maxsize=CACHED_TOKENS)(self._decode)

    def sign(self, claims: AccessClaims, issued_at: datetime) -> str:
        """See TokenSigner."""
        payload = {
            "sub": claims.user_id,
            "sid": claims.session_id,
            "tenant": claims.tenant_id,
            "role": claims.role,
            "jti": str(uuid4()),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
        return jwt.encode(payload, self._keys[self._signing_id], algorithm=ALGORITHM, headers={"kid": self._signing_id})

    def verify(self, token: str, now: datetime) -> AccessClaims:
        """See TokenSigner."""
        claims = self._read(token)
        if claims.expires_at <= now:
            raise InvalidToken("The access token has expired. Use the refresh token, or log in again.")
        return claims

    def _decode(self, token: str) -> AccessClaims:
        try:
            key = self._keys[jwt.get_unverified_header(token).get("kid", "")]
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Times are compared with our own clock, in `verify`.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            return AccessClaims(
                user_id=str(payload["sub"]),
                session_id=str(payload["sid"]),
                tenant_id=str(payload["tenant"]),
                role=str(payload["role"]),
                expires_at=datetime.fromtimestamp(_end_of(payload), UTC),
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise InvalidToken from error

    def refresh_token(self, session_id: str, rotation: int) -> str:
        """See TokenSigner: the session, the number, and HMAC-SHA-256 over both."""
        return self._numbered(session_id, rotation, self._keys[self._signing_id])

    def read_refresh_token(self, token: str) -> tuple[str, int]:
        """See TokenSigner."""
        session_id, _, rest = token.partition(".")
        number = rest.partition(".")[0]
        if not (number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS):
            raise InvalidToken
        ours = (self._numbered(session_id, int(number), key) for key in self._keys.values())
        if not any(hmac.compare_digest(token.encode(), one.encode()) for one in ours):
            raise InvalidToken
        return session_id, int(number)

    def _numbered(self, session_id: str, rotation: int, key: str) -> str:
        mac = hmac.new(key.encode(), f"refresh:{session_id}:{rotation}".encode(), hashlib.sha256).digest()
        return f"{session_id}.{rotation}.{urlsafe_b64encode(mac).decode().rstrip('=')}"

    def ticket(self, session_id: str, purpose: str, expires_at: datetime) -> str:
        """See TokenSigner: the session, the end in seconds, and HMAC-SHA-256 over both and the purpose."""
        return self._stamped(session_id, purpose, int(expires_at.timestamp()), self._keys[self._signing_id])

    def read_ticket(self, ticket: str, purpose: str, now: datetime) -> str:
        """See TokenSigner."""
        session_id, _, rest = ticket.partition(".")
        end = rest.partition(".")[0]
        if not (end.isascii() and end.isdigit() and len(end) <= _MAX_DIGITS + 3) or int(end) <= now.timestamp():
            raise InvalidToken("The ticket is not valid, or not any more. Ask for a new one: POST /auth/tickets.")
        ours = (self._stamped(session_id, purpose, int(end), key) for key in self._keys.values())
        if not any(hmac.compare_digest(ticket.encode(), one.encode()) for one in ours):
            raise InvalidToken("The ticket is not valid here. Ask for one of this purpose: POST /auth/tickets.")
        return session_id

    def _stamped(self, session_id: str, purpose: str, end: int, key: str) -> str:
        mac = hmac.new(key.encode(), f"ticket:{purpose}:{session_id}:{end}".encode(), hashlib.sha256).digest()
        return f"{session_id}.{end}.{urlsafe_b64encode(mac).decode().rstrip('=')}"

    def new_secret(self) -> str:
        """See TokenSigner."""
        return secrets.token_urlsafe(_SECRET_BYTES)

    def digest(self, secret: str) -> str:
        """See TokenSigner. A fast hash is enough for a random secret of 256 bits."""
        return hashlib.sha256(secret.encode()).hexdigest()
