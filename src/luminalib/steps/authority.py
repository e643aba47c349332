"""Whether those who follow a stream still may."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from luminalib.domain.auth import MAIN_TENANT, InvalidToken, Principal, Role
from luminalib.ports.clock import Clock
from luminalib.ports.events import topic_of
from luminalib.ports.sessions import OpenSession, SessionLookup
from luminalib.steps.shared_reads import SharedReads


def authority_topic(tenant_id: str, user_id: str | None) -> str:
    """Under which it is hinted that an account or one of its sessions has changed."""
    return topic_of("authority", tenant_id, user_id or "")


def require_open(found: OpenSession | None, origin: OpenSession | None, now: datetime) -> OpenSession:
    """The log-in, if it works; of who acts by a support grant, `origin` is the operator's own. Raises InvalidToken."""
    if found is None or not found.is_open(now):
        raise InvalidToken("The session has ended. Log in again.")
    if not found.account.is_active:
        raise InvalidToken("The account is closed. Ask an admin.")
    if found.acting_from is not None:
        theirs = require_open(origin, None, now)
        if (theirs.tenant_id, theirs.account.role) != (MAIN_TENANT, Role.OPERATOR):
            raise InvalidToken("The operator is none any more.")
    return found


class Authority:
    """Asks for all sessions that follow anything in one look: a piece of news wakes many of them at the same time."""

    def __init__(self, lookup: SessionLookup, clock: Clock) -> None:
        self._lookup = lookup
        self._clock = clock
        self._watched: Counter[str] = Counter()
        self._looks: SharedReads[str, Mapping[str, OpenSession]] = SharedReads()

    @contextmanager
    def watched(self, by: Principal) -> Iterator[None]:
        """Looks for the session of `by`, too, until the context is left."""
        if by.session_id is None:
            yield
            return
        watched = list(filter(None, (by.session_id, by.acting_from)))
        self._watched.update(watched)
        try:
            yield
        finally:
            self._watched.subtract(watched)
            for session_id in watched:
                if not self._watched[session_id]:
                    del self._watched[session_id]

    async def require(self, by: Principal, patience: float = 0.0) -> None:
        """Raises InvalidToken unless the watched session of `by` is open, and its account what it was; Unavailable.

        A look that began at most `patience` seconds ago is good enough. Who has no session (the house) always may.
        """
        if by.session_id is None:
            return
        sessions = await self._looks.get("all", self._look, patience)
        found = require_open(sessions.get(by.session_id), sessions.get(by.acting_from or ""), self._clock.now())
        if (found.tenant_id, found.account.id, found.account.role) != (by.tenant_id, by.user_id, by.role):
            raise InvalidToken("Your role has changed. Connect again.")

    async def _look(self) -> Mapping[str, OpenSession]:
        return await self._lookup.find_all([*self._watched])
