import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from accounts import Library, bearer, email_of, id_of, log_in, opened, refresh, slug
from journeys import PASSWORD, add
from luminalib.settings import Settings

pytestmark = pytest.mark.jobs(False)

NEW_PASSWORD = "quiet harbour 1887"
TASTE = {"tags": [{"name": "sea", "weight": 0.5}], "authors": [{"name": "Ann Able", "weight": 1.0}], "excluded_tags": ["horror"]}

TASTELESS: list[Any] = [
    {"tags": [{"name": "sea", "weight": 0}]},
    {"tags": [{"name": "sea", "weight": 1.01}]},
    {"tags": [{"name": "sea", "weight": float("nan")}]},
    {"tags": [{"name": "sea", "weight": float("inf")}]},
    {"authors": [{"name": "  "}]},
    {"authors": [{"name": "x" * 201}]},
    {"authors": [{"weight": 1}]},
    {"tags": [{"name": f"tag {n}"} for n in range(101)]},
    {"excluded_tags": ["war"] * 101},
    {"excluded_tags": ["a\x00b"]},
    {"tags": "sea"},
    [],
]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings) as library:
        await library.join("admin")
        yield library


@pytest.fixture
async def ada(library: Library) -> httpx.AsyncClient:
    return await library.join("ada")


async def change(client: httpx.AsyncClient, current: str, new: str) -> httpx.Response:
    return await client.put("/auth/me/password", json={"current_password": current, "new_password": new})


