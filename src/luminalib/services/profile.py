"""What members do with their own account: name, password, taste, and leaving."""

from collections.abc import Container

from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import (
    Account,
    LastAdmin,
    Principal,
    User,
    WrongPassword,
    accept_password,
    normalise_password,
)
from luminalib.domain.grants import require_member
from luminalib.domain.pipeline import delete_files, index_document, lock_of
from luminalib.domain.preferences import Preferences
from luminalib.domain.uploads import delete_upload
from luminalib.domain.versions import require_version
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory
from luminalib.ports.rate_limits import RateLimiter, Rule
from luminalib.ports.security import CommonPasswords, PasswordHasher
from luminalib.steps.auditing import note_deed
from luminalib.steps.circulation import give_all_back
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.members import lock_member, replace_password


class ProfileService:
    """The desk for one's own account."""

    def __init__(
        self,
        uow: UnitOfWorkFactory,
        hasher: PasswordHasher,
        common: CommonPasswords,
        limiter: RateLimiter,
        policies: LoanPolicies,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._hasher = hasher
        self._common = common
        self._limiter = limiter
        self._policies = policies
        self._clock = clock

    async def rename(self, by: Principal, display_name: str, seen: Container[str] | None = None) -> Account:
        """Changes the name that others see. `seen` are versions that may be changed. Raises NotAllowed, Outdated."""
        require_member(by)
        async with self._uow(by.tenant_id) as uow:
            user = await lock_member(uow, by.user_id)
            require_version(user.account.version, seen)
            user.display_name = display_name
        return user.account

    async def change_password(self, by: Principal, current: str, new: str) -> None:
        """Sets another password; all other sessions and the app passwords end.

        Raises WrongPassword, WeakPassword, TooManyRequests.
        """
        user = await self._confirm(by, current)
        password_hash = await self._hasher.hash(accept_password(new, user.email, self._common.contains), by.address)
        async with self._uow(by.tenant_id) as uow:
            stored = await lock_member(uow, by.user_id)
            if stored.password_hash != user.password_hash:
                raise WrongPassword("The password was changed meanwhile.")
            await replace_password(uow, stored, password_hash, self._clock.now(), besides=by.session_id)
            await note_deed(uow, by, AuditAction.PASSWORD_CHANGED, self._clock.now(), by.user_id)

    async def delete(self, by: Principal, password: str) -> None:
        """Closes the account, takes back what it has on loan, and takes the person out of it; the history stays, a former member's.

        Documents that are in no catalogue, and uploads, go with their text and files.

        Raises WrongPassword, TooManyRequests, and LastAdmin for the only admin.
        """
        policy = await self._policies.of(by.tenant_id)
        await self._confirm(by, password)
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("admins")
            user = await lock_member(uow, by.user_id)
            if user.role.is_admin and not await uow.users.has_admin(besides=user.id):
                raise LastAdmin
            user.anonymise()
            await give_all_back(uow, user.id, policy, self._clock.now())
            await uow.notices.forget(user_id=user.id)
            await uow.conversations.forget(user.id)
            await uow.inquiries.forget(user.id)
            await uow.receipts.forget(user_id=user.id)
            await uow.sessions.end_all(user.id, self._clock.now())
            await self._remove_private(uow, by, user.id)
            await uow.preferences.remove(user.id)
            await uow.tastes.forget(user.id)
            await uow.llm.forget_reader(user.id)
            await uow.links.forget(user.id)
            for app_password in await uow.app_passwords.list(user.id):
                await uow.app_passwords.remove(app_password)
            await note_deed(uow, by, AuditAction.ACCOUNT_DELETED, self._clock.now(), by.user_id)

    async def anonymise_history(self, by: Principal) -> int:
        """Takes the member out of the loans that are over. Returns how many.

        Past holds, notices, conversations, kept answers, and what was learnt of their taste are forgotten. What is on loan and what
        they wait for stays, as do their reviews, which stand under their name until they take them back.
        """
        async with self._uow(by.tenant_id) as uow:
            user = await lock_member(uow, by.user_id)
            await uow.holds.forget(user.id)
            await uow.tastes.forget(user.id)
            await uow.notices.forget(user_id=user.id)
            await uow.receipts.forget(user_id=user.id)
            await uow.conversations.forget(user.id)
            await uow.llm.forget_reader(user.id)
            return await uow.loans.anonymise(user.id)

    async def preferences(self, by: Principal) -> Preferences:
        """What the member has said to like."""
        async with self._uow.reading(by.tenant_id) as uow:
            return await uow.preferences.get(by.user_id or "")

    async def state_preferences(self, by: Principal, stated: Preferences) -> Preferences:
        """Keeps what the member says to like in place of what was said before."""
        stated.updated_at = self._clock.now()
        async with self._uow(by.tenant_id) as uow:
            await lock_member(uow, by.user_id)
            await uow.preferences.save(stated)
        return stated

    async def _remove_private(self, uow: UnitOfWork, by: Principal, user_id: str) -> None:
        """What is in no catalogue goes with the member: unfinished uploads, documents with their text and files."""
        now = self._clock.now()
        for upload in await uow.uploads.of_user(user_id):
            await uow.uploads.remove(upload)
            await uow.enqueue(delete_upload(upload, by.tenant_id, now))
        for document in await uow.documents.private_of(user_id):
            await uow.documents.remove(document)
            await uow.cancel_jobs(lock_of(document.id), now)
            await uow.enqueue(delete_files(document.id, by.tenant_id, now, key=document.staged_key))
            await uow.enqueue(index_document(document.id, by.tenant_id, now))

    async def _confirm(self, by: Principal, password: str) -> User:
        """The account, once its password has been given."""
        async with self._uow.reading(by.tenant_id) as uow:
            user = await lock_member(uow, by.user_id)
        session = by.session_id or user.id
        await self._limiter.hit(Rule.CONFIRM_PER_SESSION, session)
        if not await self._hasher.verify(normalise_password(password), user.password_hash, by.address):
            raise WrongPassword
        await self._limiter.forgive(Rule.CONFIRM_PER_SESSION, session)
        return user
