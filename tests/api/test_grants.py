"""Operators act in a library by grants alone: in its sight, for a while, with nothing that outlives them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import Library, audited, email_of, id_of, opened, slug
from fakes import FakeClock
from journeys import PASSWORD
from luminalib.domain.auth import InvalidToken, Principal
from luminalib.domain.pipeline import sweep
from luminalib.services.housekeeping import HousekeepingService
from luminalib.settings import Settings
from tenanthouses import found, join, operator_of

REASON = {"reason": "Ticket 4711: holds do not move up"}


class Scene:
    """An operator, and a library with an admin."""

    def __init__(self, library: Library, clock: FakeClock) -> None:
        self.library, self.clock = library, clock

    async def begin(self) -> "Scene":
        self.operator = await operator_of(self.library)
        self.admin = await found(self.operator, self.library)
        return self

    async def guest(self, **body: Any) -> tuple[httpx.AsyncClient, dict[str, Any]]:
        """The operator in the library, and the grant."""
        made = (await self.operator.post("/tenants/seaside/grants", json=REASON | body)).raise_for_status().json()
        client = self.library.visitor()
        client.headers["Authorization"] = f"Bearer {made['access_token']}"
        return client, made


@pytest.fixture
async def scene(settings: Settings) -> AsyncIterator[Scene]:
    clock = FakeClock(datetime.now(UTC))
    async with opened(settings, clock=clock, rate_limits="off") as library:
        yield await Scene(library, clock).begin()


async def test_an_operator_acts_in_the_sight_of_the_library(scene: Scene) -> None:
    asked = {"minutes": 61}, {"minutes": 0}, {"reason": ""}, {"role": "operator"}, {"minutes": "5"}
    assert [(await scene.operator.post("/tenants/seaside/grants", json=REASON | one)).status_code for one in asked] == [422] * 5
    for tenant, refusal in (("main", (409, "no-grant-needed")), ("nowhere", (404, "tenant-not-found"))):
        answer = await scene.operator.post(f"/tenants/{tenant}/grants", json=REASON)
        assert (answer.status_code, slug(answer)) == refusal
    for uninvited in (scene.admin, await scene.library.admin_of_the_house()):
        assert (await uninvited.post("/tenants/seaside/grants", json=REASON)).status_code == 403
        assert (await uninvited.get("/tenants/seaside/grants")).status_code == 403

    members = (await scene.admin.get("/usage")).json()["used"]["members"]
    guest, grant = await scene.guest()
    assert (grant["role"], grant["expires_in"], grant["operator_email"]) == ("librarian", 1800, email_of("operator"))
    again = await scene.operator.post("/tenants/seaside/grants", json=REASON)
    assert (again.status_code, slug(again)) == (409, "grant-open")
    me = (await guest.get("/auth/me")).json()
    assert (me["display_name"], me["role"]) == (f"{email_of('operator')} (operator)", "librarian")
    assert (await guest.get("/tenant")).status_code == 403, "a librarian's rights"
    assert (await guest.get("/tenants")).status_code == 403, "and none of the operator's"
    assert (await scene.admin.get("/usage")).json()["used"]["members"] == members, "nobody's place is taken"
    notice = (await scene.admin.get("/notices")).json()["items"][0]
    assert notice["kind"] == "support_grant"
    assert email_of("operator") in notice["text"]
    assert REASON["reason"] in notice["text"]
    for client, path in ((scene.admin, "/tenant/grants"), (scene.operator, "/tenants/seaside/grants")):
        assert [one["id"] for one in (await client.get(path)).raise_for_status().json()["items"]] == [grant["id"]]
    events = [event for event in await audited(scene.admin) if event["action"].startswith("grant-")]
    assert [event["action"] for event in events] == ["grant-opened", *["grant-used"] * 3]
    assert all(email_of("operator") in event["detail"] for event in events)
    assert REASON["reason"] in events[0]["detail"]
    assert events[1]["detail"].endswith("(operator): GET /auth/me")
    assert {event["actor_id"] for event in events[1:]} == {grant["user_id"]}
    in_main = [event for event in await audited(scene.operator) if event["action"] == "grant-opened"]
    assert [event["detail"].partition(":")[0] for event in in_main] == ["seaside"]


FORBIDDEN: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/auth/me/app-passwords", {"name": "mine"}),
    ("PATCH", "/auth/me", {"display_name": "Nobody"}),
    ("POST", "/users/{ada}/password-reset", {}),
    ("PATCH", "/users/{ada}", {"role": "admin"}),
    ("POST", "/invitations", {}),
    ("PATCH", "/tenant", {"signup": "open"}),
    ("POST", "/webhooks", {"url": "https://hooks.example.org/library"}),
    ("POST", "/webhook-sources", {"name": "website"}),
    ("POST", "/crm/connections", {"kind": "webhook", "url": "https://crm.example.org/contacts"}),
    ("PATCH", "/webhooks/{any}", {"url": "https://hooks.example.org/other"}),
    ("POST", "/webhooks/{any}/rotate", {}),
    ("PATCH", "/crm/connections/{any}", {"url": "https://crm.example.org/other"}),
]


async def test_nothing_that_lets_somebody_in_outlives_a_grant(scene: Scene) -> None:
    ada = await id_of(await join(scene.library, "ada", "seaside"))
    guest, grant = await scene.guest(role="admin")
    assert (await guest.get("/users")).status_code == 200, "else it may what admins may"
    assert (await guest.patch("/tenant", json={"region": "IT"})).status_code == 200
    for method, path, body in FORBIDDEN:
        answer = await guest.request(method, path.format(ada=ada, any=uuid4()), json=body)
        assert (answer.status_code, slug(answer)) == (403, "not-allowed"), path
    change = {"current_password": "!", "new_password": "quiet harbour 1887"}
    for answer in (
        await guest.put("/auth/me/password", json=change),
        await guest.request("DELETE", "/auth/me", json={"password": "!"}),
    ):
        assert (answer.status_code, slug(answer)) == (403, "wrong-password")
    me = (await guest.get("/auth/me")).json()
    for password in ("", "!", PASSWORD):
        known = {"email": me["email"], "password": password, "tenant": "seaside"}
        assert (await scene.library.visitor().post("/auth/login", json=known)).status_code in (401, 422)
    assert (await scene.admin.post(f"/users/{me['id']}/password-reset")).status_code == 404
    assert (await scene.admin.patch(f"/users/{me['id']}", json={"role": "admin"})).status_code == 404
    alone = await scene.admin.patch(f"/users/{await id_of(scene.admin)}", json={"role": "member"})
    assert (alone.status_code, slug(alone)) == (409, "last-admin"), "a guest is no admin of the library's own"
    assert (await guest.delete(f"/tenant/grants/{grant['id']}")).status_code == 204
    assert (await guest.get("/auth/me")).status_code == 401
    assert (await scene.admin.get("/tenant/grants")).json()["items"][0]["ended_by"] == "operator"


End = Callable[[Scene, dict[str, Any]], Awaitable[object]]


async def by_the_admin(scene: Scene, grant: dict[str, Any]) -> None:
    path = f"/tenant/grants/{grant['id']}"
    assert (await scene.admin.delete(path)).status_code == 204
    assert (await scene.admin.delete(path)).status_code == 404


async def by_the_operator(scene: Scene, grant: dict[str, Any]) -> None:
    path = f"/tenants/seaside/grants/{grant['id']}"
    assert (await scene.operator.delete(path)).status_code == 204
    assert (await scene.operator.delete(path)).status_code == 404


async def by_time(scene: Scene, _grant: dict[str, Any]) -> None:
    scene.clock.advance(timedelta(minutes=5))


async def by_signing_out(scene: Scene, _grant: dict[str, Any]) -> None:
    (await scene.operator.post("/auth/signout")).raise_for_status()
    scene.operator = await scene.library.login("operator")


async def by_leaving(scene: Scene, grant: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {grant['access_token']}"}
    (await scene.operator.post("/auth/signout", headers=headers)).raise_for_status()


async def by_suspending(scene: Scene, _grant: dict[str, Any]) -> None:
    (await scene.operator.patch("/tenants/seaside", json={"is_active": False})).raise_for_status()
    assert slug(await scene.operator.post("/tenants/seaside/grants", json=REASON)) == "tenant-suspended"
    (await scene.operator.patch("/tenants/seaside", json={"is_active": True})).raise_for_status()


async def by_losing_the_role(scene: Scene, _grant: dict[str, Any]) -> None:
    (await scene.operator.patch(f"/users/{await id_of(scene.operator)}", json={"role": "admin"})).raise_for_status()


async def test_it_ends_whichever_way_it_ends_and_streams_with_it(scene: Scene) -> None:
    await scene.library.container.services.auth.signup(email_of("admin"), PASSWORD, None)  # who stays when the operator is none
    ends: list[End] = [by_the_admin, by_the_operator, by_time, by_signing_out, by_leaving, by_suspending, by_losing_the_role]
    for end in ends:
        guest, grant = await scene.guest(minutes=5)
        ticket = (await guest.post("/auth/tickets", json={"purpose": "stream"})).raise_for_status().json()["ticket"]
        principal = await scene.library.container.services.auth.authenticate(grant["access_token"])
        follower = asyncio.create_task(until_refused(scene, principal))
        await asyncio.sleep(0)
        await end(scene, grant)
        refused = await guest.get("/books")
        assert (refused.status_code, slug(refused)) == (401, "invalid-token"), end
        assert (await guest.get("/me/stream", params={"ticket": ticket})).status_code == 401, end
        async with asyncio.timeout(30):
            await follower
        scene.clock.advance(timedelta(seconds=1))  # so that they are listed one after another
        if end is by_suspending:
            tokens = {"email": email_of("grace"), "password": PASSWORD, "tenant": "seaside"}
            answer = (await scene.library.visitor().post("/auth/login", json=tokens)).raise_for_status().json()
            scene.admin.headers["Authorization"] = f"Bearer {answer['access_token']}"
    ended = [one["ended_by"] for one in (await scene.admin.get("/tenant/grants")).json()["items"]]
    assert ended == [None, "operator", "operator", "operator", None, "operator", "library"], "the newest first"
    for somebody in (scene.admin, scene.operator):  # who is an admin of the main library now
        assert [event["action"] for event in await audited(somebody)].count("grant-ended") == 5

    scene.clock.advance(timedelta(minutes=5))
    tools = scene.library.container.services.tenant_exports._tools
    await HousekeepingService(tools.uow, tools.storage, scene.clock).sweep(sweep("seaside", scene.clock.now()))
    accounts = {one["email"]: one["is_active"] for one in (await scene.admin.get("/users")).json()["items"]}
    assert sorted(accounts.values()) == [False, True], "guests are closed when they are over"


async def until_refused(scene: Scene, by: Principal) -> None:
    """Follows the news of documents, as the stream does, until that is refused."""
    with pytest.raises(InvalidToken):
        async for _ in scene.library.container.services.documents.follow(by, None):
            pass
