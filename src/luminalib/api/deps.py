"""What routers are given: the services, and who asks."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from luminalib.domain.auth import Principal
from luminalib.domain.errors import Unauthenticated
from luminalib.services.auth import AuthService
from luminalib.services.books import BookService
from luminalib.services.documents import DocumentService
from luminalib.services.health import HealthService
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """All use cases; the container fills it."""

    auth: AuthService
    books: BookService
    documents: DocumentService
    health: HealthService
    intake: IntakeService
    intelligence: IntelligenceService


def services_of(request: Request) -> Services:
    """The services of this server."""
    return cast("Services", request.app.state.services)


bearer = OAuth2PasswordBearer(tokenUrl="/auth/login", refreshUrl="/auth/refresh", auto_error=False)
ServicesDep = Annotated[Services, Depends(services_of)]


async def current_principal(services: ServicesDep, token: Annotated[str | None, Depends(bearer)]) -> Principal:
    """Who asks. Raises Unauthenticated or InvalidToken."""
    if not token:
        raise Unauthenticated
    return await services.auth.authenticate(token)


PrincipalDep = Annotated[Principal, Depends(current_principal)]
