import asyncio
import hashlib
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest

from bookfiles import make_epub, make_pdf
from conftest import SignUp
from journeys import STORY, add, settled

pytestmark = pytest.mark.jobs(False)


@pytest.mark.jobs(True)
async def test_upload_to_summary(admin: httpx.AsyncClient) -> None:
    answer = await add(admin, title="The Keeper", author="Ines Calloway", tags="sea, Winter", copies="2")
    assert answer.status_code == 201
    book = answer.json()
    assert answer.headers["Location"] == f"/books/{book['id']}"
    assert (book["title"], book["authors"], book["tags"]) == ("The Keeper", ["Ines Calloway"], ["sea", "winter"])
    assert (book["copies_total"], book["copies_available"]) == (2, 2)
    assert book["rating"] == {"mean": None, "count": 0}
    assert book["sha256"] == hashlib.sha256(STORY.encode()).hexdigest()

    summary = await settled(admin, book["id"])
    assert summary["status"] == "completed"
    assert summary["summary"]
    assert summary["provider"] == "fake"
    shown = (await admin.get(f"/books/{book['id']}")).json()
    assert shown["status"] == "completed"
    assert shown["summary"] == summary["summary"]
    assert shown["page_count"] == 1


async def test_metadata_comes_from_the_file_when_not_given(admin: httpx.AsyncClient) -> None:
    epub = make_epub([("One", STORY)], title="From The File", authors=("Embedded Author",))
    book = (await add(admin, epub, "whatever_name.epub")).json()
    assert (book["title"], book["authors"]) == ("From The File", ["Embedded Author"])


async def test_series_are_said_changed_and_listed_in_their_order(admin: httpx.AsyncClient) -> None:
    calibre = '<meta name="calibre:series" content="The Salt Roads"/><meta name="calibre:series_index" content="2.0"/>'
    found = (await add(admin, make_epub([("Two", STORY)], title="Two", metadata=calibre), "two.epub")).json()
    assert (found["series"], found["series_index"]) == ("The Salt Roads", 2.0)
    first = (await add(admin, f"One. {STORY}", title="One", series="The salt roads", series_index="1")).json()
    listed = (await admin.get("/books", params={"series": "the salt ROADS"})).json()
    assert [book["title"] for book in listed["items"]] == ["One", "Two"]
    assert [
        book["title"] for book in (await admin.get("/books", params={"q": "salt roads", "sort": "-title"})).json()["items"]
    ] == [
        "Two",
        "One",
    ]
    path = f"/books/{first['id']}"
    assert (await admin.patch(path, json={"series_index": 2.5})).json()["series_index"] == 2.5
    gone = (await admin.patch(path, json={"series": None})).json()
    assert (gone["series"], gone["series_index"]) == (None, None)
    refused = await admin.patch(path, json={"series_index": 3})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/series-missing")
    for wrong in (-1, "2", 1e9, True):
        assert (await admin.patch(path, json={"series": "S", "series_index": wrong})).status_code == 422, wrong
    whole = {"title": "One", "series": "The Salt Roads", "series_index": 0}
    assert (await admin.put(path, json=whole)).json()["series_index"] == 0
    assert (await admin.put(path, json={"title": "One"})).json()["series"] is None


async def test_title_comes_from_the_name_at_last(admin: httpx.AsyncClient) -> None:
    assert (await add(admin, name="The_Salt_Road.txt")).json()["title"] == "The Salt Road"


async def test_the_type_is_judged_by_content(admin: httpx.AsyncClient) -> None:
    pdf = make_pdf([STORY])
    assert (await add(admin, pdf, "noextension")).json()["media_type"] == "application/pdf"


@pytest.mark.parametrize(
    ("content", "name", "status", "slug"),
    [
        (b"", "empty.pdf", 422, "empty-file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture.pdf", 415, "unsupported-media-type"),
        (make_pdf(["text"]), "book.epub", 415, "unsupported-media-type"),
        (b"a" * (2 * 2**20 + 1), "large.txt", 413, "file-too-large"),
    ],
)
async def test_bad_files_are_refused_and_leave_nothing(
    admin: httpx.AsyncClient, stored_files: Any, content: bytes, name: str, status: int, slug: str
) -> None:
    answer = await add(admin, content, name)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["detail"]
    assert stored_files() == []
    assert (await admin.get("/books")).json()["total"] == 0


async def test_bad_details_leave_no_file(admin: httpx.AsyncClient, stored_files: Any) -> None:
    for fields in ({"isbn": "978-0-306-40615-8"}, {"copies": "0"}, {"published_year": "soon"}, {"language": "not a language"}):
        answer = await add(admin, **fields)
        assert answer.status_code == 422, fields
    assert stored_files() == []


@pytest.mark.jobs(True)
async def test_the_same_bytes_are_known(admin: httpx.AsyncClient, member: httpx.AsyncClient, stored_files: Any) -> None:
    first = (await add(admin)).json()
    await settled(admin, first["id"])
    again = await add(member, name="other.txt")
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/duplicate-content"
    assert again.json()["book_id"] == first["id"]
    assert len(stored_files()) == 1


