"""Keeping contacts in step with other systems."""

from luminalib.domain.crm import (
    Changes,
    ConnectionNotFound,
    CrmConnection,
    CrmContact,
    CrmUnavailable,
    Rejected,
    RemoteContact,
    SyncState,
    Told,
    VersionConflict,
    merged,
    sync_crm,
    to_ours,
    to_theirs,
)
from luminalib.domain.errors import LuminaError, Unavailable
from luminalib.domain.jobs import Job
from luminalib.ports.crm import Crm
from luminalib.ports.persistence import UnitOfWork
from luminalib.services.crm.desk import CrmTools, pending_sync
from luminalib.steps.crm import MOST_INQUIRIES, hear_crm

BATCH = 100
LONGEST_ERROR = 500


class CrmSyncService:
    """Does the job `sync_crm`. No transaction is open while the other system is asked."""

    def __init__(self, tools: CrmTools) -> None:
        self._tools = tools
        self._uow = tools.uow
        self._clock = tools.clock

    async def request_all(self, tenant_id: str) -> None:
        """The round: has all that are enabled, and not left in peace, brought in step."""
        now = self._clock.now()
        async with self._uow.reading(tenant_id) as uow:
            due = [
                one.id for one in await uow.crm.connections() if one.is_enabled and not (one.open_until and now < one.open_until)
            ]
        for connection_id in due:
            async with self._uow(tenant_id) as uow:
                await uow.enqueue(sync_crm(connection_id, tenant_id, now))

    async def sync(self, job: Job) -> None:
        """The job: first what has changed there, then what is to be told. Raises CrmUnavailable, after which it is tried again."""
        connection = await self._begin(job)
        if connection is None:
            return
        try:
            token = self._tools.sealer.open(job.tenant_id, connection.token) if connection.token else None
            crm = self._tools.directory.open(connection.kind, connection.url, token, connection.mapping)
            done = await self._pull(job, connection, crm), *await self._push(job, connection, crm)
        except Unavailable as reason:
            await self._put_off(job, reason)
            raise AssertionError from reason  # `_put_off` always raises
        except Rejected as reason:
            await self._end(job, SyncState.FAILED, reason.detail)
        else:
            await self._end(job, SyncState.SUCCESS, None, done)

    async def give_up(self, job: Job, error: Exception) -> None:
        """Records why it failed; the next round tries again."""
        await self._end(job, SyncState.FAILED, error.detail if isinstance(error, LuminaError) else type(error).__name__)

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to record: it is tried again."""

    async def _begin(self, job: Job) -> CrmConnection | None:
        async with self._uow(job.tenant_id) as uow:
            try:
                connection = await uow.crm.get(job.payload["connection_id"])
            except ConnectionNotFound:
                return None
            if connection.is_enabled:
                await pending_sync(uow, connection.id, self._clock.now())
                return connection
            return None

    async def _put_off(self, job: Job, reason: Unavailable) -> None:
        """The sync stays pending, with its reason; the job comes back after a pause that grows. Raises CrmUnavailable."""
        asked = reason.facts.get("retry_after")
        async with self._uow(job.tenant_id) as uow:
            connection = await uow.crm.get(job.payload["connection_id"])
            pause = connection.note_failure(self._clock.now(), asked if isinstance(asked, int | float) else None)
            (await pending_sync(uow, connection.id, self._clock.now())).error = reason.detail[:LONGEST_ERROR]
        raise CrmUnavailable(reason.detail, retry_after=pause.total_seconds()) from reason

    async def _end(self, job: Job, state: SyncState, error: str | None, done: tuple[int, int, int] = (0, 0, 0)) -> None:
        now = self._clock.now()
        async with self._uow(job.tenant_id) as uow:
            try:
                connection = await uow.crm.get(job.payload["connection_id"])
            except ConnectionNotFound:
                return
            if state is SyncState.SUCCESS:
                connection.note_success(now)
            found = await pending_sync(uow, connection.id, now)
            found.state, found.error = state, error[:LONGEST_ERROR] if error else None
            found.pulled, found.pushed, found.conflicts = done

    async def _pull(self, job: Job, connection: CrmConnection, crm: Crm) -> int:
        """How many contacts of ours somebody else has changed there."""
        pulled, has_more, cursor = 0, True, connection.cursor
        while has_more:
            changes = await crm.list_changes(cursor, BATCH)
            has_more, cursor = changes.has_more, changes.cursor
            pulled += await self._take_all(job, connection, changes)
            async with self._uow(job.tenant_id) as uow:
                for remote_id in changes.deletions:
                    contact = await uow.crm.find_contact(connection.id, remote_id=remote_id)
                    pulled += contact is not None and contact.leave(self._clock.now())
                (await uow.crm.get(connection.id)).cursor = cursor
        return pulled

    async def _take_all(self, job: Job, connection: CrmConnection, changes: Changes) -> int:
        """How many of the changes are of contacts of ours, and not our own; each is taken over in a unit of its own."""
        async with self._uow.reading(job.tenant_id) as uow:
            found = [(await _ours(uow, connection, remote), remote) for remote in changes.upserts]
        news = [(contact.email, remote) for contact, remote in found if contact and contact.version != remote.version]
        return sum([await self._take(job, connection, email, remote) for email, remote in news])

    async def _take(self, job: Job, connection: CrmConnection, email: str, remote: RemoteContact) -> bool:
        now = self._clock.now()
        async with self._uow(job.tenant_id) as uow:
            inquiries = await uow.inquiries.open_of(email, MOST_INQUIRIES)
            contact = await uow.crm.find_contact(connection.id, email=email)
            if contact is None or contact.is_dirty:  # the push will find the other version, and bring both together
                return False
            contact.fields = {**contact.fields, **to_ours(remote.fields, connection.mapping), "email": contact.email}
            contact.remote_id, contact.version, contact.updated_at = remote.id, remote.version, now
            await hear_crm(uow, connection.kind, inquiries, contact.fields, self._tools.reader, now)
        return True

    async def _push(self, job: Job, connection: CrmConnection, crm: Crm) -> tuple[int, int]:
        """How many contacts were told of, and how often both sides had changed one."""
        pushed = conflicts = 0
        while True:
            async with self._uow.reading(job.tenant_id) as uow:
                waiting = await uow.crm.dirty(connection.id, BATCH)
            if not waiting:
                return pushed, conflicts
            outcomes = await crm.put_contacts([_told(connection, contact) for contact in waiting])
            for contact, outcome in zip(waiting, outcomes, strict=True):
                has_met = isinstance(outcome, VersionConflict)
                fields, found = await self._met(connection, crm, contact) if has_met else (contact.fields, outcome)
                remote = found if isinstance(found, RemoteContact) else None
                pushed, conflicts = pushed + (remote is not None), conflicts + (has_met and remote is not None)
                await self._note(job, connection, contact, fields, remote, found.detail if isinstance(found, LuminaError) else None)

    async def _met(
        self, connection: CrmConnection, crm: Crm, contact: CrmContact
    ) -> tuple[dict[str, str], RemoteContact | Rejected]:
        """What holds after somebody else has changed it there, and what came of saying so."""
        current = await crm.find_contact(contact.email)
        theirs = to_ours(current.fields, connection.mapping) if current else {}
        both = merged(contact.fields, theirs) | {"email": contact.email}
        try:
            return both, await crm.put_contact(contact.email, to_theirs(both, connection.mapping), current)
        except Rejected as reason:
            return contact.fields, reason
        except VersionConflict as again:  # somebody is at it right now
            raise CrmUnavailable("The contact is being changed there.") from again

    async def _note(
        self,
        job: Job,
        connection: CrmConnection,
        pushed: CrmContact,
        fields: dict[str, str],
        remote: RemoteContact | None,
        error: str | None,
    ) -> None:
        has_heard, now = fields != pushed.fields, self._clock.now()
        async with self._uow(job.tenant_id) as uow:
            inquiries = await uow.inquiries.open_of(pushed.email, MOST_INQUIRIES) if has_heard else ()
            contact = await uow.crm.find_contact(pushed.connection_id, email=pushed.email)
            if contact is None:
                return
            if contact.updated_at == pushed.updated_at:  # else it has changed since, and is pushed once more
                contact.is_dirty, contact.fields = False, fields
                await hear_crm(uow, connection.kind, inquiries, fields, self._tools.reader, now)
            contact.error = error[:LONGEST_ERROR] if error else None
            if remote is not None:
                contact.remote_id, contact.version, contact.removed_at = remote.id, remote.version, None


async def _ours(uow: UnitOfWork, connection: CrmConnection, remote: RemoteContact) -> CrmContact | None:
    """The contact whose counterpart that is, or will be: known by its address alone so far."""
    found = await uow.crm.find_contact(connection.id, remote_id=remote.id)
    if found is None and remote.email:
        found = await uow.crm.find_contact(connection.id, email=remote.email)
    return found


def _told(connection: CrmConnection, contact: CrmContact) -> Told:
    known = None
    if contact.remote_id and contact.version:
        known = RemoteContact(id=contact.remote_id, email=contact.email, fields={}, version=contact.version)
    return Told(email=contact.email, fields=to_theirs(contact.fields, connection.mapping), known=known)
