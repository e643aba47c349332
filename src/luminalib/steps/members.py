"""The member who acts."""

from datetime import datetime

from luminalib.domain.auth import InvalidToken, User
from luminalib.ports.persistence import UnitOfWork


async def lock_member(uow: UnitOfWork, user_id: str | None) -> User:
    """The active account, held until the unit ends. Raises InvalidToken.

    Who also needs a book locks the member first and the book second, always: then none wait for one another in a ring.
    """
    user = await uow.users.find(user_id or "")
    if user is None or not user.is_active:
        raise InvalidToken
    return user


async def replace_password(uow: UnitOfWork, user: User, password_hash: str, now: datetime, *, besides: str | None = None) -> None:
    """Sets a password: sessions (besides one), app passwords and links that came before it end with the old one."""
    user.password_hash = password_hash
    await uow.sessions.end_all(user.id, now, besides=besides)
    for app_password in await uow.app_passwords.list(user.id):
        await uow.app_passwords.remove(app_password)
    await uow.links.forget(user.id)
