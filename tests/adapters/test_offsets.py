"""Offsets survive the cleaning: every character of the whole text belongs to the page that it came from."""

import tempfile
from bisect import bisect_right
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bookfiles import make_epub
from luminalib.adapters.text import epub, plain
from luminalib.adapters.text.extractor import ExtractionLimits, reader_limits
from luminalib.adapters.text.layout import PageLines, compose
from luminalib.domain.texts import SECTION_BREAK, Section, sections_of

LIMITS = reader_limits(ExtractionLimits())
LETTERS = "abcdefghij klmnop ABC .,-“”éßжя中ﬁ\u0301\u00ad\u00a0\u200b\x07😀"
words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=40)
lines = st.tuples(words, st.floats(40, 400), st.floats(20, 800), st.booleans())
pages = st.lists(st.lists(lines, max_size=12), min_size=1, max_size=8)
prose = st.text(st.sampled_from(LETTERS + "\n\n\t"), max_size=200)


def page_at(sections: tuple[Section, ...], offset: int) -> Section:
    """The section whose text, or the break behind it, is at `offset`."""
    return sections[bisect_right([section.start for section in sections], offset) - 1]


def check(texts: list[tuple[str | None, str]]) -> None:
    sections = sections_of(texts)
    whole = SECTION_BREAK.join(text for _, text in texts)
    assert [section.page for section in sections] == list(range(1, len(texts) + 1))
    for section, (_, text) in zip(sections, texts, strict=True):
        assert whole[section.start : section.end] == section.text == text
        assert all(page_at(sections, offset) is section for offset in range(section.start, section.end))
    assert sections[-1].end == len(whole)


def tagged(number: int) -> str:
    """A word that names its page and that no cleaning changes; the letters keep it from being taken for a page number."""
    return f"mark{chr(ord('a') + number)}"


@given(pages, st.sampled_from(["", "A RUNNING HEAD"]))
def test_every_offset_of_a_pdf_maps_back_to_its_page(content: list[list[tuple[str, float, float, bool]]], head: str) -> None:
    found = []
    for number, drawn in enumerate(content):
        page = PageLines()
        if head:
            page.add(head, 50.0, 900.0)
        page.add(f"{tagged(number)} begins here", 50.0, 850.0)
        for text, x, y, is_cut in drawn:
            page.add(text, x, y, is_cut=is_cut)
        page.add(str(number + 1), 200.0, 10.0)
        found.append(page)
    texts = list(compose(found))
    check([(None, text) for text in texts])
    assert len(texts) == len(content)
    sections = sections_of([(None, text) for text in texts])
    whole = SECTION_BREAK.join(texts)
    for number in range(len(content)):
        assert page_at(sections, whole.index(tagged(number))).ordinal == number


@settings(max_examples=40, deadline=None)
@given(st.lists(prose, min_size=1, max_size=5))
def test_every_offset_of_an_epub_maps_back_to_its_chapter(chapters: list[str]) -> None:
    marked = [(f"Chapter {n}", f"{tagged(n)} {text.replace(chr(7), '')} {'and so on ' * 40}") for n, text in enumerate(chapters)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.epub"
        path.write_bytes(make_epub(marked))
        sections = sections_of(found := epub.extract(str(path), limits=LIMITS, progress=lambda _: None)["sections"])
    check(found)
    whole = SECTION_BREAK.join(text for _, text in found)
    assert [page_at(sections, whole.index(tagged(n))).title for n in range(len(marked))] == [title for title, _ in marked]


@settings(max_examples=60, deadline=None)
@given(st.lists(prose, min_size=1, max_size=6), st.sampled_from(["\f", "\n\n", "\r\n"]), st.integers(1, 60))
def test_every_offset_of_a_text_maps_back_and_no_page_is_empty(parts: list[str], separator: str, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.txt"
        path.write_text(separator.join(f"{tagged(n)} {part}" * times for n, part in enumerate(parts)), "utf-8", newline="")
        found = plain.extract(str(path), limits=LIMITS, progress=lambda _: None)["sections"]
    check(found)
    assert all(text for _, text in found)
    whole = SECTION_BREAK.join(text for _, text in found)
    places = [whole.index(tagged(n)) for n in range(len(parts))]
    assert places == sorted(places)
