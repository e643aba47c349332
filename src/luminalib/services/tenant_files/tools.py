"""What exporting and importing share: their tools, the manifest's form, and members measured as they pass."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson

from luminalib.domain.audit import AuditAction, AuditEvent
from luminalib.domain.tenant_files import Manifest, Member, TenantFileBroken
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.sealing import Sealer
from luminalib.ports.storage import StorageProvider
from luminalib.ports.tenant_files import SealerOf, TenantFiles, TenantRows
from luminalib.ports.tenants import TenantRegister
from luminalib.steps.indexing import IndexTools
from luminalib.steps.tenants import Tenants

Told = Callable[[str, int, int | None], None]
"""Hears what is being done, how far it is, and of how much, if that is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TenantFileTools:
    """What both work with; `sealer` is the house's own, `product` the version of the product."""

    uow: UnitOfWorkFactory
    register: TenantRegister
    tenants: Tenants
    rows: TenantRows
    files: TenantFiles
    storage: StorageProvider
    index: IndexTools
    sealer: Sealer
    sealer_of: SealerOf
    clock: Clock
    product: str

    async def record(self, tenant_id: str, action: AuditAction, detail: str) -> None:
        """Writes it to a library's audit log."""
        event = AuditEvent(action=action, at=self.clock.now(), actor_id=None, subject_id=None, address=None, detail=detail)
        async with self.uow(tenant_id) as uow:
            await uow.audit.append(event)


class Measured:
    """A member as it passes; `count` is for whoever knows what it consists of."""

    def __init__(self) -> None:
        self.size = self.count = 0
        self._digest = hashlib.sha256()

    async def through(self, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same pieces."""
        async for piece in pieces:
            self.size += len(piece)
            self._digest.update(piece)
            yield piece

    @property
    def member(self) -> Member:
        """What the manifest says of it."""
        return Member(size=self.size, count=self.count, sha256=self._digest.hexdigest())


def to_json(manifest: Manifest) -> bytes:
    """The manifest as it stands in a file."""
    return orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)


def from_json(text: bytes) -> Manifest:
    """Raises TenantFileBroken."""
    try:
        said: dict[str, Any] = orjson.loads(text)
        members = {str(name): _member(one) for name, one in said.pop("members").items()}
        made_at = datetime.fromisoformat(said.pop("made_at"))
        manifest = Manifest(**said, members=members, made_at=made_at)
        if manifest.salt is not None:
            bytes.fromhex(manifest.salt)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TenantFileBroken from error
    if not all(isinstance(value, str) for value in (manifest.product, manifest.revision, manifest.slug)):
        raise TenantFileBroken
    return manifest


def _member(said: dict[str, Any]) -> Member:
    member = Member(**said)
    if type(member.size) is not int or type(member.count) is not int:
        raise TypeError
    return member
