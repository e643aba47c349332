"""The knowledge directory: files that the house lays out, which all members may ask about."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import uuid4

import structlog

from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.documents import Document, DocumentStatus, DuplicateContent, EmptyFile, FileTooLarge, StagedFile
from luminalib.domain.errors import LuminaError, Unavailable
from luminalib.domain.filenames import safe_filename
from luminalib.domain.media import ContentSniffer, MediaType
from luminalib.domain.pipeline import delete_files, index_document, lock_of, process_document, status_event
from luminalib.domain.storage_keys import STAGING, prefix_of
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.storage import StorageProvider
from luminalib.steps.tenants import Tenants

log = structlog.get_logger(__name__)
MOST_FILES = 10_000
LONGEST_NAME = 1024
_PIECE = 2**20
_SUFFIXES = frozenset(media_type.extension for media_type in MediaType) | {".md"}


class KnowledgeNotLoaded(Unavailable):
    """Files of the knowledge directory are still being read."""

    slug = "knowledge-not-loaded"


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of the directory, by its path within it; without a digest where it cannot be read at the moment."""

    name: str
    path: Path
    sha256: str | None


class KnowledgeService:
    """Keeps documents in step with a directory: what is new there is read, what has changed read anew, what has gone removed.

    The main tenant has the directory, except for the folders with the names of other tenants: those are theirs.
    """

    def __init__(
        self, uow: UnitOfWorkFactory, storage: StorageProvider, clock: Clock, folder: Path, tenants: Tenants, *, max_bytes: int
    ) -> None:
        self._uow = uow
        self._storage = storage
        self._clock = clock
        self._folder = folder
        self._tenants = tenants
        self._max_bytes = max_bytes
        self._digests: dict[Path, tuple[tuple[int, int], str]] = {}
        self._left_out: dict[Path, str | None] = {}
        self._looked_for: set[str] = set()

    async def keep_in_step(self, tenant_id: str) -> None:
        """One look at the directory. A file that cannot be taken in is left out, and the log says why."""
        others = frozenset(await self._tenants.active()) - {MAIN_TENANT}
        found = {one.name: one for one in await asyncio.to_thread(self._look, tenant_id, others)}
        async with self._uow.reading(tenant_id) as uow:
            known = {document.knowledge_path or "": document for document in await uow.documents.laid_out()}
        for name in known.keys() - found.keys():
            await self._remove(tenant_id, known[name])
        for name, file in found.items():
            document = known.get(name)
            if file.sha256 in (None, self._left_out.get(file.path)) or (document and document.sha256 == file.sha256):
                continue
            await self._take_in(tenant_id, file, document)
        self._looked_for.add(tenant_id)

    async def check(self, tenant_id: str) -> None:
        """Returns when all files have been read. Raises KnowledgeNotLoaded, which says how far it is."""
        if tenant_id not in self._looked_for:
            raise KnowledgeNotLoaded("The knowledge directory is being looked through.")
        async with self._uow.reading(tenant_id) as uow:
            documents = await uow.documents.laid_out()
        done = sum(document.is_finished for document in documents)
        if done < len(documents):
            raise KnowledgeNotLoaded(f"{done} of {len(documents)} files of the knowledge directory have been read.")

    def _look(self, tenant_id: str, others: frozenset[str]) -> list[_Found]:
        if not self._folder.is_dir():
            raise Unavailable(f"The knowledge directory {self._folder} is not there. Check LUMINALIB_KNOWLEDGE_DIR.")
        root = self._folder if tenant_id == MAIN_TENANT else self._folder / tenant_id
        # Not by rglob, which fails when a folder goes while it looks.
        paths = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
        files = sorted(path for path in paths if path.suffix.lower() in _SUFFIXES and path.is_file())
        own = (path for path in files if path.relative_to(self._folder).parts[0] not in others - {tenant_id})
        named = [(str(path.relative_to(root)), path) for path in islice(own, MOST_FILES)]
        return [_Found(name, path, self._digest(path)) for name, path in named if len(name) <= LONGEST_NAME]

    def _digest(self, path: Path) -> str | None:
        """The SHA-256 of a file; of one that has kept its size and time since the last look, the same as then."""
        try:
            stat = path.stat()
            state = (stat.st_size, stat.st_mtime_ns)
            if self._digests.get(path, (None, ""))[0] != state:
                with path.open("rb") as file:
                    self._digests[path] = state, hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as reason:
            log.warning("knowledge.not_read", file=str(path), reason=reason.strerror)
            return None
        return self._digests[path][1]

    async def _take_in(self, tenant_id: str, file: _Found, document: Document | None) -> None:
        try:
            staged = await self._stage(file, tenant_id)
            await self._keep(tenant_id, file, staged, document)
        except Unavailable:
            raise
        except (LuminaError, OSError) as reason:
            self._left_out[file.path] = file.sha256
            log.warning("knowledge.left_out", file=file.name, reason=str(reason))
        else:
            log.info("knowledge.taken_in", file=file.name)

    async def _stage(self, file: _Found, tenant_id: str) -> StagedFile:
        if (size := file.path.stat().st_size) > self._max_bytes:
            raise FileTooLarge(f"It is larger than {self._max_bytes // 2**20} MiB.")
        if not size:
            raise EmptyFile
        key = f"{prefix_of(tenant_id)}{STAGING}{uuid4()}"
        sniffer, digest = ContentSniffer(), hashlib.sha256()

        async def pieces() -> AsyncIterator[bytes]:
            with await asyncio.to_thread(file.path.open, "rb") as opened:
                while piece := await asyncio.to_thread(opened.read, _PIECE):
                    sniffer.feed(piece)
                    digest.update(piece)
                    yield piece

        await self._storage.put(key, pieces())
        name = file.path.with_suffix(".txt").name if file.path.suffix.lower() == ".md" else file.path.name
        try:
            media_type = sniffer.media_type(safe_filename(name))
        except LuminaError:
            await self._storage.delete(key)
            raise
        return StagedFile(
            key=key,
            filename=safe_filename(name, media_type),
            media_type=media_type,
            byte_size=size,
            sha256=digest.hexdigest(),
        )

    async def _keep(self, tenant_id: str, file: _Found, staged: StagedFile, known: Document | None) -> None:
        now = self._clock.now()
        try:
            async with self._uow(tenant_id) as uow:
                previous: DocumentStatus | None = None
                if known is None:
                    document = Document.from_staged(str(uuid4()), staged, None, now)
                    document.knowledge_path = file.name
                    await uow.documents.add(document)
                else:
                    document = await uow.documents.get(known.id)
                    await uow.enqueue(delete_files(document.id, tenant_id, now, key=document.content_key))
                    previous = document.replace_content(staged, now)
                    await uow.documents.remove_results(document.id)
                    await uow.enqueue(index_document(document.id, tenant_id, now))
                uow.events.append(status_event(document, None, previous, now, "of the knowledge directory"))
                await uow.enqueue(process_document(document, tenant_id, now))
        except DuplicateContent:
            await self._storage.delete(staged.key)
            raise

    async def _remove(self, tenant_id: str, document: Document) -> None:
        now = self._clock.now()
        async with self._uow(tenant_id) as uow:
            await uow.documents.remove(await uow.documents.get(document.id))
            await uow.cancel_jobs(lock_of(document.id), now)
            await uow.enqueue(delete_files(document.id, tenant_id, now, key=document.staged_key))
            await uow.enqueue(index_document(document.id, tenant_id, now))
        log.info("knowledge.removed", file=document.knowledge_path)
