import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from accounts import ADDRESS, Library, audited, bearer, email_of, id_of, log_in, opened, refresh, slug
from journeys import PASSWORD, add
from luminalib.settings import Settings

pytestmark = pytest.mark.jobs(False)


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:
        yield library


@pytest.fixture
async def admin(library: Library) -> httpx.AsyncClient:
    return await library.join("admin")


@pytest.fixture
async def ada(library: Library, admin: httpx.AsyncClient) -> httpx.AsyncClient:
    return await library.join("ada")


async def change(admin: httpx.AsyncClient, user: httpx.AsyncClient | str, **changes: object) -> httpx.Response:
    user_id = user if isinstance(user, str) else await id_of(user)
    return await admin.patch(f"/users/{user_id}", json=changes)


async def test_admins_see_all_accounts_the_oldest_first_in_pages(library: Library, admin: httpx.AsyncClient) -> None:
    for name in ("ada", "bob", "eve"):
        await library.join(name)
    everybody = (await admin.get("/users")).json()
    assert [user["email"] for user in everybody["items"]] == [email_of(name) for name in ("admin", "ada", "bob", "eve")]
    assert set(everybody["items"][0]) == {"id", "email", "display_name", "role", "is_active", "created_at"}
    page = await admin.get("/users", params={"size": 3, "page": 2})
    assert ([user["email"] for user in page.json()["items"]], page.json()["total"]) == ([email_of("eve")], 4)
    assert "prev" in page.links


