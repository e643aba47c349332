from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest

from accounts import ADDRESS, Library, email_of, log_in, opened, refresh, slug
from journeys import PASSWORD, add
from luminalib.settings import LimitSettings, Settings

ELSEWHERE = "198.51.100.7"
GENEROUS = dict.fromkeys(LimitSettings.model_fields, "1000/minute")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: attempts are not counted in the database."""
    return sqlite_url


Limited = Callable[..., AbstractAsyncContextManager[Library]]


@pytest.fixture
def limited(settings: Settings) -> Limited:
    """`limited(login_per_account="3/minute")` is a library with that limit, and no other that matters."""

    def library(*, trusted_proxies: int = 0, rate_limits: str = "on", **limits: str) -> AbstractAsyncContextManager[Library]:
        chosen = LimitSettings(**{**GENEROUS, **limits})
        return opened(settings, limits=chosen, trusted_proxies=trusted_proxies, rate_limits=rate_limits)

    return library


async def statuses(client: httpx.AsyncClient, *passwords: str, name: str = "ada") -> list[int]:
    """What log-ins with these passwords, one after another, are answered."""
    return [
        (await client.post("/auth/login", json={"email": email_of(name), "password": password})).status_code
        for password in passwords
    ]


async def forwarded(client: httpx.AsyncClient, *hops: str) -> int:
    """A log-in that fails, said to have come along these addresses; each is a header of its own."""
    headers = [("X-Forwarded-For", hop) for hop in hops]
    account = {"email": "nobody@library.test", "password": "wrong"}
    return (await client.post("/auth/login", json=account, headers=headers)).status_code


def check_refusal(answer: httpx.Response) -> None:
    assert (answer.status_code, slug(answer)) == (429, "too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.json()["retry_after"] == int(answer.headers["Retry-After"])


async def test_wrong_passwords_close_the_door_to_that_account_for_a_while(limited: Limited) -> None:
    async with limited(login_per_account="3/minute") as library:
        for name in ("ada", "eve"):
            await library.join(name)
        visitor = library.visitor()
        assert await statuses(visitor, *["wrong"] * 4, PASSWORD) == [401, 401, 401, 429, 429]
        check_refusal(await visitor.post("/auth/login", json={"email": email_of("ada"), "password": PASSWORD}))
        assert await statuses(library.visitor(ELSEWHERE), PASSWORD) == [200]  # nobody can shut out somebody who is elsewhere
        assert await statuses(visitor, PASSWORD, name="eve") == [200]


async def test_another_spelling_is_the_same_account(limited: Limited) -> None:
    async with limited(login_per_account="3/minute") as library:
        await library.join("ada")
        spellings = [
            "ada@library.test",
            "ADA@LIBRARY.TEST",
            " ada@library.test ",
            "\N{FULLWIDTH LATIN SMALL LETTER A}da@library.test",
        ]
        answers = [
            await library.visitor().post("/auth/login", json={"username": email, "password": "wrong"}) for email in spellings
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


async def test_unknown_accounts_are_limited_like_known_ones(limited: Limited) -> None:
    async with limited(login_per_account="3/minute") as library:
        await library.join("ada")
        visitor = library.visitor()
        known = await statuses(visitor, *["wrong"] * 5)
        assert await statuses(visitor, *["wrong"] * 5, name="nobody") == known


async def test_the_right_password_forgives_the_wrong_ones(limited: Limited) -> None:
    async with limited(login_per_account="3/minute") as library:
        await library.join("ada")
        visitor = library.visitor()
        assert await statuses(visitor, *["wrong", "wrong", PASSWORD] * 3) == [401, 401, 200] * 3


async def test_many_log_ins_from_one_address_close_the_door_to_that_address(limited: Limited) -> None:
    async with limited(login_per_address="3/minute") as library:
        visitor = library.visitor(ELSEWHERE)
        for name in ("ada", "bob", "eve"):
            assert await statuses(visitor, "wrong", name=name) == [401]
        check_refusal(await visitor.post("/auth/login", json={"email": email_of("ida"), "password": PASSWORD}))
        assert await statuses(library.visitor("198.51.100.8"), "wrong") == [401]


@pytest.mark.parametrize("call", ["password", "deletion"])
async def test_a_stolen_session_cannot_guess_the_password(limited: Limited, call: str) -> None:
    async with limited(confirm_per_session="3/minute") as library:
        ada = await library.join("ada")

        async def guess(password: str) -> httpx.Response:
            if call == "deletion":
                return await ada.request("DELETE", "/auth/me", json={"password": password})
            return await ada.put("/auth/me/password", json={"current_password": password, "new_password": "quiet harbour 1887"})

        assert [(await guess("wrong")).status_code for _ in range(3)] == [403] * 3
        check_refusal(await guess(PASSWORD))


async def test_sign_ups_are_limited_per_address(limited: Limited) -> None:
    async with limited(signup_per_address="2/minute") as library:
        visitor = library.visitor()
        answers = [await visitor.post("/auth/signup", json={"email": f"u{n}@library.test", "password": PASSWORD}) for n in range(3)]
        assert [answer.status_code for answer in answers[:2]] == [201, 201]
        check_refusal(answers[2])
        elsewhere = await library.visitor(ELSEWHERE).post("/auth/signup", json={"email": "u2@library.test", "password": PASSWORD})
        assert elsewhere.status_code == 201


async def test_refreshes_are_limited_per_address(limited: Limited) -> None:
    async with limited(refresh_per_address="2/minute") as library:
        await library.join("ada")
        visitor = library.visitor()
        tokens = await log_in(visitor, "ada")
        for _ in range(2):
            tokens = (await refresh(visitor, tokens)).raise_for_status().json()
        check_refusal(await refresh(visitor, tokens))
        assert (await refresh(library.visitor(ELSEWHERE), tokens)).status_code == 200


async def test_uploads_are_limited_per_account(limited: Limited, stored_files: Any) -> None:
    async with limited(upload_per_account="2/minute") as library:
        ada, eve = await library.join("ada"), await library.join("eve")
        book = (await add(ada, "one")).json()
        assert (await add(ada, "two")).status_code == 201
        check_refusal(await add(ada, "three"))
        check_refusal(await ada.put(f"/books/{book['id']}/content", files={"file": ("new.txt", b"four")}))
        assert len(stored_files()) == 2
        assert (await add(eve, "five")).status_code == 201


async def test_uploads_are_limited_per_address(limited: Limited) -> None:
    async with limited(upload_per_address="2/minute") as library:
        ada, eve = await library.join("ada"), await library.join("eve")
        assert [(await add(client, f"by {n}")).status_code for n, client in enumerate([ada, eve])] == [201, 201]
        check_refusal(await add(ada, "three"))


async def test_guessed_device_passwords_are_limited_per_address(limited: Limited) -> None:
    async with limited(login_per_address="3/minute") as library:
        await library.join("ada")
        visitor = library.visitor()
        for _ in range(3):
            assert (await visitor.get("/books", auth=(email_of("ada"), "guess"))).status_code == 401
        check_refusal(await visitor.get("/books", auth=(email_of("ada"), "guess")))


async def test_without_trusted_proxies_nobody_is_believed_about_their_address(limited: Limited) -> None:
    async with limited(login_per_address="3/minute") as library:
        visitor = library.visitor()
        assert [await forwarded(visitor, f"203.0.113.{n}") for n in range(4)] == [401, 401, 401, 429]


async def test_the_address_that_the_trusted_proxy_added_counts(limited: Limited) -> None:
    async with limited(login_per_address="3/minute", trusted_proxies=1) as library:
        proxy = library.visitor("10.0.0.1")
        forged = [f"203.0.113.{n}, 198.51.100.7" for n in range(4)]
        assert [await forwarded(proxy, hops) for hops in forged] == [401, 401, 401, 429]
        assert await forwarded(proxy, "198.51.100.7, 198.51.100.8") == 401
        assert await forwarded(proxy, " , 198.51.100.7 ,") == 429


async def test_behind_two_proxies_the_second_address_from_the_right_counts(limited: Limited) -> None:
    async with limited(login_per_address="3/minute", trusted_proxies=2) as library:
        proxy = library.visitor("10.0.0.1")
        forged = [f"203.0.113.{n}, 198.51.100.7, 10.0.0.{n + 2}" for n in range(4)]
        assert [await forwarded(proxy, hops) for hops in forged] == [401, 401, 401, 429]
        assert await forwarded(proxy, "198.51.100.7, 198.51.100.8, 10.0.0.2") == 401


async def test_a_request_past_the_proxy_is_counted_by_its_own_address(limited: Limited) -> None:
    async with limited(login_per_address="3/minute", trusted_proxies=2) as library:
        visitor = library.visitor()
        assert [await forwarded(visitor, f"203.0.113.{n}") for n in range(4)] == [401, 401, 401, 429]
        assert await forwarded(library.visitor(ELSEWHERE)) == 401


async def test_a_proxy_that_adds_a_header_of_its_own_is_heard(limited: Limited) -> None:
    async with limited(login_per_address="3/minute", trusted_proxies=1) as library:
        proxy = library.visitor("10.0.0.1")
        assert [await forwarded(proxy, f"203.0.113.{n}", "198.51.100.7") for n in range(4)] == [401, 401, 401, 429]


async def test_limits_can_be_switched_off(limited: Limited) -> None:
    limits = dict.fromkeys(LimitSettings.model_fields, "1/hour")
    async with limited(rate_limits="off", **limits) as library:
        ada = await library.join("ada")
        assert await statuses(library.visitor(), *["wrong"] * 5, PASSWORD) == [401] * 5 + [200]
        assert [(await add(ada, f"book {n}")).status_code for n in range(3)] == [201] * 3


async def test_the_address_is_in_the_audit_log(limited: Limited) -> None:
    async with limited(trusted_proxies=1) as library:
        ada = await library.join("ada")
        await forwarded(library.visitor("10.0.0.1"), "203.0.113.9, 198.51.100.7")
        newest, *_ = (await ada.get("/audit")).json()["items"]
        assert (newest["action"], newest["address"]) == ("login-failed", "198.51.100.7")
        assert {event["address"] for event in (await ada.get("/audit")).json()["items"][1:]} == {ADDRESS}


async def test_what_a_member_changes_is_limited_whatever_it_is(limited: Limited) -> None:
    async with limited(deed_per_account="4/minute") as library:
        admin, ada, eve = await library.join("admin"), await library.join("ada"), await library.join("eve")
        book = (await add(admin, "one")).json()["id"]
        deeds = [
            await ada.post(f"/books/{book}/borrow", headers={"Idempotency-Key": "a"}),
            await ada.post(f"/books/{book}/return"),
            await ada.put("/auth/me/preferences", json={}),
            await ada.post("/documents/0b2b0a3e-8f8e-4a4b-9f0e-5f5d1d3a7c11/retry"),
        ]
        assert [deed.status_code for deed in deeds] == [201, 200, 200, 404]
        check_refusal(await ada.post(f"/books/{book}/borrow"))
        assert (await ada.get("/books")).status_code == 200  # reading is no deed
        assert (await eve.post(f"/books/{book}/borrow")).status_code == 201
        assert [(await admin.patch(f"/books/{book}", json={"tags": ["sea"]})).status_code for _ in range(6)] == [200] * 6


async def test_a_botnet_cannot_guess_and_cannot_shut_the_owner_out(limited: Limited) -> None:
    async with limited(login_per_account_everywhere="5/minute") as library:
        await library.join("ada")
        guesses = [await statuses(library.visitor(f"198.51.100.{n}"), "wrong") for n in range(8)]
        assert guesses == [[401]] * 5 + [[429]] * 3
        assert await statuses(library.visitor("203.0.113.1"), PASSWORD) == [429]  # as far as anybody can tell
        assert await statuses(library.visitor(), PASSWORD) == [200]  # from where she has logged in before
        unknown = [await statuses(library.visitor(f"198.51.100.{n}"), "wrong", name="nobody") for n in range(8)]
        assert unknown == guesses


@pytest.mark.parametrize("kind", ["login", "signup"])
async def test_an_ipv6_subscriber_has_one_address(limited: Limited, kind: str) -> None:
    async with limited(login_per_address="3/minute", signup_per_address="3/minute") as library:

        async def knock(address: str, name: str) -> int:
            account = {"email": email_of(name), "password": PASSWORD}
            return (await library.visitor(address).post(f"/auth/{kind}", json=account)).status_code

        fine = 401 if kind == "login" else 201
        assert [await knock(f"2001:db8:1:2:{n:x}::{n:x}", f"u{n}") for n in range(1, 5)] == [fine] * 3 + [429]
        assert await knock("2001:db8:1:3::1", "u9") == fine
        assert await knock("::ffff:198.51.100.9", "u10") == fine
        assert await knock("198.51.100.9", "u11") == fine


async def test_somebody_who_knows_the_address_cannot_lock_an_open_session_out(limited: Limited) -> None:
    async with limited(login_per_account="3/minute", confirm_per_session="3/minute") as library:
        ada = await library.join("ada")
        await statuses(library.visitor(), *["wrong"] * 6)
        change = {"current_password": PASSWORD, "new_password": "quiet harbour 1887"}
        assert (await ada.put("/auth/me/password", json=change)).status_code == 204