@pytest.mark.jobs(True)
async def test_parallel_uploads_of_the_same_bytes_make_one_book(admin: httpx.AsyncClient, stored_files: Any) -> None:
    answers = await asyncio.gather(*(add(admin, title=f"Copy {n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    created = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    assert all(answer.json()["book_id"] == created for answer in answers if answer.status_code == 409)
    await settled(admin, created)
    assert len(stored_files()) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"not multipart at all", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of a fi'],
)
async def test_broken_forms_are_refused_and_leave_nothing(admin: httpx.AsyncClient, stored_files: Any, body: bytes) -> None:
    answer = await admin.post("/books", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/malformed-upload"
    assert stored_files() == []


@pytest.mark.parametrize("encoding", ["base64", "Quoted-Printable"])
async def test_a_part_that_is_encoded_for_e_mail_is_refused(admin: httpx.AsyncClient, stored_files: Any, encoding: str) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    answer = await admin.post(
        "/books", content=f"{head}aGVsbG8=\r\n--x--\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/malformed-upload")
    assert "Send its bytes as they are" in answer.json()["detail"]
    assert stored_files() == []


async def test_a_form_without_a_file_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/books", files={"title": (None, "No file")})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/missing-file")


async def test_lists_page_search_filter_and_sort(admin: httpx.AsyncClient) -> None:
    shelf = [("Émile's Bees", "Zola Field", "bees"), ("Salt", "Ann Able", "sea"), ("The Sea", "Ann Able", "sea")]
    for title, author, tag in shelf:
        await add(admin, f"{title} {STORY}", title=title, author=author, tags=tag)

    async def titles(**params: Any) -> list[str]:
        return [book["title"] for book in (await admin.get("/books", params=params)).raise_for_status().json()["items"]]

    assert await titles() == ["The Sea", "Salt", "Émile's Bees"]
    assert await titles(sort="title") == ["Émile's Bees", "Salt", "The Sea"]
    assert await titles(sort="author") == ["Salt", "The Sea", "Émile's Bees"]
    assert await titles(q="emile") == ["Émile's Bees"]
    assert await titles(q="able salt") == ["Salt"]
    assert await titles(q="100%") == []
    assert await titles(author="ann able", sort="title") == ["Salt", "The Sea"]
    assert await titles(tag="SEA", author="Zola Field") == []
    assert await titles(tag="se") == []

    page = await admin.get("/books", params={"size": 2, "page": 1, "sort": "title"})
    assert {key: page.json()[key] for key in ("total", "page", "size", "pages")} == {"total": 3, "page": 1, "size": 2, "pages": 2}
    assert page.links["next"]["url"].endswith("size=2&sort=title&page=2")
    last = await admin.get(page.links["next"]["url"])
    assert [book["title"] for book in last.json()["items"]] == ["The Sea"]
    assert "next" not in last.links
    for bad in ({"size": 101}, {"page": 0}, {"sort": "colour"}, {"q": "a\x00b"}, {"status": "lost"}):
        assert (await admin.get("/books", params=bad)).status_code == 422, bad


async def test_owners_and_librarians_describe_books(admin: httpx.AsyncClient, member: httpx.AsyncClient, sign_up: SignUp) -> None:
    book = (await add(member, title="Mine")).json()
    path = f"/books/{book['id']}"
    stranger = await sign_up("stranger")
    refused = await stranger.patch(path, json={"title": "Stolen"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert (await stranger.delete(path)).status_code == 403

    patched = (await member.patch(path, json={"isbn": "0-306-40615-2", "tags": ["a", "A", " b "]})).json()
    assert (patched["title"], patched["isbn"], patched["tags"]) == ("Mine", "9780306406157", ["a", "b"])
    put = (await admin.put(path, json={"title": "New", "authors": ["Someone"]})).json()
    assert (put["title"], put["authors"], put["isbn"], put["tags"]) == ("New", ["Someone"], None, [])
    wrong = await admin.patch(path, json={"isbn": "9780306406158"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/invalid-isbn")
    assert (await admin.patch(path, json={"title": "  "})).status_code == 422
    assert (await admin.patch(path, json={"title": None})).status_code == 422


async def test_reading_needs_a_loan_ownership_or_office(
    member: httpx.AsyncClient, admin: httpx.AsyncClient, sign_up: SignUp
) -> None:
    path = f"/books/{(await add(member)).json()['id']}/content"
    for entitled in (member, admin):
        answer = await entitled.get(path)
        assert (answer.status_code, answer.text) == (200, STORY)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    refused = await (await sign_up("stranger")).get(path)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/loan-required")


async def test_content_comes_in_ranges(admin: httpx.AsyncClient) -> None:
    book = (await add(admin)).json()
    path, raw = f"/books/{book['id']}/content", STORY.encode()
    head = await admin.head(path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(raw)))
    for wanted, part in [("bytes=0-9", raw[:10]), ("bytes=10-", raw[10:]), ("bytes=-5", raw[-5:]), ("bytes=5-99999", raw[5:])]:
        answer = await admin.get(path, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (206, part)
        first = raw.index(part)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(raw)}"
    assert head.headers["content-disposition"] == "attachment; filename=\"story.txt\"; filename*=UTF-8''story.txt"
    beyond = await admin.get(path, headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(raw)}")
    assert (await admin.get(path, headers={"If-None-Match": head.headers["etag"]})).status_code == 304
    stale = await admin.get(path, headers={"Range": "bytes=0-9", "If-Range": '"older"'})
    assert (stale.status_code, stale.content) == (200, raw)


@pytest.mark.jobs(True)
async def test_removing_a_book_leaves_nothing(admin: httpx.AsyncClient, stored_files: Any, count_rows: Any) -> None:
    book = (await add(admin)).json()
    await settled(admin, book["id"])
    assert (await admin.delete(f"/books/{book['id']}")).status_code == 204
    for path in ("", "/summary", "/content"):
        assert (await admin.get(f"/books/{book['id']}{path}")).status_code == 404
    async with asyncio.timeout(10):
        while stored_files():
            await asyncio.sleep(0.05)
    assert await count_rows("books", "documents", "sections", "summaries", "document_events") == 0
    assert (await add(admin)).status_code == 201


@pytest.mark.jobs(True)
async def test_new_content_starts_the_pipeline_again(admin: httpx.AsyncClient, stored_files: Any) -> None:
    book = (await add(admin, title="Kept")).json()
    await settled(admin, book["id"])
    other = "Bees fly. " + STORY.replace("lighthouse", "windmill")
    path = f"/books/{book['id']}"
    answer = await admin.put(f"{path}/content", files={"file": ("second.txt", other.encode())})
    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["summary"]) == ("Kept", None)
    await settled(admin, book["id"])
    assert (await admin.get(f"{path}/content")).text == other
    assert (await admin.put(f"{path}/content", files={"file": ("same.txt", other.encode())})).status_code == 409
    async with asyncio.timeout(10):
        while len(stored_files()) != 1:
            await asyncio.sleep(0.05)


async def test_what_is_not_there_is_404_and_what_is_no_id_is_422(admin: httpx.AsyncClient) -> None:
    for path in (f"/books/{uuid4()}", f"/books/{uuid4()}/summary", f"/documents/{uuid4()}", "/nothing/here"):
        answer = await admin.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await admin.get("/books/not-an-id")).status_code == 422
    assert (await admin.post("/healthz")).status_code == 405


@pytest.mark.jobs(True)
async def test_a_file_that_cannot_be_read_fails_with_the_reason(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, b"%PDF-1.7\n" + b"\x00garbage" * 99, "broken.pdf")).json()
    summary = await settled(admin, book["id"])
    assert summary["status"] == "failed"
    assert summary["error"]["code"] == "corrupt"
    assert summary["error"]["message"]


async def test_a_download_keeps_its_name_whatever_is_in_it(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, name="Müller; part 1.txt")).json()
    disposition = (await admin.head(f"/books/{book['id']}/content")).headers["content-disposition"]
    plain, full = disposition.removeprefix("attachment; ").rsplit("; filename*=", 1)
    assert plain == 'filename="M_ller; part 1.txt"'
    assert unquote(full.removeprefix("UTF-8''")) == "Müller; part 1.txt"


async def test_the_catalogue_is_searched_completed_and_counted(admin: httpx.AsyncClient) -> None:
    for name, tags in (("The Lamp", "sea,light"), ("The Lamb", "farm")):
        (await add(admin, f"{name}. {STORY}", title=name, author="Ines Calloway", tags=tags)).raise_for_status()
    one = (await admin.get("/books", params={"q": "calowai lamp"})).json()
    assert ([book["title"] for book in one["items"]], one["did_you_mean"]) == (["The Lamp"], "calloway lamp")
    found = (await admin.get("/books", params={"q": "calowai", "facets": "tag, author"})).json()
    assert (found["total"], found["did_you_mean"]) == (2, "calloway")
    assert found["facets"]["author"] == [{"value": "Ines Calloway", "count": 2}]
    assert {one["value"] for one in found["facets"]["tag"]} == {"sea", "light", "farm"}
    plain = (await admin.get("/books", params={"q": "lamp"})).json()
    assert (plain["total"], plain["did_you_mean"]) == (1, None)
    assert "facets" not in plain or plain["facets"] is None
    completed = (await admin.get("/search/suggest", params={"q": "cal"})).json()
    assert {"kind": "author", "text": "Ines Calloway", "book_id": None} in completed["items"]
    unranked = await admin.get("/books", params={"sort": "relevance"})
    assert (unranked.status_code, unranked.json()["type"]) == (422, "/problems/nothing-to-rank")
    unknown = await admin.get("/books", params={"facets": "tag,colour"})
    assert unknown.status_code == 422
    assert "'colour' is none of author, tag" in unknown.json()["errors"][0]["message"]
