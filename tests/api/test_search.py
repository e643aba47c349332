import httpx
import pytest

from bookfiles import make_epub
from conftest import SignUp
from journeys import STORY, add, settled
from luminalib.container import Container
from luminalib.settings import Settings
from waiting import indexed

LONG = " ".join(
    f"On day {number} the {word} of the harbour was counted." for number in range(9) for word in ("cat", "crane", "fog")
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """On PostgreSQL with the index that lies there, too."""
    is_there = settings.database.startswith("postgresql")
    return settings.model_copy(update={"passage_index": "pgvector" if is_there else "local"})


@pytest.fixture
async def book(admin: httpx.AsyncClient, container: Container) -> str:
    """A book on the shelf."""
    content = make_epub([("The Light", f"{STORY} {LONG}"), ("The Letter", "A letter lay in the ledger until spring came again.")])
    book_id = (await add(admin, content, "light.epub")).raise_for_status().json()["id"]
    await settled(admin, book_id)
    await indexed(container)
    return str(book_id)


async def test_a_member_finds_a_passage_and_its_place(book: str, member: httpx.AsyncClient) -> None:
    answer = (await member.get("/search", params={"q": "Who returned in spring to thank the keeper?"})).raise_for_status().json()
    found = answer["items"][0]
    assert (found["book_id"], found["page"], found["why"]) == (book, 1, ["words"])
    assert found["place"]["heading"] == "The Light"
    assert found["place"]["anchor"].endswith(".xhtml")
    assert answer["mode"] == "lexical"
    assert 1 <= answer["total"] <= 1000
    snippet = found["snippet"]
    assert {snippet[mark["start"] : mark["stop"]].lower() for mark in found["highlights"]} >= {"spring", "thank", "keeper"}
    pages = (await member.get(f"/documents/{found['document_id']}/text")).status_code
    assert pages == 404, "a member sees no text of a book that somebody else has brought"


async def test_quotations_are_short_until_the_book_is_borrowed(book: str, member: httpx.AsyncClient) -> None:
    async def found() -> list[dict[str, object]]:
        items: list[dict[str, object]] = (await member.get("/search", params={"q": "harbour fog crane cat"})).json()["items"]
        return items

    assert all(len(str(item["snippet"])) <= 300 and item["text"] is None for item in await found())
    (await member.post(f"/books/{book}/borrow")).raise_for_status()
    assert all(len(str(item["text"])) > 300 for item in (await found())[:1])


async def test_what_is_private_is_found_by_its_owner_alone(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp, container: Container
) -> None:
    other = await sign_up("other")
    sent = await member.post("/documents/upload", files=[("files", ("diary.txt", f"My zeppelin diary. {STORY}".encode()))])
    document_id = sent.raise_for_status().json()["accepted"][0]["id"]
    await indexed(container)
    for client, count in ((member, 1), (other, 0), (admin, 0)):
        for params in ({"q": "zeppelin"}, {"q": "zeppelin", "document_id": document_id}):
            answer = (await client.get("/search", params=params)).json()
            assert (len(answer["items"]), answer["total"]) == (count, count)
    (await member.post(f"/documents/{document_id}/book", json={"title": "Zeppelins"})).raise_for_status()
    await indexed(container)
    assert (await other.get("/search", params={"q": "zeppelin"})).json()["items"][0]["title"] == "Zeppelins"


async def test_a_search_can_be_narrowed_and_grouped(book: str, admin: httpx.AsyncClient, container: Container) -> None:
    second = (await add(admin, f"Another fog. {LONG}", "second.txt")).json()["id"]
    await settled(admin, second)
    await indexed(container)
    both = (await admin.get("/search", params={"q": "fog", "group": "book"})).json()["items"]
    assert sorted(item["book_id"] for item in both) == sorted([book, second])
    only = (await admin.get("/search", params={"q": "fog", "book_id": second})).json()["items"]
    assert {item["book_id"] for item in only} == {second}
    nothing = await admin.get("/search", params={"q": "fog", "book_id": "7d9f1c1e-4f0b-4a51-9c5e-0f6b6a3a9b11"})
    assert nothing.json()["items"] == []
    phrase = (await admin.get("/search", params={"q": '"another fog"'})).json()["items"]
    assert {item["book_id"] for item in phrase} == {second}


async def test_a_deleted_book_is_not_found_and_leaves_nothing(book: str, admin: httpx.AsyncClient, container: Container) -> None:
    (await admin.delete(f"/books/{book}")).raise_for_status()
    assert (await admin.get("/search", params={"q": "keeper"})).json()["items"] == []
    await indexed(container)
    assert (await admin.get("/search", params={"q": "keeper"})).json()["total"] == 0


async def test_new_content_is_found_in_place_of_the_old(book: str, admin: httpx.AsyncClient, container: Container) -> None:
    sent = await admin.put(f"/books/{book}/content", files={"file": ("new.txt", b"A submarine crossed the bay at noon. " * 9)})
    sent.raise_for_status()
    await settled(admin, book)
    await indexed(container)
    assert (await admin.get("/search", params={"q": "keeper"})).json()["items"] == []
    assert (await admin.get("/search", params={"q": "submarines"})).json()["items"][0]["book_id"] == book


BAD_QUESTIONS: tuple[tuple[dict[str, str], str], ...] = (
    ({"q": "..."}, "nothing-to-search"),
    ({"q": "fog", "mode": "semantic"}, "no-embedder"),
    ({"q": "x" * 1001}, "validation-error"),
    ({"q": "fog", "book_id": "no id"}, "validation-error"),
    ({}, "validation-error"),
)


async def test_bad_questions_get_a_clear_problem(admin: httpx.AsyncClient) -> None:
    for params, slug in BAD_QUESTIONS:
        answer = await admin.get("/search", params=params)
        assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}"), params


async def test_who_is_not_logged_in_finds_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/search", params={"q": "fog"})).status_code == 401


COMMANDS = ('"', "a OR b AND", 'x" OR terms:*', "scope : public", "NEAR(a b)", "(((", "%_'; DROP", "\u202eabc")


async def test_nothing_in_a_question_is_a_command(book: str, admin: httpx.AsyncClient) -> None:
    for q in COMMANDS:
        assert (await admin.get("/search", params={"q": q})).status_code in (200, 422), q