async def test_a_role_counts_from_the_next_request_on_with_the_token_from_before(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    book = (await add(admin, title="Not hers")).json()
    rename = {"title": "Renamed"}
    assert (await ada.patch(f"/books/{book['id']}", json=rename)).status_code == 403
    promoted = await change(admin, ada, role="librarian")
    assert (promoted.status_code, promoted.json()["role"]) == (200, "librarian")
    assert (await ada.get("/auth/me")).json()["role"] == "librarian"
    assert (await ada.patch(f"/books/{book['id']}", json=rename)).status_code == 200
    assert (await ada.get("/users")).status_code == 403
    await change(admin, ada, role="admin")
    assert (await ada.get("/users")).status_code == 200
    await change(admin, ada, role="member")
    assert (await ada.get("/users")).status_code == 403
    assert (await ada.patch(f"/books/{book['id']}", json=rename)).status_code == 403


async def test_a_token_made_for_an_admin_is_a_members_once_the_office_is_over(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    await change(admin, ada, role="admin")
    made_in_office = library.visitor(**bearer(await log_in(library.visitor(), "ada")))
    assert (await made_in_office.get("/audit")).status_code == 200
    await change(admin, ada, role="member")
    assert (await made_in_office.get("/audit")).status_code == 403
    assert (await change(made_in_office, ada, role="admin")).status_code == 403


async def test_closing_an_account_takes_effect_at_once_and_everywhere(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    tokens, ada_id = await log_in(library.visitor(), "ada"), await id_of(ada)
    device = (await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
    assert (await change(admin, ada, is_active=False)).json()["is_active"] is False
    assert (await ada.get("/auth/me")).status_code == 401
    assert (await refresh(library.visitor(), tokens)).status_code == 401
    assert (await library.visitor().get("/books", auth=(email_of("ada"), device))).status_code == 401
    closed = await library.visitor().post("/auth/login", json={"email": email_of("ada"), "password": PASSWORD})
    wrong = await library.visitor().post("/auth/login", json={"email": email_of("ada"), "password": "wrong"})
    assert (closed.status_code, closed.text) == (401, wrong.text)
    failed = [event["subject_id"] for event in await audited(admin) if event["action"] == "login-failed"]
    assert failed == [ada_id] * 2, "the right password of a closed account is one more failure"


async def test_an_account_that_is_opened_again_needs_a_new_log_in(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    tokens, user_id = await log_in(library.visitor(), "ada"), await id_of(ada)
    await change(admin, user_id, is_active=False)
    assert (await change(admin, user_id, is_active=True)).status_code == 200
    assert (await ada.get("/auth/me")).status_code == 401
    assert (await refresh(library.visitor(), tokens)).status_code == 401
    assert (await (await library.login("ada")).get("/auth/me")).status_code == 200


async def test_what_is_left_out_stays(admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    user_id = await id_of(ada)
    await change(admin, user_id, role="librarian", is_active=False)
    assert (await change(admin, user_id)).json()["role"] == "librarian"
    assert (await change(admin, user_id, is_active=True)).json()["role"] == "librarian"
    assert (await change(admin, user_id, role="member")).json()["is_active"] is True


async def test_only_roles_and_truth_values_are_taken(admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    user_id = await id_of(ada)
    for wrong in ({"role": "owner"}, {"role": None}, {"role": ""}, {"is_active": "no"}, {"is_active": 0}, {"is_active": None}):
        assert (await change(admin, user_id, **wrong)).status_code == 422, wrong
    assert (await admin.patch("/users/nobody", json={})).status_code == 422
    unknown = await change(admin, str(uuid4()), role="admin")
    assert (unknown.status_code, slug(unknown)) == (404, "user-not-found")


async def test_the_last_admin_can_neither_step_down_nor_be_closed(admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    for changes in ({"role": "member"}, {"role": "librarian"}, {"is_active": False}, {"role": "member", "is_active": False}):
        refused = await change(admin, admin, **changes)
        assert (refused.status_code, slug(refused)) == (409, "last-admin"), changes
    assert (await admin.get("/users")).status_code == 200
    await change(admin, ada, role="admin", is_active=False)
    assert (await change(admin, admin, role="member")).status_code == 409  # a closed account does not stand in


async def test_admins_who_depose_one_another_at_the_same_time_leave_one(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    ids = [await id_of(admin), await id_of(ada)]
    for how in ({"role": "member"}, {"is_active": False}):
        await change(admin, ids[1], role="admin", is_active=True)
        rival = await library.login("ada")
        answers = await asyncio.gather(change(admin, ids[1], **how), change(rival, ids[0], **how))
        assert 200 in [answer.status_code for answer in answers]
        left = [client for client in (admin, rival) if (await client.get("/users")).status_code == 200]
        assert len(left) == 1
        if left[0] is not admin:  # for the next round
            await change(rival, ids[0], role="admin", is_active=True)
            admin = await library.login("admin")


async def test_two_admins_who_step_down_at_the_same_time_leave_one(admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    await change(admin, ada, role="admin")
    answers = await asyncio.gather(change(admin, admin, role="member"), change(ada, ada, role="member"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_former_member_cannot_be_made_the_last_admin(admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    former = await id_of(ada)
    await ada.request("DELETE", "/auth/me", json={"password": PASSWORD})
    await change(admin, former, role="admin", is_active=True)
    assert (await admin.request("DELETE", "/auth/me", json={"password": PASSWORD})).status_code == 409


async def test_each_security_event_is_recorded_with_who_whom_and_where(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    admin_id, ada_id = await id_of(admin), await id_of(ada)
    visitor = library.visitor("198.51.100.7")
    await visitor.post("/auth/login", json={"email": email_of("nobody"), "password": "wrong"})
    made = (await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()
    await ada.delete(f"/auth/me/app-passwords/{made['id']}")
    await ada.put("/auth/me/password", json={"current_password": PASSWORD, "new_password": "quiet harbour 1887"})
    await change(admin, ada_id, role="librarian")
    await ada.post("/auth/signout")
    again = await library.login("ada", "quiet harbour 1887")
    await again.request("DELETE", "/auth/me", json={"password": "quiet harbour 1887"})

    found = [(e["action"], e["actor_id"], e["subject_id"], e["address"], e["detail"]) for e in await audited(admin)]
    assert found == [
        ("signed-up", admin_id, admin_id, ADDRESS, "admin"),
        ("logged-in", admin_id, admin_id, ADDRESS, None),
        ("signed-up", ada_id, ada_id, ADDRESS, "member"),
        ("logged-in", ada_id, ada_id, ADDRESS, None),
        ("login-failed", None, None, "198.51.100.7", None),
        ("app-password-created", ada_id, ada_id, ADDRESS, "e-reader"),
        ("app-password-deleted", ada_id, ada_id, ADDRESS, "e-reader"),
        ("password-changed", ada_id, ada_id, ADDRESS, None),
        ("account-changed", admin_id, ada_id, ADDRESS, "member, active -> librarian, active"),
        ("signed-out", ada_id, ada_id, ADDRESS, None),
        ("logged-in", ada_id, ada_id, ADDRESS, None),
        ("account-deleted", ada_id, ada_id, ADDRESS, None),
    ]


async def test_a_wrong_password_is_recorded_with_the_account_it_was_tried_on(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    await library.visitor("198.51.100.7").post("/auth/login", json={"email": email_of("ada"), "password": "wrong"})
    newest = (await audited(admin))[-1]
    assert (newest["action"], newest["subject_id"], newest["address"]) == ("login-failed", await id_of(ada), "198.51.100.7")


async def test_who_only_tried_a_password_is_nobody(library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient) -> None:
    await library.visitor().post("/auth/login", json={"email": email_of("ada"), "password": "wrong"})
    newest = (await audited(admin))[-1]
    assert (newest["action"], newest["actor_id"]) == ("login-failed", None)


async def test_the_audit_log_is_for_admins_and_comes_in_pages_the_newest_first(
    library: Library, admin: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    assert (await ada.get("/audit")).status_code == 403
    await change(admin, ada, role="librarian")
    assert (await ada.get("/audit")).status_code == 403
    page = await admin.get("/audit", params={"size": 2})
    ids = [event["id"] for event in page.json()["items"]]
    assert (len(ids), page.json()["total"]) == (2, 5)
    assert ids == sorted(ids, reverse=True)
    rest = await admin.get(page.links["next"]["url"])
    assert max(event["id"] for event in rest.json()["items"]) < min(ids)


async def test_no_secret_is_in_the_audit_log(library: Library, admin: httpx.AsyncClient) -> None:
    ada = await library.join("ada", "a secret of the sea")
    tokens = await log_in(library.visitor(), "ada", "a secret of the sea")
    renewed = (await refresh(library.visitor(), tokens)).json()
    device = (await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
    await ada.put("/auth/me/password", json={"current_password": "a secret of the sea", "new_password": "another secret"})
    await library.visitor().post("/auth/login", json={"email": "typed my password@here", "password": "a wrong secret"})
    log = (await admin.get("/audit", params={"size": 100})).text
    assert "password-changed" in log
    for secret in ("secret", "typed my password", device, *tokens_in(tokens), *tokens_in(renewed)):
        assert secret not in log


def tokens_in(answer: dict[str, str]) -> tuple[str, str]:
    return answer["access_token"], answer["refresh_token"]
