"""The member who acts."""

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
