"""The pages in a real browser, which reaches nothing but this machine."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from fakes import FakeLLM
from journeys import ACCOUNT, PASSWORD, STORY
from luminalib.container import open_container
from luminalib.domain.demo_accounts import DEMO_ACCOUNTS
from luminalib.main import create_app
from luminalib.settings import Settings
from streaming import serving

CHROMIUM = shutil.which("chromium")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)

expect.set_options(timeout=60_000)  # waits for the thing, on however slow a machine
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@dataclass
class Tab:
    """A tab of a browser that shows a library, and what went wrong in it."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    async def open(self, path: str) -> Page:
        await self.page.goto(self.url + path)
        return self.page

    async def picture(self, name: str) -> None:
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough: nothing here is about the database."""
    return sqlite_url


@pytest.fixture
async def url(settings: Settings) -> AsyncIterator[str]:
    async with open_container(settings, llm=FakeLLM()) as container:
        app = create_app(settings, container)
        app.state.services = container.services
        async with serving(app, container) as url:
            yield url


@pytest.fixture
async def tab(url: str) -> AsyncIterator[Tab]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = Tab(await browser.new_page(), url)
        tab.page.on("console", lambda said: tab.complaints.append(said.text) if said.type == "error" else None)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on("request", lambda asked: tab.foreign.append(asked.url) if not _is_own(asked.url, url) else None)
        yield tab
        await browser.close()


def _is_own(address: str, url: str) -> bool:
    return address.startswith((f"{url}/", "data:"))


async def sign_up(url: str, email: str) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        (await client.post("/auth/signup", json={"email": email, "password": PASSWORD})).raise_for_status()


async def unfolded(page: Page, method: str, path: str) -> Locator:
    operation = page.locator(f".opblock-{method}").filter(has=page.locator(f'[data-path="{path}"]'))
    await operation.locator(".opblock-summary-control").click()
    return operation


async def answered(operation: Locator) -> Any:
    """Presses Execute and reads the answer that the page shows."""
    await operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    await expect(answer.locator(".response-col_status")).to_contain_text("201")
    return json.loads(await answer.locator(".response-col_description pre").first.inner_text())


async def test_the_front_page_says_how_things_stand_and_where_to_go(tab: Tab) -> None:
    page = await tab.open("/")
    await expect(page.locator("#state")).to_contain_text("Yes.")
    await expect(page.locator("#demo")).to_have_count(0)
    await sign_up(tab.url, DEMO_ACCOUNTS[-1][0])
    await tab.open("/")
    await expect(page.locator("#demo")).to_contain_text(DEMO_ACCOUNTS[-1][0])
    await expect(page.locator("h1 img")).to_have_js_property("complete", True)
    await tab.picture("front")
    for name, found in (("Try the API", "/docs"), ("Read the reference", "/redoc")):
        await tab.open("/")
        await page.get_by_role("link", name=name).first.click()
        await page.wait_for_url(tab.url + found)
    assert (tab.foreign, tab.complaints) == ([], [])


async def test_a_visitor_logs_in_and_adds_a_book_by_an_untouched_form(tab: Tab, tmp_path: Path) -> None:
    await sign_up(tab.url, ACCOUNT["email"])
    page = await tab.open("/docs")
    await page.locator(".auth-wrapper .authorize").click()
    schemes = page.locator(".auth-container")
    await expect(schemes).to_have_count(2)
    await expect(schemes.last).to_contain_text("app password")
    await expect(schemes.first.get_by_label("username")).to_be_focused()
    await tab.picture("authorize")
    await schemes.first.get_by_label("username").fill(ACCOUNT["email"])
    await schemes.first.get_by_label("password").fill(PASSWORD)
    await schemes.first.locator("button", has_text="Authorize").click()
    await expect(schemes.first.locator("button", has_text="Logout")).to_be_visible()
    await page.locator(".modal-ux .close-modal").click()

    story = tmp_path / "the-lamp-at-the-reef.txt"
    story.write_text(STORY)
    operation = await unfolded(page, "post", "/books")
    await operation.locator("input[type=file]").set_input_files(story)
    book = await answered(operation)
    await tab.picture("book-added")
    left: dict[str, Any] = {"authors": [], "isbn": None, "published_year": None, "description": None, "tags": [], "copies_total": 1}
    assert {name: book[name] for name in left} == left
    assert book["title"] == "The lamp at the reef"

    report = tmp_path / "report.txt"
    report.write_text(STORY + "It was the last of that winter.")
    operation = await unfolded(page, "post", "/documents/upload")
    await operation.locator("input[type=file]").set_input_files(report)
    answer = await answered(operation)
    assert [one["filename"] for one in answer["accepted"]] == [report.name]
    assert (tab.foreign, tab.complaints) == ([], [])


async def test_the_reference_is_shown_without_another_server(tab: Tab) -> None:
    page = await tab.open("/redoc")
    await expect(page.get_by_role("heading", name="LuminaLib", level=1)).to_be_visible()
    await expect(page.locator('[data-section-id^="tag/books"]').first).to_be_attached()
    await tab.picture("redoc")
    await expect(page.get_by_alt_text("redocly logo")).to_have_count(0)
    assert (tab.foreign, tab.complaints) == ([], [])
