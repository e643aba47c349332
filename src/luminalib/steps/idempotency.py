"""Answering a request that may come twice."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from luminalib.domain.auth import Principal
from luminalib.domain.errors import Conflict, LuminaError, NotFound
from luminalib.domain.idempotency import Receipt, Request, facts_of, refusal_of, revive
from luminalib.ports.clock import Clock
from luminalib.ports.persistence import UnitOfWork, UnitOfWorkFactory

T = TypeVar("T")


class Once:
    """Does what a key stands for once: the answer is kept in the transaction of the deed, and given again to who asks again."""

    def __init__(self, uow: UnitOfWorkFactory, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def do(self, by: Principal, request: Request | None, kind: type[T], deed: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """What `deed` gives, a dataclass of type `kind`, or gave when the request came first; refusals count as answers, too.

        Without a request it is simply done. Raises KeyReused, and what `deed` raises.
        """
        if request is None:
            async with self._uow(by.tenant_id) as uow:
                return await deed(uow)
        try:
            async with self._uow(by.tenant_id) as uow:
                if (earlier := await self._earlier(uow, by, request)) is None:
                    made = await deed(uow)
                    await uow.receipts.add(self._receipt(by, request, made))
                    return made
        except (Conflict, NotFound) as refusal:
            async with self._uow(by.tenant_id) as uow:
                if (earlier := await self._earlier(uow, by, request)) is None:
                    await uow.receipts.add(self._receipt(by, request, refusal))
            if earlier is None:
                raise
        if earlier.refusal is not None:
            raise refusal_of(earlier)
        return revive(kind, earlier.answer)

    async def _earlier(self, uow: UnitOfWork, by: Principal, request: Request) -> Receipt | None:
        await uow.lock(f"idempotency:{by.user_id}:{request.key}")
        earlier = await uow.receipts.find(by.user_id or "", request.key)
        if earlier is not None:
            earlier.check(request)
        return earlier

    def _receipt(self, by: Principal, request: Request, outcome: object) -> Receipt:
        refusal = outcome if isinstance(outcome, LuminaError) else None
        return Receipt(
            id=str(uuid4()),
            user_id=by.user_id or "",
            key=request.key,
            action=request.action,
            book_id=request.book_id,
            refusal=refusal.slug if refusal else None,
            answer={"detail": refusal.detail, "facts": refusal.facts} if refusal else facts_of(outcome),
            at=self._clock.now(),
        )