async def leave(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await client.request("DELETE", "/auth/me", json={"password": password})


async def can_log_in(library: Library, name: str, password: str) -> bool:
    answer = await library.visitor().post("/auth/login", json={"email": email_of(name), "password": password})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


async def test_the_profile_shows_the_account_and_no_secret(ada: httpx.AsyncClient) -> None:
    answer = await ada.get("/auth/me")
    assert set(answer.json()) == {"id", "email", "display_name", "role", "is_active", "created_at"}
    assert (answer.json()["email"], answer.json()["display_name"]) == ("ada@library.test", "ada")


async def test_the_name_is_changed_and_seen_at_once(ada: httpx.AsyncClient) -> None:
    renamed = await ada.patch("/auth/me", json={"display_name": " Countess \N{SNOWMAN} "})
    assert renamed.json() == (await ada.get("/auth/me")).json()
    assert renamed.json()["display_name"] == "Countess \N{SNOWMAN}"


async def test_a_name_that_is_none_is_refused(ada: httpx.AsyncClient) -> None:
    for name in ("", "  ", "x" * 201, "a\x00b", "a\x1bb", 1, None, "\ud800"):
        answer = await ada.patch("/auth/me", content=json.dumps({"display_name": name}), headers=JSON)
        assert (answer.status_code, slug(answer)) == (422, "validation-error"), name
    assert (await ada.get("/auth/me")).json()["display_name"] == "ada"


async def test_another_password_takes_the_place_of_the_first(library: Library, ada: httpx.AsyncClient) -> None:
    assert (await change(ada, PASSWORD, NEW_PASSWORD)).status_code == 204
    assert not await can_log_in(library, "ada", PASSWORD)
    assert await can_log_in(library, "ada", NEW_PASSWORD)


async def test_another_password_ends_all_sessions_but_this_one(library: Library) -> None:
    await library.join("ada")
    mine, other = [await log_in(library.visitor(), "ada") for _ in range(2)]
    bystander = await library.join("eve")
    here, there = library.visitor(**bearer(mine)), library.visitor(**bearer(other))
    assert (await change(here, PASSWORD, NEW_PASSWORD)).status_code == 204
    assert (await here.get("/auth/me")).status_code == 200
    assert (await there.get("/auth/me")).status_code == 401
    assert (await refresh(library.visitor(), other)).status_code == 401
    assert (await refresh(library.visitor(), mine)).status_code == 200
    assert (await bystander.get("/auth/me")).status_code == 200


async def test_the_password_is_not_changed_without_the_present_one(library: Library, ada: httpx.AsyncClient) -> None:
    refused = await change(ada, "wrong", NEW_PASSWORD)
    assert (refused.status_code, slug(refused)) == (403, "wrong-password")
    assert await can_log_in(library, "ada", PASSWORD)


async def test_a_weak_password_does_not_take_the_place_of_a_good_one(library: Library, ada: httpx.AsyncClient) -> None:
    for weak in ("short", "password1", "x" * 20, "ada@library.test", "ADA@library.test", ""):
        refused = await change(ada, PASSWORD, weak)
        assert (refused.status_code, slug(refused)) == (422, "weak-password"), weak
    assert await can_log_in(library, "ada", PASSWORD)


async def test_one_of_several_parallel_changes_wins(library: Library, ada: httpx.AsyncClient) -> None:
    wanted = [f"{NEW_PASSWORD} {n}" for n in range(4)]
    answers = await asyncio.gather(*(change(ada, PASSWORD, new) for new in wanted))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    winner = next(new for new, answer in zip(wanted, answers, strict=True) if answer.status_code == 204)
    assert await can_log_in(library, "ada", winner)


async def test_stated_taste_is_kept_and_replaced(ada: httpx.AsyncClient) -> None:
    nothing = (await ada.get("/auth/me/preferences")).json()
    assert nothing == {"tags": [], "authors": [], "excluded_tags": [], "implicit": {"tags": [], "authors": []}, "updated_at": None}
    stated = (await ada.put("/auth/me/preferences", json=TASTE)).json()
    assert {key: stated[key] for key in TASTE} == TASTE
    assert (await ada.get("/auth/me/preferences")).json() == stated
    replaced = (await ada.put("/auth/me/preferences", json={"excluded_tags": ["war"]})).json()
    assert (replaced["tags"], replaced["authors"], replaced["excluded_tags"]) == ([], [], ["war"])
    assert replaced["updated_at"] >= stated["updated_at"]


async def test_taste_is_everybodys_own(library: Library, ada: httpx.AsyncClient) -> None:
    eve = await library.join("eve")
    await ada.put("/auth/me/preferences", json=TASTE)
    assert (await eve.get("/auth/me/preferences")).json()["tags"] == []


async def test_parallel_statements_leave_one_of_them(ada: httpx.AsyncClient) -> None:
    wanted = [{"tags": [{"name": f"tag {n}", "weight": 1.0}]} for n in range(6)]
    answers = await asyncio.gather(*(ada.put("/auth/me/preferences", json=taste) for taste in wanted))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {"tags": (await ada.get("/auth/me/preferences")).json()["tags"]} in wanted


async def test_taste_beyond_its_limits_is_refused(ada: httpx.AsyncClient) -> None:
    await ada.put("/auth/me/preferences", json=TASTE)
    for wrong in TASTELESS:
        answer = await ada.put("/auth/me/preferences", content=json.dumps(wrong), headers=JSON)
        assert (answer.status_code, slug(answer)) == (422, "validation-error"), wrong
    assert (await ada.get("/auth/me/preferences")).json()["tags"] == TASTE["tags"]


async def test_taste_at_its_limits_is_kept(ada: httpx.AsyncClient) -> None:
    full = {"tags": [{"name": "x" * 200, "weight": 0.001}] * 100, "authors": [], "excluded_tags": ["y" * 200] * 100}
    assert (await ada.put("/auth/me/preferences", json=full)).status_code == 200


async def test_leaving_needs_the_password(library: Library, ada: httpx.AsyncClient) -> None:
    refused = await leave(ada, "wrong")
    assert (refused.status_code, slug(refused)) == (403, "wrong-password")
    assert (await ada.request("DELETE", "/auth/me")).status_code == 422
    assert (await ada.get("/auth/me")).status_code == 200


async def test_leaving_takes_the_person_out_and_leaves_the_books(
    library: Library, ada: httpx.AsyncClient, stored_files: Any
) -> None:
    admin = await library.login("admin")
    user_id = await id_of(ada)
    book = (await add(ada, title="Left behind")).json()
    await ada.put("/auth/me/preferences", json=TASTE)
    await ada.patch("/auth/me", json={"display_name": "Countess"})
    assert (await leave(ada)).status_code == 204

    former = next(user for user in (await admin.get("/users")).json()["items"] if user["id"] == user_id)
    assert (former["display_name"], former["is_active"]) == ("Former member", False)
    assert "ada" not in former["email"]
    left = (await admin.get(f"/books/{book['id']}")).json()
    assert (left["title"], left["created_by"]) == ("Left behind", user_id)
    assert (await admin.get(f"/books/{book['id']}/content")).status_code == 200
    assert len(stored_files()) == 1


async def test_leaving_leaves_no_trace_of_the_person_in_the_database(
    library: Library, ada: httpx.AsyncClient, settings: Settings
) -> None:
    await ada.put("/auth/me/preferences", json={"tags": [{"name": "a taste of her own"}]})
    await ada.patch("/auth/me", json={"display_name": "Countess of Lovelace"})
    secret = (await ada.post("/auth/me/app-passwords", json={"name": "her e-reader"})).json()["password"]
    assert (await leave(ada)).status_code == 204
    tables = ("users", "sessions", "preferences", "app_passwords")
    async with library.container.database.owner.connect() as connection:
        rows = [str((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()) for table in tables]  # noqa: S608
    for trace in ("ada@library.test", "Lovelace", "a taste of her own", "her e-reader", secret):
        assert not any(trace in row for row in rows), trace


async def test_nothing_of_a_former_member_works_any_more(library: Library, ada: httpx.AsyncClient) -> None:
    tokens = await log_in(library.visitor(), "ada")
    device = (await ada.post("/auth/me/app-passwords", json={"name": "e-reader"})).json()["password"]
    user_id = await id_of(ada)
    assert (await library.visitor().get("/books", auth=("ada@library.test", device))).status_code == 200
    assert (await leave(ada)).status_code == 204

    assert (await ada.get("/auth/me")).status_code == 401
    assert (await library.visitor(**bearer(tokens)).get("/books")).status_code == 401
    assert (await refresh(library.visitor(), tokens)).status_code == 401
    assert (await library.visitor().get("/books", auth=("ada@library.test", device))).status_code == 401
    assert (await library.visitor().get("/books", auth=(f"{user_id}@deleted.invalid", device))).status_code == 401
    for email in ("ada@library.test", f"{user_id}@deleted.invalid"):
        for password in (PASSWORD, "!", "nobody", ""):
            answer = await library.visitor().post("/auth/login", json={"email": email, "password": password})
            assert answer.status_code == 401


async def test_the_address_of_a_former_member_is_free_for_a_new_account(library: Library, ada: httpx.AsyncClient) -> None:
    before = await id_of(ada)
    await ada.put("/auth/me/preferences", json=TASTE)
    assert (await leave(ada)).status_code == 204
    again = await library.join("ada", NEW_PASSWORD)
    assert await id_of(again) != before
    assert (await again.get("/auth/me/preferences")).json()["tags"] == []
    assert (await again.get("/auth/me/app-passwords")).json() == {"items": []}


async def test_members_can_leave_one_after_another(library: Library) -> None:
    for _ in range(3):
        assert (await leave(await library.join("ada"))).status_code == 204


async def test_nobody_can_keep_a_member_from_leaving(library: Library, ada: httpx.AsyncClient) -> None:
    taken = {"email": f"{await id_of(ada)}@deleted.invalid", "password": PASSWORD}  # books show the ids of their owners
    await library.visitor().post("/auth/signup", json=taken)
    assert (await leave(ada)).status_code == 204


async def test_the_only_admin_stays(library: Library) -> None:
    admin = await library.login("admin")
    refused = await leave(admin)
    assert (refused.status_code, slug(refused)) == (409, "last-admin")
    assert (await admin.get("/auth/me")).json()["is_active"] is True


async def test_of_two_admins_one_can_leave_also_in_parallel(library: Library, ada: httpx.AsyncClient) -> None:
    admin = await library.login("admin")
    (await admin.patch(f"/users/{await id_of(ada)}", json={"role": "admin"})).raise_for_status()
    answers = await asyncio.gather(leave(admin), leave(ada))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
