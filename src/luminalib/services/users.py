"""What admins do with accounts, and the record of it."""

from luminalib.domain.audit import AuditAction, AuditEvent, AuditFilter
from luminalib.domain.auth import Account, AccountFilter, LastAdmin, Principal, Role, User, UserNotFound, require_admin
from luminalib.domain.grants import require_member
from luminalib.domain.paging import Page, PageRequest
from luminalib.domain.quotas import Quota
from luminalib.domain.tenants import require_operator
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWorkFactory
from luminalib.ports.views import UserViews
from luminalib.steps.auditing import note_deed
from luminalib.steps.circulation import leave_lines
from luminalib.steps.loan_policies import LoanPolicies
from luminalib.steps.quotas import Quotas


class UserService:
    """The admins' desk."""

    def __init__(self, uow: UnitOfWorkFactory, users: UserViews, policies: LoanPolicies, quotas: Quotas, clock: Clock) -> None:
        self._uow = uow
        self._policies = policies
        self._quotas = quotas
        self._users = users
        self._clock = clock

    async def list(self, by: Principal, wanted: AccountFilter, page: PageRequest) -> Page[Account]:
        """Accounts that match, the oldest first. Raises NotAllowed."""
        require_admin(by)
        return await self._users.list(by.tenant_id, wanted, page)

    async def change(self, by: Principal, user_id: str, role: Role | None, *, is_active: bool | None) -> User:
        """Gives an account another role, closes or opens it; both take effect at once. Whose account is closed waits for no book.

        Raises NotAllowed, UserNotFound, LastAdmin when nobody would be left to do this, and QuotaExceeded when one too many
        comes back.
        """
        policy = await self._policies.of(by.tenant_id)
        require_admin(by)
        require_member(by)
        if role is Role.OPERATOR:
            require_operator(by)
        async with self._uow(by.tenant_id) as uow:
            await uow.lock("admins")
            user = await uow.users.find(user_id)
            if user is None or user.is_deleted:
                raise UserNotFound
            if user.role is Role.OPERATOR:
                require_operator(by)
            if is_active and not user.is_active:
                await self._quotas.use(uow, by.tenant_id, Quota.MEMBERS)
            before = f"{user.role}, {'active' if user.is_active else 'closed'}"
            user.role = role or user.role
            user.is_active = user.is_active if is_active is None else is_active
            if not (user.role.is_admin and user.is_active) and not await uow.users.has_admin(besides=user.id):
                raise LastAdmin
            after = f"{user.role}, {'active' if user.is_active else 'closed'}"
            if not user.is_active:
                await leave_lines(uow, user.id, policy, self._clock.now())
                await uow.sessions.end_all(user.id, self._clock.now())
            changed = f"{before} -> {after}"
            await note_deed(uow, by, AuditAction.ACCOUNT_CHANGED, self._clock.now(), user.id, changed)
        return user

    async def audit(self, by: Principal, wanted: AuditFilter, page: PageRequest) -> Page[AuditEvent]:
        """Security events that match, the newest first. Raises NotAllowed."""
        require_admin(by)
        return await self._users.audit(by.tenant_id, wanted, page)
