"""Several libraries in one installation, through the HTTP API."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from accounts import Library, bearer, email_of, opened, slug
from fakes import FakeLLM
from journeys import PASSWORD, add
from luminalib.adapters.db.audit import audit_events
from luminalib.adapters.db.jobs import SqlJobLedger
from luminalib.container import open_container
from luminalib.domain.audit import AuditAction
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.tenants import REMOVE_TENANT, remove_tenant
from luminalib.services.tenant_removal import TenantRemovalService
from luminalib.settings import Settings
from luminalib.steps.inspection import inspect
from tenanthouses import SEASIDE, found, join, operator_of


@pytest.fixture
async def library(settings: Settings) -> AsyncIterator[Library]:
    async with opened(settings, tenant_domain="library.test") as found:
        yield found


@pytest.fixture
async def operator(library: Library) -> httpx.AsyncClient:
    return await operator_of(library)


async def test_an_operator_founds_a_library_and_its_first_admin_joins(operator: httpx.AsyncClient, library: Library) -> None:
    made = await operator.post("/tenants", json=SEASIDE)
    assert made.status_code == 201
    shown = {name: made.json()[name] for name in ("slug", "name", "plan", "is_active", "signup")}
    expected = {"slug": "seaside", "name": "Seaside Public Library", "plan": "library", "is_active": True, "signup": None}
    assert shown == expected
    account = {"email": email_of("grace"), "password": PASSWORD}
    uninvited = await library.visitor().post("/auth/signup", json=account | {"tenant": "seaside"})
    assert (uninvited.status_code, slug(uninvited)) == (403, "invitation-required")
    joined = await library.visitor().post("/auth/signup", json=account | {"invitation": made.json()["invitation"]["token"]})
    assert (joined.status_code, joined.json()["role"]) == (201, "admin"), "the token says whose it is"
    elsewhere = await library.visitor().post("/auth/login", json=account)
    assert (elsewhere.status_code, slug(elsewhere)) == (401, "bad-credentials")
    by_host = library.visitor()
    answer = await by_host.post("http://seaside.library.test/auth/login", json=account)
    by_host.headers.update(bearer(answer.raise_for_status().json()))
    assert (await by_host.get("/tenant")).json()["slug"] == "seaside"
    assert [one["slug"] for one in (await operator.get("/tenants")).json()["items"]] == ["main", "seaside"]
    assert (await operator.get("/tenants/seaside")).json()["plan"] == "library"


async def test_only_operators_may(operator: httpx.AsyncClient, library: Library) -> None:
    admin = await found(operator, library)
    main_admin = await library.admin_of_the_house()
    for client in (admin, main_admin):
        for answer in (
            await client.get("/tenants"),
            await client.get("/tenants/main"),
            await client.post("/tenants", json=SEASIDE | {"slug": "other"}),
            await client.patch("/tenants/seaside", json={"is_active": False}),
            await client.request("DELETE", "/tenants/seaside", json={"slug": "seaside"}),
            await client.post("/invitations", json={"role": "operator"}),
        ):
            assert (answer.status_code, slug(answer)) == (403, "not-allowed"), answer.request.url
        me = (await client.get("/auth/me")).json()["id"]
        assert (await client.patch(f"/users/{me}", json={"role": "operator"})).status_code == 403
    theirs = (await operator.get("/auth/me")).json()["id"]
    assert (await main_admin.patch(f"/users/{theirs}", json={"is_active": False})).status_code == 403
    assert (await main_admin.post(f"/users/{theirs}/password-reset")).status_code == 403


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"slug": "Seaside"}, (422, "bad-slug")),
        ({"slug": "sea--side"}, (422, "bad-slug")),
        ({"slug": "main"}, (409, "slug-taken")),
        ({"slug": "www"}, (409, "slug-taken")),
        ({"plan": "gold"}, (422, "plan-not-found")),
    ],
)
async def test_what_no_library_can_be(operator: httpx.AsyncClient, change: dict[str, str], refusal: tuple[int, str]) -> None:
    answer = await operator.post("/tenants", json=SEASIDE | change)
    assert (answer.status_code, slug(answer)) == refusal


async def test_a_name_is_given_once(operator: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(operator.post("/tenants", json=SEASIDE) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert (await operator.get("/tenants")).json()["total"] == 2


async def test_the_same_people_and_books_in_two_libraries(operator: httpx.AsyncClient, library: Library) -> None:
    here = await join(library, "ada", MAIN_TENANT)
    await found(operator, library)
    there = await join(library, "ada", "seaside")
    books = [(await add(client, title="The same", tags="sea")).raise_for_status().json() for client in (here, there)]
    assert books[0]["id"] != books[1]["id"]
    for client, own, other in ((here, *books), (there, *reversed(books))):
        assert [one["id"] for one in (await client.get("/books")).json()["items"]] == [own["id"]]
        for path in (f"/books/{other['id']}", f"/books/{other['id']}/content", f"/documents/{other['document_id']}/status"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.post(f"/books/{other['id']}/borrow")).status_code == 404
        assert (await client.get("/books", params={"q": "same"})).json()["total"] == 1
    keys = [path.relative_to(library.files).parts[0] for path in library.files.rglob("*.txt")]
    assert sorted(keys) == ["documents", "tenants"], "each library's files lie for themselves"
    services, later = library.container.services, library.clock.now() + timedelta(days=2)
    for tenant in (MAIN_TENANT, "seaside"):
        inspection = await inspect(services.doctor._uow, services.books._storage, tenant, later)
        assert not inspection.orphans, "neither takes the other's for nobody's"
        assert not inspection.missing


async def test_guesses_in_one_library_shut_nobody_out_of_another(operator: httpx.AsyncClient, library: Library) -> None:
    await join(library, "ada", MAIN_TENANT)
    await found(operator, library)
    await join(library, "ada", "seaside")
    wrong = {"email": email_of("ada"), "password": "not the right one", "tenant": "seaside"}
    for _ in range(30):
        answer = await library.visitor("198.51.100.7").post("/auth/login", json=wrong)
    assert answer.status_code == 429
    right = {"email": email_of("ada"), "password": PASSWORD}
    assert (await library.visitor("203.0.113.5").post("/auth/login", json=right)).status_code == 200


async def test_guesses_are_in_the_audit_log_of_libraries_that_there_are(operator: httpx.AsyncClient, library: Library) -> None:
    await found(operator, library)

    async def failures() -> list[str]:
        async with library.container.database.owner.connect() as connection:
            failed = sa.select(audit_events.c.tenant_id).where(audit_events.c.action == AuditAction.LOGIN_FAILED)
            return [*await connection.scalars(failed)]

    for tenant in ("seaside", "atlantis"):
        account = {"email": email_of("grace"), "password": "wrong", "tenant": tenant}
        answer = await library.visitor().post("/auth/login", json=account)
        assert (answer.status_code, slug(answer)) == (401, "bad-credentials")
    assert await failures() == ["seaside"]
    (await operator.patch("/tenants/seaside", json={"is_active": False})).raise_for_status()
    await library.visitor().post("/auth/login", json={"email": email_of("grace"), "password": "wrong", "tenant": "seaside"})
    assert await failures() == ["seaside"]


async def test_tokens_tickets_and_devices_know_their_library(operator: httpx.AsyncClient, library: Library) -> None:
    await found(operator, library)
    account = {"email": email_of("ada"), "password": PASSWORD, "tenant": "seaside"}
    visitor = library.visitor()
    (await visitor.post("/auth/signup", json=account)).raise_for_status()
    tokens = (await visitor.post("/auth/login", json=account)).raise_for_status().json()
    tokens = (await visitor.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})).raise_for_status().json()
    visitor.headers.update(bearer(tokens))
    book = (await add(visitor)).raise_for_status().json()
    ticket = (await visitor.post("/auth/tickets", json={"purpose": "media"})).raise_for_status().json()["ticket"]
    stranger = library.visitor()
    assert (await stranger.get(f"/books/{book['id']}/content", params={"ticket": ticket})).status_code == 200
    device = (await visitor.post("/auth/me/app-passwords", json={"name": "reader"})).raise_for_status().json()
    read = await stranger.get("/books", auth=(email_of("ada"), device["password"]))
    assert [one["id"] for one in read.raise_for_status().json()["items"]] == [book["id"]]


async def test_a_suspended_library_lets_nobody_in_until_it_goes_on(operator: httpx.AsyncClient, library: Library) -> None:
    admin = await found(operator, library)
    device = (await admin.post("/auth/me/app-passwords", json={"name": "reader"})).raise_for_status().json()
    (await operator.patch("/tenants/seaside", json={"is_active": False})).raise_for_status()
    assert (await admin.get("/auth/me")).status_code == 401
    account = {"email": email_of("grace"), "password": PASSWORD, "tenant": "seaside"}
    for answer in (
        await library.visitor().post("/auth/login", json=account),
        await library.visitor().post("/auth/signup", json=account | {"email": email_of("new")}),
        await library.visitor().get("/books", auth=(email_of("grace"), device["password"])),
    ):
        assert (answer.status_code, slug(answer)) == (403, "tenant-suspended")
    (await operator.patch("/tenants/seaside", json={"is_active": True})).raise_for_status()
    assert (await library.visitor().post("/auth/login", json=account)).status_code == 200
    stays = await operator.patch("/tenants/main", json={"is_active": False})
    assert (stays.status_code, slug(stays)) == (409, "main-tenant-stays")


async def test_removing_a_library_leaves_nothing_of_it_and_all_of_the_others(
    operator: httpx.AsyncClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await join(library, "ada", MAIN_TENANT)
    kept = (await add(here)).raise_for_status().json()
    there = await found(operator, library)
    lost = (await add(there)).raise_for_status().json()
    (await there.post(f"/books/{lost['id']}/borrow")).raise_for_status()
    unsure = await operator.request("DELETE", "/tenants/seaside", json={"slug": "seasid"})
    assert (unsure.status_code, slug(unsure)) == (422, "slug-not-confirmed")
    assert (await operator.request("DELETE", "/tenants/seaside", json={"slug": "seaside"})).status_code == 202
    database = library.container.database
    if not database.is_sqlite:  # of an index that was chosen once
        async with database.owner.begin() as connection:
            await connection.execute(
                sa.text("INSERT INTO indexed_terms (tenant_id, term, passages) VALUES ('seaside', 'shell', 1)")
            )
    tools = library.container.services.doctor._tools
    storage = library.container.services.books._storage
    removal = TenantRemovalService(tools.uow, storage, tools.index, library.clock)
    (await operator.patch("/tenants/seaside", json={"is_active": True})).raise_for_status()
    await removal.remove(remove_tenant("seaside", library.clock.now()))
    again = await join(library, "lin", "seaside")
    assert (await again.get(f"/books/{lost['id']}")).status_code == 200, "who changes their mind in time loses nothing"
    assert [path for path in library.files.rglob("*") if "tenants" in path.parts and path.is_file()]
    (await operator.patch("/tenants/seaside", json={"is_active": False})).raise_for_status()
    delete, too_early, too_late = storage.delete, [], []
    ledger = SqlJobLedger(database)
    while (job := await ledger.claim("a worker", library.clock.now())) and job.name != REMOVE_TENANT:
        pass

    async def watched(key: str) -> None:
        too_early.append(slug(await operator.post("/tenants", json=SEASIDE)))
        too_late.append(slug(await operator.patch("/tenants/seaside", json={"is_active": True})))
        await delete(key)

    monkeypatch.setattr(storage, "delete", watched)
    for _ in range(2):  # a crash in the middle has it done again
        await removal.remove(remove_tenant("seaside", library.clock.now()))
    assert set(too_early) == {"slug-taken"}, "nobody can take the name while there is something left"
    assert set(too_late) == {"tenant-being-removed"}, "half of it has gone already"
    assert (await operator.get("/tenants/seaside")).status_code == 404
    assert [path for path in library.files.rglob("*") if "tenants" in path.parts and path.is_file()] == []
    assert (await here.get(f"/books/{kept['id']}/content")).status_code == 200
    audit = (await operator.get("/audit", params={"action": "tenant-removed"})).json()["items"]
    assert "nothing is left" in audit[-1]["detail"]
    assert "1 books" in audit[-1]["detail"]
    assert database.is_sqlite or "1 indexed_terms" in audit[-1]["detail"]
    assert (await operator.post("/tenants", json=SEASIDE)).status_code == 201, "the name is free again"
    await removal.remove(remove_tenant("seaside", library.clock.now()))
    assert (await operator.get("/tenants/seaside")).status_code == 200, "a job that is done again does not remove the next one"


async def test_a_library_has_rules_of_its_own_for_inquiries(operator: httpx.AsyncClient, library: Library) -> None:
    admin, elsewhere = await found(operator, library), await join(library, "ada", MAIN_TENANT)
    message = {"message": "What would a licence for three schools cost? Call 06 6982 1234, Leo Rossi"}
    before = (await admin.post("/inquiries", json=message)).raise_for_status().json()
    assert (before["low_confidence"], before["fields"]["phone"]) == (False, None)
    own = {"region": "IT", "inquiry_confidence": 0.999, "inquiries_public": True}
    changed = (await admin.patch("/tenant", json=own)).raise_for_status().json()
    assert {name: changed[name] for name in own} == own
    after = (await admin.post("/inquiries", json=message)).raise_for_status().json()
    assert (after["low_confidence"], after["fields"]["phone"]) == (True, "+390669821234")
    there = (await elsewhere.post("/inquiries", json=message)).raise_for_status().json()
    assert (there["low_confidence"], there["fields"]["phone"]) == (False, None), "the others are as they were"
    stranger = library.visitor()
    assert [(await stranger.post(f"/tenants/{name}/inquiries", json=message)).status_code for name in ("seaside", "main")] == [
        202,
        404,
    ]
    (await admin.patch("/tenant", json={"region": None, "inquiries_public": None})).raise_for_status()
    assert (await stranger.post("/tenants/seaside/inquiries", json=message)).status_code == 404
    for wrong in (
        {"region": "Italy"},
        {"inquiry_confidence": 2},
        {"inquiry_confidence": "0.5"},
        {"inquiries_public": 1},
        {"plan": "x"},
    ):
        assert (await admin.patch("/tenant", json=wrong)).status_code == 422, wrong


async def test_a_start_looks_after_what_a_killed_server_left_in_any_library(
    operator: httpx.AsyncClient, library: Library, settings: Settings
) -> None:
    admin = await found(operator, library)
    conversation = (await admin.post("/conversations", json={})).raise_for_status().json()["id"]
    user_id = (await admin.get("/auth/me")).json()["id"]
    async with library.container.services.conversations._tools.uow("seaside") as uow:
        (await uow.conversations.get(user_id, conversation)).begin("What?", library.clock.now())
    async with open_container(settings, llm=FakeLLM()):
        (said,) = (await admin.get(f"/conversations/{conversation}/messages")).json()["items"]
    assert said["refusal_reason"] == "interrupted"


async def test_one_library_notices_nothing(library: Library) -> None:
    admin = await library.join("admin")
    assert (await admin.get("/auth/me")).json()["role"] == "admin"
    own = (await admin.get("/tenant")).json()
    assert (own["slug"], own["plan"]) == (MAIN_TENANT, "unlimited")
    assert (await admin.patch("/tenant", json={"name": "The Reading Room"})).json()["name"] == "The Reading Room"
    assert "unlimited" in [plan["name"] for plan in (await admin.get("/plans")).json()]
    member = await library.join("ada")
    assert (await member.get("/tenant")).status_code == 403


async def test_a_library_answers_in_words_of_its_own(operator: httpx.AsyncClient, library: Library, settings: Settings) -> None:
    admin, elsewhere = await found(operator, library), await join(library, "ada", MAIN_TENANT)

    async def said(question: str, client: httpx.AsyncClient = admin) -> str:
        return str((await client.post("/ask", json={"question": question})).raise_for_status().json()["answer"])

    async def change(**rules: object) -> None:
        changed = (await admin.patch("/tenant", json=rules)).raise_for_status().json()
        assert {name: changed[name] for name in rules} == rules

    unknown, loans = "At what temperature does nitrogen boil?", "What do I have on loan?"
    assert await said(unknown) == settings.refusal
    await change(language="de")
    assert [await said(one) for one in (unknown, loans, "danke")] == [
        "Das kann ich aus dieser Bibliothek nicht beantworten.",
        "Sie haben nichts ausgeliehen.",
        "Gern geschehen.",
    ]
    await change(refusal="Das weiß hier niemand.")
    assert await said(unknown) == "Das weiß hier niemand."
    assert await said(unknown, elsewhere) == settings.refusal, "the others are as they were"
    await change(language=None, refusal=None)
    assert [await said(one) for one in (unknown, loans)] == [settings.refusal, "You have nothing on loan."]
    for wrong in (
        {"language": "tlh"},
        {"refusal": " "},
        {"refusal": "x" * 501},
        {"answer_confidence": 0},
        {"answer_confidence": 2},
    ):
        assert (await admin.patch("/tenant", json=wrong)).status_code == 422, wrong


async def test_rules_of_circulation_are_a_librarys_own(operator: httpx.AsyncClient, library: Library) -> None:
    admin = await found(operator, library)
    rules = {"period_days": 7, "max_per_member": 1, "renew_from": "now"}
    changed = await admin.patch("/tenant", json={"loan_policy": rules})
    assert (changed.status_code, changed.json()["loan_policy"]) == (200, rules)
    there, here = await join(library, "ada", "seaside"), await join(library, "ada", MAIN_TENANT)
    days = {}
    for name, client in (("seaside", there), ("main", here)):
        books = [(await add(client, f"Book {number} of {name}")).raise_for_status().json()["id"] for number in range(2)]
        loan = (await client.post(f"/books/{books[0]}/borrow")).raise_for_status().json()
        days[name] = (datetime.fromisoformat(loan["due_at"]) - datetime.fromisoformat(loan["borrowed_at"])).days
        assert loan["is_overdue"] is False
        second = await client.post(f"/books/{books[1]}/borrow")
        assert second.status_code == (409 if name == "seaside" else 201), "one has other rules than the other"
    assert days == {"seaside": 7, "main": 21}
    for wrong in ({"period_days": 0}, {"period_days": "7"}, {"fee": 3}, {"renew_from": "never"}):
        assert (await admin.patch("/tenant", json={"loan_policy": wrong})).status_code == 422, wrong
    assert (await admin.patch("/tenant", json={"loan_policy": None})).json()["loan_policy"] is None
    assert (await add(there, "A third")).status_code == 201
    (third,) = (await there.get("/books", params={"size": 1})).json()["items"]
    assert (await there.post(f"/books/{third['id']}/borrow")).status_code == 201, "as everywhere again"
