"""/auth/me: one's own account."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body, Password, Patch, PlainText
from luminalib.api.preconditions import SeenDep, etag
from luminalib.api.problems import documented
from luminalib.api.schemas import UserOut
from luminalib.domain.app_passwords import AppPasswordNotFound, TooManyAppPasswords
from luminalib.domain.auth import Account, LastAdmin, NotAllowed, TooManyRequests, WeakPassword, WrongPassword
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.preferences import Preferences, Taste
from luminalib.domain.tastes import ImplicitTaste
from luminalib.domain.versions import Outdated, VersionNotNamed

router = APIRouter(prefix="/auth/me", tags=["accounts"])
DisplayName = Annotated[PlainText, StringConstraints(min_length=1, max_length=200)]
TasteName = Annotated[PlainText, StringConstraints(min_length=1, max_length=200)]


class ProfilePatch(Patch):
    """What to change of the profile."""

    display_name: DisplayName = Field(examples=["Ada"])


class PasswordConfirmation(Body):
    """The account's password, once more."""

    password: Password


class PasswordChange(Body):
    """The present password and the one to come."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": "a long walk by the sea", "new_password": "a longer walk in the hills"}]
        }
    )
    current_password: Password
    new_password: Password


class TasteBody(Body):
    """A liked tag or author and how much it counts."""

    name: TasteName = Field(examples=["sea"])
    weight: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0


class TasteOut(BaseModel):
    """A liked tag or author and how much it counts."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    weight: float


Tastes = Annotated[list[TasteBody], Field(max_length=100)]


class PreferencesBody(Body):
    """What you like and what you do not want to see."""

    tags: Tastes = Field([])
    authors: Tastes = Field([])
    excluded_tags: Annotated[list[TasteName], Field(max_length=100)] = Field([])


class ImplicitOut(BaseModel):
    """What was learnt from your loans, holds and reviews, the strongest first; empty until there are some."""

    model_config = ConfigDict(from_attributes=True)

    tags: list[TasteOut] = []
    authors: list[TasteOut] = []


class PreferencesOut(BaseModel):
    """What you said to like, and what the library has learnt of it."""

    tags: list[TasteOut] = []
    authors: list[TasteOut] = []
    excluded_tags: list[str] = []
    implicit: ImplicitOut = ImplicitOut()
    updated_at: datetime | None = None

    @classmethod
    def of(cls, stated: Preferences, learnt: ImplicitTaste) -> "PreferencesOut":
        """The preferences as they are sent."""
        return cls(
            tags=[TasteOut.model_validate(taste) for taste in stated.tags],
            authors=[TasteOut.model_validate(taste) for taste in stated.authors],
            excluded_tags=stated.excluded_tags,
            implicit=ImplicitOut.model_validate(learnt),
            updated_at=stated.updated_at,
        )


class AppPasswordBody(Body):
    """Which device the password is for."""

    name: Annotated[PlainText, StringConstraints(min_length=1, max_length=100)] = Field(examples=["e-reader"])


class AppPasswordOut(BaseModel):
    """A device password; its secret is never shown again."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str = Field(examples=["e-reader"])
    created_at: datetime
    last_used_at: datetime | None


class NewAppPasswordOut(AppPasswordOut):
    """A new device password with its secret, shown this once."""

    password: str


class AppPasswordsOut(BaseModel):
    """All your device passwords."""

    items: list[AppPasswordOut]


@router.get("", responses=documented(Unauthenticated))
async def get_me(response: Response, by: PrincipalDep) -> UserOut:
    """Your own account."""
    return _versioned(response, by.account)


@router.patch("", responses=documented(Unauthenticated, NotAllowed, Outdated, VersionNotNamed))
async def change_me(body: ProfilePatch, response: Response, by: PrincipalDep, services: ServicesDep, seen: SeenDep) -> UserOut:
    """Changes the name that others see."""
    return _versioned(response, await services.profile.rename(by, body.display_name, seen))


def _versioned(response: Response, account: Account | None) -> UserOut:
    shown = UserOut.model_validate(account, from_attributes=True)
    response.headers.update(etag(account.version if account else ""))
    return shown


@router.delete("", status_code=204, responses=documented(Unauthenticated, WrongPassword, LastAdmin, TooManyRequests))
async def delete_me(body: PasswordConfirmation, by: PrincipalDep, services: ServicesDep) -> None:
    """Closes your account. What you borrowed and wrote stays, without your name."""
    await services.profile.delete(by, body.password)


@router.put("/password", status_code=204, responses=documented(Unauthenticated, WrongPassword, WeakPassword, TooManyRequests))
async def change_password(body: PasswordChange, by: PrincipalDep, services: ServicesDep) -> None:
    """Sets another password. All other sessions of yours end."""
    await services.profile.change_password(by, body.current_password, body.new_password)


@router.get("/preferences", responses=documented(Unauthenticated))
async def get_preferences(by: PrincipalDep, services: ServicesDep) -> PreferencesOut:
    """What you said to like, and what the library has learnt."""
    return PreferencesOut.of(await services.profile.preferences(by), await services.recommendations.implicit(by))


@router.put("/preferences", responses=documented(Unauthenticated))
async def state_preferences(body: PreferencesBody, by: PrincipalDep, services: ServicesDep) -> PreferencesOut:
    """Says what you like, in place of what you said before."""
    stated = Preferences(
        user_id=by.user_id or "",
        tags=[Taste(**dict(taste)) for taste in body.tags],
        authors=[Taste(**dict(taste)) for taste in body.authors],
        excluded_tags=body.excluded_tags,
    )
    return PreferencesOut.of(await services.profile.state_preferences(by, stated), await services.recommendations.implicit(by))


@router.get("/app-passwords", responses=documented(Unauthenticated))
async def list_app_passwords(by: PrincipalDep, services: ServicesDep) -> AppPasswordsOut:
    """Your device passwords, without their secrets."""
    return AppPasswordsOut(items=[AppPasswordOut.model_validate(one) for one in await services.app_passwords.list(by)])


@router.post("/app-passwords", status_code=201, responses=documented(Unauthenticated, NotAllowed, TooManyAppPasswords))
async def create_app_password(body: AppPasswordBody, by: PrincipalDep, services: ServicesDep) -> NewAppPasswordOut:
    """Makes a password for a device: it reads books by HTTP Basic with your e-mail address, and can do nothing else."""
    made = await services.app_passwords.create(by, body.name)
    return NewAppPasswordOut(**AppPasswordOut.model_validate(made.record).model_dump(), password=made.secret)


@router.delete("/app-passwords/{app_password_id}", status_code=204, responses=documented(Unauthenticated, AppPasswordNotFound))
async def delete_app_password(app_password_id: UUID, by: PrincipalDep, services: ServicesDep) -> None:
    """Deletes a device password; it stops working at once."""
    await services.app_passwords.delete(by, str(app_password_id))


class AnonymisedOut(BaseModel):
    """What was forgotten."""

    loans: int = Field(description="How many past loans are nobody's now.", examples=[12])


@router.post("/history/anonymise", responses=documented(Unauthenticated))
async def anonymise_history(by: PrincipalDep, services: ServicesDep) -> AnonymisedOut:
    """Forgets what you have read: past loans are nobody's, past holds and notices are gone. Open loans and reviews stay."""
    return AnonymisedOut(loans=await services.profile.anonymise_history(by))
