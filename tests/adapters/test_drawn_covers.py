# ruff: noqa: RUF001  (titles of many scripts)
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from luminalib.adapters.covers.drawn import DrawnCovers
from luminalib.adapters.covers.layout import LEADING, fit
from luminalib.domain.covers import COVER_SIZE, CoverImage


async def drawn(title: str, *authors: str) -> CoverImage:
    return await DrawnCovers().draw(title, authors)


def opened(cover: CoverImage) -> Image.Image:
    return Image.open(BytesIO(cover.content)).convert("RGB")


@pytest.mark.parametrize(
    "title", ["Emma", "Война и мир", "Ægir’s Daughters", "كتاب الحب", "Η Φόνισσα", "x" * 5000, "  ", "<b>&\x07"]
)
async def test_a_title_is_drawn_in_white_on_a_dark_ground(title: str) -> None:
    cover = await drawn(title, "Mira Lund")
    assert cover.media_type == "image/webp"
    image = opened(cover)
    assert image.size == COVER_SIZE
    ground = image.getpixel((300, 700))
    assert isinstance(ground, tuple)
    assert max(ground) < 140
    below_the_rule = image.crop((0, 60, 600, 740)).convert("L")
    lightest = below_the_rule.getextrema()[1]
    assert isinstance(lightest, int)
    assert (lightest > 230) == bool(title.strip())


async def test_the_same_words_give_the_same_cover_and_others_another() -> None:
    assert await drawn("Emma", "Jane Austen") == await drawn("Emma", "Jane Austen")
    one, other = opened(await drawn("Emma", "Jane Austen")), opened(await drawn("Emma", "Per Aas"))
    assert ImageChops.difference(one, other).crop((0, 760, 600, 900)).getbbox(), "the author is there, too"
    assert len({opened(await drawn(f"Title {number}")).getpixel((10, 10)) for number in range(12)}) > 6


@pytest.mark.parametrize("title", ["東京物語", "दो बैलों की कथा", "โต๊ะโตะจัง", "오만과 편견 <&>"])
async def test_other_scripts_are_left_to_the_letters_of_whoever_looks(title: str) -> None:
    cover = await drawn(title, "Mira Lund")
    assert cover.media_type == "image/svg+xml"
    words = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split()
    assert all(word in cover.content.decode() for word in words)


def test_a_title_is_as_large_as_it_fits_and_cut_at_last() -> None:
    def measure(text: str, size: int) -> float:
        return len(text) * size / 2

    assert fit("Emma", (500, 600), (100, 60), measure) == (100, ["Emma"])
    assert fit("one two three four", (500, 260), (100, 60), measure) == (100, ["one two", "three four"])
    assert fit("Donaudampfschiff", (500, 260), (100, 60), measure) == (60, ["Donaudampfschiff"])
    block = fit("word " * 100, (500, 260), (100, 60), measure)
    assert block.size == 60
    assert len(block.lines) == int(260 // (60 * LEADING))
    assert block.lines[-1].endswith("…")
    assert all(measure(line, 60) <= 500 for line in block.lines)
