"""What to read next, through the HTTP API."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts import slug
from journeys import STORY, add, settled
from lending import borrow, give_back
from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.db.views import recommendations as recommendation_views
from luminalib.container import Container
from luminalib.domain.auth import MAIN_TENANT
from luminalib.domain.books import BookDetails
from records import make_books

pytestmark = pytest.mark.jobs(False)

SignUp = Callable[..., Awaitable[httpx.AsyncClient]]


async def shelve(client: httpx.AsyncClient, title: str, author: str = "", tags: str = "", copies: int = 3) -> str:
    fields = {"title": title, "tags": tags, "copies": str(copies)} | ({"author": author} if author else {})
    return str((await add(client, f"{title} {uuid4()} {STORY}", **fields)).raise_for_status().json()["id"])


async def recommended(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/recommendations", params=params)).raise_for_status().json()
    return found


async def ids(client: httpx.AsyncClient, **params: Any) -> list[str]:
    return [item["book"]["id"] for item in (await recommended(client, **params))["items"]]


@pytest.fixture
async def shelf(container: Container) -> dict[str, str]:
    """Four books of the sea, four of the kitchen, in the database at once: to upload them took longer than most of these tests."""
    books = [
        BookDetails(title=f"{kind}{number}", authors=(f"{kind.title()} Author {number % 3}",), tags=tags, copies_total=3)
        for kind, tags in (("sea", ("sea", "sailing")), ("bread", ("cooking", "baking")))
        for number in range(4)
    ]
    made = await make_books(SqlUnitOfWorkFactory(container.database, container.bus, SystemClock()), *books)
    return {book.title or "": id_ for book, id_ in zip(books, made, strict=True)}


async def test_an_empty_library_recommends_nothing(member: httpx.AsyncClient) -> None:
    assert (await recommended(member))["items"] == []


async def test_a_newcomer_gets_what_is_new_and_it_says_so(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    answer = await recommended(member, limit=3)
    assert answer["strategy"] == "new"
    assert [item["reasons"][0]["kind"] for item in answer["items"]] == ["new"] * 3
    assert answer["items"][0]["book"]["id"] == shelf["bread3"]


async def test_what_others_borrow_comes_before_what_is_new(
    member: httpx.AsyncClient, shelf: dict[str, str], sign_up: SignUp
) -> None:
    other = await sign_up("other")
    await borrow(other, shelf["sea0"])
    answer = await recommended(member)
    assert answer["strategy"] == "popular"
    assert answer["items"][0]["book"]["id"] == shelf["sea0"]
    assert len({item["book"]["id"] for item in answer["items"]}) == len(answer["items"]) == len(shelf)


async def test_a_stated_taste_counts_at_once(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await member.put("/auth/me/preferences", json={"tags": [{"name": "Sailing"}]})
    answer = await recommended(member, limit=4)
    assert answer["strategy"] == "taste"
    assert {item["book"]["id"] for item in answer["items"]} == {shelf[f"sea{number}"] for number in range(4)}
    assert {"kind": "tag", "tag": "sailing"}.items() <= answer["items"][0]["reasons"][0].items()


async def test_a_loan_counts_at_once_and_its_book_is_never_recommended(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await borrow(member, shelf["sea0"])
    answer = await recommended(member, limit=3)
    assert answer["strategy"] == "personal"
    assert {item["book"]["id"] for item in answer["items"]} == {shelf["sea1"], shelf["sea2"], shelf["sea3"]}
    first = answer["items"][0]["reasons"][0]
    assert (first["kind"], first["book_id"], "sea0" in first["text"]) == ("because_you_borrowed", shelf["sea0"], True)
    await give_back(member, shelf["sea0"])
    assert shelf["sea0"] not in await ids(member, limit=100)


async def test_the_parts_of_a_score_are_its_sum(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await borrow(member, shelf["bread1"])
    for item in (await recommended(member, explain=True))["items"]:
        assert item["score"] == pytest.approx(sum(item["explanation"].values()), abs=1e-4)


async def test_a_bad_rating_turns_taste_away(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await borrow(member, shelf["sea0"])
    await borrow(member, shelf["bread0"])
    review = {"rating": 1, "text": "Wet from the first page to the last."}
    (await member.post(f"/books/{shelf['sea0']}/reviews", json=review)).raise_for_status()
    liked = {"rating": 5, "text": "I have baked every loaf of it."}
    (await member.post(f"/books/{shelf['bread0']}/reviews", json=liked)).raise_for_status()
    assert set(await ids(member, limit=3)) == {shelf["bread1"], shelf["bread2"], shelf["bread3"]}
    learnt = (await member.get("/auth/me/preferences")).json()["implicit"]
    assert {taste["name"] for taste in learnt["tags"]} == {"cooking", "baking"}
    await member.delete(f"/books/{shelf['sea0']}/reviews/mine")
    learnt = (await member.get("/auth/me/preferences")).json()["implicit"]
    assert {taste["name"] for taste in learnt["tags"]} == {"cooking", "baking", "sea", "sailing"}


async def test_excluded_tags_never_come(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await member.put("/auth/me/preferences", json={"tags": [{"name": "sea"}], "excluded_tags": ["SEA"]})
    await borrow(member, shelf["sea0"])
    assert set(await ids(member, limit=100)) == {shelf[f"bread{number}"] for number in range(4)}
    similar = (await member.get(f"/books/{shelf['sea1']}/similar")).json()["items"]
    assert not {item["book"]["id"] for item in similar} & {shelf[f"sea{number}"] for number in range(4)}


@pytest.mark.parametrize("verdict", ["not_interested", "have_read"])
async def test_feedback_counts_at_once(member: httpx.AsyncClient, shelf: dict[str, str], verdict: str) -> None:
    answer = await member.post("/recommendations/feedback", json={"book_id": shelf["bread3"], "verdict": verdict})
    assert answer.status_code == 204
    assert shelf["bread3"] not in await ids(member, limit=100)


async def test_feedback_needs_a_book(member: httpx.AsyncClient) -> None:
    answer = await member.post("/recommendations/feedback", json={"book_id": str(uuid4()), "verdict": "have_read"})
    assert (answer.status_code, slug(answer)) == (404, "book-not-found")


async def test_a_held_book_is_wanted_already(member: httpx.AsyncClient, shelf: dict[str, str], sign_up: SignUp) -> None:
    other = await sign_up("other")
    wanted = await shelve(other, "rare", tags="sea", copies=1)
    await borrow(other, wanted)
    (await member.post(f"/books/{wanted}/hold")).raise_for_status()
    answer = await recommended(member, limit=4)
    assert answer["strategy"] == "personal"
    assert wanted not in {item["book"]["id"] for item in answer["items"]}


async def test_a_new_book_is_recommended_as_soon_as_it_is_there(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await borrow(member, shelf["sea0"])
    await recommended(member)
    new = await shelve(member, "sea again", "Sea Author 0", "sea,sailing")
    assert new in await ids(member, limit=3)
    (await member.delete(f"/books/{new}")).raise_for_status()
    assert new not in await ids(member, limit=100)


async def test_a_book_that_has_gone_leaves_no_gap(
    admin: httpx.AsyncClient, member: httpx.AsyncClient, shelf: dict[str, str]
) -> None:
    await borrow(member, shelf["sea0"])
    (gone, *rest) = await ids(member, limit=3)
    (await admin.delete(f"/books/{gone}")).raise_for_status()
    assert gone not in (now := await ids(member, limit=3))
    assert now[:2] == rest
    assert len(now) == 3
    similar = await member.get(f"/books/{shelf['bread0']}/similar", params={"limit": 100})
    assert gone not in {item["book"]["id"] for item in similar.json()["items"]}
    assert (await member.get(f"/books/{gone}/similar")).status_code == 404


async def test_who_has_read_everything_gets_an_empty_list(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    for book_id in shelf.values():
        (await borrow(member, book_id)).raise_for_status()
    assert (await recommended(member))["items"] == []


async def test_the_first_unread_volume_comes_first(member: httpx.AsyncClient) -> None:
    volumes = [await shelve(member, f"The Long Year, Volume {number}", "Ana Reyes", "saga") for number in (3, 1, 4, 2)]
    third, first, fourth, second = volumes
    await borrow(member, first)
    answer = await ids(member, limit=1)
    assert answer == [second]
    await borrow(member, second)
    assert await ids(member, limit=1) == [third]
    assert fourth in await ids(member, limit=10)


async def test_an_author_has_two_places_in_ten(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    for number in range(6):
        await shelve(member, f"harbour {number}", "Prolific Author", "sea")
    await shelve(member, "anchor", "Prolific Author", "sea")
    await borrow(member, shelf["sea0"])
    await borrow(member, (await ids(member, limit=1))[0])
    answer = await recommended(member, limit=4)
    authors = [author for item in answer["items"] for author in item["book"]["authors"][:1]]
    assert (len(authors), authors.count("Prolific Author")) == (4, 2)


async def test_books_like_one_book(member: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    items = (await member.get(f"/books/{shelf['sea0']}/similar", params={"limit": 3})).json()["items"]
    assert {item["book"]["id"] for item in items} == {shelf[f"sea{number}"] for number in (1, 2, 3)}
    assert items[0]["book"]["id"] == shelf["sea3"]  # by the same author
    assert not any(reason["kind"] == "because_you_liked" for item in items for reason in item["reasons"])
    missing = await member.get(f"/books/{uuid4()}/similar")
    assert (missing.status_code, slug(missing)) == (404, "book-not-found")


async def test_in_a_large_catalogue_some_books_are_ranked_and_all_have_similar_ones(
    member: httpx.AsyncClient, shelf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommendation_views, "RANKED_BORROWED", 3)
    monkeypatch.setattr(recommendation_views, "RANKED_NEW", 2)
    for title in ("sea2", "sea3", "bread0"):
        await borrow(member, shelf[title])
        await give_back(member, shelf[title])
    similar = (await member.get(f"/books/{shelf['sea1']}/similar")).json()["items"]
    assert {item["book"]["id"] for item in similar} == {shelf["sea2"], shelf["sea3"]}, "known by its tags and its author"
    ranked = {shelf[title] for title in ("sea2", "sea3", "bread0", "bread2", "bread3")}
    shown = {item["book"]["id"] for item in (await recommended(member, limit=20))["items"]}
    assert shown == ranked - {shelf["sea2"], shelf["sea3"], shelf["bread0"]}
    fresh = await shelve(member, "sea9", tags="sea")
    shown = {item["book"]["id"] for item in (await recommended(member, limit=20))["items"]}
    assert shown == {fresh, shelf["bread3"]}, "the newest are others now"


async def test_forgetting_the_history_forgets_the_taste(
    member: httpx.AsyncClient, shelf: dict[str, str], count_rows: Callable[..., Awaitable[int]]
) -> None:
    await borrow(member, shelf["sea0"])
    await give_back(member, shelf["sea0"])
    assert await count_rows("taste_events") == 2
    (await member.post("/auth/me/history/anonymise")).raise_for_status()
    assert await count_rows("taste_events") == 0
    assert (await member.get("/auth/me/preferences")).json()["implicit"] == {"tags": [], "authors": []}
    assert (await recommended(member))["strategy"] != "personal"


async def test_a_trained_model_answers_and_survives_being_broken(
    member: httpx.AsyncClient,
    shelf: dict[str, str],
    container: Container,
    stored_files: Callable[[], list[str]],
    settings: Any,
    sign_up: SignUp,
) -> None:
    for name in ("ben", "cleo"):
        reader = await sign_up(name)
        for title in ("sea0", "bread0"):
            (await borrow(reader, shelf[title])).raise_for_status()
    await borrow(member, shelf["sea0"])
    assert (await recommended(member))["model"] == {"name": "tfidf", "version": None}
    await container.services.training.train(MAIN_TENANT)
    answer = await recommended(member, limit=7)
    assert answer["model"]["name"] == "hybrid"
    also = next(item for item in answer["items"] if item["book"]["id"] == shelf["bread0"])
    assert ("readers_also", shelf["sea0"]) in [(reason["kind"], reason["book_id"]) for reason in also["reasons"]]
    (model,) = [name for name in stored_files() if name.endswith(".model")]
    path = settings.data_dir / "files" / model
    path.write_bytes(path.read_bytes()[:-40])
    await shelve(member, "one more", tags="sea")  # so that everybody looks again
    answer = await recommended(member)
    assert answer["model"] == {"name": "tfidf", "version": None}
    assert answer["items"]


@pytest.mark.jobs(True)
async def test_neither_failed_nor_tiny_books_are_recommended(admin: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    whole = await shelve(admin, "whole")
    tiny = (await add(admin, "Five words and no more.", title="tiny")).json()["id"]
    broken = (await add(admin, b"%PDF-1.7 and nothing else", "broken.pdf", title="broken")).json()["id"]
    for book in (whole, tiny, broken):
        await settled(admin, book)
    answer = await recommended(member, limit=10)
    assert [item["book"]["id"] for item in answer["items"]] == [whole]
    assert [item["rank"] for item in answer["items"]] == [1]


async def test_a_list_has_one_edition_of_a_work_and_none_of_one_that_was_read(
    member: httpx.AsyncClient, shelf: dict[str, str]
) -> None:
    read = await shelve(member, "The Salt Ledger", "Ana Reyes", "sea")
    editions = {await shelve(member, title, "Reyes, Ana", "sea") for title in ("Salt Ledger", "The Salt Ledger (2nd edition)")}
    others = {await shelve(member, title, "Bo Lind", "sea") for title in ("The Tide", "Tide: A Novel")}
    await borrow(member, shelf["sea0"])
    before = set(await ids(member, limit=50))
    assert len(before & (editions | {read})) == len(before & others) == 1
    await borrow(member, read)
    assert not set(await ids(member, limit=50)) & (editions | {read})
