"""What routers are given: the services, and who asks."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials, OAuth2PasswordBearer

from luminalib.domain.auth import Principal
from luminalib.domain.errors import Unauthenticated
from luminalib.services.app_passwords import AppPasswordService
from luminalib.services.auth import AuthService
from luminalib.services.books import BookService
from luminalib.services.documents import DocumentService
from luminalib.services.health import HealthService
from luminalib.services.intake import IntakeService
from luminalib.services.intelligence import IntelligenceService
from luminalib.services.profile import ProfileService
from luminalib.services.users import UserService

MAX_ADDRESS = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """All use cases; the container fills it."""

    app_passwords: AppPasswordService
    auth: AuthService
    books: BookService
    documents: DocumentService
    health: HealthService
    intake: IntakeService
    intelligence: IntelligenceService
    profile: ProfileService
    users: UserService


async def services_of(request: Request) -> Services:
    """The services of this server."""
    return cast("Services", request.app.state.services)


async def client_address(request: Request) -> str | None:
    """The network address that a request came from, behind as many proxies as are trusted to say so."""
    trusted: int = request.app.state.trusted_proxies
    if trusted:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= trusted:
            return hops[-trusted][:MAX_ADDRESS]
    return request.client.host if request.client else None


bearer = OAuth2PasswordBearer(tokenUrl="/auth/login", refreshUrl="/auth/refresh", auto_error=False)
basic = HTTPBasic(auto_error=False, description="E-mail address and an app password; for reading only.")
ServicesDep = Annotated[Services, Depends(services_of)]
AddressDep = Annotated[str | None, Depends(client_address)]


async def current_principal(services: ServicesDep, address: AddressDep, token: Annotated[str | None, Depends(bearer)]) -> Principal:
    """Who asks. Raises Unauthenticated or InvalidToken."""
    if not token:
        raise Unauthenticated
    return await services.auth.authenticate(token, address=address)


async def current_reader(
    services: ServicesDep,
    address: AddressDep,
    token: Annotated[str | None, Depends(bearer)],
    device: Annotated[HTTPBasicCredentials | None, Depends(basic)],
) -> Principal:
    """Who reads: a log-in, or a device with an app password. Raises Unauthenticated, InvalidToken, BadCredentials."""
    if device:
        return await services.app_passwords.authenticate(device.username, device.password, address=address)
    return await current_principal(services, address, token)


PrincipalDep = Annotated[Principal, Depends(current_principal)]
ReaderDep = Annotated[Principal, Depends(current_reader)]
