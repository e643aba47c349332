"""Forgotten passwords and invitations."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import Library, email_of, id_of, log_in, opened, slug
from journeys import PASSWORD
from luminalib.domain.auth import the_house
from luminalib.settings import Settings

NEW = "quiet harbour 1887"


@pytest.fixture(params=["open"])
async def library(settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Library]:
    async with opened(settings, signup=request.param) as library:
        yield library


async def offer(admin: httpx.AsyncClient, user_id: str) -> dict[str, Any]:
    made: dict[str, Any] = (await admin.post(f"/users/{user_id}/password-reset")).raise_for_status().json()
    return made


async def reset(library: Library, token: str, password: str = NEW) -> httpx.Response:
    return await library.visitor().post("/auth/password-reset", json={"token": token, "new_password": password})


async def sign_up(library: Library, name: str, **more: str) -> httpx.Response:
    return await library.visitor().post("/auth/signup", json={"email": email_of(name), "password": PASSWORD, **more})


async def test_a_link_sets_a_forgotten_password_once(library: Library) -> None:
    admin, ada = await library.join("admin"), await library.join("ada")
    device = (await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
    ada_id = await id_of(ada)
    earlier, link = await offer(admin, ada_id), await offer(admin, ada_id)
    assert link["url"].endswith(f"/reset-password#{link['token']}")
    assert slug(await reset(library, earlier["token"])) == "invalid-link"
    weak = await reset(library, link["token"], "password")
    assert (weak.status_code, slug(weak)) == (422, "weak-password")
    assert (await reset(library, link["token"])).status_code == 204
    again = await reset(library, link["token"], "another quiet harbour")
    assert (again.status_code, slug(again)) == (403, "invalid-link")
    assert (await ada.get("/auth/me")).status_code == 401
    assert (await library.visitor().get("/books", auth=(email_of("ada"), device))).status_code == 401
    await log_in(library.visitor(), "ada", NEW)
    events = (await admin.get("/audit", params={"action": "password-reset-offered"})).json()["items"]
    assert [event["subject_id"] for event in events] == [ada_id, ada_id]


async def test_a_link_ends_with_a_change_of_the_password_and_with_the_account(library: Library) -> None:
    admin, ada = await library.join("admin"), await library.join("ada")
    link = await offer(admin, await id_of(ada))
    await ada.put("/auth/me/password", json={"current_password": PASSWORD, "new_password": NEW})
    assert slug(await reset(library, link["token"])) == "invalid-link"
    link = await offer(admin, await id_of(ada))
    await admin.patch(f"/users/{await id_of(ada)}", json={"is_active": False})
    assert slug(await reset(library, link["token"])) == "invalid-link"
    assert (await admin.post(f"/users/{uuid4()}/password-reset")).status_code == 404


@pytest.mark.parametrize("library", ["invite"], indirect=True)
async def test_an_invitation_makes_one_account_with_its_role(library: Library) -> None:
    refused = await sign_up(library, "stranger")
    assert (refused.status_code, slug(refused)) == (403, "invitation-required")
    admin = await library.admin_of_the_house()
    made = (await admin.post("/invitations", json={"role": "librarian", "days": 2, "note": "Grace"})).json()
    other = (await admin.post("/invitations", json={})).json()
    listed = (await admin.get("/invitations")).json()
    assert [one["id"] for one in listed["items"]] == [other["id"], made["id"]]
    assert "token" not in listed["items"][0]
    assert slug(await sign_up(library, "guess", invitation="made up")) == "invalid-link"
    assert (await sign_up(library, "grace", invitation=made["token"])).json()["role"] == "librarian"
    assert slug(await sign_up(library, "twice", invitation=made["token"])) == "invalid-link"
    assert (await admin.delete(f"/invitations/{other['id']}")).status_code == 204
    assert slug(await sign_up(library, "late", invitation=other["token"])) == "invalid-link"
    assert (await admin.get("/invitations")).json()["total"] == 0
    assert slug(await admin.delete(f"/invitations/{made['id']}")) == "invitation-not-found"


@pytest.mark.parametrize("library", ["closed"], indirect=True)
async def test_nobody_signs_up_where_it_is_closed(library: Library) -> None:
    assert slug(await sign_up(library, "stranger")) == "signup-closed"
    admin = await library.admin_of_the_house()
    assert slug(await admin.post("/invitations", json={})) == "signup-closed"


async def test_the_house_sets_a_password(library: Library) -> None:
    ada = await library.join("ada")
    await library.container.services.links.set_password(the_house(), email_of("ada"), NEW)
    assert (await ada.get("/auth/me")).status_code == 401
    await log_in(library.visitor(), "ada", NEW)
