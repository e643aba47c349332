"""Secrets at rest by AES-256-GCM, under a key per tenant that HKDF (RFC 5869) derives from a master."""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from luminalib.ports.sealing import SealBroken, Sealer

_FORM = "1"
_NONCE_BYTES, _KEY_BYTES = 12, 32
_KEY_ID_LENGTH = 16


class AesSealer(Sealer):
    """`1.<id of the master>.<nonce and ciphertext>`; the first master seals, the others still open what they sealed.

    The tenant and what stands before the ciphertext are authenticated with it.
    """

    def __init__(self, masters: Sequence[str]) -> None:
        self._masters = {_id_of(master): master.encode() for master in masters}
        self._sealing_id = next(iter(self._masters))
        self._cipher = lru_cache(maxsize=1000)(self._derive)

    def seal(self, tenant_id: str, secret: str) -> str:
        """See Sealer."""
        head = f"{_FORM}.{self._sealing_id}"
        nonce = os.urandom(_NONCE_BYTES)
        body = self._cipher(self._sealing_id, tenant_id).encrypt(nonce, secret.encode(), _bound(head, tenant_id))
        return f"{head}.{urlsafe_b64encode(nonce + body).decode()}"

    def open(self, tenant_id: str, sealed: str) -> str:
        """See Sealer."""
        head, _, body = sealed.rpartition(".")
        form, _, master_id = head.partition(".")
        if form != _FORM or master_id not in self._masters:
            raise SealBroken
        try:
            whole = urlsafe_b64decode(body)
            nonce, text = whole[:_NONCE_BYTES], whole[_NONCE_BYTES:]
            return self._cipher(master_id, tenant_id).decrypt(nonce, text, _bound(head, tenant_id)).decode()
        except (ValueError, InvalidTag) as error:
            raise SealBroken from error

    def _derive(self, master_id: str, tenant_id: str) -> AESGCM:
        info = f"luminalib secrets of {tenant_id}".encode()
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._masters[master_id]))


def _id_of(master: str) -> str:
    return hashlib.sha256(f"luminalib sealing key {master}".encode()).hexdigest()[:_KEY_ID_LENGTH]


def _bound(head: str, tenant_id: str) -> bytes:
    return f"{head}.{tenant_id}".encode()
