from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from accounts import slug
from bookfiles import make_epub, make_pdf
from journeys import STORY, add, settled
from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.domain.covers import COVER_SIZE
from luminalib.domain.media import MediaType


@pytest.fixture
async def extractor() -> AsyncIterator[SandboxedTextExtractor]:
    async with SubprocessPool(1) as children:
        yield SandboxedTextExtractor(children)


def picture(size: tuple[int, int], colour: str = "navy", kind: str = "JPEG") -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def epub_with(tmp_path: Path, image: bytes, how: str) -> Path:
    """An EPUB whose package names the image in one of the two ways, or not at all."""
    import zipfile  # noqa: PLC0415 -- only here

    path = tmp_path / "book.epub"
    path.write_bytes(make_epub([("One", "Once upon a time there was a lighthouse.")]))
    made = tmp_path / "cover.epub"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".opf"):
                prop = ' properties="cover-image"' if how == "property" else ""
                data = data.replace(
                    b"</manifest>", f'<item id="c" href="c.jpg" media-type="image/jpeg"{prop}/></manifest>'.encode()
                )
                if how == "meta":
                    data = data.replace(b"</metadata>", b'<meta name="cover" content="c"/></metadata>')
                new.writestr(str(Path(name).parent / "c.jpg") if "/" in name else "c.jpg", image)
            new.writestr(name, data)
    return made


def opened(cover: bytes | None) -> Image.Image:
    assert cover is not None
    image = Image.open(BytesIO(cover))
    assert image.format == "WEBP"
    assert image.width <= COVER_SIZE[0]
    assert image.height <= COVER_SIZE[1]
    return image.convert("RGB")


async def test_a_pdf_shows_its_first_page(extractor: SandboxedTextExtractor, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(make_pdf(["Words in black on white."]))
    image = opened(await extractor.cover(path, MediaType.PDF))
    darkest, lightest = image.convert("L").getextrema()
    assert lightest == 255
    assert isinstance(darkest, int)
    assert darkest < 100


@pytest.mark.parametrize("how", ["property", "meta"])
async def test_an_epub_shows_the_image_that_it_names(extractor: SandboxedTextExtractor, tmp_path: Path, how: str) -> None:
    path = epub_with(tmp_path, picture((1200, 2400)), how)
    image = opened(await extractor.cover(path, MediaType.EPUB))
    assert image.size == (450, 900)
    red, _, blue = image.getpixel((200, 200))  # type: ignore[misc]  # an RGB image has three
    assert blue > 100 > red


UNFIT: dict[str, Callable[[], bytes]] = {
    "none": lambda: b"no picture",
    "empty": lambda: b"",
    "huge": lambda: picture((7000, 7000), kind="PNG"),
    "cut off": lambda: picture((10, 10))[:100],
}


@pytest.mark.parametrize("image", UNFIT)
async def test_what_cannot_be_shown_is_no_cover(extractor: SandboxedTextExtractor, tmp_path: Path, image: str) -> None:
    assert await extractor.cover(epub_with(tmp_path, UNFIT[image](), "property"), MediaType.EPUB) is None


async def test_there_may_be_none(extractor: SandboxedTextExtractor, tmp_path: Path) -> None:
    assert await extractor.cover(epub_with(tmp_path, picture((10, 10)), "nowhere"), MediaType.EPUB) is None
    text = tmp_path / "a.txt"
    text.write_text("Words.")
    assert await extractor.cover(text, MediaType.TEXT) is None
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing else")
    assert await extractor.cover(broken, MediaType.PDF) is None


async def test_a_page_that_lies_about_its_size_is_not_rendered(extractor: SandboxedTextExtractor, tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    path.write_bytes(make_pdf(["Words."]).replace(b"/MediaBox [", b"/MediaBox [ 0 0 900000000 900000000 ] /Old ["))
    assert await extractor.cover(path, MediaType.PDF) is None


async def test_the_catalogue_shows_covers(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, make_pdf(["A page to look at."]), "seen.pdf")).json()
    await settled(admin, book["id"])
    answer = await admin.get(f"/books/{book['id']}/cover")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    opened(answer.content)
    again = await admin.get(f"/books/{book['id']}/cover", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await admin.get(f"/books/{book['id']}")).json()["cover"] == {"kind": "found"}


async def test_a_book_without_a_cover_has_one_drawn_that_follows_its_title(admin: httpx.AsyncClient) -> None:
    book = (await add(admin, STORY, title="Salt")).json()
    if book["cover"] == {"kind": "none"}:
        path = f"/books/{book['id']}/cover"
        early = await admin.get(path)
        assert early.status_code == 200 or slug(early) == "cover-not-found"
    await settled(admin, book["id"])
    assert (await admin.get(f"/books/{book['id']}")).json()["cover"] == {"kind": "drawn"}
    drawn = await admin.get(f"/books/{book['id']}/cover")
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/webp")
    opened(drawn.content)
    asked = {"If-None-Match": drawn.headers["ETag"]}
    assert (await admin.get(f"/books/{book['id']}/cover", headers=asked)).status_code == 304
    await admin.patch(f"/books/{book['id']}", json={"title": "東京の雨"})
    other = await admin.get(f"/books/{book['id']}/cover", headers=asked)
    assert (other.status_code, other.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "東京の雨" in other.text
