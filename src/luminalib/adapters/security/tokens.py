"""JSON Web Tokens by python-jose."""

import hashlib
import secrets
from datetime import UTC, datetime
from uuid import uuid4

from jose import JWTError, jwt

from luminalib.domain.auth import InvalidToken
from luminalib.ports.security import AccessClaims, TokenSigner

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "luminalib"
_SECRET_BYTES = 32
_REQUIRED = {f"require_{claim}": True for claim in ("exp", "iat", "iss", "aud", "sub", "jti")}


class JoseSigner(TokenSigner):
    """HS256 with one secret; no other algorithm is ever accepted, whatever a token's header says."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key

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
        return jwt.encode(payload, self._key, algorithm=ALGORITHM)

    def verify(self, token: str, now: datetime) -> AccessClaims:
        """See TokenSigner."""
        try:
            # The expiry is compared with our own clock, below.
            options = {**_REQUIRED, "verify_exp": False, "verify_iat": False}
            payload = jwt.decode(token, self._key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=options)
            claims = AccessClaims(
                user_id=str(payload["sub"]),
                session_id=str(payload["sid"]),
                tenant_id=str(payload["tenant"]),
                role=str(payload["role"]),
                expires_at=datetime.fromtimestamp(int(payload["exp"]), UTC),
            )
        except (JWTError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise InvalidToken from error
        if claims.expires_at <= now:
            raise InvalidToken("The access token has expired. Use the refresh token, or log in again.")
        return claims

    def new_secret(self) -> str:
        """See TokenSigner."""
        return secrets.token_urlsafe(_SECRET_BYTES)

    def digest(self, secret: str) -> str:
        """See TokenSigner. A fast hash is enough for a random secret of 256 bits."""
        return hashlib.sha256(secret.encode()).hexdigest()
